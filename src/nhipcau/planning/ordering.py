"""Where rows stand: strings that sort, with room for another between any two.

    "3" < "3V" < "4"        between("3", "4") is "3V"

Only the row that is moved changes, so that two people who move two rows never meet. Digits stand
for the fractions of a number between 0 and 1, to the base 62.
"""

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_BASE = len(_DIGITS)
_VALUE = {digit: value for value, digit in enumerate(_DIGITS)}


def between(low: str, high: str) -> str:
    """Return a place after `low` ("": the beginning) and before `high` ("": the end).

    Raises:
        ValueError: there is nothing between them: `low` is not before `high`, or one is no place.
    """
    if any(letter not in _VALUE for letter in low + high) or (high and low >= high):
        raise ValueError(f"no place between {low!r} and {high!r}")
    made, bounded = "", bool(high)
    for index in range(max(len(low), len(high)) + 1):
        floor = _VALUE[low[index]] if index < len(low) else 0
        ceiling = (_VALUE[high[index]] if index < len(high) else 0) if bounded else _BASE
        if ceiling - floor > 1:
            # Rows are mostly added at the end: there a small step keeps places short.
            return made + _DIGITS[floor + 1 if low and not high else (floor + ceiling) // 2]
        made += _DIGITS[floor]
        # Once below `high` at one digit, the later ones are free.
        bounded = bounded and floor == ceiling
    return made + _DIGITS[_BASE // 2]


def spread(count: int) -> list[str]:
    """Return `count` places in order, evenly spread and short."""
    width = 1
    while _BASE**width <= count:
        width += 1
    step = _BASE**width / (count + 1)
    return [_digits(int(step * number), width) for number in range(1, count + 1)]


def _digits(value: int, width: int) -> str:
    letters = ""
    for _ in range(width):
        value, digit = divmod(value, _BASE)
        letters = _DIGITS[digit] + letters
    # A place never ends in zero: nothing would fit between "3" and "30".
    return letters.rstrip("0") or _DIGITS[1]

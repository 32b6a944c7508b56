"""Which passwords are good enough. Long beats odd: no rule asks for signs or for changes.

Source: NIST SP 800-63B §5.1.1.2 (length, no composition rules, a list of bad ones, NFC or NFKC).
"""

import unicodedata

MIN_LETTERS = 12
# Argon2 takes any length; a limit keeps a request small.
MAX_LETTERS = 256
# Repeated or next to each other on the keyboard or in the alphabet: guessed first.
_RUNS = ("0123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_LONGEST_RUN = 6
_FEWEST_KINDS = 5
_WORN = (
    "password",
    "passw0rd",
    "matkhau",
    "quantri",
    "administrator",
    "admin123",
    "welcome",
    "khanhhoa",
    "vietnam",
    "nhipcau",
    "letmein",
    "iloveyou",
)


class WeakPasswordError(ValueError):
    """A password that is not taken; the text says what to do."""


def clean_password(text: str) -> str:
    """Return a password in the one form in which it is hashed, however a keyboard composed it."""
    return unicodedata.normalize("NFKC", text)


def check_password(text: str, login: str) -> str:
    """Return a new password in its clean form.

    Args:
        text: as it was typed.
        login: the account's sign-in name, which it may not contain.

    Raises:
        WeakPasswordError: it is too short, too long, or easy to guess.
    """
    password = clean_password(text)
    if not MIN_LETTERS <= len(password) <= MAX_LETTERS:
        raise WeakPasswordError(f"a password has {MIN_LETTERS} to {MAX_LETTERS} letters")
    plain = password.casefold()
    if len(set(plain)) < _FEWEST_KINDS:
        raise WeakPasswordError("a password of so few different letters is easy to guess")
    if login.casefold() in plain:
        raise WeakPasswordError("a password may not contain the sign-in name")
    if _rest(plain) < MIN_LETTERS // 2:
        raise WeakPasswordError("that password is among the first that are guessed")
    return password


def _rest(plain: str) -> int:
    """Return how many letters are left without worn words and runs."""
    for worn in _WORN:
        plain = plain.replace(worn, "")
    for row in _RUNS:
        for run in (row, row[::-1]):
            for length in range(len(run), _LONGEST_RUN - 1, -1):
                for start in range(len(run) - length + 1):
                    plain = plain.replace(run[start : start + length], "")
    return len(plain)

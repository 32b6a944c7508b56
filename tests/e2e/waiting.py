"""Waiting for something to become true, with a bound that no loaded machine reaches."""

import time
from collections.abc import Callable

# Nothing here is a measurement: a bound only ends a test that would hang.
PATIENCE_S = 45.0


def eventually[Result](
    look: Callable[[], Result], what: str, within_s: float = PATIENCE_S, every_s: float = 0.1
) -> Result:
    """Return the first true result of `look`.

    Raises:
        AssertionError: there was none in time; it names `what` and the last result.
    """
    deadline_s = time.monotonic() + within_s
    while True:
        result = look()
        if result:
            return result
        assert time.monotonic() < deadline_s, f"not within {within_s} s: {what}; last: {result!r}"
        time.sleep(every_s)

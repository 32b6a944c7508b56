"""A clock that tests move by hand, and the machine's own."""

import time


class HandClock:
    """Stands still until a test moves it."""

    def __init__(self, now_s: float = 1_000.0, wall_s: float = 1_700_000_000.0) -> None:
        self._now_s = now_s
        self._ahead_s = wall_s - now_s

    def now_s(self) -> float:
        return self._now_s

    def wall_s(self) -> float:
        return self._now_s + self._ahead_s

    def pass_s(self, seconds: float) -> float:
        """Let time pass; return what it is now."""
        self._now_s += seconds
        return self._now_s


class WallClock:
    """The machine's clock."""

    def now_s(self) -> float:
        return time.monotonic()

    def wall_s(self) -> float:
        return time.time()

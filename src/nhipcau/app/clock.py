"""The machine's clock."""

import time


class SystemClock:
    """The real `Clock`."""

    def now_s(self) -> float:
        """Return monotonic seconds."""
        return time.monotonic()

    def wall_s(self) -> float:
        """Return seconds since 1970-01-01 UTC."""
        return time.time()

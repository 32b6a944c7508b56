"""The clock port: the only way that time enters a room."""

from typing import Protocol


class Clock(Protocol):
    """A source of time. The real one reads the machine, the test's one is moved by hand."""

    def now_s(self) -> float:
        """Return monotonic seconds since an arbitrary zero; for intervals, from any thread."""
        ...

    def wall_s(self) -> float:
        """Return seconds since 1970-01-01 UTC; for records and for NTP times in sender reports."""
        ...

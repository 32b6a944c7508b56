"""The event log port: what took effect, in order, on this machine's own disk."""

from collections.abc import Sequence
from typing import Protocol


class EventLog(Protocol):
    """An append-only log of one conference. One writer."""

    def append(self, records: Sequence[bytes]) -> None:
        """Write the records; on return they survive the loss of this process.

        Args:
            records: each at most 64 KiB; any bytes.

        Raises:
            OSError: the disk refuses.
        """
        ...

    def replay(self) -> list[bytes]:
        """Return every whole record in order; a torn last record (a crash) is cut off."""
        ...

    def close(self) -> None:
        """Close it; may be called twice."""
        ...

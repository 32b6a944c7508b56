"""The event log's in-memory twin, for tests and for a rehearsal that leaves nothing behind."""

from collections.abc import Sequence

from nhipcau.storage.frames import MAX_RECORD_BYTES


class MemoryLog:
    """An append-only log in a list. The list may outlive it, as a file does its process."""

    def __init__(self, kept: list[bytes] | None = None) -> None:
        """Open the log; `kept` holds the records of before, and all that are appended."""
        self._records = [] if kept is None else kept
        self._closed = False

    def append(self, records: Sequence[bytes]) -> None:
        """Keep the records.

        Raises:
            ValueError: a record is longer than 64 KiB (nothing is kept), or the log is closed.
        """
        self._check_open()
        group = [bytes(record) for record in records]
        for record in group:
            if len(record) > MAX_RECORD_BYTES:
                raise ValueError(f"a record of {len(record)} bytes")
        self._records.extend(group)

    def replay(self) -> list[bytes]:
        """Return every record in order.

        Raises:
            ValueError: the log is closed.
        """
        self._check_open()
        return list(self._records)

    def close(self) -> None:
        """Close it; may be called twice."""
        self._closed = True

    def _check_open(self) -> None:
        if self._closed:
            raise ValueError("the log is closed")

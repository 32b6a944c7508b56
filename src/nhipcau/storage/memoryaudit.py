"""The in-memory twin of the audit trail, for tests."""

from threading import Lock

from nhipcau.ports.audit import AuditEntry, AuditStats


class MemoryAuditTrail:
    """An `AuditTrail` that keeps its entries in a list."""

    def __init__(self) -> None:
        self.entries: list[AuditEntry] = []
        self._lock = Lock()
        self._closed = False
        self._dropped = 0

    def record(self, entry: AuditEntry) -> None:
        """Keep one entry; one that comes after the end is counted as lost."""
        with self._lock:
            if self._closed:
                self._dropped += 1
            else:
                self.entries.append(entry)

    def stats(self) -> AuditStats:
        """Return the counters."""
        with self._lock:
            return AuditStats(written=len(self.entries), dropped=self._dropped)

    def close(self) -> None:
        """End; may be called twice."""
        with self._lock:
            self._closed = True

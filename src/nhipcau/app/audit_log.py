"""The audit trail as lines of the process's log, for a process that keeps no chain."""

from threading import Lock

import structlog

from nhipcau.ports.audit import AuditEntry, AuditStats

_log = structlog.get_logger()


class LogAuditTrail:
    """An `AuditTrail` that only says what it is told."""

    def __init__(self) -> None:
        self._written = 0
        self._lock = Lock()

    def record(self, entry: AuditEntry) -> None:
        """Say one entry."""
        with self._lock:
            self._written += 1
        _log.info(
            "audit",
            who=entry.who,
            name=entry.name,
            address=entry.address,
            action=entry.action,
            on=entry.on,
            outcome=entry.outcome,
            **{f"more_{key}": value for key, value in entry.more.items()},
        )

    def stats(self) -> AuditStats:
        """Return how many were said."""
        return AuditStats(written=self._written)

    def close(self) -> None:
        """Do nothing."""

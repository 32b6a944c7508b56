"""The audit port: every administrative and live action goes through it, done or refused."""

from dataclasses import dataclass
from typing import Protocol

from nhipcau.audit.entry import AuditEntry, Verdict

__all__ = ["AuditEntry", "AuditStats", "AuditTrail", "Verdict"]


@dataclass(frozen=True, slots=True)
class AuditStats:
    """How the trail is.

    Attributes:
        written: rows in the file, the chain's first one included.
        waiting: entries that are not in the file yet.
        dropped: entries that were lost because too many waited; any is an alarm.
        failures: attempts at the disk that failed; `failing` while the last one did: an alarm.
        failing: the disk takes nothing now.
        unsent: checkpoints that could not be handed to syslog.
    """

    written: int = 0
    waiting: int = 0
    dropped: int = 0
    failures: int = 0
    failing: bool = False
    unsent: int = 0


class AuditTrail(Protocol):
    """Takes the deeds of one process and writes them in the order in which they came."""

    def record(self, entry: AuditEntry) -> None:
        """Take one entry. From any thread; neither waits nor raises, so that no meeting stops.

        What can't be kept is counted (`AuditStats`), and the chain says so as soon as it can.
        """
        ...

    def stats(self) -> AuditStats:
        """Return the counters."""
        ...

    def close(self) -> None:
        """Write what is waiting, sign it, and end; may be called twice. Blocks for the disk."""
        ...

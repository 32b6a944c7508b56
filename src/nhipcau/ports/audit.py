"""The audit port: every administrative and live action goes through it, done or refused."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from nhipcau.audit.chain import Begin, Head
from nhipcau.audit.entry import AuditEntry, Verdict
from nhipcau.audit.query import AuditQuery, AuditRecord
from nhipcau.audit.row import Row
from nhipcau.audit.signed import SignedLine
from nhipcau.audit.verify import ChainRecord, Finding

__all__ = ["AuditEntry", "AuditStats", "AuditStore", "AuditTrail", "KeptChain", "Verdict"]


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


@dataclass(frozen=True, slots=True)
class KeptChain:
    """A chain as the store has it.

    Attributes:
        begin: what its first row said.
        record: its rows, for `verify`.
        signed: the checkpoints that came with it.
        astray: rows whose columns to search by say something else than the row.
    """

    begin: Begin
    record: ChainRecord
    signed: tuple[str, ...]
    astray: Iterable[Finding]


class AuditStore(Protocol):
    """Where the chains of all processes are gathered. Calls block, and come from any thread."""

    def head(self, chain: str) -> Head | None:
        """Return the last row of a chain, or the row after which it was cut; None: not here.

        Raises:
            StoreError: the store can't be reached, as with every other method.
        """
        ...

    def append(self, chain: str, rows: Sequence[Row], signed: Sequence[SignedLine] = ()) -> Head:
        """Take rows that follow what is here; those that are here already are passed over.

        Raises:
            ChainError: they do not follow; nothing of them is taken.
        """
        ...

    def search(self, query: AuditQuery) -> list[AuditRecord]:
        """Return deeds, the newest first."""
        ...

    def chains(self) -> list[KeptChain]:
        """Return every chain; its rows are read when they are asked for."""
        ...

    def cut(self, line: SignedLine) -> int:
        """Take away a chain's rows up to the one that a signed cut names; return how many.

        Raises:
            ChainError: the chain has no such row.
        """
        ...

    def close(self) -> None:
        """Let go of it; may be called twice."""
        ...

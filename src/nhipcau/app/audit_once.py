"""The audit of the command line: a chain of its own, brought to the database at once."""

import getpass
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

import structlog

from nhipcau.app.auditing import audit_folder, open_trail, remembering
from nhipcau.app.clock import SystemClock
from nhipcau.audit.chain import ChainError, read_begin
from nhipcau.audit.entry import DONE, FAILED, AuditEntry
from nhipcau.audit.signed import find_signed
from nhipcau.ports.audit import AuditStats, AuditTrail
from nhipcau.ports.tree import StoreError
from nhipcau.settings import AuditSettings
from nhipcau.storage.auditfolder import ChainFolder
from nhipcau.storage.audittrail import FileAuditTrail
from nhipcau.storage.database import open_database
from nhipcau.storage.sqlaudit import SqlAuditStore

_log = structlog.get_logger()
# More than any command writes.
_ALL_BYTES = 1 << 26


class TrailOnDemand:
    """An `AuditTrail` that begins its chain with the first entry, so that looking leaves none."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._trail: FileAuditTrail | None = None

    @property
    def chain(self) -> str | None:
        """The name of its chain, None before the first entry."""
        return None if self._trail is None else self._trail.chain

    def record(self, entry: AuditEntry) -> None:
        """Take one entry; from one thread.

        Raises:
            StoreError: the first one finds no key and can make none.
        """
        if self._trail is None:
            self._trail = open_trail(self._folder, "command", AuditSettings())
        self._trail.record(entry)

    def stats(self) -> AuditStats:
        """Return the counters."""
        return AuditStats() if self._trail is None else self._trail.stats()

    def close(self) -> None:
        """Write what is waiting, sign it, and end; may be called twice."""
        if self._trail is not None:
            self._trail.close()


@contextmanager
def auditing_once(url: str) -> Iterator[AuditTrail]:
    """Yield the trail of a command that works on a database.

    What it told is in the database afterwards; where that fails it stays in its file, and the
    office brings it there.
    """
    folder = audit_folder(url)
    trail = TrailOnDemand(folder)
    try:
        yield trail
    finally:
        trail.close()
        if trail.chain is not None:
            _bring(folder, trail.chain, url)


def _tell(trail: AuditTrail, action: str, on: str, outcome: str, more: Mapping[str, str]) -> None:
    trail.record(
        AuditEntry(
            SystemClock().wall_s(),
            "process:machine",
            getpass.getuser(),
            "local",
            action,
            on,
            outcome,
            more,
        )
    )


@contextmanager
def told(trail: AuditTrail, action: str, on: str, more: Mapping[str, str]) -> Iterator[None]:
    """Tell of what is done while the context is open by whoever sits at this machine.

    It is told as done, or as failed when the context is left by an error.
    """
    outcome = FAILED
    try:
        yield
        outcome = DONE
    finally:
        _tell(trail, action, on, outcome, more)


def _bring(folder: Path, chain: str, url: str) -> None:
    chains = ChainFolder(folder)
    try:
        rows = chains.read(chain, 0, _ALL_BYTES).rows
        signed = [line for text in chains.checkpoints(chain) if (line := find_signed(text))]
        remembering(folder)(read_begin(rows[0]))
        with closing(SqlAuditStore(open_database(url))) as store:
            store.append(chain, rows, signed)
    except (OSError, IndexError, ChainError, StoreError) as error:
        _log.warning("the office will bring the audit to the database", why=str(error))

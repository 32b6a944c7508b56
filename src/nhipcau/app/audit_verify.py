"""Holds all chains of an installation against each other, against keys and against syslog."""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from nhipcau.app.auditing import FOLDER, audit_folder
from nhipcau.audit.evidence import Gathering, check_all
from nhipcau.audit.export import check_export
from nhipcau.audit.signed import keys_by_fingerprint
from nhipcau.audit.verify import ChainRecord, Finding, Witness
from nhipcau.ports.audit import AuditStore
from nhipcau.ports.tree import StoreError
from nhipcau.storage.auditexport import read_export
from nhipcau.storage.auditfolder import ChainFolder
from nhipcau.storage.auditkeys import known_keys
from nhipcau.storage.database import open_database, sqlite_url
from nhipcau.storage.sqlaudit import SqlAuditStore

_DATABASE = "office.db"


@dataclass(frozen=True, slots=True)
class VerifyOrder:
    """What to verify: a data folder, a database, or both; and what to hold it against."""

    data: Path | None
    database: str
    checkpoints: tuple[Path, ...] = ()
    exports: tuple[Path, ...] = ()


@dataclass(slots=True)
class Verdicts:
    """What came of it: one line for each thing that is wrong or worth knowing."""

    findings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    chains: int = 0
    rows: int = 0
    checkpoints: int = 0

    def summary(self) -> str:
        """Return the last line."""
        word = f"{len(self.findings)} problems" if self.findings else "all stands"
        return (
            f"{word}: {self.chains} chains, {self.rows} rows, {self.checkpoints} signed checkpoints"
        )


@dataclass(slots=True)
class _Sources:
    records: list[tuple[str, ChainRecord]] = field(default_factory=list)
    logs: list[tuple[str, list[str]]] = field(default_factory=list)
    heads: list[Witness] = field(default_factory=list)
    stray: list[Finding] = field(default_factory=list)


def verify(order: VerifyOrder) -> Verdicts:
    """Verify; reads everything and changes nothing.

    Raises:
        StoreError: the database, or a key, can't be read.
        OSError: a file can't be read.
        ValueError: there is nothing to verify.
    """
    folders, database = _places(order)
    keys = keys_by_fingerprint(key for folder in folders for key in known_keys(folder))
    found = Verdicts()
    with ExitStack() as stack:
        sources = _Sources()
        for folder in folders:
            _take_folder(sources, folder)
        if database:
            store = stack.enter_context(closing(SqlAuditStore(open_database(database))))
            _take_store(sources, store)
        if not (sources.records or order.exports or order.checkpoints):
            raise ValueError("no audit was found there")
        chains = frozenset(record.chain for _, record in sources.records)
        gathering = Gathering(keys, chains)
        for path in order.checkpoints:
            with path.open(encoding="utf-8", errors="replace") as file:
                gathering.take_log(file, path.name)
        for name, lines in sources.logs:
            gathering.take_log(lines, name)
        gathering.take_heads(sources.heads)
        reports, beside = check_all([record for _, record in sources.records], gathering)
        for (name, _), report in zip(sources.records, reports, strict=True):
            found.findings += [f"{one} ({name})" for one in report.findings]
            found.notes += [f"{report.chain}: {note} ({name})" for note in report.notes]
            found.rows += report.rows
        found.findings += [str(one) for one in (*beside, *sources.stray)]
        found.chains, found.checkpoints = len(chains), gathering.checkpoints
        if gathering.strangers:
            found.notes.append(
                f"{gathering.strangers} checkpoints are of installations unknown here"
            )
    for path in order.exports:
        wrong = check_export(read_export(path), keys)
        found.findings += [f"{one} ({path.name})" for one in wrong]
    return found


def _places(order: VerifyOrder) -> tuple[list[Path], str]:
    """Return the audit folders to look into, and the database; "" for none."""
    if order.data is None:
        folder = audit_folder(order.database)
        return [folder] if folder.is_dir() else [], order.database
    data = order.data
    if not data.is_dir():
        raise ValueError(f"{data} is no folder")
    found = [data] if data.name == FOLDER else []
    found += sorted(path for path in (data / FOLDER, *data.glob(f"*/{FOLDER}")) if path.is_dir())
    files = [path for path in (data / _DATABASE, *data.glob(f"*/{_DATABASE}")) if path.exists()]
    return found, order.database or (sqlite_url(files[0]) if files else "")


def _take_folder(sources: _Sources, path: Path) -> None:
    folder = ChainFolder(path)
    name = f"{path.parent.name}/{path.name}"
    for chain in folder.chains():
        record = ChainRecord(chain, partial(folder.lines, chain), folder.torn(chain))
        sources.records.append((name, record))
        sources.logs.append((f"{name}/{chain}", folder.checkpoints(chain)))
    for record in folder.retired():
        sources.records.append((name, record))


def _take_store(sources: _Sources, store: AuditStore) -> None:
    for kept in store.chains():
        chain = kept.begin.chain
        sources.records.append(("database", kept.record))
        sources.logs.append(("the database", list(kept.signed)))
        sources.stray += kept.astray
        head = store.head(chain)
        if head is not None:
            sources.heads.append(Witness(head, "the database"))


def lines_of(found: Verdicts) -> Iterator[str]:
    """Yield the findings and notes, each on a line, and a summary."""
    yield from found.findings
    yield from (f"note: {note}" for note in found.notes)
    yield found.summary()


VERIFY_ERRORS = (StoreError, OSError, ValueError)

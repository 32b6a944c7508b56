"""The gathered audit on SQLite or PostgreSQL. Adds rows; only a signed cut takes any away."""

from collections.abc import Iterator, Sequence
from functools import partial

from sqlalchemy import (
    Connection,
    Engine,
    Select,
    delete,
    false,
    insert,
    or_,
    select,
    tuple_,
    update,
)

from nhipcau.audit.canonical import entry_of
from nhipcau.audit.chain import Begin, ChainError, Head, read_begin
from nhipcau.audit.entry import AuditEntry
from nhipcau.audit.query import AuditQuery, AuditRecord, Place
from nhipcau.audit.row import BadRowError, Row
from nhipcau.audit.signed import SignedLine, find_signed
from nhipcau.audit.verify import ChainRecord, Finding, Problem
from nhipcau.ports.audit import KeptChain
from nhipcau.storage.auditrows import Columns, columns_of, new_rows
from nhipcau.storage.audittables import AuditChainRow, AuditRowRow, AuditSignedRow
from nhipcau.storage.database import storing

# Rows that are read at once while a chain is verified.
_PAGE = 2000
_CHECKPOINT, _CUT = "checkpoint", "cut"
# Changes no row, and takes SQLite's write lock: whoever reads first and then writes is refused when
# another has written meanwhile, instead of waiting. On PostgreSQL the primary key decides.
_TAKE_TURNS = update(AuditChainRow).where(false()).values(key="")


class SqlAuditStore:
    """An `AuditStore` in a database that `migrate` has brought to the newest shape."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def head(self, chain: str) -> Head | None:
        """Return the last row of a chain, or the row after which it was cut; None: not here.

        Raises:
            StoreError: the database can't be reached.
        """
        with storing(), self._engine.connect() as connection:
            return _head(connection, chain)

    def append(self, chain: str, rows: Sequence[Row], signed: Sequence[SignedLine] = ()) -> Head:
        """Take rows that follow what is here; those that are here already are passed over.

        Raises:
            ChainError: they do not follow; nothing of them is taken.
            StoreError: the database can't be reached, or somebody else wrote the same rows.
        """
        with storing(), self._engine.begin() as connection:
            connection.execute(_TAKE_TURNS)
            before = _head(connection, chain)
            fresh = new_rows(chain, before, list(rows))
            if before is None and fresh:
                connection.execute(insert(AuditChainRow), _chain_cells(read_begin(fresh[0])))
            if fresh:
                connection.execute(insert(AuditRowRow), [_row_cells(chain, row) for row in fresh])
            head = before if not fresh else Head(chain, fresh[-1].number(), fresh[-1].hash)
            if head is None:
                raise ChainError(f"{chain} has no rows")
            _add_checkpoints(connection, head, signed)
        return head

    def search(self, query: AuditQuery) -> list[AuditRecord]:
        """Return deeds, the newest first.

        Raises:
            StoreError: the database can't be reached.
        """
        chosen = _chosen(query)
        with storing(), self._engine.connect() as connection:
            found = connection.execute(chosen).all()
        records = []
        for at_us, chain, number, digest, body, process in found:
            entry = _entry(Row(digest, body.encode()))
            if entry is not None:
                place = Place(at_us, chain, number)
                records.append(AuditRecord(place, digest, process, entry))
        return records

    def chains(self) -> list[KeptChain]:
        """Return every chain; its rows are read when they are asked for.

        Raises:
            StoreError: the database can't be reached.
        """
        with storing(), self._engine.connect() as connection:
            begun = connection.execute(
                select(
                    AuditChainRow.chain,
                    AuditChainRow.process,
                    AuditChainRow.key,
                    AuditChainRow.begun_us,
                ).order_by(AuditChainRow.begun_us)
            ).all()
            signed = connection.execute(
                select(AuditSignedRow.chain, AuditSignedRow.kind, AuditSignedRow.line).order_by(
                    AuditSignedRow.number
                )
            ).all()
        lines: dict[tuple[str, str], list[str]] = {}
        for chain, kind, line in signed:
            lines.setdefault((chain, kind), []).append(line)
        return [
            self._kept(Begin(chain, process, begun_us / 1_000_000, key), lines)
            for chain, process, key, begun_us in begun
        ]

    def cut(self, line: SignedLine) -> int:
        """Take away a chain's rows up to the one that a signed cut names; return how many.

        Raises:
            ChainError: the chain has no such row.
            StoreError: the database can't be reached.
        """
        head = line.head
        rows = delete(AuditRowRow).where(
            AuditRowRow.chain == head.chain, AuditRowRow.number <= head.number
        )
        checkpoints = delete(AuditSignedRow).where(
            AuditSignedRow.chain == head.chain,
            AuditSignedRow.kind == _CHECKPOINT,
            AuditSignedRow.number < head.number,
        )
        with storing(), self._engine.begin() as connection:
            connection.execute(_TAKE_TURNS)
            place = (AuditRowRow.chain == head.chain, AuditRowRow.number == head.number)
            found = connection.execute(select(AuditRowRow.hash).where(*place)).scalar()
            if found != head.hash:
                raise ChainError(f"{head.chain} has no such row {head.number} to cut it at")
            connection.execute(insert(AuditSignedRow), _signed_cells(head, _CUT, line.text))
            gone = connection.execute(rows).rowcount
            connection.execute(checkpoints)
        return gone

    def close(self) -> None:
        """Let go of all connections."""
        self._engine.dispose()

    def _kept(self, begin: Begin, lines: dict[tuple[str, str], list[str]]) -> KeptChain:
        cuts = [find_signed(line) for line in lines.get((begin.chain, _CUT), ())]
        record = ChainRecord(
            begin.chain,
            partial(self._lines, begin.chain),
            cut=next((cut for cut in reversed(cuts) if cut is not None), None),
        )
        signed = tuple(lines.get((begin.chain, _CHECKPOINT), ()))
        return KeptChain(begin, record, signed, _Astray(self, begin.chain))

    def _lines(self, chain: str) -> Iterator[bytes]:
        for row, _, _ in self.pages(chain):
            yield row.line()[:-1]

    def pages(self, chain: str) -> Iterator[tuple[Row, int, Columns]]:
        """Yield a chain's rows in the order of their numbers, with what they are searched by.

        Raises:
            StoreError: the database can't be reached.
        """
        table, last = AuditRowRow, -1
        searched = (table.at_us, table.who, table.action, table.target, table.verdict)
        while True:
            page = (
                select(table.number, table.hash, table.body, *searched)
                .where(table.chain == chain, table.number > last)
                .order_by(table.number)
                .limit(_PAGE)
            )
            with storing(), self._engine.connect() as connection:
                found = connection.execute(page).all()
            for number, digest, body, at_us, who, action, target, verdict in found:
                columns = Columns(at_us, who, action, target, verdict)
                yield Row(digest, body.encode()), number, columns
            if len(found) < _PAGE:
                return
            last = found[-1][0]


class _Astray:
    """Rows whose columns say something else than the row; read each time it is iterated."""

    def __init__(self, store: SqlAuditStore, chain: str) -> None:
        self._store = store
        self._chain = chain

    def __iter__(self) -> Iterator[Finding]:
        for row, number, columns in self._store.pages(self._chain):
            try:
                good = row.number() == number and columns_of(row) == columns
            except BadRowError:
                # The walk along the chain says so.
                continue
            if not good:
                text = f"row {number} is listed as something else than it says"
                yield Finding(Problem.CHANGED, self._chain, text)


def _head(connection: Connection, chain: str) -> Head | None:
    table = AuditRowRow
    last = (
        select(table.number, table.hash)
        .where(table.chain == chain)
        .order_by(table.number.desc())
        .limit(1)
    )
    found = connection.execute(last).one_or_none()
    if found is not None:
        return Head(chain, found[0], found[1])
    cut = (
        select(AuditSignedRow.line)
        .where(AuditSignedRow.chain == chain, AuditSignedRow.kind == _CUT)
        .order_by(AuditSignedRow.number.desc())
        .limit(1)
    )
    line = find_signed(connection.execute(cut).scalar() or "")
    return None if line is None else line.head


def _add_checkpoints(connection: Connection, head: Head, signed: Sequence[SignedLine]) -> None:
    """Add the checkpoints of rows that are here, each once."""
    table = AuditSignedRow
    known = set(
        connection.execute(
            select(table.number).where(table.chain == head.chain, table.kind == _CHECKPOINT)
        ).scalars()
    )
    fresh = {
        line.head.number: _signed_cells(line.head, _CHECKPOINT, line.text)
        for line in signed
        if line.head.chain == head.chain and line.head.number not in known
    }
    if fresh:
        connection.execute(insert(table), list(fresh.values()))


def _chosen(query: AuditQuery) -> Select[int, str, int, str, str, str]:
    table = AuditRowRow
    place = tuple_(table.at_us, table.chain, table.number)
    chosen = (
        select(
            table.at_us, table.chain, table.number, table.hash, table.body, AuditChainRow.process
        )
        .join(AuditChainRow, AuditChainRow.chain == table.chain)
        .where(table.verdict != "")
        .order_by(table.at_us.desc(), table.chain.desc(), table.number.desc())
        .limit(query.limit)
    )
    if query.from_us is not None:
        chosen = chosen.where(table.at_us >= query.from_us)
    if query.until_us is not None:
        chosen = chosen.where(table.at_us < query.until_us)
    if query.who:
        chosen = chosen.where(table.who.contains(query.who.lower(), autoescape=True))
    if query.on:
        chosen = chosen.where(table.target.contains(query.on.lower(), autoescape=True))
    if query.action:
        below = table.action.startswith(query.action, autoescape=True)
        whole = table.action == query.action
        chosen = chosen.where(below if query.action.endswith(".") else whole)
    if query.verdict is not None:
        chosen = chosen.where(table.verdict == query.verdict.value)
    if query.before is not None:
        before = query.before
        chosen = chosen.where(
            table.at_us <= before.at_us,
            or_(table.at_us < before.at_us, place < (before.at_us, before.chain, before.number)),
        )
    return chosen


def _entry(row: Row) -> AuditEntry | None:
    """Return the deed in a row; None where it was spoilt, which `verify` tells of."""
    try:
        return entry_of(row)
    except BadRowError:
        return None


def _chain_cells(begin: Begin) -> dict[str, object]:
    return {
        "chain": begin.chain,
        "process": begin.process,
        "key": begin.key,
        "begun_us": round(begin.at_s * 1_000_000),
    }


def _row_cells(chain: str, row: Row) -> dict[str, object]:
    columns = columns_of(row)
    return {
        "chain": chain,
        "number": row.number(),
        "hash": row.hash,
        "body": row.body.decode(),
        "at_us": columns.at_us,
        "who": columns.who,
        "action": columns.action,
        "target": columns.target,
        "verdict": columns.verdict,
    }


def _signed_cells(head: Head, kind: str, line: str) -> dict[str, object]:
    return {"chain": head.chain, "number": head.number, "kind": kind, "line": line}

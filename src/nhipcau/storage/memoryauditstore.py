"""The in-memory twin of the gathered audit, for tests."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Lock

from nhipcau.audit.canonical import entry_of
from nhipcau.audit.chain import Begin, ChainError, Head, read_begin
from nhipcau.audit.query import AuditQuery, AuditRecord, Place, matches
from nhipcau.audit.row import Row
from nhipcau.audit.signed import SignedLine
from nhipcau.audit.verify import ChainRecord
from nhipcau.ports.audit import KeptChain
from nhipcau.storage.auditrows import new_rows


@dataclass(slots=True)
class _Kept:
    begin: Begin
    rows: list[Row] = field(default_factory=list)
    signed: dict[int, str] = field(default_factory=dict)
    cut: SignedLine | None = None

    def head(self) -> Head | None:
        if self.rows:
            return Head(self.begin.chain, self.rows[-1].number(), self.rows[-1].hash)
        return None if self.cut is None else self.cut.head


class MemoryAuditStore:
    """An `AuditStore` in memory."""

    def __init__(self) -> None:
        self._chains: dict[str, _Kept] = {}
        self._lock = Lock()

    def head(self, chain: str) -> Head | None:
        """Return the last row of a chain, or the row after which it was cut; None: not here."""
        with self._lock:
            kept = self._chains.get(chain)
            return None if kept is None else kept.head()

    def append(self, chain: str, rows: Sequence[Row], signed: Sequence[SignedLine] = ()) -> Head:
        """Take rows that follow what is here; those that are here already are passed over.

        Raises:
            ChainError: they do not follow; nothing of them is taken.
        """
        with self._lock:
            kept = self._chains.get(chain)
            fresh = new_rows(chain, None if kept is None else kept.head(), list(rows))
            if kept is None:
                if not fresh:
                    raise ChainError(f"{chain} has no rows")
                kept = self._chains[chain] = _Kept(read_begin(fresh[0]))
            kept.rows += fresh
            for line in signed:
                if line.head.chain == chain:
                    kept.signed.setdefault(line.head.number, line.text)
            head = kept.head()
            assert head is not None
            return head

    def search(self, query: AuditQuery) -> list[AuditRecord]:
        """Return deeds, the newest first."""
        found = []
        with self._lock:
            for kept in self._chains.values():
                for row in kept.rows:
                    entry = entry_of(row)
                    if entry is None:
                        continue
                    at_us = round(entry.at_s * 1_000_000)
                    place = Place(at_us, kept.begin.chain, row.number())
                    if matches(query, place, entry):
                        found.append(AuditRecord(place, row.hash, kept.begin.process, entry))
        return sorted(found, key=lambda one: one.place, reverse=True)[: query.limit]

    def chains(self) -> list[KeptChain]:
        """Return every chain."""
        with self._lock:
            return [
                _kept_chain(kept)
                for kept in sorted(self._chains.values(), key=lambda kept: kept.begin.at_s)
            ]

    def cut(self, line: SignedLine) -> int:
        """Take away a chain's rows up to the one that a signed cut names; return how many.

        Raises:
            ChainError: the chain has no such row.
        """
        head = line.head
        with self._lock:
            kept = self._chains.get(head.chain)
            rows = [] if kept is None else kept.rows
            if kept is None or (head.number, head.hash) not in [(r.number(), r.hash) for r in rows]:
                raise ChainError(f"{head.chain} has no such row {head.number} to cut it at")
            kept.rows = [row for row in rows if row.number() > head.number]
            kept.signed = {n: text for n, text in kept.signed.items() if n >= head.number}
            kept.cut = line
            return len(rows) - len(kept.rows)

    def close(self) -> None:
        """Nothing to let go of."""


def _kept_chain(kept: _Kept) -> KeptChain:
    lines = [row.line()[:-1] for row in kept.rows]
    record = ChainRecord(kept.begin.chain, lambda: lines, cut=kept.cut)
    signed = tuple(text for _, text in sorted(kept.signed.items()))
    return KeptChain(kept.begin, record, signed, ())

"""The gathered audit as its page asks for it: deeds, chains, and whether they stand."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from threading import Lock

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from nhipcau.audit.evidence import Gathering, check_all
from nhipcau.audit.query import AuditQuery, AuditRecord
from nhipcau.audit.signed import SignedLine, find_signed
from nhipcau.ports.audit import AuditStore, KeptChain
from nhipcau.ports.clock import Clock

# Deeds that are asked of the store at once for an export.
_PAGE = 1000
# A check reads every row; whoever asks again sooner gets the answer of before.
_FRESH_S = 60.0

Keys = Callable[[], Mapping[str, Ed25519PublicKey]]


@dataclass(frozen=True, slots=True)
class ChainState:
    """A chain in one line.

    Attributes:
        last: number of its last row.
        signed: the last checkpoint that came, None where none has.
        cut: the cut before which rows were exported, None where none were.
    """

    kept: KeptChain
    last: int
    signed: SignedLine | None
    cut: SignedLine | None


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether the audit stands: when that was looked at, how much, and what was found."""

    at_s: float
    chains: int
    rows: int
    checkpoints: int
    findings: tuple[str, ...]


@dataclass(slots=True)
class AuditLog:
    """Reads the gathered audit. Calls block; from any thread.

    Attributes:
        store: the chains of all processes.
        keys: the keys that are trusted, kept outside the store, by fingerprint.
        clock: the time.
    """

    store: AuditStore
    keys: Keys
    clock: Clock
    _lock: Lock = field(default_factory=Lock)
    _last: Standing | None = None

    def every(self, query: AuditQuery) -> Iterator[AuditRecord]:
        """Yield all deeds that are asked for, up to the query's limit, the newest first.

        Raises:
            StoreError: the store can't be reached.
        """
        left = query.limit
        while left > 0:
            page = self.store.search(replace(query, limit=min(left, _PAGE)))
            yield from page
            left -= len(page)
            if len(page) < _PAGE:
                return
            query = replace(query, before=page[-1].place)

    def chains(self) -> list[ChainState]:
        """Return every chain, the youngest first.

        Raises:
            StoreError: the store can't be reached.
        """
        states = []
        for kept in self.store.chains():
            head = self.store.head(kept.begin.chain)
            signed = find_signed(kept.signed[-1]) if kept.signed else None
            last = -1 if head is None else head.number
            states.append(ChainState(kept, last, signed, kept.record.cut))
        return sorted(states, key=lambda state: state.kept.begin.at_s, reverse=True)

    def standing(self) -> Standing:
        """Return whether all chains stand, looked at within the last minute; one look at a time.

        Raises:
            StoreError: the store can't be reached.
        """
        with self._lock:
            now_s = self.clock.wall_s()
            if self._last is None or now_s - self._last.at_s >= _FRESH_S:
                self._last = self._look(now_s)
            return self._last

    def _look(self, now_s: float) -> Standing:
        kept = self.store.chains()
        gathering = Gathering(self.keys(), frozenset(one.begin.chain for one in kept))
        for one in kept:
            gathering.take_log(one.signed, "the database")
        reports, beside = check_all([one.record for one in kept], gathering)
        found = [finding for report in reports for finding in report.findings]
        found += [*beside, *(finding for one in kept for finding in one.astray)]
        rows = sum(report.rows for report in reports)
        findings = tuple(str(finding) for finding in found)
        return Standing(now_s, len(kept), rows, gathering.checkpoints, findings)

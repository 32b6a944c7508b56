"""How long the audit stays online: older rows go into a signed file, then they are cut.

chains ─▶ stands? ─▶ rows older than the day ─▶ file, signed, on disk ─▶ cut, signed, in the store
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import takewhile

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from nhipcau.audit.chain import Head
from nhipcau.audit.export import ExportedChain, export_lines
from nhipcau.audit.row import ZERO, Row, read_line
from nhipcau.audit.signed import Signer, find_signed
from nhipcau.audit.verify import Evidence, Finding, Witness, check_chain
from nhipcau.ports.audit import AuditStore, KeptChain

# Writes the lines and the signed last one; returns the SHA-256 that was signed.
Export = Callable[[Iterable[bytes]], str]


@dataclass(frozen=True, slots=True)
class Pruned:
    """What a prune did: rows cut, and chains that were left alone because they don't stand."""

    rows: int
    chains: int
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Retention:
    """What pruning leans on: the store, who signs, whom it trusts, and who writes the file."""

    store: AuditStore
    signer: Signer
    keys: Mapping[str, Ed25519PublicKey]
    export: Export

    def prune(self, before_s: float, now_s: float) -> Pruned:
        """Cut what is older than a moment; blocks for the store and the disk.

        A chain that goes on is cut at a checkpoint, one that is older as a whole at its end. A
        chain that does not stand is left as it is: it is evidence.

        Raises:
            StoreError: the store can't be reached.
            OSError: the file can't be written; nothing is cut.
        """
        parts: list[tuple[KeptChain, ExportedChain, Head]] = []
        findings: list[Finding] = []
        for kept in self.store.chains():
            old = _older_part(kept, round(before_s * 1_000_000))
            if old is None:
                continue
            wrong = self._wrong(kept)
            if wrong:
                findings += wrong
            else:
                parts.append((kept, *old))
        if not parts:
            return Pruned(0, 0, tuple(findings))
        digest = self.export(export_lines(part for _, part, _ in parts))
        rows = 0
        for kept, _, head in parts:
            rows += self.store.cut(self.signer.cut(head, now_s, digest, kept.begin.key))
        return Pruned(rows, len(parts), tuple(findings))

    def _wrong(self, kept: KeptChain) -> list[Finding]:
        lines = [line for text in kept.signed if (line := find_signed(text)) is not None]
        witnesses = [Witness(line.head, "a checkpoint beside it") for line in lines]
        report = check_chain(kept.record, Evidence(self.keys, {kept.begin.chain: witnesses}))
        return [*report.findings, *kept.astray]


def _older_part(kept: KeptChain, before_us: int) -> tuple[ExportedChain, Head] | None:
    """Return the rows of a chain that go, and the last of them; None when all stay."""
    rows = [read_line(line) for line in kept.record.lines()]
    old = list(takewhile(lambda row: _at_us(row) < before_us, rows))
    if not old:
        return None
    last = old[-1].number()
    if len(old) < len(rows):
        lines = [line for text in kept.signed if (line := find_signed(text)) is not None]
        marks = [line.head.number for line in lines if line.head.number <= last]
        if not marks or marks[-1] < old[0].number():
            return None
        last = max(marks)
    gone = [row for row in old if row.number() <= last]
    cut = kept.record.cut
    part = ExportedChain(
        kept.begin.chain,
        gone[0].number(),
        ZERO if cut is None else cut.head.hash,
        tuple(row.line()[:-1] for row in gone),
        tuple(text for text in kept.signed if _number(text) <= last),
    )
    return part, Head(kept.begin.chain, last, gone[-1].hash)


def _at_us(row: Row) -> int:
    at_us: int = row.fields()["at_us"]
    return at_us


def _number(text: str) -> int:
    line = find_signed(text)
    return -1 if line is None else line.head.number


def months_before(now_s: float, months: int) -> float:
    """Return the moment so many months ago, on the same day of the month or its last."""
    now = datetime.fromtimestamp(now_s, UTC)
    year, month = divmod(now.year * 12 + now.month - 1 - months, 12)
    for day in range(now.day, 0, -1):
        try:
            return now.replace(year=year, month=month + 1, day=day).timestamp()
        except ValueError:
            continue
    raise AssertionError("every month has a first day")

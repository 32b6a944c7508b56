"""Whether a chain stands: every row follows the one before, and every witness knows it so.

    rows ──▶ walk: changed, dropped, reordered, no row
    heads that were seen ──▶ truncated, rewritten, gone         forged: signed by nobody we know

A witness is a row's number and hash that somebody kept elsewhere: a checkpoint in syslog or beside
the chain, or the first row of a later chain. A last line without its end is a process that died
while it wrote, and a note; that rows are missing at the end only a witness can say.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from nhipcau.audit.chain import Head, read_begin
from nhipcau.audit.row import ZERO, BadRowError, Row, read_line, row_hash
from nhipcau.audit.signed import SignedLine, keys_by_fingerprint


class Problem(StrEnum):
    """What was found."""

    CHANGED = "changed"
    DROPPED = "dropped"
    REORDERED = "reordered"
    TRUNCATED = "truncated"
    REWRITTEN = "rewritten"
    FORGED = "forged"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a chain, in one line."""

    problem: Problem
    chain: str
    text: str

    def __str__(self) -> str:
        return f"{self.problem}: {self.chain}: {self.text}"


@dataclass(frozen=True, slots=True)
class Witness:
    """A row that somebody saw; `source` says who, for a person."""

    head: Head
    source: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """What chains are held against; the keys by fingerprint."""

    keys: Mapping[str, Ed25519PublicKey]
    witnesses: Mapping[str, Sequence[Witness]]


@dataclass(frozen=True, slots=True)
class ChainRecord:
    """A chain as it is kept.

    Attributes:
        chain: its name.
        lines: gives its rows in the order in which they stand, without their line ends.
        torn: it ends with a piece of a line.
        cut: the signed line after which it goes on, when older rows were taken away lawfully.
    """

    chain: str
    lines: Callable[[], Iterable[bytes]]
    torn: bool = False
    cut: SignedLine | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What came of one chain."""

    chain: str
    rows: int
    findings: tuple[Finding, ...]
    notes: tuple[str, ...] = ()


def check_chain(record: ChainRecord, evidence: Evidence) -> Report:
    """Return what is wrong with a chain; reads its rows once and keeps none of them."""
    witnesses = evidence.witnesses.get(record.chain, ())
    walk = _Walk(record, {witness.head.number for witness in witnesses}, evidence.keys)
    for line in record.lines():
        walk.take(line)
    walk.finish()
    for witness in sorted(witnesses, key=lambda one: one.head.number):
        walk.hold_against(witness)
    return Report(record.chain, walk.rows, tuple(walk.findings), tuple(walk.notes))


def older_heads(record: ChainRecord) -> list[Witness]:
    """Return the heads of older chains that a chain's first row names; none when it is damaged."""
    if record.cut is not None:
        return []
    try:
        first = next(iter(record.lines()), b"")
        begin = read_begin(read_line(first))
    except BadRowError:
        return []
    return [Witness(head, f"the first row of {begin.chain}") for head in begin.after]


@dataclass(slots=True)
class _Walk:
    """One walk along a chain."""

    record: ChainRecord
    watched: set[int]
    keys: Mapping[str, Ed25519PublicKey]
    rows: int = 0
    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    _expected: int = 0
    # Hashes that the row before may have: two when that row was changed in itself.
    _before: tuple[str, ...] = (ZERO,)
    _gaps: list[range] = field(default_factory=list)
    _late: set[int] = field(default_factory=set)
    _seen: dict[int, str] = field(default_factory=dict)
    _cut_at: int = -1
    _shortened: bool = False

    def __post_init__(self) -> None:
        cut = self.record.cut
        if cut is None:
            return
        head = cut.head
        self._cut_at, self._expected, self._before = head.number, head.number + 1, (head.hash,)
        self._seen[head.number] = head.hash
        if not cut.holds(self.keys):
            self._find(Problem.FORGED, f"the cut after row {head.number} is signed by nobody known")
        self.notes.append(f"rows up to {head.number} were cut and exported on {cut.words['at']}")

    def take(self, line: bytes) -> None:
        """Take the next line."""
        self.rows += 1
        try:
            row = read_line(line)
            number = row.number()
        except BadRowError as error:
            self._find(Problem.CHANGED, f"row {self._expected} is no row any more: {error}")
            self._expected += 1
            self._before = ()
            return
        self._place(number, row)
        if number == 0:
            self._begin(row)
        if number in self.watched:
            self._seen[number] = row.hash
        self._expected = max(self._expected, number + 1)

    def _place(self, number: int, row: Row) -> None:
        made = [row_hash(before, row.body) for before in self._before]
        if number == self._expected:
            if self._before and row.hash not in made:
                self._find(Problem.CHANGED, f"row {number} is not as it was written")
                self._before = (row.hash, *made)
                return
        elif number > self._expected:
            self._gaps.append(range(self._expected, number))
        else:
            self._late.add(number)
            text = f"row {number} stands after row {self._expected - 1}"
            self._find(Problem.REORDERED, text)
            return
        self._before = (row.hash,)

    def _begin(self, row: Row) -> None:
        try:
            begin = read_begin(row)
            known = keys_by_fingerprint([begin.key]).keys() & self.keys.keys()
        except ValueError as error:
            self._find(Problem.CHANGED, f"row 0: {error}")
            return
        if begin.chain != self.record.chain:
            self._find(Problem.CHANGED, f"its first row is that of {begin.chain}")
        if not known:
            self._find(Problem.FORGED, "the key in its first row is none that is known here")

    def finish(self) -> None:
        """The last line has been taken."""
        for gap in self._gaps:
            missing = [number for number in gap if number not in self._late]
            if missing:
                self._find(Problem.DROPPED, f"{_rows(missing)} missing")
        if self.record.torn:
            self.notes.append("its last line is torn: the process ended while it wrote")

    def hold_against(self, witness: Witness) -> None:
        """Compare with what somebody saw; witnesses come in the order of their rows."""
        number = witness.head.number
        if number < self._cut_at:
            return
        if number >= self._expected and not self._shortened:
            self._shortened = True
            last = f"it ends at row {self._expected - 1}" if self._expected else "it has no rows"
            self._find(Problem.TRUNCATED, f"{last}, but {witness.source} saw row {number}")
        elif number in self._seen and self._seen[number] != witness.head.hash:
            self._find(Problem.REWRITTEN, f"row {number} is another than {witness.source} saw")

    def _find(self, problem: Problem, text: str) -> None:
        self.findings.append(Finding(problem, self.record.chain, text))


def _rows(numbers: Sequence[int]) -> str:
    if len(numbers) == 1:
        return f"row {numbers[0]} is"
    return f"{len(numbers)} rows from {numbers[0]} to {numbers[-1]} are"

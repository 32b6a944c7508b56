"""The chain of one writing process, from its first row on.

begin ─▶ row 0 ─▶ row 1 ─▶ row 2 ─▶ …        head: number and hash of the last row
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nhipcau.audit.canonical import deed_fields
from nhipcau.audit.entry import AuditEntry
from nhipcau.audit.row import ZERO, BadRowError, Row, make_row, row_hash


class ChainError(ValueError):
    """Rows that do not follow; one line that says which."""


@dataclass(frozen=True, slots=True)
class Head:
    """The last row of a chain: what a later row, or a witness, leans on."""

    chain: str
    number: int
    hash: str

    def as_json(self) -> dict[str, Any]:
        """Return it as it is written."""
        return {"chain": self.chain, "n": self.number, "hash": self.hash}


@dataclass(frozen=True, slots=True)
class Begin:
    """What the first row says.

    Attributes:
        chain: its name, unique for ever.
        process: which process writes it: `mcu hall`, `office`.
        at_s: when that process began; seconds since 1970-01-01 UTC.
        key: the installation's public key, 64 hex digits.
        after: the heads of older chains that this process found beside its own.
    """

    chain: str
    process: str
    at_s: float
    key: str
    after: tuple[Head, ...] = ()


class Chain:
    """Makes the rows of one chain; they count as soon as they are made."""

    def __init__(self, begin: Begin) -> None:
        self.begin = begin
        self.first = make_row(
            ZERO,
            {
                "n": 0,
                "kind": "begin",
                "chain": begin.chain,
                "process": begin.process,
                "at_us": round(begin.at_s * 1_000_000),
                "key": begin.key,
                "after": [head.as_json() for head in begin.after],
            },
        )
        self.head = Head(begin.chain, 0, self.first.hash)

    def deed(self, entry: AuditEntry) -> Row:
        """Return the next row, which tells of a deed."""
        return self._next(deed_fields(entry))

    def lost(self, count: int, at_s: float) -> Row:
        """Return the next row, which says that `count` entries are lost."""
        return self._next({"kind": "lost", "at_us": round(at_s * 1_000_000), "count": count})

    def _next(self, fields: Mapping[str, Any]) -> Row:
        number = self.head.number + 1
        row = make_row(self.head.hash, {"n": number, **fields})
        self.head = Head(self.head.chain, number, row.hash)
        return row


def read_begin(row: Row) -> Begin:
    """Return what a chain's first row says.

    Raises:
        BadRowError: it is none.
    """
    fields = row.fields()
    texts = [fields.get(name) for name in ("chain", "process", "key")]
    at_us, after = fields.get("at_us"), fields.get("after")
    if (
        fields.get("kind") != "begin"
        or not all(isinstance(text, str) for text in texts)
        or type(at_us) is not int
        or not isinstance(after, list)
    ):
        raise BadRowError("it does not begin a chain")
    chain, process, key = map(str, texts)
    return Begin(chain, process, at_us / 1_000_000, key, tuple(map(_head, after)))


def _head(found: object) -> Head:
    match found:
        case {"chain": str(chain), "n": int(number), "hash": str(digest)}:
            return Head(chain, number, digest)
        case _:
            raise BadRowError("it names no older chain")


def extend(chain: str, head: Head | None, rows: Sequence[Row]) -> Head:
    """Return the head after `rows`, which must follow `head`; None: they begin the chain.

    Raises:
        ChainError: they do not.
    """
    number, before = (-1, ZERO) if head is None else (head.number, head.hash)
    for row in rows:
        number += 1
        try:
            if row.number() != number or row_hash(before, row.body) != row.hash:
                raise ChainError(f"row {row.number()} of {chain} does not follow row {number - 1}")
            if number == 0 and read_begin(row).chain != chain:
                raise ChainError(f"the first row is not that of {chain}")
        except BadRowError as error:
            raise ChainError(f"row {number} of {chain}: {error}") from error
        before = row.hash
    if number < 0:
        raise ChainError(f"{chain} has no rows")
    return Head(chain, number, before)

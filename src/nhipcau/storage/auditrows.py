"""Between the rows of a chain and what a store keeps of them to search by."""

from dataclasses import dataclass

from nhipcau.audit.canonical import entry_of
from nhipcau.audit.chain import ChainError, Head, extend
from nhipcau.audit.row import BadRowError, Row


@dataclass(frozen=True, slots=True)
class Columns:
    """What a row is searched by; empty texts where it tells of no deed.

    `who` holds id and name, small letters, so that one search finds either.
    """

    at_us: int
    who: str
    action: str
    target: str
    verdict: str


def columns_of(row: Row) -> Columns:
    """Return what a row is searched by.

    Raises:
        BadRowError: the row is none of ours.
    """
    entry = entry_of(row)
    if entry is None:
        at_us = row.fields().get("at_us")
        if type(at_us) is not int:
            raise BadRowError("it has no time")
        return Columns(at_us, "", "", "", "")
    who = f"{entry.who} {entry.name}".lower()
    at_us = round(entry.at_s * 1_000_000)
    return Columns(at_us, who, entry.action, entry.on.lower(), entry.verdict().value)


def new_rows(chain: str, head: Head | None, rows: list[Row]) -> list[Row]:
    """Return those rows that are not kept yet, checked to follow the head.

    Raises:
        ChainError: they do not follow, or could not be searched.
    """
    try:
        fresh = [row for row in rows if head is None or row.number() > head.number]
        for row in fresh:
            row.body.decode()
            columns_of(row)
    except ValueError as error:
        raise ChainError(f"{chain}: {error}") from error
    if fresh:
        extend(chain, head, fresh)
    return fresh

"""Deeds as lines, for a person at a terminal."""

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime

from nhipcau.audit.entry import Verdict
from nhipcau.audit.query import AuditQuery, AuditRecord
from nhipcau.storage.database import open_database
from nhipcau.storage.sqlaudit import SqlAuditStore

# Rows that are asked of the database at once.
_PAGE = 1000
_ASKED = ("from", "to", "who", "action", "on", "outcome")


def found_lines(url: str, query: AuditQuery) -> Iterator[str]:
    """Yield one line for each deed, the newest first.

    Raises:
        StoreError: the database can't be reached.
    """
    with closing(SqlAuditStore(open_database(url))) as store:
        left = query.limit
        while left > 0:
            page = store.search(replace(query, limit=min(left, _PAGE)))
            yield from map(record_line, page)
            if len(page) < min(left, _PAGE):
                return
            left -= len(page)
            query = replace(query, before=page[-1].place)


def record_line(record: AuditRecord) -> str:
    """Return a deed as one line."""
    entry = record.entry
    at = datetime.fromtimestamp(entry.at_s, UTC)
    who = f"{entry.name} ({entry.who})" if entry.name and entry.who else entry.who or "-"
    more = " ".join(f"{name}={value}" for name, value in entry.more.items())
    words = (
        f"{at:%Y-%m-%d %H:%M:%S}Z",
        who,
        entry.address or "-",
        entry.action,
        entry.on or "-",
        entry.outcome,
        more,
    )
    return "  ".join(_printable(word) for word in words if word)


def asked(words: Iterable[str], limit: int) -> AuditQuery:
    """Return what is asked by words like `who=…`.

    Raises:
        ValueError: a word asks for nothing known.
    """
    told = dict(word.partition("=")[::2] for word in words)
    unknown = told.keys() - _ASKED
    if unknown:
        raise ValueError(f"nothing is called {sorted(unknown)[0]!r}: ask {', '.join(_ASKED)} = …")
    outcome = told.get("outcome", "")
    if outcome and outcome not in list(Verdict):
        raise ValueError(f"an outcome is {', '.join(Verdict)}, not {outcome!r}")
    return AuditQuery(
        from_us=time_us(told.get("from", "")),
        until_us=time_us(told.get("to", "")),
        who=told.get("who", ""),
        action=told.get("action", ""),
        on=told.get("on", ""),
        verdict=Verdict(outcome) if outcome else None,
        limit=limit,
    )


def time_us(text: str) -> int | None:
    """Return a moment written as 2024-01-25 or 2024-01-25T09:00+07:00; None for an empty text.

    Without an offset it is UTC.

    Raises:
        ValueError: it is no moment.
    """
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is no moment: write 2024-01-25 or 2024-01-25T09:00Z") from None
    return round((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp() * 1_000_000)


def _printable(word: str) -> str:
    """Return a text without what a terminal would obey."""
    return "".join(letter if letter.isprintable() else "·" for letter in word)

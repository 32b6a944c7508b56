"""What can be asked of a gathered audit, and the deeds that come back, the newest first."""

from dataclasses import dataclass

from nhipcau.audit.entry import AuditEntry, Verdict


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a deed stands among all: by its time, then by chain and number."""

    at_us: int
    chain: str
    number: int


@dataclass(frozen=True, slots=True)
class AuditQuery:
    """Which deeds; what is empty or None asks for nothing.

    Attributes:
        from_us, until_us: microseconds since 1970-01-01 UTC; from the one until before the other.
        who: part of an id or a name, letters as they are.
        action: a whole name, or with a dot at its end all below it: `live.`.
        on: part of what it was done on.
        verdict: what became of it.
        before: only what stands before this place, for the next page.
        limit: at most so many.
    """

    from_us: int | None = None
    until_us: int | None = None
    who: str = ""
    action: str = ""
    on: str = ""
    verdict: Verdict | None = None
    before: Place | None = None
    limit: int = 100


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """A deed and where it stands."""

    place: Place
    hash: str
    process: str
    entry: AuditEntry


def matches(query: AuditQuery, place: Place, entry: AuditEntry) -> bool:
    """Return True when a deed is asked for."""
    who, action = query.who.lower(), query.action
    return (
        (query.from_us is None or place.at_us >= query.from_us)
        and (query.until_us is None or place.at_us < query.until_us)
        and (who in entry.who.lower() or who in entry.name.lower())
        and (
            entry.action.startswith(action)
            if action.endswith(".") or not action
            else entry.action == action
        )
        and query.on.lower() in entry.on.lower()
        and query.verdict in (None, entry.verdict())
        and (query.before is None or place < query.before)
    )

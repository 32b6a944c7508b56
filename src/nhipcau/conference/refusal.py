"""The other answer of `decide`: exactly one reason why nothing happens."""

from dataclasses import dataclass
from enum import StrEnum

from nhipcau.conference.events import Event


class RefusalCode(StrEnum):
    """Why. `not_allowed`, `unknown_site` and `occupied` are words of the signalling protocol."""

    # The role may not do that, or the state does not allow it.
    NOT_ALLOWED = "not_allowed"
    # The endpoint's site is not on the roster.
    UNKNOWN_SITE = "unknown_site"
    # Another endpoint is in the seat and has not been asked to yield.
    OCCUPIED = "occupied"
    # What is shown at the door admits nobody any more: its bearer was removed.
    REMOVED = "removed"
    # Nobody new comes in now.
    LOCKED = "locked"
    # Drills are for rehearsals only.
    NOT_REHEARSAL = "not_rehearsal"
    # A drill is on, and sites still report.
    DRILL_RUNS = "drill_runs"
    # The scenario has changed since the page showed it.
    MOVED = "moved"
    # The meeting is over, for good.
    ENDED = "ended"
    # All is already as asked; signalling answers `ok`.
    UNCHANGED = "unchanged"
    # The endpoint is no longer the one in the seat; whatever ends with it has ended already.
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A command that changes nothing. `detail` is one English sentence for the log and the page."""

    code: RefusalCode
    detail: str


Outcome = tuple[Event, ...] | Refusal


def not_allowed(detail: str) -> Refusal:
    """Return the refusal for what the role or the state forbids."""
    return Refusal(RefusalCode.NOT_ALLOWED, detail)


def unchanged(detail: str) -> Refusal:
    """Return the refusal for what is so already."""
    return Refusal(RefusalCode.UNCHANGED, detail)


def events_or(refusal: Refusal, events: tuple[Event, ...]) -> Outcome:
    """Return `events`, or `refusal` when there are none."""
    return events or refusal

"""What pages are told of the roll call. The fields are those of docs/PROTOCOL.md, name for name."""

from collections.abc import Iterable
from dataclasses import dataclass

from nhipcau.conference.rollcall import Evidence, RollCall, Standing
from nhipcau.conference.state import ConferenceState
from nhipcau.quantities import SiteId


@dataclass(frozen=True, slots=True)
class RollSiteView:
    """One site's line; `doubts` are words of `rollcall.Doubt`, times are 0 where nobody said so."""

    site: SiteId
    standing: Standing
    doubts: tuple[str, ...]
    evidence: Evidence | None
    pressed_ms: int
    confirmed_ms: int
    confirmed_by: str


@dataclass(frozen=True, slots=True)
class RollView:
    """The `roll` message: the roll call that runs, or the last one."""

    number: int
    running: bool
    began_ms: int
    ended_ms: int
    present: int
    called: int
    sites: tuple[RollSiteView, ...]


@dataclass(frozen=True, slots=True)
class RollOfRoom:
    """The own line, in a room's `state`; `pressed`: its technician said so already."""

    number: int
    running: bool
    standing: Standing
    doubts: tuple[str, ...]
    pressed: bool


def roll_view(state: ConferenceState, visible: Iterable[SiteId]) -> RollView:
    """Return the roll call as a page sees it that may see these sites."""
    roll = state.roll
    seen = frozenset(visible)
    sites = [site for site in roll.entries if site in seen]
    return RollView(
        number=roll.number,
        running=roll.runs,
        began_ms=roll.began_ms,
        ended_ms=roll.ended_ms,
        present=roll.count(),
        called=len(roll.entries),
        sites=tuple(_line(roll, site) for site in sites),
    )


def roll_of_room(state: ConferenceState, site: SiteId | None) -> RollOfRoom | None:
    """Return a room's own line, None where no roll call has it."""
    roll = state.roll
    entry = roll.entries.get(site) if site is not None else None
    if site is None or entry is None:
        return None
    doubts = _doubts(roll, site)
    return RollOfRoom(roll.number, roll.runs, roll.standing(site), doubts, bool(entry.pressed_ms))


def _line(roll: RollCall, site: SiteId) -> RollSiteView:
    entry = roll.entries[site]
    return RollSiteView(
        site=site,
        standing=roll.standing(site),
        doubts=_doubts(roll, site),
        evidence=entry.evidence,
        pressed_ms=entry.pressed_ms,
        confirmed_ms=entry.confirmed_ms,
        confirmed_by=entry.confirmed_by,
    )


def _doubts(roll: RollCall, site: SiteId) -> tuple[str, ...]:
    evidence = roll.entries[site].evidence
    return tuple(doubt.value for doubt in evidence.doubts()) if evidence is not None else ()

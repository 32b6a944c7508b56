"""The report of a meeting, worked out from its event log alone: who was here, planned against
actual, who spoke how long, who asked and was not heard, what was voted.

records ─▶ fold, event by event ─▶ attendance, requests ─▶ Report
                             └─▶ last state ─▶ cues, speaking time, votes

The log may be cut anywhere, so a report can be made of a meeting that goes on.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from nhipcau.conference import events as ev
from nhipcau.conference.fold import fold
from nhipcau.conference.scenario_views import CueView, scenario_view
from nhipcau.conference.state import EMPTY, ConferenceState, Presence
from nhipcau.conference.vote_views import VoteView, vote_views
from nhipcau.quantities import SiteId


@dataclass(frozen=True, slots=True)
class Attendance:
    """One site; moments since 1970-01-01 UTC. A reconnection is no second coming.

    Attributes:
        first_ms: when it came; None: it never did.
        left_ms: when it was last here; None: it is here still, or never came.
        present_ms: how long it was here, all together.
        losses: how often its connection broke.
        spoken_ms, turns: how long and how often it had the floor.
    """

    site: SiteId
    name: str
    level: str
    first_ms: int | None = None
    left_ms: int | None = None
    present_ms: int = 0
    losses: int = 0
    spoken_ms: int = 0
    turns: int = 0


@dataclass(frozen=True, slots=True)
class Request:
    """A site asked for the floor; `heard_ms` is when it got it, None: it was not heard."""

    site: SiteId
    name: str
    asked_ms: int
    heard_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """All of it; `late_ms` is by how much the end came later than planned."""

    conference: str
    title: str
    begun_ms: int
    ended_ms: int
    late_ms: int
    attendance: tuple[Attendance, ...]
    cues: tuple[CueView, ...]
    requests: tuple[Request, ...]
    votes: tuple[VoteView, ...]


@dataclass(slots=True)
class _Notes:
    """What the last state does not know."""

    since_ms: dict[SiteId, int] = field(default_factory=dict)
    rows: dict[SiteId, Attendance] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)


def make_report(events: Iterable[ev.Event]) -> Report:
    """Return the report of a log.

    Raises:
        EventError: an event does not fit those before it.
    """
    state, notes, begun_ms, now_ms = EMPTY, _Notes(), 0, 0
    for event in events:
        before, state = state, fold(state, event)
        begun_ms = begun_ms or event.at_ms
        now_ms = max(now_ms, event.at_ms)
        if isinstance(event, ev.SiteEvent):
            _note(notes, event, before, state)
    scenario = scenario_view(state, now_ms)
    return Report(
        conference=state.conference,
        title=state.title,
        begun_ms=begun_ms,
        ended_ms=now_ms,
        late_ms=scenario.late_ms,
        attendance=tuple(_attendance(state, notes, now_ms)),
        cues=scenario.cues,
        requests=tuple(notes.requests),
        votes=vote_views(state),
    )


def _note(
    notes: _Notes, event: ev.SiteEvent, before: ConferenceState, after: ConferenceState
) -> None:
    site, row = event.site, after.sites.get(event.site)
    was, here = before.is_present(site), row is not None and row.presence is Presence.PRESENT
    if here and not was:
        notes.since_ms[site] = event.at_ms
        known = _known(notes, after, site)
        notes.rows[site] = replace(known, first_ms=known.first_ms or event.at_ms, left_ms=None)
    elif was and not here:
        notes.rows[site] = _gone(notes, before, site, event)
    if isinstance(event, ev.HandRaised | ev.HandAsked):
        _asked(notes, after, event)
    elif isinstance(event, ev.FloorGiven):
        notes.requests[:] = [_heard(one, event) for one in notes.requests]


def _gone(notes: _Notes, before: ConferenceState, site: SiteId, event: ev.SiteEvent) -> Attendance:
    known = _known(notes, before, site)
    stayed_ms = max(0, event.at_ms - notes.since_ms.pop(site, event.at_ms))
    return replace(
        known,
        left_ms=event.at_ms,
        present_ms=known.present_ms + stayed_ms,
        losses=known.losses + isinstance(event, ev.ConnectionLost),
    )


def _known(notes: _Notes, state: ConferenceState, site: SiteId) -> Attendance:
    row = state.sites[site]
    return notes.rows.get(site, Attendance(site, row.name, row.level))


def _asked(notes: _Notes, state: ConferenceState, event: ev.SiteEvent) -> None:
    """Note a request; one that is only passed on by the parent is noted already."""
    waits = (one.heard_ms is None and one.site == event.site for one in notes.requests)
    if not any(waits):
        name = state.sites[event.site].name
        notes.requests.append(Request(event.site, name, event.at_ms))


def _heard(request: Request, event: ev.FloorGiven) -> Request:
    if request.site != event.site or request.heard_ms is not None:
        return request
    return replace(request, heard_ms=event.at_ms)


def _attendance(state: ConferenceState, notes: _Notes, now_ms: int) -> Iterable[Attendance]:
    """Yield the roster's sites in its order, then those that are on it no more."""
    invited = {row.site: Attendance(row.site, row.name, row.level) for row in state.sites.values()}
    for site, row in {**invited, **notes.rows}.items():
        stays_ms = max(0, now_ms - notes.since_ms[site]) if site in notes.since_ms else 0
        spoken = state.spoken.get(site)
        if spoken is None:
            yield replace(row, present_ms=row.present_ms + stays_ms)
            continue
        speaks_ms = 0 if spoken.since_ms is None else max(0, now_ms - spoken.since_ms)
        yield replace(
            row,
            present_ms=row.present_ms + stays_ms,
            spoken_ms=spoken.spent_ms + speaks_ms,
            turns=spoken.turns,
        )

"""How the events of the roll call change it. `fold` finds the functions by the table at the end."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from nhipcau.conference import rollcall_events as ev
from nhipcau.conference.events import Event, SiteEvent
from nhipcau.conference.misfit import EventError
from nhipcau.conference.rollcall import Entry, RollCall
from nhipcau.conference.state import ConferenceState
from nhipcau.quantities import SiteId


def _called(state: ConferenceState, event: ev.RollCalled) -> ConferenceState:
    if state.roll.runs:
        raise EventError("the roll is being called")
    unknown = [site for site in event.sites if site not in state.sites]
    if unknown or not event.sites:
        raise EventError(f"sites {unknown} can't be called")
    before = state.roll
    entries = dict(before.entries) if event.again else {}
    # Their press and a person's word stay; what was decoded is asked for anew.
    for site in event.sites:
        entries[site] = replace(entries.get(site, Entry()), evidence=None)
    number = before.number if event.again and before.number else before.number + 1
    ordered = {site: entries[site] for site in state.sites if site in entries}
    return replace(state, roll=RollCall(number, event.at_ms, 0, event.sites, ordered))


def _taken(state: ConferenceState, event: ev.EvidenceTaken) -> ConferenceState:
    return _turned(state, event, replace(_due(state, event.site), evidence=event.evidence))


def _nothing(state: ConferenceState, event: ev.NothingDecoded) -> ConferenceState:
    return _turned(state, event, _due(state, event.site))


def _pressed(state: ConferenceState, event: ev.HerePressed) -> ConferenceState:
    return _noted(
        state, event.site, replace(_entry(state, event.site), pressed_ms=_some(event.at_ms))
    )


def _confirmed(state: ConferenceState, event: ev.HereConfirmed) -> ConferenceState:
    at_ms = _some(event.at_ms) if event.role else 0
    entry = replace(_entry(state, event.site), confirmed_ms=at_ms, confirmed_by=event.role)
    return _noted(state, event.site, entry)


def _ended(state: ConferenceState, event: ev.RollEnded) -> ConferenceState:
    if not state.roll.runs:
        raise EventError("no roll is being called")
    return replace(state, roll=replace(state.roll, due=(), ended_ms=_some(event.at_ms)))


def _some(at_ms: int) -> int:
    """Return a moment that is not 0, which would say that there is none."""
    return max(at_ms, 1)


def _entry(state: ConferenceState, site: SiteId) -> Entry:
    entry = state.roll.entries.get(site)
    if entry is None:
        raise EventError(f"site {site} is not in the roll call")
    return entry


def _due(state: ConferenceState, site: SiteId) -> Entry:
    if site not in state.roll.due:
        raise EventError(f"site {site} is not to be called")
    return _entry(state, site)


def _noted(state: ConferenceState, site: SiteId, entry: Entry) -> ConferenceState:
    entries = {**state.roll.entries, site: entry}
    return replace(state, roll=replace(state.roll, entries=entries))


def _turned(state: ConferenceState, event: SiteEvent, entry: Entry) -> ConferenceState:
    """With the last site's turn the roll call is over."""
    after = _noted(state, event.site, entry)
    due = tuple(one for one in state.roll.due if one != event.site)
    ended_ms = 0 if due else _some(event.at_ms)
    return replace(after, roll=replace(after.roll, due=due, ended_ms=ended_ms))


ROLL_FOLDERS: Mapping[type[Event], Callable[[ConferenceState, Any], ConferenceState]] = {
    ev.RollCalled: _called,
    ev.EvidenceTaken: _taken,
    ev.NothingDecoded: _nothing,
    ev.HerePressed: _pressed,
    ev.HereConfirmed: _confirmed,
    ev.RollEnded: _ended,
}

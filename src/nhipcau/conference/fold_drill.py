"""How the events of drills change the conference."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from nhipcau.conference import drill_events as ev
from nhipcau.conference.drill import Drill, SiteDrill
from nhipcau.conference.events import Event
from nhipcau.conference.misfit import EventError
from nhipcau.conference.state import ConferenceState


def _declared(state: ConferenceState, event: ev.RehearsalDeclared) -> ConferenceState:
    return replace(state, rehearsal=event.on)


def _began(state: ConferenceState, event: ev.DrillBegan) -> ConferenceState:
    if not state.rehearsal or event.drill != len(state.drills) + 1:
        raise EventError(f"drill {event.drill} can't begin here")
    drill = Drill(event.drill, event.kind, event.mcu, event.root, event.by, event.at_ms)
    return replace(state, drills=(*state.drills, drill))


def _sites(state: ConferenceState, event: ev.SitesDrilled) -> ConferenceState:
    drill = _drill(state, event.drill)
    return _changed(
        state, replace(drill, before={**drill.before, **dict.fromkeys(event.sites, event.mcu)})
    )


def _reported(state: ConferenceState, event: ev.DrillReported) -> ConferenceState:
    drill = _drill(state, event.drill)
    told = SiteDrill(event.mcu, event.sound_ms, event.picture_ms)
    return _changed(state, replace(drill, reports={**drill.reports, event.site: told}))


def _drill(state: ConferenceState, number: int) -> Drill:
    if not 1 <= number <= len(state.drills):
        raise EventError(f"there is no drill {number}")
    return state.drills[number - 1]


def _changed(state: ConferenceState, drill: Drill) -> ConferenceState:
    drills = tuple(drill if one.drill == drill.drill else one for one in state.drills)
    return replace(state, drills=drills)


DRILL_FOLDERS: Mapping[type[Event], Callable[[ConferenceState, Any], ConferenceState]] = {
    ev.RehearsalDeclared: _declared,
    ev.DrillBegan: _began,
    ev.SitesDrilled: _sites,
    ev.DrillReported: _reported,
}

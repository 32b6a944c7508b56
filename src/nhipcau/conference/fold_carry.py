"""How the events of a conference that goes on for a part of another change it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from nhipcau.conference import carry_events as ev
from nhipcau.conference.events import Event
from nhipcau.conference.misfit import EventError
from nhipcau.conference.scenario import Step, StepClock, steps_of
from nhipcau.conference.state import ConferenceState, Presence


def _carried_on(state: ConferenceState, event: ev.CarriedOn) -> ConferenceState:
    return replace(state, cut_ms=event.lost_ms)


def _expected(state: ConferenceState, event: ev.SitesExpected) -> ConferenceState:
    sites = dict(state.sites)
    for one in event.rows:
        row = sites.get(one.site)
        if row is None or row.presence is not Presence.ABSENT:
            raise EventError(f"site {one.site} is not on the roster, or has come")
        sites[one.site] = replace(
            row,
            presence=Presence.LOST,
            capture=one.capture,
            synthetic=one.synthetic,
            camera=one.camera and one.capture,
        )
    return replace(state, sites=sites)


def _step_carried(state: ConferenceState, event: ev.StepCarried) -> ConferenceState:
    step, scenario = Step(event.cue, event.turn), state.scenario
    cue = scenario.cue(event.cue)
    if scenario.at is not None or cue is None or step not in steps_of(cue):
        raise EventError(f"the scenario can't go on at {event.cue} {event.turn}")
    turn = scenario.turn(step)
    site = turn.site if turn is not None else None
    carried = replace(
        scenario,
        at=step,
        since_ms=event.since_ms,
        clocks={**scenario.clocks, step: StepClock(event.first_ms, max(0, event.spent_ms))},
        skipped=scenario.skipped - {step},
        awaited=None if site is None or state.is_present(site) else site,
    )
    return replace(state, scenario=carried, scenario_revision=state.scenario_revision + 1)


CARRY_FOLDERS: Mapping[type[Event], Callable[[ConferenceState, Any], ConferenceState]] = {
    ev.CarriedOn: _carried_on,
    ev.SitesExpected: _expected,
    ev.StepCarried: _step_carried,
}

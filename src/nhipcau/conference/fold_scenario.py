"""How the events of the scenario change it. `fold` finds the functions by the table at the end."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from nhipcau.conference import scenario_events as ev
from nhipcau.conference.events import Event
from nhipcau.conference.misfit import EventError
from nhipcau.conference.scenario import Cue, Scenario, Step, StepClock, steps_of
from nhipcau.conference.state import ConferenceState


def _with(state: ConferenceState, scenario: Scenario) -> ConferenceState:
    return replace(state, scenario=scenario, scenario_revision=state.scenario_revision + 1)


def _cue(state: ConferenceState, cue: str) -> Cue:
    found = state.scenario.cue(cue)
    if found is None:
        raise EventError(f"cue {cue} is not in the scenario")
    return found


def _still_to_come(state: ConferenceState, cue: str) -> None:
    at = state.scenario.at
    if at is not None and at.cue == cue:
        raise EventError(f"cue {cue} runs, it can't be changed")


def _step(state: ConferenceState, event: ev.StepEvent) -> Step:
    step = Step(event.cue, event.turn)
    if step not in steps_of(_cue(state, event.cue)):
        raise EventError(f"cue {event.cue} has no turn {event.turn!r}")
    return step


def _listed(state: ConferenceState, event: ev.CueListed) -> ConferenceState:
    _still_to_come(state, event.cue.cue)
    scenario, new = state.scenario, event.cue
    if scenario.cue(new.cue) is None:
        return _with(state, replace(scenario, cues=(*scenario.cues, new)))
    cues = tuple(new if one.cue == new.cue else one for one in scenario.cues)
    return _with(state, replace(_forgetting(scenario, new.cue), cues=cues))


def _turns_listed(state: ConferenceState, event: ev.TurnsListed) -> ConferenceState:
    cue = _cue(state, event.cue)
    _still_to_come(state, event.cue)
    return _changed(state, replace(cue, turns=(*cue.turns, *event.turns)))


def _changed(state: ConferenceState, cue: Cue) -> ConferenceState:
    cues = tuple(cue if one.cue == cue.cue else one for one in state.scenario.cues)
    return _with(state, replace(state.scenario, cues=cues))


def _unlisted(state: ConferenceState, event: ev.CueUnlisted) -> ConferenceState:
    _cue(state, event.cue)
    _still_to_come(state, event.cue)
    scenario = _forgetting(state.scenario, event.cue)
    cues = tuple(one for one in scenario.cues if one.cue != event.cue)
    return _with(state, replace(scenario, cues=cues))


def _forgetting(scenario: Scenario, cue: str) -> Scenario:
    return replace(
        scenario,
        clocks={step: clock for step, clock in scenario.clocks.items() if step.cue != cue},
        extra_min={step: more for step, more in scenario.extra_min.items() if step.cue != cue},
        skipped=frozenset(step for step in scenario.skipped if step.cue != cue),
    )


def _ordered(state: ConferenceState, event: ev.CuesOrdered) -> ConferenceState:
    known = {cue.cue: cue for cue in state.scenario.cues}
    if sorted(event.order) != sorted(known):
        raise EventError("an order of other cues than there are")
    return _with(state, replace(state.scenario, cues=tuple(known[one] for one in event.order)))


def _turn_put_last(state: ConferenceState, event: ev.TurnPutLast) -> ConferenceState:
    _step(state, event)
    cue = _cue(state, event.cue)
    turns = sorted(cue.turns, key=lambda turn: turn.turn == event.turn)
    return _changed(state, replace(cue, turns=tuple(turns)))


def _sealed(state: ConferenceState, event: ev.ScenarioSealed) -> ConferenceState:
    return _with(state, replace(state.scenario, seal=event.seal))


def _reached(state: ConferenceState, event: ev.StepReached) -> ConferenceState:
    step = _step(state, event)
    scenario = _left(state.scenario, event.at_ms)
    clock = scenario.clocks.get(step, StepClock(event.at_ms))
    turn = scenario.turn(step)
    site = turn.site if turn is not None else None
    return _with(
        state,
        replace(
            scenario,
            at=step,
            over=False,
            since_ms=event.at_ms,
            clocks={**scenario.clocks, step: clock},
            skipped=scenario.skipped - {step},
            awaited=None if site is None or state.is_present(site) else site,
        ),
    )


def _left(scenario: Scenario, at_ms: int) -> Scenario:
    """Return the scenario with the running step's time booked; what did not take place took none.

    A wall clock that was set back books nothing.
    """
    at = scenario.at
    if at is None or scenario.over:
        return scenario
    clock, others = scenario.clocks[at], {**scenario.clocks}
    if scenario.awaited is not None and clock.spent_ms == 0:
        del others[at]
    else:
        spent = clock.spent_ms + max(0, at_ms - scenario.since_ms)
        others[at] = replace(clock, spent_ms=spent)
    return replace(scenario, clocks=others, awaited=None)


def _extended(state: ConferenceState, event: ev.StepExtended) -> ConferenceState:
    more = {**state.scenario.extra_min, _step(state, event): event.extra_min}
    return _with(state, replace(state.scenario, extra_min=more))


def _skipped(state: ConferenceState, event: ev.StepSkipped) -> ConferenceState:
    others = state.scenario.skipped - {_step(state, event)}
    skipped = others | {Step(event.cue, event.turn)} if event.skipped else others
    return _with(state, replace(state.scenario, skipped=skipped))


def _ended(state: ConferenceState, event: ev.ScenarioEnded) -> ConferenceState:
    if not state.scenario.runs:
        raise EventError("the scenario does not run")
    return _with(
        state, replace(_left(state.scenario, event.at_ms), over=True, since_ms=event.at_ms)
    )


def _restored(state: ConferenceState, event: ev.ScenarioRestored) -> ConferenceState:
    del event
    if state.undo is None:
        raise EventError("there is nothing that could be taken back")
    return _with(state, state.undo.before.scenario)


SCENARIO_FOLDERS: Mapping[type[Event], Callable[[ConferenceState, Any], ConferenceState]] = {
    ev.CueListed: _listed,
    ev.TurnsListed: _turns_listed,
    ev.CueUnlisted: _unlisted,
    ev.CuesOrdered: _ordered,
    ev.TurnPutLast: _turn_put_last,
    ev.ScenarioSealed: _sealed,
    ev.StepReached: _reached,
    ev.StepExtended: _extended,
    ev.StepSkipped: _skipped,
    ev.ScenarioEnded: _ended,
    ev.ScenarioRestored: _restored,
}

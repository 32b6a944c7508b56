"""The rules of `test_any_course` catch a conference that is broken on purpose."""

from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import replace
from itertools import count
from random import Random
from typing import Any, cast

import pytest

from nhipcau.conference import ConferenceState, Refusal, decide, fold
from nhipcau.conference import commands as c
from nhipcau.conference import decide as deciding
from nhipcau.conference import events as ev
from nhipcau.conference import fold as folding
from nhipcau.conference import scenario_events as sev
from nhipcau.conference.refusal import Outcome, not_allowed
from nhipcau.conference.replay import replay
from nhipcau.conference.scenario import StepClock
from nhipcau.conference.wire import dump_event

from .chances import as_seen, random_command
from .meeting import HALL, opened
from .test_any_course import check, check_between, check_outcome, check_undo

Decider = Callable[[ConferenceState, Any, int], Outcome]
Folder = Callable[[ConferenceState, Any], ConferenceState]
_ENOUGH = 4000


def run_by_chance(seed: int) -> None:
    """Hold a meeting by chance against the rules, until one is broken."""
    chance, meeting, now_s = Random(seed), opened(HALL), 0.0
    state, standby = meeting.state, meeting.state
    for _ in range(_ENOUGH):
        now_s = max(0.0, now_s + chance.choice((1.5, 1.5, 1.5, 60.0, -500.0)))
        command = as_seen(random_command(chance, state), state)
        outcome = decide(state, command, now_s)
        check_outcome(outcome)
        if isinstance(outcome, Refusal):
            continue
        before = state
        for event in outcome:
            state = fold(state, event)
            check(state)
            standby = replay([dump_event(event)], standby)
            assert standby == state
        check_between(before, command, state)
        check_undo(before, command, state)


def run_many_by_chance() -> None:
    """Hold some such meetings; what one of them has no occasion for comes up in another."""
    for seed in range(6):
        run_by_chance(seed)


def _deciders() -> MutableMapping[type[c.Command], Decider]:
    table: Mapping[type[c.Command], Decider] = deciding.__globals__["_DECIDERS"]
    return cast("MutableMapping[type[c.Command], Decider]", table)


def _folders() -> MutableMapping[type[ev.Event], Folder]:
    table: Mapping[type[ev.Event], Folder] = folding.__globals__["_FOLDERS"]
    return cast("MutableMapping[type[ev.Event], Folder]", table)


def a_third_holder(state: ConferenceState, command: c.GiveFloor, at_ms: int) -> Outcome:
    """Give the floor to whoever is named, and take it from nobody."""
    if not state.is_present(command.site) or command.site in (*state.floor, *state.asked):
        return not_allowed("no")
    return (ev.FloorGiven(at_ms, command.site),)


def a_mic_under_the_lock(state: ConferenceState, command: c.SetMicrophone, at_ms: int) -> Outcome:
    """Open a microphone that the chair has locked."""
    site = command.actor.site
    if site is None or not state.is_present(site) or not state.sites[site].capture:
        return not_allowed("no")
    return (ev.MicrophoneOpened(at_ms, site),)


def a_lock_that_leaves_them_open(state: ConferenceState, command: c.MuteAll, at_ms: int) -> Outcome:
    """Lock the microphones and close none."""
    if command.locked == state.mics_locked:
        return not_allowed("no")
    return (ev.MicrophonesLocked(at_ms, command.locked),)


def a_secretary_who_interrupts(state: ConferenceState, _command: c.Extend, at_ms: int) -> Outcome:
    """Go on over whoever speaks."""
    holder = next(iter(state.floor), None)
    return not_allowed("no") if holder is None else (ev.FloorTaken(at_ms, holder),)


def nothing_at_all(_state: ConferenceState, _command: c.SetLayout, _at_ms: int) -> Outcome:
    """Neither do it nor say why not."""
    return ()


def a_shrug(_state: ConferenceState, _command: c.LowerHand, _at_ms: int) -> Outcome:
    """Refuse without a word."""
    return not_allowed("")


def a_hand_that_stays_up(state: ConferenceState, command: c.GiveFloor, at_ms: int) -> Outcome:
    """Give the floor before the hand is lowered, so that one prefix of the log has both."""
    if not state.is_present(command.site) or command.site in state.floor or state.floor:
        return not_allowed("no")
    lowering = (ev.HandLowered(at_ms, command.site),) if command.site in state.hands else ()
    return (ev.FloorGiven(at_ms, command.site), *lowering)


def a_step_back_in_time(state: ConferenceState, event: sev.StepReached) -> ConferenceState:
    """Book the time that a clock which was set back gives."""
    honest = _HONEST_REACH(state, event)
    at, since = state.scenario.at, state.scenario.since_ms
    if at is None or at not in honest.scenario.clocks:
        return honest
    clock = StepClock(since, event.at_ms - since)
    clocks = {**honest.scenario.clocks, at: clock}
    return replace(honest, scenario=replace(honest.scenario, clocks=clocks))


def a_forgotten_name(state: ConferenceState, event: ev.NextNamed) -> ConferenceState:
    """Fold by what the log does not say: how often it was folded."""
    return replace(state, next_named=event.site if next(_FOLDED) % 2 else None)


_FOLDED = count()
_HONEST_REACH = _folders()[sev.StepReached]
SPOILED_DECIDERS: dict[type[c.Command], list[Any]] = {
    c.GiveFloor: [a_third_holder, a_hand_that_stays_up],
    c.SetMicrophone: [a_mic_under_the_lock],
    c.MuteAll: [a_lock_that_leaves_them_open],
    c.Extend: [a_secretary_who_interrupts],
    c.SetLayout: [nothing_at_all],
    c.LowerHand: [a_shrug],
}
SPOILED = [(kind, spoiled) for kind, all_ in SPOILED_DECIDERS.items() for spoiled in all_]


def test_a_sound_conference_is_not_accused() -> None:
    run_by_chance(0)


@pytest.mark.parametrize(("kind", "spoiled"), SPOILED, ids=lambda one: one.__name__)
def test_a_spoiled_decision_is_caught(
    kind: type[c.Command], spoiled: Decider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(_deciders(), kind, spoiled)
    with pytest.raises(AssertionError):
        run_many_by_chance()


def test_a_clock_set_back_that_books_less_than_nothing_is_caught(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(_folders(), sev.StepReached, a_step_back_in_time)
    with pytest.raises(AssertionError):
        run_many_by_chance()


def test_a_fold_that_depends_on_more_than_the_log_is_caught(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(_folders(), ev.NextNamed, a_forgotten_name)
    with pytest.raises(AssertionError):
        run_many_by_chance()

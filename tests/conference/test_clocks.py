"""A clock that jumps changes when things were, and nothing else."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from nhipcau.conference import EMPTY, ConferenceState, Refusal, decide, fold_all
from nhipcau.conference import commands as c
from nhipcau.conference.refusal import Outcome

from .chances import as_seen
from .meeting import CHAIR, HALL, KHANH_VINH, NOW, SITES, room, seat
from .sheet import SESSION
from .strategies import connections, people, scenario_moves

# To the first second of all time and beyond the last that a person writes, a day and a leap second.
JUMPS_S = (-NOW, -86_400.0, -1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 86_400.0, 1e10)
jumps = st.lists(st.sampled_from(JUMPS_S), max_size=30)


def is_timeless(command: c.Command) -> bool:
    """Return False for what asks the time: taking back, and words of other MCUs' clocks."""
    return not isinstance(command, c.Undo | c.NoteBars)


def is_moment(name: str) -> bool:
    """Return True for the name of a field that says when something was, or for how long."""
    return name.endswith("_ms") or name in ("spoken", "undo")


def undated(value: Any) -> Any:
    """Return a value without its moments and durations."""
    if isinstance(value, Mapping):
        plain = value.items()
        return {key: undated(one) for key, one in plain if not is_moment(str(key))}
    if isinstance(value, tuple | list):
        return [undated(one) for one in value]
    return value


def facts(state: ConferenceState) -> Any:
    """Return all of a state but its moments: also what is told by whether there is one."""
    return (
        undated(asdict(state)),
        [vote.closed_ms is None for vote in state.votes.all],
        {
            site: (bool(e.pressed_ms), bool(e.confirmed_ms))
            for site, e in state.roll.entries.items()
        },
        {site: clock.since_ms is None for site, clock in state.spoken.items()},
        state.roll.runs,
        state.undo is None,
    )


def words(outcome: Outcome) -> Any:
    """Return what was decided, without its moments."""
    if isinstance(outcome, Refusal):
        return outcome
    return [(type(event).__name__, undated(asdict(event))) for event in outcome]


LED = [
    *(c.SiteJoined(site, seat(site), capture=True) for site in SITES),
    c.CallRoll(CHAIR),
    c.PressHere(room(KHANH_VINH)),
    c.ConfirmHere(CHAIR, HALL),
    *(c.Advance(CHAIR, 0) for _ in range(8)),
]


@settings(deadline=None, max_examples=120, suppress_health_check=[HealthCheck.too_slow])
@given(
    asked=st.lists((people | connections | scenario_moves).filter(is_timeless), max_size=30),
    jumps=jumps,
)
@example(asked=LED, jumps=[-NOW] * 20)
def test_a_meeting_under_a_jumping_clock_takes_the_same_course(
    asked: list[c.Command], jumps: list[float]
) -> None:
    steady_s, jumping_s, steady, jumping = NOW, NOW, EMPTY, EMPTY
    for number, command in enumerate([SESSION, *asked]):
        steady_s += 1.5
        jumping_s = max(0.0, jumping_s + 1.5 + (jumps[number] if number < len(jumps) else 0.0))
        pressed = as_seen(command, steady)
        said = decide(steady, pressed, steady_s), decide(jumping, pressed, jumping_s)
        assert words(said[0]) == words(said[1]), command
        if not isinstance(said[0], Refusal) and not isinstance(said[1], Refusal):
            steady, jumping = fold_all(steady, said[0]), fold_all(jumping, said[1])
        assert facts(steady) == facts(jumping), command

"""Planned against actual, at any moment: when each cue was to begin, did, and will.

scenario, now ─▶ timetable ─▶ for each cue planned, actual, expected;  minutes over the plan

A meeting that begins on another day than planned (a rehearsal, a demo) is compared with its plan as
if that had been moved to when it began.
"""

from dataclasses import dataclass

from nhipcau.conference.scenario import Cue, Scenario, Step, steps_of

_MS_PER_MIN = 60_000
# Further from the plan than a late start could be: another day.
_ANOTHER_DAY_MS = 6 * 3600 * 1000


@dataclass(frozen=True, slots=True)
class CueTimes:
    """One cue in time; milliseconds since 1970-01-01 UTC, 0 where there is none.

    Attributes:
        planned_ms: when it was to begin.
        began_ms: when it did.
        expected_ms: when it will, or did.
        spent_ms: how long it has run until now.
        allotted_ms: how long it may take, extensions included, without what is skipped.
    """

    cue: str
    planned_ms: int
    began_ms: int
    expected_ms: int
    spent_ms: int
    allotted_ms: int


@dataclass(frozen=True, slots=True)
class Timetable:
    """All cues in time.

    Attributes:
        cues: in the order of the scenario.
        step_ends_ms: when the running step's time is up; 0: none runs.
        ends_ms: when all will be over.
        late_ms: how much later that is than planned; negative: earlier.
    """

    cues: tuple[CueTimes, ...]
    step_ends_ms: int
    ends_ms: int
    late_ms: int


def allotted_min(scenario: Scenario, step: Step) -> float:
    """Return how many minutes a step may take: its own or its share of the cue's, and extensions.

    Raises:
        KeyError: there is no such step.
    """
    cue = scenario.cue(step.cue)
    if cue is None or step not in steps_of(cue):
        raise KeyError(step)
    return _planned_min(cue, step) + scenario.extra_min.get(step, 0)


def step_ends_ms(scenario: Scenario) -> int:
    """Return when the running step's time is up; 0: none runs."""
    if scenario.at is None or scenario.over:
        return 0
    spent = scenario.clocks[scenario.at].spent_ms
    return scenario.since_ms - spent + round(allotted_min(scenario, scenario.at) * _MS_PER_MIN)


def timetable(scenario: Scenario, now_ms: int) -> Timetable:
    """Return every cue in time as it looks now."""
    shift, rows, clock = _shift_ms(scenario, now_ms), [], 0
    ahead = frozenset(scenario.ahead())
    for cue in scenario.cues:
        planned = cue.planned_ms + shift if cue.planned_ms else 0
        began, spent = _actual(scenario, cue, now_ms)
        steps = steps_of(cue)
        allotted = {step: _allotted_ms(scenario, cue, step) for step in steps}
        rest = sum(allotted[step] for step in steps if step in ahead)
        if _runs(scenario, cue):
            rest += max(0, step_ends_ms(scenario) - now_ms)
        comes = not began and any(step in ahead for step in steps)
        start = max(clock or planned or now_ms, planned if cue.fixed else 0)
        start = max(start, now_ms) if comes else start
        expected = began or start
        if rest:
            clock = start + rest if comes else now_ms + rest
        elif comes or _runs(scenario, cue):
            clock = start if comes else now_ms
        granted = sum(allotted[step] for step in steps if step not in scenario.skipped)
        rows.append(CueTimes(cue.cue, planned, began, expected, spent, granted))
    ends = scenario.since_ms if scenario.over else clock or now_ms
    return Timetable(tuple(rows), step_ends_ms(scenario), ends, _late_ms(scenario, shift, ends))


def _late_ms(scenario: Scenario, shift: int, ends_ms: int) -> int:
    planned = [
        cue.planned_ms + cue.minutes * _MS_PER_MIN for cue in scenario.cues if cue.planned_ms
    ]
    return ends_ms - (max(planned) + shift) if planned else 0


def _shift_ms(scenario: Scenario, now_ms: int) -> int:
    """Return how far the plan is moved for comparison: not at all on its own day."""
    planned = {cue.cue: cue.planned_ms for cue in scenario.cues if cue.planned_ms}
    begun = [
        (clock.first_ms, planned[step.cue])
        for step, clock in scenario.clocks.items()
        if step.cue in planned
    ]
    if not planned:
        return 0
    first_ms, planned_ms = min(begun, default=(now_ms, min(planned.values())))
    away = first_ms - planned_ms
    return away if abs(away) > _ANOTHER_DAY_MS else 0


def _actual(scenario: Scenario, cue: Cue, now_ms: int) -> tuple[int, int]:
    """Return when a cue began, and how long it has run."""
    clocks = [(step, scenario.clocks[step]) for step in steps_of(cue) if step in scenario.clocks]
    running = max(0, now_ms - scenario.since_ms) if _runs(scenario, cue) else 0
    began = min((clock.first_ms for _, clock in clocks), default=0)
    return began, sum(clock.spent_ms for _, clock in clocks) + running


def _runs(scenario: Scenario, cue: Cue) -> bool:
    return scenario.at is not None and not scenario.over and scenario.at.cue == cue.cue


def _allotted_ms(scenario: Scenario, cue: Cue, step: Step) -> int:
    return round((_planned_min(cue, step) + scenario.extra_min.get(step, 0)) * _MS_PER_MIN)


def _planned_min(cue: Cue, step: Step) -> float:
    own = {turn.turn: turn.minutes for turn in cue.turns}
    minutes = own.get(step.turn)
    if minutes is not None:
        return minutes
    set_min = sum(each for each in own.values() if each is not None)
    sharing = sum(1 for each in own.values() if each is None) or 1
    return max(0, cue.minutes - set_min) / sharing

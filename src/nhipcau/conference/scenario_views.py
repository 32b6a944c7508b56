"""What pages are told of the scenario: all of it for chair and consoles, one line for a room.

The fields are those of docs/PROTOCOL.md, name for name. Times that run on are told as of `now_ms`;
a page adds what has passed since.
"""

from dataclasses import dataclass

from nhipcau.conference.scenario import Cue, Scenario, Step, steps_of
from nhipcau.conference.scenario_times import CueTimes, allotted_min, step_ends_ms, timetable
from nhipcau.conference.state import ConferenceState
from nhipcau.quantities import SiteId


@dataclass(frozen=True, slots=True)
class CueNow:
    """The running step, as a room is told of it; `ends_ms` is 0 where no time is set."""

    cue: str
    kind: str
    title: str
    speaker: str
    site: SiteId | None
    since_ms: int
    ends_ms: int


@dataclass(frozen=True, slots=True)
class TurnView:
    """One turn; `state` is `done`, `running`, `coming` or `skipped`."""

    turn: str
    site: SiteId | None
    name: str
    speaker: str
    minutes: float
    state: str


@dataclass(frozen=True, slots=True)
class CueView:
    """One cue, with its times as of now."""

    cue: str
    kind: str
    title: str
    who: str
    layout: str
    put_in: bool
    state: str
    planned_ms: int
    began_ms: int
    expected_ms: int
    spent_ms: int
    allotted_ms: int
    turns: tuple[TurnView, ...]


@dataclass(frozen=True, slots=True)
class ScenarioView:
    """The `scenario` message."""

    revision: int
    now_ms: int
    at: Step | None
    over: bool
    awaited: SiteId | None
    following: Step | None
    since_ms: int
    step_ends_ms: int
    ends_ms: int
    late_ms: int
    cues: tuple[CueView, ...]


def cue_now(state: ConferenceState) -> CueNow | None:
    """Return the running step, None while the scenario does not run."""
    scenario, cue = state.scenario, state.scenario.running()
    if cue is None or scenario.at is None:
        return None
    turn = scenario.turn(scenario.at)
    site = turn.site if turn is not None else None
    spoken = turn.speaker if turn is not None else cue.who
    # Whoever sits in the chair's own room is known by title.
    name = "" if site == state.chair_site and spoken else _name(state, site)
    return CueNow(
        cue=cue.cue,
        kind=cue.kind.value,
        title=cue.title,
        speaker=name or spoken,
        site=site,
        since_ms=scenario.since_ms,
        ends_ms=step_ends_ms(scenario) if allotted_min(scenario, scenario.at) else 0,
    )


def scenario_view(state: ConferenceState, now_ms: int) -> ScenarioView:
    """Return all of the scenario as of now."""
    scenario = state.scenario
    table = timetable(scenario, now_ms)
    ahead = frozenset(scenario.ahead())
    return ScenarioView(
        revision=state.scenario_revision,
        now_ms=now_ms,
        at=scenario.at,
        over=scenario.over,
        awaited=scenario.awaited,
        following=state.following(),
        since_ms=scenario.since_ms,
        step_ends_ms=table.step_ends_ms,
        ends_ms=table.ends_ms,
        late_ms=table.late_ms,
        cues=tuple(
            _cue_view(state, cue, times, ahead)
            for cue, times in zip(scenario.cues, table.cues, strict=True)
        ),
    )


def _cue_view(state: ConferenceState, cue: Cue, times: CueTimes, ahead: frozenset[Step]) -> CueView:
    scenario = state.scenario
    turns = tuple(
        TurnView(
            turn=turn.turn,
            site=turn.site,
            name=_name(state, turn.site),
            speaker=turn.speaker,
            minutes=allotted_min(scenario, step),
            state=_standing(scenario, (step,), ahead),
        )
        for turn, step in zip(cue.turns, steps_of(cue), strict=False)
    )
    return CueView(
        cue=cue.cue,
        kind=cue.kind.value,
        title=cue.title,
        who=cue.who,
        layout=cue.layout,
        put_in=cue.put_in,
        state=_standing(scenario, steps_of(cue), ahead),
        planned_ms=times.planned_ms,
        began_ms=times.began_ms,
        expected_ms=times.expected_ms,
        spent_ms=times.spent_ms,
        allotted_ms=times.allotted_ms,
        turns=turns,
    )


def _standing(scenario: Scenario, steps: tuple[Step, ...], ahead: frozenset[Step]) -> str:
    """Return where steps stand that belong together."""
    if scenario.runs and scenario.at in steps:
        return "running"
    if scenario.skipped.issuperset(steps):
        return "skipped"
    return "coming" if not ahead.isdisjoint(steps) else "done"


def _name(state: ConferenceState, site: SiteId | None) -> str:
    row = state.sites.get(site) if site is not None else None
    return "" if row is None else row.name

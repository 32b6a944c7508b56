"""Planned against actual: each cue in the plan's order and in the one in which it came.

cues before the first step ─▶ the plan ─┐
steps as they were reached ─▶ the order ┴─▶ CueRow: minutes, put in, skipped, moved, not reached
"""

from dataclasses import dataclass, field

from nhipcau.conference import events as ev
from nhipcau.conference import scenario_events as sev
from nhipcau.conference.scenario import Cue, Step, steps_of
from nhipcau.conference.scenario_times import allotted_min
from nhipcau.conference.scenario_views import CueView, scenario_view
from nhipcau.conference.state import ConferenceState
from nhipcau.quantities import SiteId

_MS_PER_MIN = 60_000


@dataclass(frozen=True, slots=True)
class TurnRow:
    """Somebody's turn within a cue; `state` is as a cue's."""

    turn: str
    site: SiteId | None
    name: str
    speaker: str
    planned_min: float
    spent_ms: int
    state: str


@dataclass(frozen=True, slots=True)
class CueRow:
    """One cue.

    Attributes:
        planned_place: from 1 in the plan; 0: it was put in meanwhile.
        actual_place: from 1 in the order in which cues began; 0: it did not.
        planned_ms, began_ms: since 1970-01-01 UTC; 0 where there is none.
        planned_min: as in the plan, without extensions.
        extra_min: what the chair added or took away.
        spent_ms: how long it ran, all its steps together.
        state: `done`, `running`, `coming`, `skipped`, `not_reached`, or `removed`: taken out.
        moved: it came out of the plan's order.
    """

    cue: str
    kind: str
    title: str
    who: str
    planned_place: int
    actual_place: int
    planned_ms: int
    began_ms: int
    planned_min: float
    extra_min: int
    spent_ms: int
    state: str
    moved: bool
    turns: tuple[TurnRow, ...]

    @property
    def put_in(self) -> bool:
        """Return True when no plan had it."""
        return not self.planned_place

    @property
    def over_ms(self) -> int:
        """Return by how much it took longer than planned; negative: shorter. 0: it did not run."""
        return self.spent_ms - round(self.planned_min * _MS_PER_MIN) if self.began_ms else 0


@dataclass(frozen=True, slots=True)
class Absence:
    """It was a site's turn, and it was not here; `until_ms` is when that was over."""

    site: SiteId
    name: str
    cue: str
    from_ms: int
    until_ms: int


@dataclass(slots=True)
class Leading:
    """Notes the plan and whose turn came in vain."""

    plan: tuple[Cue, ...] = ()
    absences: list[Absence] = field(default_factory=list)
    _awaiting: Absence | None = None

    def see(self, before: ConferenceState, event: ev.Event, after: ConferenceState) -> None:
        """Note what an event changed."""
        if after.scenario is before.scenario:
            return
        if before.scenario.at is None:
            self.plan = tuple(cue for cue in before.scenario.cues if not cue.put_in) or self.plan
            if after.scenario.at is None:
                return
        self._await(event, after)

    def close(self, at_ms: int) -> None:
        """End what goes on."""
        if self._awaiting is not None:
            waited = self._awaiting
            self.absences.append(
                Absence(waited.site, waited.name, waited.cue, waited.from_ms, at_ms)
            )
            self._awaiting = None

    def _await(self, event: ev.Event, after: ConferenceState) -> None:
        awaited, at = after.scenario.awaited, after.scenario.at
        known = self._awaiting
        reached = isinstance(event, sev.StepReached)
        if known is not None and (reached or awaited != known.site):
            self.close(event.at_ms)
        if awaited is not None and at is not None and self._awaiting is None:
            row = after.sites.get(awaited)
            name = row.name if row is not None else str(awaited)
            self._awaiting = Absence(awaited, name, at.cue, event.at_ms, event.at_ms)


def cue_rows(state: ConferenceState, plan: tuple[Cue, ...], now_ms: int) -> tuple[CueRow, ...]:
    """Return every cue: those that are in the scenario, in its order, then what was taken out."""
    scenario = state.scenario
    plan = plan or tuple(cue for cue in scenario.cues if not cue.put_in)
    planned = {cue.cue: number for number, cue in enumerate(plan, 1)}
    views = scenario_view(state, now_ms).cues
    began = sorted((view for view in views if view.began_ms), key=lambda view: view.began_ms)
    actual = {view.cue: number for number, view in enumerate(began, 1)}
    moved = _moved([view.cue for view in began], planned)
    rows = [
        _row(state, cue, view, (planned.get(cue.cue, 0), actual.get(cue.cue, 0)), moved)
        for cue, view in zip(scenario.cues, views, strict=True)
    ]
    kept = {cue.cue for cue in scenario.cues}
    rows += [_removed(cue, planned[cue.cue]) for cue in plan if cue.cue not in kept]
    return tuple(rows)


def _moved(came: list[str], planned: dict[str, int]) -> frozenset[str]:
    """Return the fewest cues whose moving explains the order in which they came.

    The longest run of cues that came in the plan's order stayed where it was.
    """
    places = [planned[cue] for cue in came if cue in planned]
    best: list[list[int]] = []
    stayed: list[int] = []
    for place in places:
        run = [*_longest([one for one in best if one[-1] < place]), place]
        best.append(run)
        stayed = _longest([stayed, run])
    return frozenset(cue for cue in came if cue in planned and planned[cue] not in stayed)


def _row(
    state: ConferenceState,
    cue: Cue,
    view: CueView,
    places: tuple[int, int],
    moved: frozenset[str],
) -> CueRow:
    scenario = state.scenario
    extra = sum(scenario.extra_min.get(step, 0) for step in steps_of(cue))
    planned_min = sum(allotted_min(scenario, step) for step in steps_of(cue)) - extra
    return CueRow(
        cue=cue.cue,
        kind=cue.kind.value,
        title=cue.title,
        who=cue.who,
        planned_place=places[0],
        actual_place=places[1],
        planned_ms=view.planned_ms,
        began_ms=view.began_ms,
        planned_min=planned_min,
        extra_min=extra,
        spent_ms=view.spent_ms,
        state=_state(view.state, bool(view.began_ms)),
        moved=cue.cue in moved,
        turns=tuple(_turns(state, cue, view)),
    )


def _turns(state: ConferenceState, cue: Cue, view: CueView) -> list[TurnRow]:
    scenario, rows = state.scenario, []
    for turn, seen in zip(cue.turns, view.turns, strict=False):
        step = Step(cue.cue, turn.turn)
        clock = scenario.clocks.get(step)
        running = scenario.runs and scenario.at == step
        # The running step has spent what its cue has beyond the others.
        others = sum(one.spent_ms for key, one in scenario.clocks.items() if key.cue == cue.cue)
        spent = (clock.spent_ms if clock else 0) + (view.spent_ms - others if running else 0)
        state_word = _state(seen.state, clock is not None)
        planned = allotted_min(scenario, step) - scenario.extra_min.get(step, 0)
        rows.append(
            TurnRow(
                turn.turn, turn.site, seen.name, turn.speaker, planned, max(0, spent), state_word
            )
        )
    return rows


def _state(seen: str, took_place: bool) -> str:
    """Return where a step stands; what a scenario calls done may have come to nothing."""
    if seen in ("running", "coming") or (seen == "skipped" and not took_place):
        return seen
    return "done" if took_place else "not_reached"


def _removed(cue: Cue, place: int) -> CueRow:
    return CueRow(
        cue=cue.cue,
        kind=cue.kind.value,
        title=cue.title,
        who=cue.who,
        planned_place=place,
        actual_place=0,
        planned_ms=cue.planned_ms,
        began_ms=0,
        planned_min=cue.minutes,
        extra_min=0,
        spent_ms=0,
        state="removed",
        moved=False,
        turns=(),
    )


def _longest(runs: list[list[int]]) -> list[int]:
    """Return the last of the longest: where two explain it alike, a cue was brought forward."""
    found: list[int] = []
    for run in runs:
        found = run if len(run) >= len(found) else found
    return found

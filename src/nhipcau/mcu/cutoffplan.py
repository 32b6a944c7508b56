"""What of a meeting goes on at an MCU that was cut off from it: a plan for its own rooms.

    meeting's plan, copy of its state ─▶ who belongs here, who chairs ─▶ plan of the part
                                     └▶ what ran, who held what       ─▶ carried in it

Turns of others are left out, votes and splits are the whole meeting's; the cue that runs goes on.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from nhipcau.conference.branch import Branch
from nhipcau.conference.commands import (
    CarriedRules,
    CarriedSite,
    CarriedStep,
    CarryOn,
)
from nhipcau.conference.scenario import Cue, CueKind, Scenario, Step, Turn
from nhipcau.conference.state import ConferenceState
from nhipcau.mcu.branchplans import branch_plan
from nhipcau.ports import messages as m
from nhipcau.ports.messages import ConferencePlan, PlannedCue, PlannedTurn
from nhipcau.ports.posts import home_of
from nhipcau.quantities import ConferenceId, McuName, SiteId

_MAX_CUES = 300


@dataclass(frozen=True, slots=True)
class Cut:
    """A cut.

    Attributes:
        mcu: who was cut off.
        number: how manieth part of this meeting it hosts, from 1; one that has ended stays so.
        lost_ms: since when, milliseconds since 1970-01-01 UTC.
        here: the sites whose rooms are connected to it.
    """

    mcu: McuName
    number: int
    lost_ms: int
    here: frozenset[SiteId]


def cutoff_prefix(plan: ConferencePlan, mcu: McuName) -> str:
    """Return how the ids of the parts begin that an MCU has hosted of a meeting."""
    return f"{plan.conference}--{mcu}-"


def cutoff_plan(plan: ConferencePlan, state: ConferenceState, cut: Cut) -> ConferencePlan | None:
    """Return the plan of the part that goes on; None: nobody belongs to it.

    Args:
        plan: the meeting's.
        state: the copy of its state, as far as it is known here.
        cut: who was cut off, and when.
    """
    sites = tuple(_members(plan, cut))
    if not sites:
        return None
    admitted = [site for site in sites if state.is_admitted(site)]
    chair = _highest(plan, [site for site in sites if site in cut.here] or admitted or sites)
    name = next(row.name for row in plan.sites if row.site == chair)
    conference = ConferenceId(f"{cutoff_prefix(plan, cut.mcu)}{cut.number}")
    part = Branch(conference, name, chair, (chair, *(one for one in sites if one != chair)))
    barred = {*plan.barred, *(bar.credential for bar in state.bars.values() if bar.barred)}
    return branch_plan(plan, part, "", {chair: cut.mcu}).model_copy(
        update={
            "scenario": tuple(_scenario(state, set(sites)))[:_MAX_CUES],
            "barred": tuple(sorted(barred)),
            "carried": _carried(plan, state, cut.lost_ms, sites),
        }
    )


def carry_on(plan: ConferencePlan) -> CarryOn | None:
    """Return the command by which a part goes on as its plan says; None: it is no such part."""
    carried = plan.carried
    if carried is None or plan.parent is None:
        return None
    step = carried.step
    return CarryOn(
        parent=plan.parent,
        lost_ms=carried.lost_ms,
        sites=tuple(CarriedSite(**one.model_dump()) for one in carried.sites),
        floor=carried.floor,
        hands=carried.hands,
        rules=CarriedRules(
            carried.mics_locked, carried.hands_via_parent, carried.doors_ask, carried.locked
        ),
        step=None
        if step is None
        else CarriedStep(Step(step.cue, step.turn), step.first_ms, step.since_ms, step.spent_ms),
        extra=tuple((Step(cue, turn), minutes) for cue, turn, minutes in carried.extra),
        skipped=tuple(Step(cue, turn) for cue, turn in carried.skipped),
    )


def _members(plan: ConferencePlan, cut: Cut) -> Iterator[SiteId]:
    """Yield who is at home at the MCU, and whose room is there; a guest is the whole meeting's."""
    guests = {guest.site for guest in plan.guests}
    for row in plan.sites:
        ours = row.site in cut.here or home_of(plan, row.site) == cut.mcu
        if ours and row.site not in guests:
            yield row.site


def _highest(plan: ConferencePlan, sites: Collection[SiteId]) -> SiteId:
    """Return the site with the fewest above it; of several the first of the roster."""
    above = {row.site: row.parent for row in plan.sites}

    def depth(site: SiteId) -> int:
        passed, step = {site}, above.get(site)
        while step is not None and step not in passed:
            passed.add(step)
            step = above.get(step)
        return len(passed)

    return min((row.site for row in plan.sites if row.site in sites), key=depth)


def _scenario(state: ConferenceState, mine: set[SiteId]) -> Iterator[PlannedCue]:
    scenario = state.scenario
    running = scenario.at.cue if scenario.runs and scenario.at is not None else None
    reached = running is None
    for cue in () if scenario.over else scenario.cues:
        reached = reached or cue.cue == running
        if reached and (own := _own(cue, state, mine)) is not None:
            yield own


def _own(cue: Cue, state: ConferenceState, mine: set[SiteId]) -> PlannedCue | None:
    """Return what of a cue is ours; None: nothing. What runs goes on, whoever has its turn."""
    at = state.scenario.at if state.scenario.runs else None
    runs = at is not None and at.cue == cue.cue
    turns = tuple(
        _turn(turn, state, mine)
        for turn in cue.turns
        if turn.site in mine or (runs and at == (cue.cue, turn.turn))
    )
    of_all = cue.kind in (CueKind.SPLIT, CueKind.MERGE, CueKind.VOTE)
    if not runs and not turns and (cue.turns or of_all):
        return None
    return PlannedCue(
        cue=cue.cue,
        kind=CueKind.ITEM if of_all else cue.kind,
        title=cue.title,
        who=cue.who,
        minutes=cue.minutes,
        planned_ms=cue.planned_ms,
        fixed=cue.fixed,
        turns=turns,
    )


def _turn(turn: Turn, state: ConferenceState, mine: set[SiteId]) -> PlannedTurn:
    """Return a turn; somebody of another part speaks, for all we know, from no room of ours."""
    if turn.site is None or turn.site in mine:
        return PlannedTurn(
            turn=turn.turn, site=turn.site, speaker=turn.speaker, minutes=turn.minutes
        )
    row = state.sites.get(turn.site)
    speaker = turn.speaker or (row.name if row is not None else "")
    return PlannedTurn(turn=turn.turn, speaker=speaker, minutes=turn.minutes)


def _carried(
    plan: ConferencePlan, state: ConferenceState, lost_ms: int, sites: tuple[SiteId, ...]
) -> m.Carried:
    scenario = state.scenario
    here = [state.sites[site] for site in sites if state.is_admitted(site)]
    known = {row.site for row in here}
    asking = (*state.hands, *state.asked)
    source = next((row.name for row in plan.sites if row.site == plan.chair_site), plan.title)
    return m.Carried(
        source=source[:200],
        lost_ms=lost_ms,
        sites=tuple(
            m.CarriedSite(
                site=row.site,
                capture=row.capture,
                synthetic=row.synthetic,
                camera=row.camera,
                mic=row.mic,
            )
            for row in here
        ),
        floor=tuple(site for site in state.floor if site in known),
        hands=tuple(site for site in asking if site in known),
        mics_locked=state.mics_locked,
        hands_via_parent=state.hands_via_parent,
        doors_ask=state.doors_ask,
        locked=state.locked,
        step=_step(scenario),
        extra=tuple((*step, minutes) for step, minutes in scenario.extra_min.items()),
        skipped=tuple((step.cue, step.turn) for step in sorted(scenario.skipped)),
    )


def _step(scenario: Scenario) -> m.CarriedStep | None:
    at = scenario.at
    if at is None or scenario.over:
        return None
    clock = scenario.clocks[at]
    return m.CarriedStep(
        cue=at.cue,
        turn=at.turn,
        first_ms=clock.first_ms,
        since_ms=scenario.since_ms,
        spent_ms=clock.spent_ms,
    )

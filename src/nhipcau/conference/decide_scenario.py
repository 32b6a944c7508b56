"""How the scenario goes on. One press: the floor, the microphones, the picture and the clock.

    step ─▶ reached ─▶ former speaker silent ─▶ floor to who is here ─▶ layout of the cue

A turn whose site is not here gives the floor to nobody: the scenario awaits it, the chair is told
and puts it off, skips it, or gives the floor when it has come. The secretary may put it off or skip
it, too, so that the meeting goes on; whoever speaks is the chair's to interrupt.
"""

from nhipcau.conference import events as ev
from nhipcau.conference import scenario_commands as c
from nhipcau.conference import scenario_events as sev
from nhipcau.conference.actor import Actor, Role
from nhipcau.conference.commands import Merge
from nhipcau.conference.decide_rollcall import roll_of_cue
from nhipcau.conference.decide_split import merge_step, merged, not_split, splits_of_cue
from nhipcau.conference.decide_vote import votes_of_cue
from nhipcau.conference.fold import fold_all
from nhipcau.conference.refusal import Outcome, Refusal, RefusalCode, not_allowed, unchanged
from nhipcau.conference.scenario import Cue, CueKind, Scenario, Step, steps_of
from nhipcau.conference.seats import close_mic, lower, take_floor_from
from nhipcau.conference.state import AUTO_LAYOUT, ConferenceState
from nhipcau.conference.vote_events import VoteClosed
from nhipcau.quantities import SiteId

_Events = tuple[ev.Event, ...]


def moved_on(state: ConferenceState, command: c.ScenarioCommand) -> Refusal | None:
    """Refuse a command that was pressed before the scenario changed."""
    if not state.scenario.cues and not isinstance(command, c.InsertCue):
        return not_allowed("this meeting has no scenario")
    if command.seen == state.scenario_revision:
        return None
    return Refusal(RefusalCode.MOVED, "the scenario has changed since; look and press again")


def advance(state: ConferenceState, command: c.Advance, at_ms: int) -> Outcome:
    """Begin the step that follows; behind the last one the scenario is over."""
    refusal = moved_on(state, command)
    if refusal is not None:
        return refusal
    if state.scenario.over:
        return unchanged("the scenario is over")
    return go_on(state, state.following(), at_ms)


def go_back(state: ConferenceState, command: c.GoBack, at_ms: int) -> Outcome:
    """Begin the step before once more; its clock goes on from where it stood."""
    refusal = moved_on(state, command)
    if refusal is not None:
        return refusal
    step = state.scenario.preceding()
    return not_allowed("nothing was before this") if step is None else reach(state, step, at_ms)


def skip(state: ConferenceState, command: c.Skip, at_ms: int) -> Outcome:
    """Pass over what has not come yet; of what runs, the rest."""
    refusal = moved_on(state, command)
    if refusal is not None:
        return refusal
    scenario = state.scenario
    cue = scenario.cue(command.cue)
    if cue is None:
        return not_allowed(f"cue {command.cue} is not in the scenario")
    wanted = [step for step in steps_of(cue) if command.turn in (None, step.turn)]
    left = [step for step in _from_now(scenario) if step in wanted]
    if not left:
        return not_allowed(f"cue {command.cue} has been, or has no such turn")
    if not command.on and scenario.at in left:
        left.remove(scenario.at)
    if scenario.at in left and _interrupts(state, command.actor):
        return not_allowed("only the chair ends what runs while its speaker is here")
    marks = _marks(scenario, left, on=command.on, at_ms=at_ms)
    if not marks:
        return unchanged(f"cue {command.cue} is {'' if command.on else 'not '}passed over")
    if scenario.at not in left:
        return marks
    passed = fold_all(state, marks)
    return (*marks, *go_on(passed, passed.scenario.following(), at_ms))


def put_off(state: ConferenceState, command: c.PutOff, at_ms: int) -> Outcome:
    """Put what runs behind what is like it, and go on."""
    refusal = moved_on(state, command)
    if refusal is not None:
        return refusal
    scenario, cue = state.scenario, state.scenario.running()
    following = scenario.following()
    if cue is None or scenario.at is None or following is None:
        return not_allowed("nothing follows that could come before it")
    if _interrupts(state, command.actor):
        return not_allowed("only the chair puts off what runs while its speaker is here")
    last = steps_of(cue)[-1]
    if scenario.at != last:
        moves: _Events = (sev.TurnPutLast(at_ms, *scenario.at),)
    else:
        moves = _behind_its_like(scenario, cue, scenario.at, at_ms)
    return (*moves, *reach(fold_all(state, moves), following, at_ms))


def go_on(state: ConferenceState, step: Step | None, at_ms: int) -> _Events:
    """Return what the next step brings, or the end of the scenario."""
    if step is not None:
        return reach(state, step, at_ms)
    vote = state.votes.open
    closing = () if vote is None else (VoteClosed(at_ms, vote.vote),)
    silent = _fall_silent(state, None, at_ms)
    return (sev.ScenarioEnded(at_ms), *silent, *closing, *merged(state, at_ms))


def merge(state: ConferenceState, command: Merge, at_ms: int) -> Outcome:
    """End the branches: by the scenario's own step where it has one."""
    refusal = not_split(state)
    if refusal is not None:
        return refusal
    step = merge_step(state)
    return merged(state, at_ms) if step is None else reach(state, step, at_ms)


def reach(state: ConferenceState, step: Step, at_ms: int) -> _Events:
    """Return all that happens when `step` begins."""
    scenario = state.scenario
    cue, turn = scenario.cue(step.cue), scenario.turn(step)
    assert cue is not None
    site = turn.site if turn is not None else None
    speaks = site if site is not None and state.is_present(site) else None
    return (
        sev.StepReached(at_ms, *step),
        *_fall_silent(state, speaks, at_ms),
        *_give(state, speaks, at_ms),
        *_picture(state, cue, at_ms),
        *votes_of_cue(state, cue, at_ms),
        *roll_of_cue(state, cue, at_ms),
        *splits_of_cue(state, cue, at_ms),
    )


def _interrupts(state: ConferenceState, actor: Actor) -> bool:
    """Return True when going on would be a secretary's word over somebody who speaks."""
    return actor.role is Role.SECRETARY and state.scenario.awaited is None


def _from_now(scenario: Scenario) -> list[Step]:
    """Return the running step and all behind it, skipped ones, too."""
    steps = list(scenario.steps())
    if scenario.over:
        return []
    return steps if scenario.at is None else steps[steps.index(scenario.at) :]


def _marks(scenario: Scenario, steps: list[Step], *, on: bool, at_ms: int) -> _Events:
    return tuple(
        sev.StepSkipped(at_ms, *step, on) for step in steps if (step in scenario.skipped) != on
    )


def _behind_its_like(scenario: Scenario, cue: Cue, step: Step, at_ms: int) -> _Events:
    """Move the cue of one turn, or the last turn as a cue of its own, behind those of its kind.

    Where the next cue is of another kind, it comes behind that one.
    """
    place = scenario.cues.index(cue)
    later = scenario.cues[place + 1 :]
    alike = 0
    while alike < len(later) and later[alike].kind is cue.kind:
        alike += 1
    alike = alike or 1
    before = [one.cue for one in scenario.cues[:place]]
    passed, rest = [one.cue for one in later[:alike]], [one.cue for one in later[alike:]]
    if len(steps_of(cue)) == 1:
        return (sev.CuesOrdered(at_ms, (*before, *passed, cue.cue, *rest)),)
    alone = _alone(scenario, cue, step)
    return (
        sev.StepSkipped(at_ms, *step, True),
        sev.CueListed(at_ms, alone),
        sev.CuesOrdered(at_ms, (*before, cue.cue, *passed, alone.cue, *rest)),
    )


def _alone(scenario: Scenario, cue: Cue, step: Step) -> Cue:
    turn = scenario.turn(step)
    assert turn is not None
    minutes = turn.minutes if turn.minutes is not None else cue.minutes // len(cue.turns)
    return Cue(
        cue=free_id(scenario, f"{cue.cue}-{turn.turn}"),
        kind=CueKind.ITEM,
        title=cue.title,
        who=turn.speaker,
        minutes=minutes,
        planned_ms=0,
        fixed=False,
        layout=cue.layout,
        turns=(turn,),
        put_in=True,
    )


def free_id(scenario: Scenario, wish: str) -> str:
    """Return `wish`, or that with a number behind it, as no cue is called."""
    taken = {cue.cue for cue in scenario.cues}
    name, number = wish, 1
    while name in taken:
        number += 1
        name = f"{wish}.{number}"
    return name


def _fall_silent(state: ConferenceState, speaks: SiteId | None, at_ms: int) -> _Events:
    """Take the floor and the microphone from all but whoever speaks now, and the chair's site."""
    losing = [site for site in state.floor if site != speaks]
    spared = {speaks, state.chair_site, *losing}
    open_mics = (row.site for row in state.sites.values() if row.mic and row.site not in spared)
    shared = state.content
    stops = shared is not None and shared in losing and shared != state.chair_site
    return (
        *(event for site in losing for event in take_floor_from(state, site, at_ms)),
        *(event for site in open_mics for event in close_mic(state, site, at_ms)),
        *((ev.ContentStopped(at_ms, shared),) if stops and shared is not None else ()),
    )


def _give(state: ConferenceState, site: SiteId | None, at_ms: int) -> _Events:
    if site is None:
        return ()
    row = state.sites[site]
    given = () if site in state.floor else (ev.FloorGiven(at_ms, site),)
    opening = (ev.MicrophoneOpened(at_ms, site),) if row.capture and not row.mic else ()
    return (*lower(state, site, at_ms), *given, *opening)


def _picture(state: ConferenceState, cue: Cue, at_ms: int) -> _Events:
    layout = cue.layout if cue.layout in state.layouts else AUTO_LAYOUT
    return () if layout == state.layout else (ev.LayoutSet(at_ms, layout),)

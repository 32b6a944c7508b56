"""When a meeting splits into its branches and when it is merged: by its scenario, or by its chair.

before │ SPLIT … │ MERGE …        inside, the branches run; outside, they do not
"""

from nhipcau.conference import commands as c
from nhipcau.conference import split_events as sev
from nhipcau.conference.events import Event
from nhipcau.conference.refusal import Outcome, Refusal, RefusalCode, unchanged
from nhipcau.conference.scenario import Cue, CueKind, Scenario, Step, steps_of
from nhipcau.conference.state import ConferenceState


def plan_splits(state: ConferenceState, command: c.Open, at_ms: int) -> tuple[Event, ...]:
    """Return what brings the planned splits to those of a plan."""
    wanted = {split.cue: split.branches for split in command.splits}
    # What runs stays planned, so that a merge can be taken back.
    gone = (cue for cue in state.split_plans if cue not in wanted and cue != state.split_cue)
    return (
        *(sev.SplitPlanned(at_ms, cue, ()) for cue in gone),
        *(
            sev.SplitPlanned(at_ms, cue, branches)
            for cue, branches in wanted.items()
            if state.split_plans.get(cue, ()) != branches
        ),
    )


def splits_of_cue(state: ConferenceState, cue: Cue, at_ms: int) -> tuple[Event, ...]:
    """Return what reaching a cue does: it splits, merges what ran before it, or leaves it."""
    inside = _split_around(state.scenario, cue)
    if state.split_cue and state.split_cue != inside:
        return (sev.ConferenceMerged(at_ms), *_splitting(state, cue, at_ms))
    return () if state.split_cue else _splitting(state, cue, at_ms)


def merged(state: ConferenceState, at_ms: int) -> tuple[Event, ...]:
    """Return what ends all branches, nothing where none runs."""
    return (sev.ConferenceMerged(at_ms),) if state.split_cue else ()


def merge_step(state: ConferenceState) -> Step | None:
    """Return the step of the scenario that merges the meeting as it is split now."""
    for step in state.scenario.ahead():
        cue = state.scenario.cue(step.cue)
        if cue is not None and cue.kind is CueKind.MERGE:
            return steps_of(cue)[0]
    return None


def close_branch(state: ConferenceState, command: c.CloseBranch, at_ms: int) -> Outcome:
    """Note that a branch has ended by itself."""
    if all(one.conference != command.conference for one in state.branches):
        return unchanged(f"{command.conference} is no branch that runs")
    return (sev.BranchClosed(at_ms, command.conference),)


def not_split(state: ConferenceState) -> Refusal | None:
    """Refuse to merge what is not split."""
    if state.split_cue:
        return None
    return Refusal(RefusalCode.UNCHANGED, "the meeting is not split")


def _splitting(state: ConferenceState, cue: Cue, at_ms: int) -> tuple[Event, ...]:
    splits = cue.kind is CueKind.SPLIT and cue.cue in state.split_plans
    return (sev.ConferenceSplit(at_ms, cue.cue),) if splits else ()


def _split_around(scenario: Scenario, cue: Cue) -> str:
    """Return the split whose part of the scenario a cue is in, "" for none."""
    inside = ""
    for one in scenario.cues:
        if one.kind is CueKind.SPLIT:
            inside = one.cue
        elif one.kind is CueKind.MERGE:
            inside = ""
        if one.cue == cue.cue:
            return inside
    return ""

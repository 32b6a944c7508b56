"""How the events of a split change the conference."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from nhipcau.conference import split_events as ev
from nhipcau.conference.branch import numbered
from nhipcau.conference.events import Event
from nhipcau.conference.misfit import EventError
from nhipcau.conference.state import ConferenceState


def _planned(state: ConferenceState, event: ev.SplitPlanned) -> ConferenceState:
    planned = {cue: split for cue, split in state.split_plans.items() if cue != event.cue}
    return replace(
        state,
        split_plans={**planned, event.cue: event.branches} if event.branches else planned,
    )


def _split(state: ConferenceState, event: ev.ConferenceSplit) -> ConferenceState:
    branches = state.split_plans.get(event.cue)
    if branches is None or state.split_cue:
        raise EventError(f"cue {event.cue} can't split the meeting now")
    number = state.splits + 1
    return replace(state, split_cue=event.cue, splits=number, branches=numbered(branches, number))


def _closed(state: ConferenceState, event: ev.BranchClosed) -> ConferenceState:
    left = tuple(one for one in state.branches if one.conference != event.conference)
    if left == state.branches:
        raise EventError(f"{event.conference} is no branch of the meeting")
    return replace(state, branches=left)


def _merged(state: ConferenceState, _event: ev.ConferenceMerged) -> ConferenceState:
    if not state.split_cue:
        raise EventError("the meeting is not split")
    return replace(state, split_cue="", branches=())


SPLIT_FOLDERS: Mapping[type[Event], Callable[[ConferenceState, Any], ConferenceState]] = {
    ev.SplitPlanned: _planned,
    ev.ConferenceSplit: _split,
    ev.BranchClosed: _closed,
    ev.ConferenceMerged: _merged,
}

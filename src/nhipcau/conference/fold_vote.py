"""How the events of votes change them. `fold` finds the functions by the table at the end."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from nhipcau.conference import vote_events as ev
from nhipcau.conference.events import Event
from nhipcau.conference.misfit import EventError
from nhipcau.conference.state import ConferenceState
from nhipcau.conference.vote import Vote, Votes


def _vote(state: ConferenceState, vote: str) -> Vote:
    found = state.votes.get(vote)
    if found is None:
        raise EventError(f"there is no vote {vote}")
    return found


def _changed(state: ConferenceState, vote: Vote) -> ConferenceState:
    votes = tuple(vote if one.vote == vote.vote else one for one in state.votes.all)
    return replace(state, votes=replace(state.votes, all=votes))


def _opened(state: ConferenceState, event: ev.VoteOpened) -> ConferenceState:
    if state.votes.open is not None or state.votes.get(event.vote) is not None:
        raise EventError("a vote is open, or has that id")
    vote = Vote(
        vote=event.vote,
        cue=event.cue,
        question=event.question,
        answers=event.answers,
        delegations=event.delegations,
        opened_ms=event.at_ms,
    )
    return replace(state, votes=Votes((*state.votes.all, vote), shown=event.vote))


def _cast(state: ConferenceState, event: ev.VoteCast) -> ConferenceState:
    vote = _vote(state, event.vote)
    fits = event.site in vote.delegations and 0 <= event.answer < len(vote.answers)
    if vote.closed_ms is not None or not fits:
        raise EventError(f"vote {event.vote} takes no such answer of {event.site}")
    others = vote.told - {event.site}
    told = others | {event.site} if event.told else others
    return _changed(state, replace(vote, cast={**vote.cast, event.site: event.answer}, told=told))


def _closed(state: ConferenceState, event: ev.VoteClosed) -> ConferenceState:
    return _changed(state, replace(_vote(state, event.vote), closed_ms=event.at_ms))


def _reopened(state: ConferenceState, event: ev.VoteReopened) -> ConferenceState:
    if state.votes.open is not None:
        raise EventError("another vote is open")
    return _changed(state, replace(_vote(state, event.vote), closed_ms=None))


def _withdrawn(state: ConferenceState, event: ev.VoteWithdrawn) -> ConferenceState:
    _vote(state, event.vote)
    votes = tuple(one for one in state.votes.all if one.vote != event.vote)
    shown = None if state.votes.shown == event.vote else state.votes.shown
    return replace(state, votes=Votes(votes, shown))


def _shown(state: ConferenceState, event: ev.VoteShown) -> ConferenceState:
    if event.vote is not None:
        _vote(state, event.vote)
    return replace(state, votes=replace(state.votes, shown=event.vote))


VOTE_FOLDERS: Mapping[type[Event], Callable[[ConferenceState, Any], ConferenceState]] = {
    ev.VoteOpened: _opened,
    ev.VoteCast: _cast,
    ev.VoteClosed: _closed,
    ev.VoteReopened: _reopened,
    ev.VoteWithdrawn: _withdrawn,
    ev.VoteShown: _shown,
}

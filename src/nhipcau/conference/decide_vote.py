"""Votes: opened by a cue or the chair, answered once by each delegation, closed.

A delegation without a connection answers by telephone; whoever leads writes it down.
"""

from nhipcau.conference import events as ev
from nhipcau.conference import vote_commands as c
from nhipcau.conference import vote_events as vev
from nhipcau.conference.refusal import Outcome, Refusal, not_allowed, unchanged
from nhipcau.conference.scenario import Cue
from nhipcau.conference.seats import own_seat
from nhipcau.conference.state import ConferenceState
from nhipcau.conference.vote import MAX_ANSWERS, MAX_DELEGATIONS, MAX_VOTES, Vote
from nhipcau.quantities import SiteId

_MAX_LETTERS = 500
_MAX_ANSWER_LETTERS = 200


def open_vote(state: ConferenceState, command: c.OpenVote, at_ms: int) -> Outcome:
    """Put a question to delegations that are on the roster, while no other is open."""
    if state.votes.open is not None:
        return not_allowed("a vote is open")
    refusal = _unfit(state, command)
    if refusal is not None:
        return refusal
    return (
        vev.VoteOpened(
            at_ms,
            _free_id(state),
            "",
            command.question.strip(),
            tuple(answer.strip() for answer in command.answers),
            tuple(dict.fromkeys(command.delegations)),
        ),
    )


def cast_vote(state: ConferenceState, command: c.CastVote, at_ms: int) -> Outcome:
    """Answer for the actor's own seat."""
    row = own_seat(state, command.actor)
    if isinstance(row, Refusal):
        return row
    own = c.RecordVote(command.actor, command.vote, row.site, command.answer)
    return _cast(state, own, told=False, at_ms=at_ms)


def record_vote(state: ConferenceState, command: c.RecordVote, at_ms: int) -> Outcome:
    """Write down what a delegation said."""
    return _cast(state, command, told=True, at_ms=at_ms)


def close_vote(state: ConferenceState, command: c.CloseVote, at_ms: int) -> Outcome:
    """End the open vote; its result stays on the screens."""
    vote = state.votes.get(command.vote)
    if vote is None:
        return not_allowed(f"there is no vote {command.vote}")
    if vote.closed_ms is not None:
        return unchanged(f"vote {command.vote} is closed")
    return (vev.VoteClosed(at_ms, command.vote),)


def show_vote(state: ConferenceState, command: c.ShowVote, at_ms: int) -> Outcome:
    """Put a vote on the screens, or take it away."""
    if command.vote is not None and state.votes.get(command.vote) is None:
        return not_allowed(f"there is no vote {command.vote}")
    if command.vote == state.votes.shown:
        return unchanged("that is what the screens show")
    return (vev.VoteShown(at_ms, command.vote),)


def votes_of_cue(state: ConferenceState, cue: Cue, at_ms: int) -> tuple[ev.Event, ...]:
    """Return what the beginning of a cue does to votes: the open one ends, the cue's own begins.

    A cue that is gone back to does not ask again.
    """
    running, votes = state.scenario.running(), state.votes
    if running is not None and running.cue == cue.cue:
        return ()
    closing = () if votes.open is None else (vev.VoteClosed(at_ms, votes.open.vote),)
    opening = _of_ballot(state, cue, at_ms)
    hiding = (vev.VoteShown(at_ms, None),) if votes.shown is not None and not opening else ()
    return (*closing, *hiding, *opening)


def _of_ballot(state: ConferenceState, cue: Cue, at_ms: int) -> tuple[ev.Event, ...]:
    ballot = cue.ballot
    asked = any(vote.cue == cue.cue for vote in state.votes.all)
    if ballot is None or asked or len(state.votes.all) >= MAX_VOTES:
        return ()
    listed = tuple(site for site in ballot.delegations if site in state.sites)
    name = _free_id(state)
    return (vev.VoteOpened(at_ms, name, cue.cue, ballot.question, ballot.answers, listed),)


def _free_id(state: ConferenceState) -> str:
    taken = {vote.vote for vote in state.votes.all}
    number = len(taken) + 1
    while f"v{number}" in taken:
        number += 1
    return f"v{number}"


def _cast(state: ConferenceState, command: c.RecordVote, *, told: bool, at_ms: int) -> Outcome:
    name, site, answer = command.vote, command.site, command.answer
    vote = state.votes.get(name)
    if vote is None or vote.closed_ms is not None:
        return not_allowed(f"vote {name} is not open")
    if site not in vote.delegations:
        return not_allowed(f"site {site} is no delegation of this vote")
    if not 0 <= answer < len(vote.answers):
        return not_allowed("there is no such answer")
    if _stands(vote, site, answer, told=told):
        return unchanged("that is the answer")
    return (vev.VoteCast(at_ms, site, name, answer, told),)


def _stands(vote: Vote, site: SiteId, answer: int, *, told: bool) -> bool:
    return vote.cast.get(site) == answer and (site in vote.told) == told


def _unfit(state: ConferenceState, command: c.OpenVote) -> Refusal | None:
    answers = [answer.strip() for answer in command.answers]
    if not command.question.strip() or len(command.question) > _MAX_LETTERS:
        return not_allowed(f"a question has 1 to {_MAX_LETTERS} letters")
    if not 2 <= len(answers) <= MAX_ANSWERS or not all(answers):
        return not_allowed(f"a vote has 2 to {MAX_ANSWERS} answers")
    if max(len(answer) for answer in answers) > _MAX_ANSWER_LETTERS:
        return not_allowed(f"an answer has at most {_MAX_ANSWER_LETTERS} letters")
    if not 1 <= len(command.delegations) <= MAX_DELEGATIONS:
        return not_allowed(f"a vote has 1 to {MAX_DELEGATIONS} delegations")
    if not set(state.sites).issuperset(command.delegations):
        return not_allowed("a delegation is not on the roster")
    if len(state.votes.all) >= MAX_VOTES:
        return not_allowed(f"a meeting has at most {MAX_VOTES} votes")
    return None

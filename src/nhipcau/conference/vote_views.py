"""What pages are told of votes: a room what it is asked, chair and consoles who answered what."""

from collections.abc import Iterator
from dataclasses import dataclass

from nhipcau.conference.state import ConferenceState
from nhipcau.conference.vote import Vote
from nhipcau.quantities import SiteId


@dataclass(frozen=True, slots=True)
class VoteNow:
    """The vote that is on the screens, as one site is told of it.

    `counts` are empty until it is closed; `mine` is the site's own answer; `may`: it is asked.
    """

    vote: str
    question: str
    answers: tuple[str, ...]
    closed: bool
    cast: int
    delegations: int
    counts: tuple[int, ...]
    mine: int | None
    may: bool


@dataclass(frozen=True, slots=True)
class DelegationView:
    """What one delegation answered; `told`: somebody else wrote it down."""

    site: SiteId
    name: str
    answer: int | None
    told: bool


@dataclass(frozen=True, slots=True)
class VoteView:
    """One vote in the message `votes`; `closed_ms` None: it is open."""

    vote: str
    cue: str
    question: str
    answers: tuple[str, ...]
    opened_ms: int
    closed_ms: int | None
    counts: tuple[int, ...]
    delegations: tuple[DelegationView, ...]


def vote_now(state: ConferenceState, site: SiteId | None) -> VoteNow | None:
    """Return the vote on the screens for one site, None while there is none."""
    vote = state.votes.get(state.votes.shown)
    if vote is None:
        return None
    closed = vote.closed_ms is not None
    return VoteNow(
        vote=vote.vote,
        question=vote.question,
        answers=vote.answers,
        closed=closed,
        cast=len(vote.cast),
        delegations=len(vote.delegations),
        counts=vote.counts() if closed else (),
        mine=vote.cast.get(site) if site is not None else None,
        may=not closed and site in vote.delegations,
    )


def vote_views(state: ConferenceState) -> tuple[VoteView, ...]:
    """Return all votes, the oldest first."""
    return tuple(_vote_view(state, vote) for vote in state.votes.all)


def _vote_view(state: ConferenceState, vote: Vote) -> VoteView:
    return VoteView(
        vote=vote.vote,
        cue=vote.cue,
        question=vote.question,
        answers=vote.answers,
        opened_ms=vote.opened_ms,
        closed_ms=vote.closed_ms,
        counts=vote.counts(),
        delegations=tuple(_delegations(state, vote)),
    )


def _delegations(state: ConferenceState, vote: Vote) -> Iterator[DelegationView]:
    for site in vote.delegations:
        row = state.sites.get(site)
        name = row.name if row is not None else site
        yield DelegationView(site, name, vote.cast.get(site), site in vote.told)

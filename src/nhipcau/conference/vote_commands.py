"""What may be asked of votes."""

from dataclasses import dataclass

from nhipcau.conference.actor import Actor
from nhipcau.quantities import SiteId


@dataclass(frozen=True, slots=True)
class OpenVote:
    """`vote_open`: the chair puts a question to delegations."""

    actor: Actor
    question: str
    answers: tuple[str, ...]
    delegations: tuple[SiteId, ...]


@dataclass(frozen=True, slots=True)
class CastVote:
    """`vote_cast`: the actor's own seat answers the open vote; the last word counts."""

    actor: Actor
    vote: str
    answer: int


@dataclass(frozen=True, slots=True)
class RecordVote:
    """`vote_record`: somebody who leads writes down what a delegation said by telephone."""

    actor: Actor
    vote: str
    site: SiteId
    answer: int


@dataclass(frozen=True, slots=True)
class CloseVote:
    """`vote_close`: nobody can answer any more; the result is on every screen."""

    actor: Actor
    vote: str


@dataclass(frozen=True, slots=True)
class ShowVote:
    """`vote_show`: put a vote on every screen, or take it away."""

    actor: Actor
    vote: str | None


VoteCommand = OpenVote | CastVote | RecordVote | CloseVote | ShowVote

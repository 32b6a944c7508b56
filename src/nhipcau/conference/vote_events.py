"""What took effect in a vote."""

from dataclasses import dataclass

from nhipcau.conference.events import Event, SiteEvent
from nhipcau.quantities import SiteId


@dataclass(frozen=True, slots=True)
class VoteEvent(Event):
    """Base of the events of one vote."""

    vote: str


@dataclass(frozen=True, slots=True)
class VoteOpened(VoteEvent):
    """The vote can be answered; `cue` is "" where no cue opened it."""

    cue: str
    question: str
    answers: tuple[str, ...]
    delegations: tuple[SiteId, ...]


@dataclass(frozen=True, slots=True)
class VoteCast(SiteEvent):
    """The delegation's answer is this now; `told`: somebody else wrote it down for it."""

    vote: str
    answer: int
    told: bool


@dataclass(frozen=True, slots=True)
class VoteClosed(VoteEvent):
    """The vote can't be answered any more."""


@dataclass(frozen=True, slots=True)
class VoteReopened(VoteEvent):
    """The chair took its closing back."""


@dataclass(frozen=True, slots=True)
class VoteWithdrawn(VoteEvent):
    """The chair took its opening back: there was no such vote."""


@dataclass(frozen=True, slots=True)
class VoteShown(Event):
    """This vote is on every screen; None: none is."""

    vote: str | None

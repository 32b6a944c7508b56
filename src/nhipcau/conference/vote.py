"""A vote: one answer for each delegation, open or closed. Who answered what is part of the record.

opened ─▶ each delegation answers, or is answered for by telephone; the last word counts ─▶ closed
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from nhipcau.quantities import SiteId

# A meeting of a day has a few; more would be a mistake of a program.
MAX_VOTES = 100
MAX_DELEGATIONS = 800
MAX_ANSWERS = 10


@dataclass(frozen=True, slots=True)
class Vote:
    """One vote.

    Attributes:
        vote: its id in this conference.
        cue: the cue that it belongs to, "" where the chair opened it by hand.
        answers: what can be answered.
        delegations: the sites that may answer, in their order.
        opened_ms, closed_ms: since 1970-01-01 UTC; None: it is open.
        cast: the number of the answer, from 0, by delegation.
        told: whose answer somebody else wrote down.
    """

    vote: str
    cue: str
    question: str
    answers: tuple[str, ...]
    delegations: tuple[SiteId, ...]
    opened_ms: int
    closed_ms: int | None = None
    cast: Mapping[SiteId, int] = field(default_factory=dict)
    told: frozenset[SiteId] = frozenset()

    def counts(self) -> tuple[int, ...]:
        """Return how many delegations gave each answer."""
        given = list(self.cast.values())
        return tuple(given.count(number) for number in range(len(self.answers)))


@dataclass(frozen=True, slots=True)
class Votes:
    """All votes of a conference; at most one is open. `shown` is the one on every screen."""

    all: tuple[Vote, ...] = ()
    shown: str | None = None

    @property
    def open(self) -> Vote | None:
        """The vote that can be answered now."""
        return next((one for one in self.all if one.closed_ms is None), None)

    def get(self, vote: str | None) -> Vote | None:
        """Return the vote of an id."""
        return next((one for one in self.all if one.vote == vote), None)


NO_VOTES = Votes()

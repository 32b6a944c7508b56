"""The scenario of a live conference: its cues in their order now, and how far it has come.

    cue ── turns ──▶ steps:  (c8, "0")  (c12, "0") (c12, "1") (c12, "2")  (c13, "")
                                 done        ▲ at: running        coming

A step is one turn of a cue, or a cue without turns. What lies before the running step is over,
what lies behind it comes; so the order alone says what has been. Who really has the floor is the
conference's concern: a scenario goes on where it was, whoever spoke meanwhile.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from nhipcau.quantities import SiteId

# A meeting's plan has at most 300; the rest is for what is put in while people meet.
MAX_CUES = 400


class CueKind(StrEnum):
    """What a cue is."""

    ITEM = "item"
    ROLL_CALL = "roll_call"
    DISCUSSION = "discussion"
    VOTE = "vote"
    SPLIT = "split"
    MERGE = "merge"
    BREAK = "break"


@dataclass(frozen=True, slots=True)
class Turn:
    """Somebody speaks. `turn` names it within its cue for good, wherever it is moved.

    `site` is None for whoever speaks without a room of the meeting; `minutes` None: a share of the
    cue's.
    """

    turn: str
    site: SiteId | None
    speaker: str
    minutes: int | None = None


@dataclass(frozen=True, slots=True)
class Ballot:
    """A vote that a cue opens: one answer of `answers` for each delegation."""

    question: str
    answers: tuple[str, ...]
    delegations: tuple[SiteId, ...]


@dataclass(frozen=True, slots=True)
class Cue:
    """One entry of the scenario.

    Attributes:
        cue: its id.
        kind: what it is.
        title, who: as on the run sheet.
        minutes: how long it is planned to take, all its turns together.
        planned_ms: when it is planned to begin, since 1970-01-01 UTC; 0: nobody said.
        fixed: it does not begin before that, even when there is time.
        layout: of the program; a name that nobody knows is `auto`.
        turns: who speaks, in order.
        ballot: of a vote.
        put_in: the chair put it in; no plan has it.
    """

    cue: str
    kind: CueKind
    title: str
    who: str
    minutes: int
    planned_ms: int
    fixed: bool
    layout: str
    turns: tuple[Turn, ...] = ()
    ballot: Ballot | None = None
    put_in: bool = False


class Step(NamedTuple):
    """A place in the scenario; `turn` is "" in a cue without turns."""

    cue: str
    turn: str = ""


@dataclass(frozen=True, slots=True)
class StepClock:
    """When a step began for the first time, and how long it took before it was left."""

    first_ms: int
    spent_ms: int = 0


@dataclass(frozen=True, slots=True)
class Scenario:
    """All of it.

    Attributes:
        seal: of the plan that it follows, "" while there is none.
        cues: in their order now.
        at: the step that runs; None before the first. It stays when the scenario is over.
        over: the last step has been left.
        since_ms: when the running step was reached; when all is over: since when.
        clocks: of the steps that were reached and took place.
        extra_min: minutes added to a step, or taken from it.
        skipped: steps that are passed over.
        awaited: whose turn it is but who was not here, and has not got the floor since.
    """

    seal: str = ""
    cues: tuple[Cue, ...] = ()
    at: Step | None = None
    over: bool = False
    since_ms: int = 0
    clocks: Mapping[Step, StepClock] = field(default_factory=dict)
    extra_min: Mapping[Step, int] = field(default_factory=dict)
    skipped: frozenset[Step] = frozenset()
    awaited: SiteId | None = None

    @property
    def runs(self) -> bool:
        """True between the first step and the end."""
        return self.at is not None and not self.over

    def cue(self, cue: str) -> Cue | None:
        """Return the cue of an id."""
        return next((one for one in self.cues if one.cue == cue), None)

    def running(self) -> Cue | None:
        """Return the cue that runs."""
        return self.cue(self.at.cue) if self.at is not None and not self.over else None

    def steps(self) -> Iterator[Step]:
        """Yield all steps in their order."""
        return (step for cue in self.cues for step in steps_of(cue))

    def turn(self, step: Step) -> Turn | None:
        """Return the turn of a step; None: its cue has none."""
        cue = self.cue(step.cue)
        turns = cue.turns if cue is not None else ()
        return next((one for one in turns if one.turn == step.turn), None)

    def ahead(self) -> Iterator[Step]:
        """Yield the steps that come, without those that are skipped."""
        if self.over:
            return
        passed = self.at is None
        for step in self.steps():
            if passed and step not in self.skipped:
                yield step
            passed = passed or step == self.at

    def following(self) -> Step | None:
        """Return the step that comes next; None: nothing follows."""
        return next(self.ahead(), None)

    def preceding(self) -> Step | None:
        """Return the step to go back to: when all is over the last one, before the first none."""
        if self.over:
            return self.at
        found = None
        for step in self.steps():
            if step == self.at:
                return found
            if step not in self.skipped:
                found = step
        return None

    def is_ahead(self, cue: str) -> bool:
        """Return True when no step of a cue has come yet, skipped or not."""
        ids = [one.cue for one in self.cues]
        if cue not in ids or self.over:
            return False
        return self.at is None or ids.index(cue) > ids.index(self.at.cue)


NO_SCENARIO = Scenario()


def steps_of(cue: Cue) -> tuple[Step, ...]:
    """Return the steps of a cue in their order; at least one."""
    return tuple(Step(cue.cue, turn.turn) for turn in cue.turns) or (Step(cue.cue),)

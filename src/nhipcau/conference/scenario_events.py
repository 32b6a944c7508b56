"""What took effect in the scenario. Like all events: each changes one thing, and says when."""

from dataclasses import dataclass

from nhipcau.conference.events import Event
from nhipcau.conference.scenario import Cue, Turn


@dataclass(frozen=True, slots=True)
class CueEvent(Event):
    """Base of the events of one cue."""

    cue: str


@dataclass(frozen=True, slots=True)
class StepEvent(CueEvent):
    """Base of the events of one step; `turn` is "" in a cue without turns."""

    turn: str


@dataclass(frozen=True, slots=True)
class CueListed(Event):
    """The cue is in the scenario: a new one at its end, one that has not come yet changed."""

    cue: Cue


@dataclass(frozen=True, slots=True)
class TurnsListed(CueEvent):
    """The cue has these turns, too, behind those that it has."""

    turns: tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class CueUnlisted(CueEvent):
    """The cue, which has not come, is in the scenario no longer."""


@dataclass(frozen=True, slots=True)
class CuesOrdered(Event):
    """All cues come in this order."""

    order: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TurnPutLast(StepEvent):
    """The turn is the last of its cue now."""


@dataclass(frozen=True, slots=True)
class ScenarioSealed(Event):
    """What was listed before is the plan of this seal, as far as it can still be followed."""

    seal: str


@dataclass(frozen=True, slots=True)
class StepReached(StepEvent):
    """The scenario stands at this step."""


@dataclass(frozen=True, slots=True)
class StepExtended(StepEvent):
    """The step takes so many minutes more than planned, all extensions together."""

    extra_min: int


@dataclass(frozen=True, slots=True)
class StepSkipped(StepEvent):
    """Whether the step is passed over."""

    skipped: bool


@dataclass(frozen=True, slots=True)
class ScenarioEnded(Event):
    """The last step has been left."""


@dataclass(frozen=True, slots=True)
class ScenarioRestored(Event):
    """The scenario is as it was before the chair's last command, which is being taken back."""

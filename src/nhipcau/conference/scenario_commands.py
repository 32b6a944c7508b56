"""What the chair may ask of the scenario.

Each command carries `seen`, the revision of the scenario on the page where it was pressed: two
pages that press the same thing do it once.
"""

from dataclasses import dataclass

from nhipcau.conference.actor import Actor
from nhipcau.quantities import SiteId


@dataclass(frozen=True, slots=True)
class Advance:
    """`cue_next`: the step that follows begins: floor, microphones, picture, clock."""

    actor: Actor
    seen: int


@dataclass(frozen=True, slots=True)
class GoBack:
    """`cue_back`: the step before begins again."""

    actor: Actor
    seen: int


@dataclass(frozen=True, slots=True)
class PutOff:
    """`cue_put_off`: the running step comes later, behind those like it; the next one begins."""

    actor: Actor
    seen: int


@dataclass(frozen=True, slots=True)
class Skip:
    """`cue_skip`: pass over a cue, or one turn of it; or (not `on`) no longer.

    Of what runs, the rest is passed over and the next step begins.
    """

    actor: Actor
    seen: int
    cue: str
    turn: str | None = None
    on: bool = True


@dataclass(frozen=True, slots=True)
class MoveCue:
    """`cue_move`: a cue that has not come comes behind `after`; None: next of all."""

    actor: Actor
    seen: int
    cue: str
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Extend:
    """`cue_extend`: the running step takes so many minutes more, or less."""

    actor: Actor
    seen: int
    minutes: int


@dataclass(frozen=True, slots=True)
class InsertCue:
    """`cue_insert`: put in a cue in which `site` speaks, behind `after`; None: next of all."""

    actor: Actor
    seen: int
    title: str
    minutes: int
    site: SiteId | None = None
    after: str | None = None


ScenarioCommand = Advance | GoBack | PutOff | Skip | MoveCue | Extend | InsertCue

"""What a conference goes on with when it is the part of another that was cut off from it.

parent, as it was known last ─▶ CarryOn ─▶ same cue, same clock, same floor, of its own sites
"""

from dataclasses import dataclass

from nhipcau.conference.scenario import Step
from nhipcau.quantities import ConferenceId, SiteId


@dataclass(frozen=True, slots=True)
class CarriedSite:
    """A site that was here when the line was cut; it comes in a moment."""

    site: SiteId
    capture: bool
    synthetic: bool
    camera: bool
    mic: bool


@dataclass(frozen=True, slots=True)
class CarriedStep:
    """The step that ran: when it began first, when it was reached, what it took before that."""

    step: Step
    first_ms: int
    since_ms: int
    spent_ms: int


@dataclass(frozen=True, slots=True)
class CarriedRules:
    """How the meeting was led: microphones locked, requests through the parent, door, lock."""

    mics_locked: bool = False
    hands_via_parent: bool = False
    doors_ask: bool = False
    locked: bool = False


@dataclass(frozen=True, slots=True)
class CarryOn:
    """The MCU: go on for a part of `parent`, which was lost at `lost_ms`; once, before anybody
    came.

    `extra` are minutes that were added to steps, `skipped` the steps that are passed over.
    """

    parent: ConferenceId
    lost_ms: int
    sites: tuple[CarriedSite, ...] = ()
    floor: tuple[SiteId, ...] = ()
    hands: tuple[SiteId, ...] = ()
    rules: CarriedRules = CarriedRules()
    step: CarriedStep | None = None
    extra: tuple[tuple[Step, int], ...] = ()
    skipped: tuple[Step, ...] = ()

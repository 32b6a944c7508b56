"""What may be asked of the gate: who stays out, and what a guest may see."""

from dataclasses import dataclass

from nhipcau.conference.actor import Actor
from nhipcau.quantities import SiteId


@dataclass(frozen=True, slots=True)
class RefusePin:
    """The MCU: someone with the link of the guest `site` typed a wrong PIN."""

    site: SiteId


@dataclass(frozen=True, slots=True)
class Bar:
    """Whether a credential is barred from the meeting, and since when that is so."""

    credential: str
    site: SiteId
    barred: bool
    at_ms: int


@dataclass(frozen=True, slots=True)
class NoteBars:
    """The MCU: another MCU of the meeting says who was removed there, or let back in."""

    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Remove:
    """`remove`: put `site` out, or refuse it at the door; what admitted it admits it no more."""

    actor: Actor
    site: SiteId


@dataclass(frozen=True, slots=True)
class Restore:
    """`restore`: whoever was removed from `site` may ask to come in again."""

    actor: Actor
    site: SiteId


@dataclass(frozen=True, slots=True)
class Lock:
    """`lock`: nobody new comes in from now on, not even to the door; or (False) again."""

    actor: Actor
    on: bool


@dataclass(frozen=True, slots=True)
class ShowRoster:
    """`show_roster`: let the guest `site` see who takes part, or no longer."""

    actor: Actor
    site: SiteId
    on: bool


GateCommand = Remove | Restore | Lock | ShowRoster

"""What took effect in the roll call."""

from dataclasses import dataclass

from nhipcau.conference.events import Event, SiteEvent
from nhipcau.conference.rollcall import Evidence
from nhipcau.quantities import SiteId


@dataclass(frozen=True, slots=True)
class RollCalled(Event):
    """These sites are called from now on. Without `again` it is a new roll call, all forgotten."""

    sites: tuple[SiteId, ...]
    again: bool


@dataclass(frozen=True, slots=True)
class EvidenceTaken(SiteEvent):
    """A site's turn is over, and this was decoded of it; after the last one's all is over."""

    evidence: Evidence


@dataclass(frozen=True, slots=True)
class NothingDecoded(SiteEvent):
    """A site's turn is over, and nothing of it could be decoded."""


@dataclass(frozen=True, slots=True)
class HerePressed(SiteEvent):
    """The site's technician pressed "here"."""


@dataclass(frozen=True, slots=True)
class HereConfirmed(SiteEvent):
    """A person of this role said that the site is here; an empty role takes it back."""

    role: str


@dataclass(frozen=True, slots=True)
class RollEnded(Event):
    """Nobody is called any more, though some had no turn."""

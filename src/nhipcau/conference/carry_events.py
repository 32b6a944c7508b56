"""What takes effect when a part of a conference goes on by itself."""

from dataclasses import dataclass

from nhipcau.conference.events import Event
from nhipcau.quantities import ConferenceId, SiteId


@dataclass(frozen=True, slots=True)
class ExpectedRow:
    """A site that was here in the parent; its camera was on."""

    site: SiteId
    capture: bool
    synthetic: bool
    camera: bool


@dataclass(frozen=True, slots=True)
class CarriedOn(Event):
    """This conference goes on for a part of `parent`, which was lost at `lost_ms`."""

    parent: ConferenceId
    lost_ms: int


@dataclass(frozen=True, slots=True)
class SitesExpected(Event):
    """These were here when the line was cut: their seats wait for them."""

    rows: tuple[ExpectedRow, ...]


@dataclass(frozen=True, slots=True)
class StepCarried(Event):
    """The step that ran goes on, and its clock: it began first at `first_ms`, was reached at
    `since_ms`, and had taken `spent_ms` before that.
    """

    cue: str
    turn: str
    first_ms: int
    since_ms: int
    spent_ms: int

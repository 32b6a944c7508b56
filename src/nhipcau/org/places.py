"""Places and sites: where a room stands and whose room it is, which outlives units.

    Place ──< Site ──< Tenure >── Unit

The tree of units is not the tree of the media: trunks and MCUs follow places and sites, so that
the room of a unit that was abolished stays where it stands.
"""

from dataclasses import dataclass
from datetime import date
from typing import NewType

from nhipcau.org.units import UnitId
from nhipcau.quantities import Bitrate, SiteId

PlaceId = NewType("PlaceId", str)
"""A building; made by us, for ever."""


@dataclass(frozen=True, slots=True)
class Place:
    """A building and its line.

    Attributes:
        id: ours.
        name: how people call it.
        line_bps: what the line was declared to carry; None where nobody said.
        address: in words.
        contact: whom to call there.
        line_operator: the company whose line it is; empty where nobody said.
    """

    id: PlaceId
    name: str
    line_bps: Bitrate | None = None
    address: str = ""
    contact: str = ""
    line_operator: str = ""


@dataclass(frozen=True, slots=True)
class Site:
    """A room that takes part. Its id looks like the code of its first unit and promises nothing."""

    id: SiteId
    place: PlaceId


@dataclass(frozen=True, slots=True)
class Tenure:
    """A unit's right to a site from `valid_from` until the day before `valid_to`.

    `seat` is True for a unit that sits in another's room: a department in the hall.
    """

    site: SiteId
    unit: UnitId
    seat: bool
    valid_from: date
    valid_to: date | None = None

    def holds_on(self, day: date) -> bool:
        """Return True when the unit has the site on `day`."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)

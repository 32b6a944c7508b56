"""The media plan: what the media threads do until the next one.

The event loop builds a new frozen plan when the conference or its connections change and swaps it
in one assignment; every thread reads it once per tick, so it never sees half a change.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from nhipcau.mcu.endpointmedia import EndpointMedia
from nhipcau.picture.cell import Cell
from nhipcau.quantities import SiteId


@dataclass(frozen=True, slots=True)
class CellPlan:
    """One cell of a view: whose picture stands there, and under which words.

    Attributes:
        cell: where on the canvas, in pixels.
        site: None for an empty cell.
        name: what the plate says.
        on_air: the cell's site has the floor.
        camera_on: False where the room has switched its camera off or has none.
        media: the site's connection, None while it is absent or lost.
    """

    cell: Cell
    site: SiteId | None
    name: str
    on_air: bool
    camera_on: bool
    media: EndpointMedia | None


@dataclass(frozen=True, slots=True)
class MediaPlan:
    """Everything that the media threads need to know.

    Attributes:
        program: the cells of the program view, in the order of the layout's regions.
        content: the connection of the site that shares its screen, None when nobody does.
        microphones: the open ones, by site.
        viewers: every connection that is up; all of them get program, content and sound.
    """

    program: tuple[CellPlan, ...] = ()
    content: EndpointMedia | None = None
    microphones: Mapping[SiteId, EndpointMedia] = field(default_factory=dict)
    viewers: tuple[EndpointMedia, ...] = ()

"""From the conference's state to the media plan: who is where on the canvas, who is heard.

ConferenceState + arrangement + endpoints' media ──▶ MediaPlan
"""

from collections.abc import Callable, Mapping

from nhipcau.conference.arrange import Arrangement
from nhipcau.conference.state import ConferenceState
from nhipcau.mcu.endpointmedia import EndpointMedia
from nhipcau.mcu.mediaplan import CellPlan, MediaPlan
from nhipcau.picture.cell import Cell
from nhipcau.picture.layout import Layout, cells
from nhipcau.quantities import SiteId

PROGRAM_SIZE = (1280, 720)

MediaOf = Callable[[SiteId], EndpointMedia | None]


class Planner:
    """Makes media plans; keeps each layout's geometry, which is the same every time."""

    def __init__(self, layouts: Mapping[str, Layout]) -> None:
        self.layouts = layouts
        self._cells: dict[str, tuple[Cell, ...]] = {
            name: cells(layout, *PROGRAM_SIZE) for name, layout in layouts.items()
        }

    def plan(
        self,
        state: ConferenceState,
        arrangement: Arrangement,
        media_of: MediaOf,
        viewers: tuple[EndpointMedia, ...],
    ) -> MediaPlan:
        """Return the plan for this state.

        Args:
            state: the conference.
            arrangement: who is in which cell.
            media_of: a present site's media, None while it is not connected.
            viewers: every connection that is up.
        """
        places = zip(self._cells[arrangement.shown], arrangement.cells, strict=True)
        program = tuple(_cell_plan(state, cell, site, media_of) for cell, site in places)
        microphones = {
            site: media
            for site, row in state.sites.items()
            if row.mic and (media := media_of(site)) is not None
        }
        content = media_of(state.content) if state.content is not None else None
        return MediaPlan(program, content, microphones, viewers)


def _cell_plan(
    state: ConferenceState, cell: Cell, site: SiteId | None, media_of: MediaOf
) -> CellPlan:
    if site is None:
        return CellPlan(cell, None, "", on_air=False, camera_on=False, media=None)
    row = state.sites[site]
    return CellPlan(
        cell=cell,
        site=site,
        name=row.name,
        on_air=site in state.floor,
        camera_on=row.camera,
        media=media_of(site),
    )

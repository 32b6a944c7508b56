"""From the conference's state to the media plan: who is where on the canvas, who is heard.

ConferenceState + arrangement + endpoints' media ──▶ MediaPlan
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from nhipcau.conference.arrange import Arrangement
from nhipcau.conference.state import ConferenceState
from nhipcau.mcu.endpointmedia import EndpointMedia
from nhipcau.mcu.ladder import CONTENT_VIEW, PROGRAM_VIEW, return_view, spec_of
from nhipcau.mcu.mediaplan import CellPlan, MediaPlan, ViewPlan
from nhipcau.picture.board import Board
from nhipcau.picture.cell import Cell
from nhipcau.picture.layout import Layout, cells
from nhipcau.ports.transport import Mid
from nhipcau.quantities import SiteId, ViewId

MediaOf = Callable[[SiteId], EndpointMedia | None]


@dataclass(frozen=True, slots=True)
class Look:
    """What one console wants to see before it goes on air, and its connection."""

    view: ViewId
    layout: str
    sites: tuple[SiteId, ...]
    media: EndpointMedia


@dataclass(frozen=True, slots=True)
class Scene:
    """What a plan is made of.

    Attributes:
        state: the conference.
        arrangement: who is in which cell of the program.
        returns: what holders of the floor see instead of it, by holder.
        media_of: a present site's media, None while it is not connected.
        connected: every connection that is up.
    """

    state: ConferenceState
    arrangement: Arrangement
    media_of: MediaOf
    connected: Sequence[EndpointMedia]
    returns: Mapping[SiteId, Arrangement] = field(default_factory=dict)


class Planner:
    """Makes media plans; keeps each layout's geometry, which is the same every time."""

    def __init__(self, layouts: Mapping[str, Layout]) -> None:
        self.layouts = layouts
        self._geometry: dict[tuple[str, int, int], tuple[Cell, ...]] = {}

    def plan(
        self,
        scene: Scene,
        looks: Iterable[Look] = (),
        tested: Iterable[SiteId] = (),
        called: Iterable[SiteId] = (),
    ) -> MediaPlan:
        """Return the plan for this scene.

        Args:
            scene: the conference and its connections as they are.
            looks: what consoles look at by themselves.
            tested: rooms under inspection: measured, not mixed.
            called: rooms whose turn it is in the roll call: decoded and measured, not shown.
        """
        state, media_of, connected = scene.state, scene.media_of, tuple(scene.connected)
        views = [*self._programs(scene), *(self._look(state, look, media_of) for look in looks)]
        content = media_of(state.content) if state.content is not None else None
        if content is not None and connected:
            views.append(_content_view(content, connected))
        microphones = _medias((site for site, row in state.sites.items() if row.mic), media_of)
        rolled = _medias(called, media_of)
        closed = (site for site in (*tested, *rolled) if site not in microphones)
        return MediaPlan(
            tuple(views),
            microphones,
            measured=_medias(closed, media_of),
            listeners=connected,
            warm=_warm(state, media_of),
            called=tuple(rolled.values()),
        )

    def _programs(self, scene: Scene) -> Iterator[ViewPlan]:
        """Yield the program and the return views, those that someone watches."""
        watching: dict[SiteId | None, list[EndpointMedia]] = {None: []}
        for media in scene.connected:
            if media.watches == PROGRAM_VIEW:
                holder = media.seat if media.seat in scene.returns else None
                watching.setdefault(holder, []).append(media)
        for holder, medias in watching.items():
            view = return_view(holder) if holder is not None else PROGRAM_VIEW
            seen = scene.returns[holder] if holder is not None else scene.arrangement
            if medias:
                place = self._cells(seen.shown, PROGRAM_VIEW)
                shown = _cell_plans(scene.state, place, seen.cells, scene.media_of)
                shown = _with_board(shown, scene.state, seen.board)
                yield ViewPlan(view, Mid.PROGRAM, shown, tuple(medias))

    def _look(self, state: ConferenceState, look: Look, media_of: MediaOf) -> ViewPlan:
        place = self._cells(look.layout, look.view)
        sites = (*look.sites, *([None] * len(place)))[: len(place)]
        shown = _cell_plans(state, place, sites, media_of)
        return ViewPlan(look.view, Mid.PROGRAM, shown, (look.media,))

    def _cells(self, layout: str, view: ViewId) -> tuple[Cell, ...]:
        spec = spec_of(view)
        key = (layout, spec.width, spec.height)
        if key not in self._geometry:
            self._geometry[key] = cells(self.layouts[layout], spec.width, spec.height)
        return self._geometry[key]


def _cell_plans(
    state: ConferenceState,
    place: Sequence[Cell],
    sites: Sequence[SiteId | None],
    media_of: MediaOf,
) -> tuple[CellPlan, ...]:
    pairs = zip(place, sites, strict=True)
    return tuple(_cell_plan(state, cell, site, media_of) for cell, site in pairs)


def _with_board(
    cells: tuple[CellPlan, ...], state: ConferenceState, place: int | None
) -> tuple[CellPlan, ...]:
    """Return the cells with the vote that is shown in its place."""
    vote = state.votes.get(state.votes.shown)
    if vote is None or place is None:
        return cells
    closed, counts = vote.closed_ms is not None, vote.counts()
    rows = zip(vote.answers, counts if closed else [None] * len(counts), strict=True)
    foot = f"{len(vote.cast)}/{len(vote.delegations)} đã trả lời"
    board = Board(vote.question, tuple(rows), foot)
    return (*cells[:place], replace(cells[place], board=board), *cells[place + 1 :])


def _cell_plan(
    state: ConferenceState, cell: Cell, site: SiteId | None, media_of: MediaOf
) -> CellPlan:
    row = state.sites.get(site) if site is not None else None
    if row is None:
        return CellPlan(cell, None, "", on_air=False, camera_on=False, media=None)
    return CellPlan(
        cell=cell,
        site=row.site,
        name=row.name,
        on_air=row.site in state.floor,
        camera_on=row.camera,
        media=media_of(row.site),
    )


def _medias(sites: Iterable[SiteId], media_of: MediaOf) -> dict[SiteId, EndpointMedia]:
    pairs = ((site, media_of(site)) for site in sites)
    return {site: media for site, media in pairs if media is not None}


def _warm(state: ConferenceState, media_of: MediaOf) -> tuple[EndpointMedia, ...]:
    """Return who is next in line, with a camera to warm up."""
    site = state.next_in_line()
    media = media_of(site) if site is not None and state.sites[site].camera else None
    return (media,) if media is not None else ()


def _content_view(media: EndpointMedia, viewers: tuple[EndpointMedia, ...]) -> ViewPlan:
    spec = spec_of(CONTENT_VIEW)
    whole = Cell(0, 0, spec.width, spec.height)
    cell = CellPlan(whole, media.seat, "", on_air=False, camera_on=True, media=media, shared=True)
    return ViewPlan(CONTENT_VIEW, Mid.CONTENT, (cell,), viewers)

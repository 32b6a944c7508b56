"""Direction: keeps the media plan in step with the conference, on the event loop.

The director of a broadcast decides who is on screen; here the state decides, and this is where it
is carried out: arrangement, polling pages, the plan swapped into the engine, and what each site is
asked to send.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nhipcau.conference.arrange import Arrangement, arrange, arrange_returns
from nhipcau.mcu.desk import Desk
from nhipcau.mcu.endpoint import Endpoint
from nhipcau.mcu.endpointmedia import EndpointMedia
from nhipcau.mcu.engine import MediaEngine
from nhipcau.mcu.host import ConferenceHost
from nhipcau.mcu.ladder import PROGRAM_VIEW
from nhipcau.mcu.planner import Look, Planner, Scene
from nhipcau.mcu.wall import STILL_S
from nhipcau.picture.layout import Layout
from nhipcau.ports.clock import Clock
from nhipcau.quantities import SiteId


@dataclass(frozen=True, slots=True)
class Upstream:
    """What a site is asked to send; the fields of docs/PROTOCOL.md."""

    camera: bool
    microphone: bool
    content: bool
    still_s: float
    test: bool


NOTHING = Upstream(camera=False, microphone=False, content=False, still_s=0.0, test=False)


class Direction:
    """Carries the conference's state out on the media threads."""

    def __init__(
        self,
        host: ConferenceHost,
        desk: Desk,
        engine: MediaEngine,
        planner: Planner,
        clock: Clock,
    ) -> None:
        self._host = host
        self._desk = desk
        self._engine = engine
        self._planner = planner
        self._clock = clock
        self._made_of: tuple[object, ...] = ()
        self._looked_at: frozenset[SiteId] = frozenset()
        self.arrangement: Arrangement = arrange(host.state, planner.layouts)
        self._returns: dict[SiteId, Arrangement] = {}
        host.observe(lambda _state, _events: self.refresh())

    @property
    def layouts(self) -> Mapping[str, Layout]:
        """All layouts by name."""
        return self._planner.layouts

    @property
    def speaker(self) -> SiteId | None:
        """Who is heard most now."""
        return self._engine.speaker()

    def level(self, site: SiteId) -> int | None:
        """Return the sound level of an open microphone in dBov, None when it is closed."""
        return self._engine.level(site)

    def refresh(self) -> None:
        """Make a new plan if the state, the connections, a look or the polling page changed."""
        state = self._host.state
        page = self._page()
        connected = self._served()
        looks = self._looks(connected)
        tested = self._desk.inspections.sites
        made_of = (state.seq, page, connected, looks, tested)
        if made_of == self._made_of:
            return
        self._made_of = made_of
        self._looked_at = frozenset(site for look in looks for site in look.sites)
        self.arrangement = arrange(state, self._planner.layouts, page)
        self._returns = arrange_returns(state, self._planner.layouts, self.arrangement)
        scene = Scene(state, self.arrangement, self._media_of, connected, self._returns)
        self._engine.follow(self._planner.plan(scene, looks, tested))

    def seen_by(self, endpoint: Endpoint) -> Arrangement:
        """Return what is on an endpoint's program line: the program, or its return view."""
        seat = endpoint.seat
        return self._returns.get(seat, self.arrangement) if seat is not None else self.arrangement

    def upstream(self, endpoint: Endpoint) -> Upstream:
        """Return what an endpoint is asked to send now."""
        state = self._host.state
        seat = endpoint.seat
        row = state.sites.get(seat) if seat is not None else None
        if row is None:
            return NOTHING
        site = row.site
        tested = site in self._desk.inspections.sites
        views = (self.arrangement, *self._returns.values())
        shown = any(arrangement.is_shown(site) for arrangement in views)
        seen = shown or site in self._looked_at or tested
        return Upstream(
            camera=row.camera and seen,
            microphone=row.mic or tested,
            content=state.content == site,
            still_s=STILL_S if row.camera and self._desk.wall.is_watched(site) else 0.0,
            test=tested,
        )

    def _served(self) -> tuple[EndpointMedia, ...]:
        """Return the connections that are up, without rooms that wait at the door."""
        connected = self._engine.connected()
        waiting = frozenset(self._host.state.waiting())
        if not waiting:
            return connected
        return tuple(media for media in connected if media.seat not in waiting)

    def _looks(self, connected: Sequence[EndpointMedia]) -> tuple[Look, ...]:
        looks = []
        for media in connected:
            endpoint = self._desk.endpoints.get(media.endpoint)
            if media.watches != PROGRAM_VIEW and endpoint is not None and endpoint.look is not None:
                layout, sites = endpoint.look
                looks.append(Look(media.watches, layout, sites, media))
        return tuple(looks)

    def _page(self) -> int:
        chosen = self._planner.layouts.get(self.arrangement.shown)
        return int(self._clock.now_s() / chosen.dwell_s) if chosen is not None else 0

    def _media_of(self, site: SiteId) -> EndpointMedia | None:
        endpoint = self._desk.media_of(site)
        return endpoint.media if endpoint is not None else None

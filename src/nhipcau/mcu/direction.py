"""Direction: keeps the media plan in step with the conference, on the event loop.

The director of a broadcast decides who is on screen; here the state decides, and this is where it
is carried out: arrangement, polling pages, the plan swapped into the engine, and what each site is
asked to send.
"""

from collections.abc import Mapping, Sequence

from nhipcau.conference.arrange import Arrangement, arrange, arrange_returns
from nhipcau.mcu.asking import NOTHING, Duties, Upstream, wanted_steps
from nhipcau.mcu.desk import Desk
from nhipcau.mcu.endpoint import Endpoint
from nhipcau.mcu.endpointmedia import EndpointMedia
from nhipcau.mcu.engine import MediaEngine
from nhipcau.mcu.host import ConferenceHost
from nhipcau.mcu.ladder import PROGRAM_VIEW
from nhipcau.mcu.planner import Look, Planner, Scene
from nhipcau.mcu.rollcaller import Ears, RollCaller
from nhipcau.mcu.uplinkcontrol import SMALL, SPARE
from nhipcau.picture.layout import Layout
from nhipcau.ports.clock import Clock
from nhipcau.quantities import SiteId


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
        self._wanted: dict[SiteId, int] = {}
        self.arrangement: Arrangement = arrange(host.state, planner.layouts)
        self._returns: dict[SiteId, Arrangement] = {}
        self._speaks: frozenset[SiteId] = frozenset()
        self.roll_caller = RollCaller(host, Ears(self._media_of, self.level), clock)
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
        """Make a new plan if the state, the connections, a look or the polling page changed; none
        while another MCU decides.
        """
        if self._host.follows:
            return
        self._desk.trunks.settle(self._returns, self._speaks)
        if self._plan_anew():
            # What the new plan wants from behind a trunk may be at hand.
            self._desk.trunks.note_plan()
            self._desk.trunks.settle(self._returns, self._speaks)
            self._plan_anew()

    def _plan_anew(self) -> bool:
        """Make a new plan if it would be another one; return True then."""
        state = self._host.state
        page = self._page()
        connected = self._served()
        looks = self._looks(connected)
        tested, called = self._desk.inspections.sites, self.roll_caller.sites
        made_of = (state.seq, page, connected, looks, tested, called, self._desk.trunks.revision)
        if made_of == self._made_of:
            return False
        self._made_of = made_of
        self.arrangement = arrange(state, self._planner.layouts, page)
        self._returns = arrange_returns(state, self._planner.layouts, self.arrangement)
        scene = Scene(state, self.arrangement, self._media_of, connected, self._returns)
        plan = self._planner.plan(scene, looks, tested, called)
        self._wanted = wanted_steps(plan, state.floor)
        self._engine.follow(plan)
        self._speaks = frozenset((*plan.microphones, *plan.measured))
        return True

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
        called = site in self.roll_caller.sites
        wanted = self._wanted.get(site, SMALL if tested else SPARE if called else None)
        duties = Duties(
            picture=wanted if row.camera else None,
            microphone=row.mic or tested or called,
            content=state.content == site,
            still=row.camera and self._desk.wall.is_watched(site),
            test=tested,
        )
        return self._desk.asking.upstream(endpoint.id, duties, self._clock.now_s())

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
        if endpoint is not None and endpoint.via is not None:
            return endpoint.via.media_of(site)
        return endpoint.media if endpoint is not None else None

"""The media engine of a leaf: two threads, no decoder, no encoder.

    picture thread (5 ms)   lanes ─▶ rungs ─▶ rooms;  rooms' cameras and screens ─▶ loans
    sound thread (5 ms)     lanes ─▶ rooms;           rooms' microphones ─▶ loans

The event loop opens and closes connections and swaps the scene; nothing per packet crosses it.
"""

import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace

from nhipcau.mcu.engine import Adapters
from nhipcau.mcu.ladder import CONTENT_VIEW, PROGRAM_VIEW
from nhipcau.mcu.lane import Lane
from nhipcau.mcu.leafmedia import LeafMedia
from nhipcau.mcu.leafpictures import POLL_S, LeafPictures, LeafWatch
from nhipcau.mcu.leafscene import CarriedLoan, CarriedRung, LeafScene, add_up, came_down
from nhipcau.mcu.leafsound import LeafSound, LeafSoundStats
from nhipcau.mcu.leafstreams import PICTURE_LADDERS, LeafStreams
from nhipcau.mcu.repeatedrung import RepeatedRung, RepeatedStats, RungLine
from nhipcau.mcu.streams import StreamNames
from nhipcau.mcu.ticker import Beat, Register, Ticker, TickerStats
from nhipcau.mcu.trunksound import TrunkSound
from nhipcau.mcu.upline import Outlet, UpLine
from nhipcau.mcu.uplink import Uplink
from nhipcau.ports.transport import UPSTREAM, Mid
from nhipcau.quantities import EndpointId, SiteId, ViewId
from nhipcau.rtp.viewer import ViewerStats

_VIEWS = {Mid.PROGRAM: PROGRAM_VIEW, Mid.CONTENT: CONTENT_VIEW}


@dataclass(frozen=True, slots=True)
class LeafPlan:
    """What the root asks of the sites behind a leaf.

    Attributes:
        sending: sites that are asked to send something, lent or not: their lines are measured, so
            that what they carry is known when they are lent.
        at_door: sites that wait to be let in: nothing of the meeting comes to them.
    """

    sending: frozenset[SiteId] = frozenset()
    at_door: frozenset[SiteId] = frozenset()


@dataclass(frozen=True, slots=True)
class LeafStats:
    """Counters of a leaf's engine.

    Attributes:
        connections: of rooms.
        up, cold: of them up and served; up and not served yet.
        waiting: viewers that wait for a key frame.
        pictures: what was repeated, by line and rung, each loan for itself.
        outlets: what went up each loan, by site and line.
        lanes: packets and bytes that came down each lane, by its place ("loan": all of them).
    """

    connections: int
    up: int
    cold: int
    waiting: int
    pictures: Mapping[str, RepeatedStats]
    sound: LeafSoundStats
    outlets: Mapping[tuple[SiteId, Mid], ViewerStats] = field(default_factory=dict)
    threads: tuple[TickerStats, ...] = ()
    lanes: Mapping[str, tuple[int, int]] = field(default_factory=dict)


class LeafEngine:
    """The live media of one leaf. All but what the threads do belongs to the event loop.

    Attributes:
        pictures, sound: what the two threads do at each beat.
    """

    def __init__(self, adapters: Adapters, names: StreamNames) -> None:
        """Make no thread yet.

        Args:
            adapters: of the codecs nothing is used.
            names: CNAME and SSRCs of the lines to the rooms.
        """
        self._transport = adapters.transport
        self._streams = LeafStreams(names)
        self._scene = LeafScene()
        self._change = threading.Lock()
        self._changed: Callable[[], None] = lambda: None
        # Of lanes that are no more.
        self._came: Mapping[str, tuple[int, int]] = {}
        clock = adapters.clock
        watch = LeafWatch(lambda: self._scene, self.connected, self._tell_changed, clock.now_s)
        self.pictures = LeafPictures(watch, self._streams)
        self.sound = LeafSound(watch, self._streams)
        self._tickers = (
            Ticker("poll", Beat(POLL_S, late_s=0.02), self.pictures.tick, clock),
            Ticker("sound", Beat(POLL_S, late_s=0.02), self.sound.tick, clock),
        )

    def start(self, register: Register, changed: Callable[[], None]) -> None:
        """Start the threads.

        Args:
            register: gives each thread its pulse.
            changed: called by the picture thread when connections came up or went; must not block.
        """
        self._changed = changed
        for ticker in self._tickers:
            ticker.start(register)

    def open(
        self, endpoint: EndpointId, seat: SiteId | None, watches: ViewId = PROGRAM_VIEW
    ) -> LeafMedia:
        """Return a new connection that offers our streams (may block for some ms).

        Raises:
            OSError: the UDP port can't be had.
            ValueError: a view of one's own is composed at the root; its page dials that.
        """
        if watches != PROGRAM_VIEW:
            raise ValueError(f"a leaf repeats the program, not the view {watches}")
        connection = self._transport.offer([stream.line() for stream in self._streams.all()])
        uplink = Uplink()
        ups = {
            mid: UpLine(connection.pipe(mid), mid, None if mid is Mid.MICROPHONE else uplink)
            for mid in UPSTREAM
        }
        viewers = self._streams.viewers(connection)
        return LeafMedia(endpoint, seat, watches, connection, ups, viewers, uplink)

    def attach(self, media: LeafMedia) -> None:
        """Begin to poll a connection that has its answer."""
        with self._change:
            if media not in self._scene.medias:
                self._seat((*self._scene.medias, media))

    def heat(self, media: LeafMedia) -> None:
        """Serve a connection that stood ready."""
        media.cold = False
        with self._change:
            self._seat(self._scene.medias)

    def cool(self, media: LeafMedia) -> None:
        """Let a connection that is served stand ready again."""
        media.cold = True
        with self._change:
            self._seat(self._scene.medias)

    def close(self, media: LeafMedia) -> None:
        """Let a connection go; may be called twice; does not block."""
        with self._change:
            medias = tuple(one for one in self._scene.medias if one is not media)
            self._seat(medias)
        media.connection.close()

    def connected(self) -> tuple[LeafMedia, ...]:
        """Return the connections that are up, the same object until that changes."""
        return self.pictures.up

    def carry(self, lane: Lane) -> None:
        """Repeat what a lane brings from now on, or, of a loan, stand ready to be lent."""
        connection = lane.connection
        sound = TrunkSound(connection.pipe(Mid.SOUND))
        with self._change:
            if lane.place is None:
                outlets = {
                    mid: Outlet(connection.pipe(mid), line) for mid, line in lane.sends.items()
                }
                loan = CarriedLoan(lane, self._rung(lane, Mid.PROGRAM, 0), sound, outlets)
                self._scene = replace(self._scene, loans=(*self._scene.loans, loan))
                return
            pictures = {
                mid: self._rung(lane, mid, lane.place)
                for mid, ladder in PICTURE_LADDERS.items()
                if lane.place < len(ladder)
            }
            carried = CarriedRung(lane, lane.place, pictures, sound)
            # Of two lanes for one rung the newer one counts.
            self._scene = replace(self._scene, rungs=(*self._scene.rungs, carried))

    def drop(self, lane: Lane) -> None:
        """Forget a lane and close its connection; may be called twice."""
        with self._change:
            rungs, loans = self._scene.rungs, self._scene.loans
            gone = LeafScene(
                rungs=tuple(one for one in rungs if one.lane is lane),
                loans=tuple(one for one in loans if one.lane is lane),
            )
            self._came = add_up(self._came, came_down(gone))
            self._scene = replace(
                self._scene,
                rungs=tuple(one for one in rungs if one.lane is not lane),
                loans=tuple(one for one in loans if one.lane is not lane),
            )
        lane.connection.close()

    def lend(self, lane: Lane, site: SiteId | None) -> None:
        """Lend a loan that is carried to a site, or with None take it back.

        It serves the connection that the site has here, or will have; what is not carried is passed
        over. Of two loans for one site the newer one counts.
        """
        with self._change:
            self._scene = replace(
                self._scene,
                loans=tuple(
                    self._lent(loan, site) if loan.lane is lane else loan
                    for loan in self._scene.loans
                ),
            )

    def heard_s(self, lanes: Collection[Lane]) -> float:
        """Return when the last packet of media came down any of these lanes, monotonic seconds.

        -inf: none has.
        """
        scene, heard = self._scene, [float("-inf")]
        for carried in scene.rungs:
            if carried.lane in lanes:
                heard += [carried.sound.passage.heard_s]
                heard += [rung.passage.heard_s for rung in carried.pictures.values()]
        for loan in scene.loans:
            if loan.lane in lanes:
                heard += [loan.sound.passage.heard_s, loan.picture.passage.heard_s]
        return max(heard)

    def seat_anew(self) -> None:
        """Let loans find their sites' connections again: some of these have moved."""
        with self._change:
            self._seat(self._scene.medias)

    def lent_sites(self) -> tuple[SiteId, ...]:
        """Return the sites that are lent a loan, those first that were first."""
        return tuple(dict.fromkeys(one.site for one in self._scene.loans if one.site is not None))

    def rungs_in_use(self) -> frozenset[tuple[ViewId, str]]:
        """Return the rungs that rooms here and below are on or about to come to: line and name."""
        in_use: set[tuple[ViewId, str]] = set()
        for media in self._scene.audience(self.connected()):
            if media.is_loan:
                continue
            for mid, ladder in PICTURE_LADDERS.items():
                watcher = media.watcher(mid)
                if watcher.wish < len(ladder):
                    in_use.add((_VIEWS[mid], ladder[watcher.wish].name))
                served = watcher.served
                if served is not None and not served.is_loan:
                    in_use.add((_VIEWS[mid], served.spec.name))
        return frozenset(in_use)

    def wishes(self) -> Mapping[SiteId, int]:
        """Return the place in the program's ladder that each lent site's line has room for.

        The root sends a return view in that rung; beyond the last place: none.
        """
        return {
            loan.site: loan.media.watcher(Mid.PROGRAM).wish
            for loan in self._scene.loans
            if loan.site is not None and loan.media is not None
        }

    def follow(self, plan: LeafPlan) -> None:
        """Do from now on what `plan` says."""
        with self._change:
            self._scene = replace(self._scene, wanted=plan.sending, at_door=plan.at_door)

    def stop(self) -> None:
        """Stop the threads, close every connection; may be called twice."""
        for ticker in self._tickers:
            ticker.stop()
        for media in self._scene.medias:
            media.connection.close()
        self._transport.close()

    def stats(self) -> LeafStats:
        """Return the counters; reading resets the threads' worst lateness."""
        scene = self._scene
        outlets = {
            (loan.site, mid): outlet.stats()
            for loan in scene.loans
            if loan.site is not None
            for mid, outlet in loan.outlets.items()
        }
        up = [media for media in self.connected() if not media.is_lane]
        cold = sum(media.cold for media in up)
        return LeafStats(
            sum(not media.is_lane for media in scene.medias),
            len(up) - cold,
            cold,
            self.pictures.waiting(),
            self.pictures.stats(),
            self.sound.stats(),
            outlets,
            tuple(ticker.stats() for ticker in self._tickers),
            add_up(self._came, came_down(scene)),
        )

    def _tell_changed(self) -> None:
        self._changed()

    def _rung(self, lane: Lane, mid: Mid, place: int) -> RepeatedRung:
        line = RungLine(mid, self._streams.ssrc(mid), self._streams.clocks[mid])
        spec = PICTURE_LADDERS[mid][place]
        return RepeatedRung(spec, lane.connection.pipe(mid), line, is_loan=lane.place is None)

    def _seat(self, medias: tuple[LeafMedia, ...]) -> None:
        """Have these connections from now on; loans go with their sites."""
        self._scene = replace(self._scene, medias=medias)
        loans = tuple(
            loan if loan.site is None else self._lent(loan, loan.site) for loan in self._scene.loans
        )
        self._scene = replace(self._scene, loans=loans)

    def _lent(self, loan: CarriedLoan, site: SiteId | None) -> CarriedLoan:
        if site is None:
            return replace(loan, site=None)
        seated = [one for one in self._scene.medias if one.seat == site and not one.cold]
        return replace(loan, site=site, media=seated[-1] if seated else None)

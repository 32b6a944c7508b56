"""The media engine: the four media threads of a conference and what they share.

    poll thread (5 ms)      connections ─▶ receivers ─▶ frames, packets; viewers' RTCP
    composer (25 fps)       frames ─▶ views ─▶ packets
    fan-out                 packets ─▶ every viewer
    mixer (20 ms)           packets ─▶ common mix and mix-minus ─▶ every listener

The event loop opens and closes connections and swaps the plan; nothing per packet crosses it.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from nhipcau.mcu.composer import COMPOSE_FPS, Composer
from nhipcau.mcu.endpointmedia import EndpointMedia
from nhipcau.mcu.fanout import FanOut, FanOutStats
from nhipcau.mcu.ladder import PROGRAM_VIEW, is_director_view, ladder_of
from nhipcau.mcu.mediaclock import MediaClock
from nhipcau.mcu.mediaplan import MediaPlan, ViewPlan
from nhipcau.mcu.mixer import BLOCK_S, Mixer
from nhipcau.mcu.poller import POLL_S, Poller, Watch
from nhipcau.mcu.streams import StreamNames, Streams
from nhipcau.mcu.ticker import Beat, Register, Ticker, TickerStats
from nhipcau.mcu.uplink import Uplink
from nhipcau.mcu.upstream import SoundSource, VideoSource
from nhipcau.mcu.view import View, ViewStats
from nhipcau.ports.clock import Clock
from nhipcau.ports.codec import Codecs
from nhipcau.ports.transport import PAYLOAD_TYPES, Connection, Mid, Transport
from nhipcau.quantities import EndpointId, SiteId, ViewId
from nhipcau.rtp.receiver import SoundReceiver, VideoReceiver
from nhipcau.sound.speaker import ActiveSpeaker


@dataclass(frozen=True, slots=True)
class Adapters:
    """What an engine stands on."""

    transport: Transport
    codecs: Codecs
    clock: Clock


@dataclass(frozen=True, slots=True)
class EngineStats:
    """Counters of an engine; `views` are those that are watched now, `cold` connections that are
    up and not served yet.
    """

    connections: int
    up: int
    cold: int
    views: Mapping[ViewId, ViewStats]
    fanout: FanOutStats
    threads: Sequence[TickerStats]


class MediaEngine:
    """The live media of one conference. `open`, `attach`, `close`, `follow`: the event loop's."""

    def __init__(self, adapters: Adapters, names: StreamNames) -> None:
        self._adapters = adapters
        clock = adapters.clock
        self._media_clock = MediaClock(clock.now_s(), clock.wall_s())
        self._streams = Streams(names, adapters.codecs)
        self._plan = MediaPlan()
        self._medias: tuple[EndpointMedia, ...] = ()
        self._served: tuple[object, tuple[EndpointMedia, ...]] = (None, ())
        self._change = threading.Lock()
        self._changed: Callable[[], None] = lambda: None
        self._fanout = FanOut(clock)
        self._composer = Composer(lambda: self._plan, self._make_view, self._fanout)
        self._mixer = Mixer(lambda: self._plan, self._streams.sound, ActiveSpeaker())
        watch = Watch(lambda: self._plan, lambda: self._medias, self._tell_changed, clock.now_s)
        self._poller = Poller(watch, self._streams, self._media_clock)
        self._tickers = (
            Ticker("poll", Beat(POLL_S, late_s=0.02), self._poller.tick, clock),
            Ticker("compose", Beat(1 / COMPOSE_FPS, late_s=0.04), self._composer.tick, clock),
            Ticker("mix", Beat(BLOCK_S, late_s=0.02, catch_up=10), self._mixer.tick, clock),
        )

    def start(self, register: Register, changed: Callable[[], None]) -> None:
        """Start the threads.

        Args:
            register: gives each thread its pulse.
            changed: called by the poll thread when connections came up or went; must not block.
        """
        self._changed = changed
        self._fanout.start(register)
        for ticker in self._tickers:
            ticker.start(register)

    def open(
        self, endpoint: EndpointId, seat: SiteId | None, watches: ViewId = PROGRAM_VIEW
    ) -> EndpointMedia:
        """Return a new connection that offers our streams (may block for some ms).

        Raises:
            OSError: the UDP port can't be had.
        """
        streams = self._streams.of(watches)
        connection = self._adapters.transport.offer([stream.line() for stream in streams])
        uplink = Uplink()
        return EndpointMedia(
            endpoint,
            seat,
            watches,
            connection,
            self._video(connection, Mid.CAMERA, uplink),
            self._video(connection, Mid.CONTENT_UP, uplink),
            self._microphone(connection),
            self._streams.viewers(watches, connection, seat),
            uplink=uplink,
        )

    def attach(self, media: EndpointMedia) -> None:
        """Begin to poll a connection that has its answer."""
        with self._change:
            if media not in self._medias:
                self._medias = (*self._medias, media)

    def close(self, media: EndpointMedia) -> None:
        """Let a connection go; may be called twice; does not block."""
        with self._change:
            self._medias = tuple(one for one in self._medias if one is not media)
        if is_director_view(media.watches):
            self._streams.drop(media.watches)
        media.connection.close()

    def heat(self, media: EndpointMedia) -> None:
        """Serve a connection that stood ready."""
        media.cold = False
        self._served = (None, ())

    def connected(self) -> tuple[EndpointMedia, ...]:
        """Return the connections that are up and served, the same object until that changes."""
        up = self._poller.up
        if self._served[0] is not up:
            self._served = (up, tuple(media for media in up if not media.cold))
        return self._served[1]

    def follow(self, plan: MediaPlan) -> None:
        """Do from now on what `plan` says."""
        wanted = set(plan.sources())
        for source in set(self._plan.sources()) - wanted:
            source.want(False)
        for source in wanted:
            source.want(True)
        self._plan = plan

    def speaker(self) -> SiteId | None:
        """Return who is heard most."""
        return self._mixer.speaking

    def level(self, site: SiteId) -> int | None:
        """Return the sound level of an open microphone in whole dBov, None when it is closed."""
        level = self._mixer.levels.get(site)
        return None if level is None else round(level)

    def stop(self) -> None:
        """Stop the threads, close every connection; may be called twice."""
        for ticker in self._tickers:
            ticker.stop()
        self._fanout.stop()
        for media in self._medias:
            media.connection.close()
        self._adapters.transport.close()
        self._composer.close()

    def stats(self) -> EngineStats:
        """Return the counters; reading resets the threads' worst lateness."""
        poller = self._poller.stats()
        return EngineStats(
            poller.connections,
            poller.up,
            poller.cold,
            self._composer.stats(),
            self._fanout.stats(),
            [ticker.stats() for ticker in self._tickers],
        )

    def _tell_changed(self) -> None:
        self._changed()

    def _make_view(self, plan: ViewPlan) -> View:
        stream = self._streams.view(plan.view)
        return View(ladder_of(plan.view), stream, self._adapters.codecs, self._media_clock)

    def _video(self, connection: Connection, mid: Mid, uplink: Uplink) -> VideoSource:
        receiver = VideoReceiver(PAYLOAD_TYPES[mid])
        return VideoSource(connection.pipe(mid), receiver, self._adapters.codecs, uplink)

    def _microphone(self, connection: Connection) -> SoundSource:
        receiver = SoundReceiver(PAYLOAD_TYPES[Mid.MICROPHONE])
        pipe = connection.pipe(Mid.MICROPHONE)
        return SoundSource(pipe, receiver, self._adapters.codecs)

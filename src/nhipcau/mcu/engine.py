"""The media engine: the four media threads of a conference and what they share.

    poll thread (5 ms)      connections ─▶ receivers ─▶ frames, packets; viewers' RTCP
    composer (25 fps)       frames ─▶ program, content ─▶ packets
    fan-out                 packets ─▶ every viewer
    mixer (20 ms)           packets ─▶ common mix and mix-minus ─▶ every viewer

The event loop opens and closes connections and swaps the plan; nothing per packet crosses it.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass

from nhipcau.mcu.composer import PROGRAM_FPS, Composer
from nhipcau.mcu.downstream import SoundStream, Stream, VideoStream, Viewer
from nhipcau.mcu.endpointmedia import EndpointMedia
from nhipcau.mcu.fanout import FanOut, FanOutStats
from nhipcau.mcu.mediaclock import MediaClock
from nhipcau.mcu.mediaplan import MediaPlan
from nhipcau.mcu.mixer import BLOCK_S, Mixer
from nhipcau.mcu.poller import POLL_S, Poller
from nhipcau.mcu.ticker import Beat, Register, Ticker, TickerStats
from nhipcau.mcu.upstream import SoundSource, VideoSource
from nhipcau.mcu.view import View, ViewStats
from nhipcau.ports.clock import Clock
from nhipcau.ports.codec import Codecs, VideoSpec
from nhipcau.ports.transport import PAYLOAD_TYPES, Mid, Transport
from nhipcau.quantities import Bitrate, EndpointId, SiteId, Ssrc
from nhipcau.rtp.receiver import SoundReceiver, VideoReceiver
from nhipcau.sound.playout import PlayoutBuffer
from nhipcau.sound.speaker import ActiveSpeaker

PROGRAM = VideoSpec(1280, 720, PROGRAM_FPS, Bitrate(1_200_000))
# Text squeezed into a 720p tile can't be read; five sharp pictures a second can.
CONTENT = VideoSpec(1920, 1080, 5, Bitrate(1_000_000), level="4.0")

# What a picture waits on its way to the canvas: half a tick, and the packets of its frame.
PICTURE_LAG_S = 0.03
# What a sound waits on its way to the mix: the playout buffer's depth and its own 20 ms.
SOUND_LAG_S = 0.08


@dataclass(frozen=True, slots=True)
class StreamNames:
    """SSRCs of the streams down, and the CNAME that ties picture to sound."""

    program: Ssrc
    content: Ssrc
    sound: Ssrc
    cname: str


@dataclass(frozen=True, slots=True)
class Adapters:
    """What an engine stands on."""

    transport: Transport
    codecs: Codecs
    clock: Clock


@dataclass(frozen=True, slots=True)
class EngineStats:
    """Counters of an engine."""

    connections: int
    up: int
    program: ViewStats
    content: ViewStats
    fanout: FanOutStats
    threads: Sequence[TickerStats]


class MediaEngine:
    """The live media of one conference. `open`, `attach`, `close`, `follow`: the event loop's."""

    def __init__(self, adapters: Adapters, names: StreamNames) -> None:
        self._adapters = adapters
        clock = adapters.clock
        self.clock = MediaClock(clock.now_s(), clock.wall_s())
        program = VideoStream(Mid.PROGRAM, names.program, names.cname, PICTURE_LAG_S)
        content = VideoStream(Mid.CONTENT, names.content, names.cname, PICTURE_LAG_S)
        sound = SoundStream(names.sound, names.cname, SOUND_LAG_S, adapters.codecs)
        self._streams: tuple[Stream, ...] = (program, content, sound)
        self._plan = MediaPlan()
        self._medias: tuple[EndpointMedia, ...] = ()
        self._change = threading.Lock()
        self._program = View(PROGRAM, program, adapters.codecs, self.clock)
        self._content = View(CONTENT, content, adapters.codecs, self.clock)
        self._fanout = FanOut(clock)
        composer = Composer(self._current, self._program, self._content, self._fanout)
        self._mixer = Mixer(self._current, sound, ActiveSpeaker())
        self._poller = Poller(self._current, lambda: self._medias, self._streams, self.clock)
        self._tickers = (
            Ticker("poll", Beat(POLL_S, late_s=0.02), self._poller.tick, clock),
            Ticker("compose", Beat(1 / PROGRAM_FPS, late_s=0.04), composer.tick, clock),
            Ticker("mix", Beat(BLOCK_S, late_s=0.02, catch_up=10), self._mixer.tick, clock),
        )

    def start(self, register: Register) -> None:
        """Start the threads; each gets its pulse from `register`."""
        self._fanout.start(register)
        for ticker in self._tickers:
            ticker.start(register)

    def open(self, endpoint: EndpointId, seat: SiteId | None) -> EndpointMedia:
        """Return a new connection that offers our streams (may block for some ms).

        Raises:
            OSError: the UDP port can't be had.
        """
        connection = self._adapters.transport.offer([stream.line() for stream in self._streams])
        codecs = self._adapters.codecs

        def video(mid: Mid) -> VideoSource:
            return VideoSource(connection.pipe(mid), VideoReceiver(PAYLOAD_TYPES[mid]), codecs)

        microphone = SoundSource(
            connection.pipe(Mid.MICROPHONE),
            SoundReceiver(PAYLOAD_TYPES[Mid.MICROPHONE]),
            codecs,
            PlayoutBuffer(),
        )
        viewers = {s.mid: Viewer(connection.pipe(s.mid), s, seat) for s in self._streams}
        return EndpointMedia(
            endpoint,
            seat,
            connection,
            video(Mid.CAMERA),
            video(Mid.CONTENT_UP),
            microphone,
            viewers,
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
        media.connection.close()

    def connected(self) -> tuple[EndpointMedia, ...]:
        """Return the connections that are up, the same object until that changes."""
        return self._poller.up

    def follow(self, plan: MediaPlan) -> None:
        """Do from now on what `plan` says."""
        old = self._plan
        seen = {cell.media.camera for cell in plan.program if cell.media is not None}
        for cell in old.program:
            if cell.media is not None and cell.media.camera not in seen:
                cell.media.camera.want(False)
        for source in seen:
            source.want(True)
        if old.content is not None and old.content is not plan.content:
            old.content.content.want(False)
        if plan.content is not None:
            plan.content.content.want(True)
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
        self._program.close()
        self._content.close()

    def stats(self) -> EngineStats:
        """Return the counters; reading resets the threads' worst lateness."""
        poller = self._poller.stats()
        return EngineStats(
            poller.connections,
            poller.up,
            self._program.stats(),
            self._content.stats(),
            self._fanout.stats(),
            [ticker.stats() for ticker in self._tickers],
        )

    def _current(self) -> MediaPlan:
        return self._plan

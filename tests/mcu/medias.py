"""Media of made-up sites over the in-memory transport, in time that stands until it is moved."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from nhipcau.codec.raw import RawCodecs, RawSoundDecoder, RawSoundEncoder
from nhipcau.mcu.endpointmedia import EndpointMedia
from nhipcau.mcu.ladder import PROGRAM_VIEW
from nhipcau.mcu.mediaplan import CellPlan
from nhipcau.mcu.streams import StreamNames, Streams
from nhipcau.mcu.uplink import Uplink
from nhipcau.mcu.upstream import SoundSource, VideoSource
from nhipcau.picture.cell import Cell
from nhipcau.picture.frame import Picture, solid
from nhipcau.ports.codec import VideoSpec
from nhipcau.ports.transport import (
    PAYLOAD_TYPES,
    UPSTREAM,
    ConnectionState,
    Mid,
    RtpPipe,
    SendLine,
)
from nhipcau.quantities import Bitrate, EndpointId, SiteId, Ssrc, ViewId
from nhipcau.rtp.frame import EncodedFrame
from nhipcau.rtp.packet import is_rtcp, parse_rtp
from nhipcau.rtp.receiver import SoundReceiver, VideoReceiver
from nhipcau.rtp.rtcp import RtcpMessage, parse_compound
from nhipcau.rtp.sender import SoundSender, VideoSender
from nhipcau.sound.block import BLOCK_SAMPLES, RATE_HZ, PcmBlock, Samples
from nhipcau.webrtc.memory import MemoryConnection, MemoryNetwork, MemoryTransport, Weather
from tests.mcu.machine import HandClock

RED, GREEN, BLUE = (82, 90, 240), (145, 54, 34), (41, 240, 110)
Colour = tuple[int, int, int]


class MediaWorld:
    """A network, codecs and streams of an MCU without threads."""

    def __init__(self, weather: Weather | None = None) -> None:
        self.clock = HandClock()
        self.network = MemoryNetwork(self.clock, weather)
        self.codecs = RawCodecs(self.clock)
        ssrcs = itertools.count(100)
        names = StreamNames("mcu", lambda: Ssrc(next(ssrcs)))
        self.streams = Streams(names, self.codecs)
        self._transport = MemoryTransport(self.network)
        self._count = itertools.count()

    def site(self, name: str | None, watches: ViewId = PROGRAM_VIEW) -> "FarSite":
        """Return a site (or with None a watcher) whose connection is up."""
        seat = SiteId(name) if name is not None else None
        streams = self.streams.of(watches)
        near = self._transport.offer([stream.line() for stream in streams])
        number = next(self._count)
        lines = [SendLine(mid, Ssrc(1_000 * number + n), "far") for n, mid in enumerate(UPSTREAM)]
        far = MemoryTransport(self.network).answer(near.local_sdp() or "", lines)
        near.accept(far.local_sdp() or "")
        pipe = near.pipe(Mid.MICROPHONE)
        receiver = SoundReceiver(PAYLOAD_TYPES[Mid.MICROPHONE])
        uplink = Uplink()
        media = EndpointMedia(
            EndpointId(f"endpoint {number}"),
            seat,
            watches,
            near,
            self._video(near, Mid.CAMERA, uplink),
            self._video(near, Mid.CONTENT_UP, uplink),
            SoundSource(pipe, receiver, self.codecs),
            self.streams.viewers(watches, near, seat),
            ConnectionState.CONNECTED,
            uplink,
        )
        return FarSite(self, media, far)

    def _video(self, near: MemoryConnection, mid: Mid, uplink: Uplink) -> VideoSource:
        receiver = VideoReceiver(PAYLOAD_TYPES[mid])
        return VideoSource(near.pipe(mid), receiver, self.codecs, uplink)


@dataclass(slots=True, eq=False)
class FarSite:
    """The far end of a connection, and the MCU's `media` of it."""

    world: MediaWorld
    media: EndpointMedia
    far: MemoryConnection
    _camera: VideoSender = field(init=False)
    _voice: SoundSender = field(init=False)
    _frames: int = 0
    _blocks: int = 0

    def __post_init__(self) -> None:
        self._camera = VideoSender(71, PAYLOAD_TYPES[Mid.CAMERA])
        self._voice = SoundSender(72, PAYLOAD_TYPES[Mid.MICROPHONE])

    def show(self, picture: Picture | Colour, *, keyframe: bool = True) -> None:
        """Send a picture of the camera (160×90 when only a colour is given), and have it polled."""
        if isinstance(picture, tuple):
            picture = solid(160, 90, picture)
        spec = VideoSpec(picture.width, picture.height, 25, Bitrate(1))
        encoder = self.world.codecs.video_encoder(spec)
        if not keyframe:
            encoder.encode(picture, 0, keyframe=True)
        frame = encoder.encode(picture, 3_600 * self._frames, keyframe=keyframe)
        self._frames += 1
        for packet in self._camera.packetize(frame):
            self.far.pipe(Mid.CAMERA).send(packet)
        self.media.camera.poll(self.world.clock.now_s())

    def damage(self) -> None:
        """Send what is H.264 and no picture, as the camera's next one, and have it polled."""
        data = bytes.fromhex("00000001 61 9a9b9c9d9e9fa0")
        frame = EncodedFrame(data, 3_600 * self._frames, keyframe=False, arrived_s=0.0)
        self._frames += 1
        for packet in self._camera.packetize(frame):
            self.far.pipe(Mid.CAMERA).send(packet)
        self.media.camera.poll(self.world.clock.now_s())

    def speak(self, frequency_hz: float | None) -> None:
        """Send 20 ms of a tone (None: of silence), and have it polled."""
        block = tone(self._blocks, frequency_hz)
        self._blocks += 1
        self._voice.next_tick(block.pts)
        lane = self._voice.new_lane()
        packet = self._voice.lane_packet(RawSoundEncoder().encode(block), lane)
        self.far.pipe(Mid.MICROPHONE).send(packet)
        self.media.microphone.poll(self.world.clock.now_s())

    def say(self, mid: Mid, *messages: RtcpMessage) -> None:
        """Send RTCP on a line that comes down."""
        self.far.pipe(mid).send(b"".join(message.to_bytes() for message in messages))

    def packets(self, mid: Mid) -> list[bytes]:
        """Return the RTP packets that have arrived on a line."""
        return [packet for packet in _drain(self.far.pipe(mid)) if not is_rtcp(packet)]

    def rtcp(self, mid: Mid) -> list[RtcpMessage]:
        """Return the RTCP that has arrived on a line, flat."""
        reports = [packet for packet in _drain(self.far.pipe(mid)) if is_rtcp(packet)]
        return [message for packet in reports for message in parse_compound(packet).messages]


def _drain(pipe: RtpPipe) -> list[bytes]:
    packets = []
    while (packet := pipe.receive()) is not None:
        packets.append(packet)
    return packets


def cell_of(
    site: FarSite | None,
    cell: Cell,
    *,
    name: str = "",
    on_air: bool = False,
    camera_on: bool = True,
) -> CellPlan:
    """Return a cell's plan; None is an empty cell."""
    if site is None:
        return CellPlan(cell, None, "", on_air=False, camera_on=False, media=None)
    return CellPlan(cell, site.media.seat, name, on_air, camera_on, site.media)


def tone(number: int, frequency_hz: float | None, amplitude: float = 6_000.0) -> PcmBlock:
    """Return the `number`th block of a tone, or of silence."""
    at = np.arange(number * BLOCK_SAMPLES, (number + 1) * BLOCK_SAMPLES) / RATE_HZ
    wave = amplitude * np.sin(2 * np.pi * (frequency_hz or 0.0) * at)
    return PcmBlock(wave.astype(np.int16), number * BLOCK_SAMPLES)


def heard(packets: Sequence[bytes]) -> Samples:
    """Return the sound in RTP packets of the twin's codec."""
    decoder = RawSoundDecoder()
    return np.concatenate([decoder.decode(parse_rtp(packet).payload) for packet in packets])


def strength(samples: Samples, frequency_hz: float) -> float:
    """Return the amplitude of a tone in samples, 2 % high or low: a playout buffer may pull it."""
    window = np.hanning(len(samples))
    power = np.abs(np.fft.rfft(samples * window)) ** 2 * 2 / (len(samples) * (window**2).sum())
    at = np.fft.rfftfreq(len(samples), 1 / RATE_HZ)
    return float(np.sqrt(2 * power[abs(at - frequency_hz) < 0.02 * frequency_hz].sum()))

"""A leaf between a made-up root and made-up rooms, over two lossy lines, in hand-moved time.

FarRoot ══ trunk (Weather) ══ LeafEngine ══ rooms' lines (Weather) ══ Room
"""

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from zlib import crc32

from nhipcau.mcu.engine import Adapters
from nhipcau.mcu.ladder import CONTENT_LADDER, PROGRAM_LADDER
from nhipcau.mcu.lane import Lane
from nhipcau.mcu.leafengine import LeafEngine
from nhipcau.mcu.leafmedia import LeafMedia
from nhipcau.mcu.streams import StreamNames
from nhipcau.ports.transport import DOWNSTREAM, PAYLOAD_TYPES, UPSTREAM, Mid, SendLine
from nhipcau.quantities import EndpointId, SiteId, Ssrc
from nhipcau.rtp.frame import EncodedFrame
from nhipcau.rtp.packet import is_rtcp, packet_seq, parse_rtp
from nhipcau.rtp.receiver import SoundReceiver, VideoReceiver
from nhipcau.rtp.rtcp import RtcpMessage, parse_compound
from nhipcau.rtp.rtcp_feedback import Nack, Pli, Remb
from nhipcau.rtp.rtcp_reports import SenderReport
from nhipcau.rtp.sender import SoundSender, StreamSender, VideoSender
from nhipcau.rtp.timeline import ntp_from_wall
from nhipcau.webrtc.memory import (
    MemoryConnection,
    MemoryNetwork,
    MemoryPipe,
    MemoryTransport,
    Weather,
)
from tests.mcu.machine import HandClock
from tests.rtp.pictures import picture

STEP_S = 0.005
# Packets of a picture are put on the line one after the other.
_PACE_S = 0.002
_PLAYOUT_S = 0.15


class NoCodecs:
    """Makes nothing: a leaf that asks for a codec fails its test."""

    def __getattr__(self, name: str) -> object:
        raise AssertionError(f"a leaf makes no {name}")


class Made(NamedTuple):
    """What the root has made: by which of its encoders, and the how manieth picture of it."""

    source: str
    number: int
    keyframe: bool


class Source:
    """One encoder of the root, and who gets its packets."""

    def __init__(self, name: str, mid: Mid, fps: int, ssrc: int) -> None:
        self.name, self.mid, self.fps = name, mid, fps
        self.sender = VideoSender(ssrc, PAYLOAD_TYPES[mid])
        self.lanes: list[FarLane] = []
        self.key_wanted = True
        self.number = 0
        self.waiting: list[tuple[float, bytes]] = []

    def tick(self, root: "FarRoot", now_s: float) -> None:
        if root.pictures_made % (25 // self.fps) == 0 and root.is_picture_due:
            stamp = root.picture_stamp
            frame = picture(
                crc32(f"{self.name} {self.number}".encode()),
                keyframe=self.key_wanted,
                size=4_000,
                timestamp=stamp,
            )
            root.made[frame.data] = Made(self.name, self.number, self.key_wanted)
            self.number, self.key_wanted = self.number + 1, False
            for at, packet in enumerate(self.sender.packetize(frame)):
                self.waiting.append((now_s + at * _PACE_S, packet))
        while self.waiting and self.waiting[0][0] <= now_s:
            _, packet = self.waiting.pop(0)
            for lane in self.lanes:
                lane.far.pipe(self.mid).send(packet)


@dataclass(eq=False)
class FarLane:
    """The root's end of a lane, and the leaf's `lane`."""

    far: MemoryConnection
    lane: Lane
    sources: dict[Mid, Source] = field(default_factory=dict)
    own: str | None = None
    """What its sound line carries instead of the common mix."""
    voice_s: float = float("-inf")
    """When the last packet of its microphone came."""
    sound_on: bool = True
    sound_kept: dict[int, bytes] = field(default_factory=dict)
    came: dict[Mid, list[bytes]] = field(default_factory=lambda: {mid: [] for mid in UPSTREAM})
    heard: dict[Mid, list[RtcpMessage]] = field(default_factory=lambda: {mid: [] for mid in Mid})

    def show(self, source: Source) -> None:
        """Send what `source` makes down this lane from its next picture on, with a key frame."""
        self.hide(source.mid)
        self.sources[source.mid] = source
        source.lanes.append(self)
        source.key_wanted = True

    def hide(self, mid: Mid) -> None:
        """Send no picture on a line any more."""
        source = self.sources.pop(mid, None)
        if source is not None:
            source.lanes.remove(self)

    def say(self, mid: Mid, *messages: RtcpMessage) -> None:
        """Send RTCP to the leaf."""
        self.far.pipe(mid).send(b"".join(message.to_bytes() for message in messages))


class FarRoot:
    """Makes pictures of 25 and 10 fps and sound of two lanes, answers NACKs and PLIs."""

    def __init__(self, clock: HandClock, network: MemoryNetwork, first_ssrc: int = 900) -> None:
        self._clock, self._network = clock, network
        self._transport, self._near = MemoryTransport(network), MemoryTransport(network)
        self.ssrcs = {mid: Ssrc(first_ssrc + n) for n, mid in enumerate(DOWNSTREAM)}
        self.zero_s = clock.now_s()
        self.alive = True
        self.lanes: list[FarLane] = []
        self.made: dict[bytes, Made] = {}
        self.said: dict[int, dict[str, bytes]] = {}
        self.sources = {
            **{
                spec.name: self._source(spec.name, Mid.PROGRAM, spec.video.fps)
                for spec in PROGRAM_LADDER
            },
            **{
                f"content {s.name}": self._source(f"content {s.name}", Mid.CONTENT, s.video.fps)
                for s in CONTENT_LADDER
            },
            "return": self._source("return", Mid.PROGRAM, 25),
        }
        self.sound = SoundSender(self.ssrcs[Mid.SOUND], PAYLOAD_TYPES[Mid.SOUND], first_seq=65_500)
        self.is_picture_due = False
        self.pictures_made = 0
        self._blocks = 0
        self._report_s = 0.0

    def _source(self, name: str, mid: Mid, fps: int) -> Source:
        return Source(name, mid, 25 if fps >= 25 else 5, self.ssrcs[mid])

    @property
    def picture_stamp(self) -> int:
        return round((self._clock.now_s() - self.zero_s) * 90_000)

    def lane(self, place: int | None) -> FarLane:
        """Return a lane whose ends are connected; a rung's pictures flow from now on."""
        far = self._transport.offer([SendLine(mid, self.ssrcs[mid], "root") for mid in DOWNSTREAM])
        number = len(self.lanes)
        sends = {
            m: SendLine(m, Ssrc(5_000 + 10 * number + n), f"lane {number}")
            for n, m in enumerate(UPSTREAM)
        }
        near = self._near.answer(far.local_sdp() or "", list(sends.values()))
        far.accept(near.local_sdp() or "")
        lane = FarLane(far, Lane(near, sends, place))
        self.lanes.append(lane)
        if place is not None:
            lane.show(self.sources[PROGRAM_LADDER[place].name])
            if place < len(CONTENT_LADDER):
                lane.show(self.sources[f"content {CONTENT_LADDER[place].name}"])
        return lane

    def tick(self, now_s: float) -> None:
        """Make and send what is due, answer what came."""
        if not self.alive:
            return
        passed_s = now_s - self.zero_s
        self.is_picture_due = passed_s + 1e-9 >= self.pictures_made / 25
        for source in self.sources.values():
            source.tick(self, now_s)
        self.pictures_made += self.is_picture_due
        if passed_s + 1e-9 >= self._blocks * 0.02:
            self._speak(now_s)
        if now_s - self._report_s >= 1.0:
            self._report_s = now_s
            self._report(now_s)
        for lane in self.lanes:
            for mid in Mid:
                self._take(lane, mid)

    def _speak(self, now_s: float) -> None:
        # A voice is in the mix while it comes and as long as a play-out holds it.
        heard = [lane for lane in self.lanes if lane.own and now_s - lane.voice_s < _PLAYOUT_S]
        seq = self.sound.next_seq
        self.sound.next_tick(self._blocks * 960)
        self._blocks += 1
        packets: dict[str, bytes] = {}
        for lane in self.lanes:
            name = lane.own or "common"
            if name not in packets:
                voices = " ".join(f"+{one.own}" for one in heard if one.own != name)
                payload = b"\x78" + f"{name} {self._blocks} {voices}".encode()
                packets[name] = self.sound.lane_packet(payload, SoundSender.new_lane())
            lane.sound_kept[seq] = packets[name]
            if lane.sound_on:
                lane.far.pipe(Mid.SOUND).send(packets[name])
        self.said[seq] = packets

    def _report(self, now_s: float) -> None:
        ntp = ntp_from_wall(self._clock.wall_s())
        stamps = {Mid.PROGRAM: 90_000, Mid.CONTENT: 90_000, Mid.SOUND: 48_000}
        for mid, rate in stamps.items():
            sender = StreamSender(self.ssrcs[mid], PAYLOAD_TYPES[mid])
            report = sender.sender_report(ntp, round((now_s - self.zero_s) * rate), "root", now_s)
            for lane in self.lanes:
                lane.far.pipe(mid).send(report)

    def _take(self, lane: FarLane, mid: Mid) -> None:
        pipe = lane.far.pipe(mid)
        for packet in drain(pipe):
            if not is_rtcp(packet):
                lane.came[mid].append(packet)
                if mid is Mid.MICROPHONE:
                    lane.voice_s = self._clock.now_s()
                continue
            for message in parse_compound(packet).messages:
                lane.heard[mid].append(message)
                if isinstance(message, Nack):
                    self._resend(lane, mid, message)
                elif isinstance(message, Pli) and mid in lane.sources:
                    lane.sources[mid].key_wanted = True

    def _resend(self, lane: FarLane, mid: Mid, nack: Nack) -> None:
        for seq in nack.seqs:
            if mid is Mid.SOUND:
                packet = lane.sound_kept.get(seq)
            else:
                packet = lane.sources[mid].sender.cache.get(seq) if mid in lane.sources else None
            if packet is not None:
                lane.far.pipe(mid).send(packet)


class Room:
    """A room: takes what comes down as a browser would, sends a camera and a microphone."""

    def __init__(self, media: LeafMedia, far: MemoryConnection, number: int) -> None:
        self.media, self.far = media, far
        self.receivers = {
            mid: VideoReceiver(PAYLOAD_TYPES[mid]) for mid in (Mid.PROGRAM, Mid.CONTENT)
        }
        self.hearing = SoundReceiver(PAYLOAD_TYPES[Mid.SOUND])
        self.frames: dict[Mid, list[EncodedFrame]] = {mid: [] for mid in self.receivers}
        self.packets: dict[Mid, list[bytes]] = {mid: [] for mid in DOWNSTREAM}
        self.reports: dict[Mid, list[SenderReport]] = {mid: [] for mid in DOWNSTREAM}
        self.sound: list[bytes] = []
        self.camera = VideoSender(7_000 + number, PAYLOAD_TYPES[Mid.CAMERA], first_seq=65_400)
        self.voice = SoundSender(8_000 + number, PAYLOAD_TYPES[Mid.MICROPHONE])
        self.voice_kept = SoundSender.new_lane()
        self.films = self.speaks = False
        self.sent: dict[Mid, list[bytes]] = {Mid.CAMERA: [], Mid.MICROPHONE: []}
        self.plis = 0
        self.rembs: list[int] = []
        self.deaf = False
        """Takes nothing in, so that a test reads the pipes itself."""
        self._pictures = self._blocks = 0
        self._begun_s: float | None = None
        self._report_s = 0.0

    def tick(self, now_s: float) -> None:
        """Send what is due, take what came."""
        self._begun_s = now_s if self._begun_s is None else self._begun_s
        passed_s = now_s - self._begun_s
        if passed_s + 1e-9 >= self._pictures / 25:
            self._film()
        if passed_s + 1e-9 >= self._blocks / 50:
            self._speak()
        self._hear(self.camera, self.camera.cache, Mid.CAMERA)
        self._hear(self.voice, self.voice_kept, Mid.MICROPHONE)
        if not self.deaf:
            for mid, receiver in self.receivers.items():
                self._take(mid, receiver, now_s)
                while (frame := receiver.poll_frame()) is not None:
                    self.frames[mid].append(frame)
            self._take(Mid.SOUND, self.hearing, now_s)
            self.sound += [packet.data for packet in self.hearing.take(now_s)]

    def report(self, ntp: int, now_s: float) -> None:
        """Send sender reports of camera and microphone, whose clocks both stand at 5 s."""
        for sender, mid, rate in (
            (self.camera, Mid.CAMERA, 90_000),
            (self.voice, Mid.MICROPHONE, 48_000),
        ):
            self.far.pipe(mid).send(sender.sender_report(ntp, 5 * rate, "room", now_s))

    def _film(self) -> None:
        self._pictures += 1
        if not self.films:
            return
        keyframe = not self.sent[Mid.CAMERA] or self.plis > 0
        self.plis = 0
        frame = picture(self._pictures, keyframe=keyframe, size=2_500)
        for packet in self.camera.packetize(frame):
            self._put(Mid.CAMERA, packet)

    def _speak(self) -> None:
        self._blocks += 1
        if not self.speaks:
            return
        self.voice.next_tick(self._blocks * 960)
        payload = b"\x78" + f"voice {self._blocks}".encode()
        self._put(Mid.MICROPHONE, self.voice.lane_packet(payload, self.voice_kept))

    def _put(self, mid: Mid, packet: bytes) -> None:
        self.sent[mid].append(packet)
        self.far.pipe(mid).send(packet)

    def _hear(self, sender: StreamSender, kept: object, mid: Mid) -> None:
        pipe = self.far.pipe(mid)
        for packet in drain(pipe):
            for message in parse_compound(packet).messages:
                if isinstance(message, Nack) and message.media_ssrc == sender.ssrc:
                    for seq in message.seqs:
                        missing = kept.get(seq)  # type: ignore[attr-defined]
                        if missing is not None:
                            pipe.send(missing)
                elif isinstance(message, Pli):
                    self.plis += 1
                elif isinstance(message, Remb):
                    self.rembs.append(message.bitrate_bps)

    def _take(self, mid: Mid, receiver: VideoReceiver | SoundReceiver, now_s: float) -> None:
        pipe = self.far.pipe(mid)
        for packet in drain(pipe):
            if is_rtcp(packet):
                receiver.handle_rtcp(packet, now_s)
                messages = parse_compound(packet).messages
                self.reports[mid] += [m for m in messages if isinstance(m, SenderReport)]
            else:
                self.packets[mid].append(packet)
                receiver.handle_rtp(packet, now_s)
        for packet in receiver.poll_rtcp(now_s):
            pipe.send(packet)


class LeafWorld:
    """The leaf, its root and its rooms."""

    def __init__(self, trunk: Weather | None = None, lines: Weather | None = None) -> None:
        self.clock = HandClock()
        self.trunk, self.lines = MemoryNetwork(self.clock, trunk), MemoryNetwork(self.clock, lines)
        ssrcs = itertools.count(100)
        names = StreamNames("leaf", lambda: Ssrc(next(ssrcs)))
        adapters = Adapters(MemoryTransport(self.lines), NoCodecs(), self.clock)  # type: ignore[arg-type]
        self.engine = LeafEngine(adapters, names)
        self.root = FarRoot(self.clock, self.trunk)
        self.rooms: list[Room] = []
        self.engines = [self.engine]

    def room(
        self, name: str | None, wish: int = 0, place: tuple[LeafEngine, MemoryNetwork] | None = None
    ) -> Room:
        """Return a room whose connection is up with the next tick.

        `place` is another leaf's engine, and the network of its rooms.
        """
        number = len(self.rooms)
        seat = SiteId(name) if name is not None else None
        engine, lines_of = place or (self.engine, self.lines)
        media = engine.open(EndpointId(f"endpoint {number}"), seat)
        media.watcher(Mid.PROGRAM).set_wish(wish)
        media.watcher(Mid.CONTENT).set_wish(min(wish, len(CONTENT_LADDER)))
        lines = [
            SendLine(mid, Ssrc(7_000 + 1_000 * n + number), "room")
            for n, mid in enumerate(UPSTREAM)
        ]
        far = MemoryTransport(lines_of).answer(media.connection.local_sdp() or "", lines)
        media.connection.accept(far.local_sdp() or "")
        engine.attach(media)
        room = Room(media, far, number)
        self.rooms.append(room)
        return room

    def carry(self, place: int | None) -> FarLane:
        """Return a lane that the leaf carries."""
        lane = self.root.lane(place)
        self.engine.carry(lane.lane)
        return lane

    def run(self, seconds: float, each: Callable[[float], None] | None = None) -> None:
        """Let time pass in the steps of a media thread."""
        for _ in range(round(seconds / STEP_S)):
            now_s = self.clock.pass_s(STEP_S)
            self.root.tick(now_s)
            for engine in self.engines:
                engine.pictures.tick(now_s)
                engine.sound.tick(now_s)
            for room in self.rooms:
                room.tick(now_s)
            if each is not None:
                each(now_s)

    def seen(self, room: Room, mid: Mid = Mid.PROGRAM) -> list[Made]:
        """Return what a room's decoder got, checked: byte for byte as made, an unbroken chain of
        each encoder, and never back in time.
        """
        frames = room.frames[mid]
        made = [self.root.made[frame.data] for frame in frames]
        stamps = [frame.timestamp for frame in frames]
        assert stamps == sorted(set(stamps))
        for before, after in itertools.pairwise([None, *made]):
            if after is not None and not after.keyframe:
                assert before is not None
                assert (before.source, before.number + 1) == (after.source, after.number)
        return made


def drain(pipe: MemoryPipe) -> list[bytes]:
    packets = []
    while (packet := pipe.receive()) is not None:
        packets.append(packet)
    return packets


def runs(made: list[Made]) -> list[str]:
    """Return the names of the encoders in the order in which they were seen."""
    return [name for name, _ in itertools.groupby(one.source for one in made)]


def numbers(packets: list[bytes]) -> list[int]:
    """Return the sequence numbers of packets, unwrapped over one wrap, in the order of arrival."""
    return [seq if seq > 30_000 else seq + 65_536 for seq in map(packet_seq, packets)]


def payloads(packets: list[bytes]) -> Mapping[int, bytes]:
    """Return payloads by sequence number."""
    return {packet_seq(packet): parse_rtp(packet).payload for packet in packets}

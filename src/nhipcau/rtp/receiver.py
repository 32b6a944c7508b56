"""The two receivers: whole pictures in an unbroken chain, and sound packets in order.

    VideoReceiver   handle_rtp, handle_rtcp ─▶ poll_rtcp (5 ms) ─▶ poll_frame until None
    SoundReceiver   handle_rtp, handle_rtcp ─▶ poll_rtcp (5 ms) ─▶ take

A decoder that gets all frames of `poll_frame` in order is never fed a broken reference: after a
loss that no NACK repaired nothing comes out until the next IDR, so the last good picture stands.
"""

from collections import deque
from dataclasses import dataclass

from nhipcau.rtp.frame import EncodedFrame
from nhipcau.rtp.h264 import AccessUnit, H264Depacketizer, starts_keyframe
from nhipcau.rtp.inbound import StreamSpec
from nhipcau.rtp.inbound_stats import SoundStats, VideoStats
from nhipcau.rtp.keyframe import PLI_INTERVAL_S, KeyframeGate
from nhipcau.rtp.nack import NackPolicy
from nhipcau.rtp.opus import opus_samples
from nhipcau.rtp.ordered import OrderedStream
from nhipcau.rtp.packet import RtpError, RtpPacket
from nhipcau.rtp.rtcp_feedback import Pli

VIDEO_RATE_HZ = 90_000
SOUND_RATE_HZ = 48_000

# Four frames' time: long enough for a NACK and its answer across a province, short enough that a
# key frame, which costs twenty packets, is not asked for too late. On a long line up to 0.4 s.
_VIDEO_POLICY = NackPolicy(wait_s=0.15, max_wait_s=0.4)
# Three packets' time: what the mixer's play-out can hide. A gap is asked for as soon as it shows,
# because the packet behind it is sent 20 ms later: it is late by that much already.
_SOUND_POLICY = NackPolicy(
    wait_s=0.06, max_wait_s=0.06, reorder_packets=1, max_missing=64, max_tries=3
)
# A second at 6 Mbit/s, more than `max_wait_s` of any camera here.
_VIDEO_PENDING = 640
_SOUND_PENDING = 64
# A second of pictures: the decoder behind is dead or far too slow.
_MAX_FRAMES = 30
# A second of sound, the bound in packets and in age.
_MAX_SOUND_PACKETS = 50
_MAX_SOUND_AGE_S = 1.0


class VideoReceiver(OrderedStream):
    """One incoming H.264 stream. All methods belong to one thread."""

    def __init__(self, payload_type: int, *, own_ssrc: int = 1, cname: str = "") -> None:
        """Begin without a source; the first packet of `payload_type` brings it."""
        spec = StreamSpec(payload_type, VIDEO_RATE_HZ, own_ssrc, cname, _VIDEO_PENDING)
        super().__init__(spec, _VIDEO_POLICY)
        self._depacketizer = H264Depacketizer()
        self._units: list[AccessUnit] = []
        self._queue: deque[EncodedFrame] = deque()
        self._gate = KeyframeGate(PLI_INTERVAL_S)
        self._asked_s = float("-inf")
        self._waiting = True
        self._waiting_since_s: float | None = None
        self._frames = self._keyframes = self._frames_dropped = self._queue_overflows = 0

    def poll_frame(self) -> EncodedFrame | None:
        """Return the next frame of an unbroken chain, None when there is none now."""
        return self._queue.popleft() if self._queue else None

    def request_keyframe(self, now_s: float) -> None:
        """Take that the decoder has no chain to go on from: drop to the next IDR, ask for one.

        May be called at every poll; only the first call until the IDR does something.
        """
        if not self._waiting:
            self._frames_dropped += len(self._queue)
            self._queue.clear()
            self._break(now_s)

    def stats(self) -> VideoStats:
        """Return the counters."""
        return VideoStats(
            **self._counts(),
            frames=self._frames,
            keyframes=self._keyframes,
            frames_dropped=self._frames_dropped,
            queue_overflows=self._queue_overflows,
            plis_sent=self._gate.passed,
            waiting_since_s=self._waiting_since_s,
        )

    def _accept(self, packet: RtpPacket, now_s: float) -> None:
        if self._waiting and starts_keyframe(packet.payload):
            # What is wanted is on its way.
            self._asking = False
        units = self._units
        try:
            self._depacketizer.push(packet, units)
        except RtpError:
            self._malformed += 1
            self._break(now_s)
        if units:
            for unit in units:
                self._emit(unit, now_s)
            units.clear()

    def _emit(self, unit: AccessUnit, now_s: float) -> None:
        if self._waiting and not unit.keyframe:
            self._frames_dropped += 1
            self._asking = True
            return
        self._waiting = self._asking = False
        self._waiting_since_s = None
        if len(self._queue) >= _MAX_FRAMES:
            self._queue_overflows += 1
            self._frames_dropped += 1
            self.request_keyframe(now_s)
            return
        stamp = self._stamp(unit.timestamp, now_s)
        self._queue.append(EncodedFrame(unit.data, stamp, unit.keyframe, now_s))
        self._frames += 1
        self._keyframes += unit.keyframe

    def _break(self, now_s: float) -> None:
        """Let nothing out until the next IDR, and ask for it."""
        if self._waiting_since_s is None:
            self._waiting_since_s = now_s
        self._waiting = self._asking = True

    def _hole(self, count: int, now_s: float) -> None:
        self._depacketizer.hole()
        self._break(now_s)
        starts = [i for i, packet in self._pending.items() if starts_keyframe(packet.payload)]
        if starts:
            self._jump(min(starts), now_s)

    def _waited(self, index: int, packet: RtpPacket, now_s: float) -> None:
        if self._waiting and starts_keyframe(packet.payload):
            self._depacketizer.hole()
            self._jump(index, now_s)

    def _begin(self, now_s: float, *, other_source: bool) -> None:
        if other_source:
            self._depacketizer = H264Depacketizer()
            self._gate.open()
        else:
            self._depacketizer.hole()
        self._break(now_s)

    def _feedback(self, now_s: float) -> bytes:
        """Return a PLI, at most one in 500 ms and none to a source that is silent since."""
        if self._ssrc is None or self._heard_s <= self._asked_s or not self._gate.ask(now_s):
            return b""
        self._asked_s = now_s
        return Pli(self._spec.own_ssrc, self._ssrc).to_bytes()


@dataclass(frozen=True, slots=True)
class SoundPacket:
    """One Opus packet in its order.

    Attributes:
        data: the payload.
        timestamp: 48 kHz ticks, unwrapped, never back.
        missing: packets right before this one that never came: conceal so many.
        arrived_s: monotonic seconds when it was in its order.
    """

    data: bytes
    timestamp: int
    missing: int
    arrived_s: float


class SoundReceiver(OrderedStream):
    """One incoming Opus stream. `take` may be called by another thread than all the rest."""

    def __init__(self, payload_type: int, *, own_ssrc: int = 1, cname: str = "") -> None:
        """Begin without a source; the first packet of `payload_type` brings it."""
        spec = StreamSpec(payload_type, SOUND_RATE_HZ, own_ssrc, cname, _SOUND_PENDING)
        super().__init__(spec, _SOUND_POLICY)
        self._queue: deque[SoundPacket] = deque(maxlen=_MAX_SOUND_PACKETS)
        self._missing_before = 0
        self._packets = self._missing = self._dropped = 0

    def take(self, now_s: float) -> list[SoundPacket]:
        """Return all packets that are in order by now; those older than 1 s are dropped."""
        queue = self._queue
        packets = [queue.popleft() for _ in range(len(queue))]
        if packets and now_s - packets[0].arrived_s > _MAX_SOUND_AGE_S:
            fresh = [p for p in packets if now_s - p.arrived_s <= _MAX_SOUND_AGE_S]
            self._dropped += len(packets) - len(fresh)
            packets = fresh
        self._packets += len(packets)
        return packets

    def stats(self) -> SoundStats:
        """Return the counters."""
        return SoundStats(
            **self._counts(),
            packets=self._packets,
            missing=self._missing,
            dropped=self._dropped,
        )

    def _accept(self, packet: RtpPacket, now_s: float) -> None:
        if not packet.payload:
            return
        try:
            opus_samples(packet.payload)
        except RtpError:
            self._malformed += 1
            self._missing_before += 1
            return
        stamp = self._stamp(packet.timestamp, now_s)
        missing, self._missing_before = self._missing_before, 0
        self._missing += missing
        # The deque drops the oldest by itself.
        self._dropped += len(self._queue) == _MAX_SOUND_PACKETS
        self._queue.append(SoundPacket(packet.payload, stamp, missing, now_s))

    def _hole(self, count: int, now_s: float) -> None:
        self._missing_before += count

    def _begin(self, now_s: float, *, other_source: bool) -> None:
        self._missing_before = 0

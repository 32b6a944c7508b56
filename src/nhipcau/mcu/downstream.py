"""What everyone gets: one stream for each view and one for sound, and what each viewer reports.

composer ─▶ VideoStream ─▶ packets ─▶ all viewers of the view
mixer ────▶ SoundStream ─▶ lanes: common, and one for each open microphone
viewer's RTCP ─▶ Viewer ─▶ resend from the cache | ask the composer for a key frame
"""

from collections.abc import Mapping
from dataclasses import dataclass

from nhipcau.mcu.mediaclock import MediaClock
from nhipcau.ports.codec import Codecs, SoundEncoder
from nhipcau.ports.transport import PAYLOAD_TYPES, Mid, RtpPipe, SendLine
from nhipcau.quantities import Bitrate, SiteId, Ssrc, seq_delta
from nhipcau.rtp.cache import PacketCache
from nhipcau.rtp.keyframe import PROMPT_IDR_INTERVAL_S, KeyframeGate
from nhipcau.rtp.packet import is_rtcp, packet_seq
from nhipcau.rtp.sender import SoundSender, StreamSender, VideoSender
from nhipcau.rtp.viewer import ViewerState, ViewerStats
from nhipcau.sound.block import PcmBlock

# Those who come at the same moment share one key frame, and wait no longer than half a second.
_NEWCOMER_INTERVAL_S = 0.5
SOUND_BITRATE = Bitrate(32_000)

# What a picture waits on its way to the canvas: half a tick, and the packets of its frame.
PICTURE_LAG_S = 0.03
# What a sound waits on its way to the mix until it has been measured.
SOUND_LAG_S = 0.08
# The look-ahead of our own encoder. Source: RFC 6716 §2.1.7 (2.5 ms, and 4 ms in SILK's).
OPUS_DELAY_S = 0.0065
# Beyond half a second a source's sender reports are wrong, not its lips.
_PLAUSIBLE_SKEW_S = 0.5
# A time constant of one second at 50 ticks a second.
_SKEW_GAIN = 0.02


class Stream:
    """What video and sound streams share: numbering, sender reports, the line in our offers."""

    def __init__(self, mid: Mid, sender: StreamSender, cname: str, lag_s: float) -> None:
        self.mid = mid
        self.sender = sender
        self._cname = cname
        self._lag_s = lag_s

    def line(self) -> SendLine:
        """Return how our offers name this stream."""
        return SendLine(self.mid, Ssrc(self.sender.ssrc), self._cname)

    def want_keyframe(self, now_s: float, *, newcomer: bool = False) -> None:
        """Note that a viewer can't go on without a key frame; sound has none."""

    def report(self, clock: MediaClock, now_s: float) -> bytes:
        """Return the sender report of now, the same for all viewers (poll thread).

        A picture or sound of this stream is `lag_s` older than its timestamp says: the report
        moves the mapping by that, so that lips stay with voices.
        """
        ticks = clock.sound_ticks if self.mid is Mid.SOUND else clock.picture_ticks
        stamp = ticks(now_s + self._lag_s)
        return self.sender.sender_report(clock.ntp(now_s), stamp, self._cname, now_s)


class VideoStream(Stream):
    """One encoding of one view. `packetize` and `keyframe_due` belong to the composer."""

    def __init__(self, mid: Mid, ssrc: Ssrc, cname: str, lag_s: float) -> None:
        self.video = VideoSender(ssrc, PAYLOAD_TYPES[mid])
        super().__init__(mid, self.video, cname, lag_s)
        self._newcomers = KeyframeGate(_NEWCOMER_INTERVAL_S)
        self._repairs = KeyframeGate(PROMPT_IDR_INTERVAL_S)
        self._newcomer_waits = self._repair_waits = False
        self.keyframes = 0

    def want_keyframe(self, now_s: float, *, newcomer: bool = False) -> None:
        """Note that a viewer can't go on without a key frame (any thread)."""
        if newcomer:
            self._newcomer_waits = True
        else:
            self._repair_waits = True

    def keyframe_due(self, now_s: float) -> bool:
        """Return True when the next picture must be a key frame.

        A newcomer waits at most half a second; a viewer that lost its chain gets one prompt key
        frame in 2 s and otherwise waits for the regular one.
        """
        newcomer = self._newcomer_waits and self._newcomers.ask(now_s)
        repair = self._repair_waits and self._repairs.ask(now_s)
        return newcomer or repair

    def note_keyframe(self) -> None:
        """Note that a key frame was made, on request or as a regular one."""
        self._newcomer_waits = self._repair_waits = False
        self.keyframes += 1


@dataclass(frozen=True, slots=True)
class LanePackets:
    """One tick's packet of each lane."""

    common: bytes
    own: Mapping[SiteId, bytes]


class _Lane:
    """An encoder and the packets it has made."""

    def __init__(self, codecs: Codecs) -> None:
        self.encoder: SoundEncoder = codecs.sound_encoder(SOUND_BITRATE)
        self.cache: PacketCache = SoundSender.new_lane()


class SoundStream(Stream):
    """The sound that goes down, in lanes. All but `report` and `lane_cache` belong to the mixer."""

    def __init__(self, ssrc: Ssrc, cname: str, lag_s: float, codecs: Codecs) -> None:
        self.sound = SoundSender(ssrc, PAYLOAD_TYPES[Mid.SOUND])
        super().__init__(Mid.SOUND, self.sound, cname, lag_s)
        self._codecs = codecs
        self._common = _Lane(codecs)
        self._own: dict[SiteId, _Lane] = {}

    def follow_skew(self, skew_s: float) -> None:
        """Take how much older than the speaker's picture its sound is, 50 times a second.

        What waits where differs by source and moment (jitter, a browser's capture); the sender
        reports follow it slowly, and the listener's own lip sync does the rest.
        """
        if abs(skew_s) > _PLAUSIBLE_SKEW_S:
            return
        wanted_s = PICTURE_LAG_S + skew_s + OPUS_DELAY_S
        self._lag_s += (wanted_s - self._lag_s) * _SKEW_GAIN

    def encode(self, common: PcmBlock, minus: Mapping[SiteId, PcmBlock], pts: int) -> LanePackets:
        """Return this tick's packets.

        Args:
            common: everybody's sound, for all whose microphone is closed.
            minus: for each open microphone the sound without its own.
            pts: of all these blocks, 48 kHz ticks.
        """
        self.sound.next_tick(pts)
        payload = self._common.encoder.encode(common)
        self.sound.count_octets(len(payload))
        self._open_and_close(minus)
        own = {
            site: self.sound.lane_packet(lane.encoder.encode(minus[site]), lane.cache)
            for site, lane in self._own.items()
        }
        return LanePackets(self.sound.lane_packet(payload, self._common.cache), own)

    def lane_cache(self, seat: SiteId | None) -> PacketCache:
        """Return the packets of the lane that `seat` listens to now (any thread)."""
        lane = self._own.get(seat) if seat is not None else None
        return (lane or self._common).cache

    def _open_and_close(self, minus: Mapping[SiteId, PcmBlock]) -> None:
        for site in self._own.keys() - minus.keys():
            self._own.pop(site).encoder.close()
        for site in minus.keys() - self._own.keys():
            self._own[site] = _Lane(self._codecs)


class Viewer:
    """One endpoint's end of one stream. All of it belongs to the poll thread."""

    def __init__(self, pipe: RtpPipe, stream: Stream, seat: SiteId | None) -> None:
        self.stream = stream
        self._pipe = pipe
        self._seat = seat
        self._state = ViewerState(stream.sender)
        self._packets = self._cache()
        self._packets_since: int | None = None

    def poll(self, now_s: float) -> None:
        """Take the viewer's RTCP; resend what it lacks, pass on what it needs."""
        self._follow_lane()
        while (packet := self._pipe.receive()) is not None:
            if not is_rtcp(packet):
                continue
            feedback = self._state.handle_rtcp(packet, now_s, self._packets)
            for missing in feedback.resend:
                if self._may_resend(missing):
                    self._pipe.send(missing)
            if feedback.wants_keyframe:
                self.stream.want_keyframe(now_s)

    def send_report(self, report: bytes) -> None:
        """Send a sender report."""
        self._pipe.send(report)

    def rtt_s(self) -> float | None:
        """Return the round trip as the viewer's reports tell it, None before the first."""
        return self._state.stats().rtt_s

    def stats(self) -> ViewerStats:
        """Return what the viewer said and got."""
        return self._state.stats()

    def _cache(self) -> PacketCache:
        stream = self.stream
        if isinstance(stream, VideoStream):
            return stream.video.cache
        assert isinstance(stream, SoundStream)
        return stream.lane_cache(self._seat)

    def _follow_lane(self) -> None:
        packets = self._cache()
        if packets is not self._packets:
            self._packets = packets
            self._packets_since = self.stream.sender.next_seq

    def _may_resend(self, packet: bytes) -> bool:
        """Keep a site from hearing itself: of a new lane nothing from before it came to it."""
        since = self._packets_since
        return since is None or seq_delta(packet_seq(packet), since) >= 0

"""What everyone gets: a stream for each picture line, whatever rung is on it, and one for sound.

clock ─▶ VideoStream ─▶ the sender reports of a picture line; its packets are made by `rung`
mixer ─▶ SoundStream ─▶ lanes: common, and one for each open microphone
"""

from collections.abc import Mapping
from dataclasses import dataclass

from nhipcau.mcu.mediaclock import MediaClock
from nhipcau.ports.codec import Codecs, SoundEncoder
from nhipcau.ports.transport import PAYLOAD_TYPES, Mid, SendLine
from nhipcau.quantities import Bitrate, SiteId, Ssrc
from nhipcau.rtp.cache import PacketCache
from nhipcau.rtp.sender import SoundSender, StreamSender
from nhipcau.sound.block import PcmBlock

# Speech at full band; with headers 45 kbit/s on the wire.
SOUND_BITRATE = Bitrate(24_000)

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

    @property
    def sent(self) -> int:
        """Counts up while anything goes out on this stream (any thread)."""
        return self.sender.packets

    def report(self, clock: MediaClock, now_s: float) -> bytes:
        """Return the sender report of now, the same for all viewers (poll thread).

        A picture or sound of this stream is `lag_s` older than its timestamp says: the report
        moves the mapping by that, so that lips stay with voices.
        """
        ticks = clock.sound_ticks if self.mid is Mid.SOUND else clock.picture_ticks
        stamp = ticks(now_s + self._lag_s)
        return self.sender.sender_report(clock.ntp(now_s), stamp, self._cname, now_s)


class VideoStream(Stream):
    """One picture line: one SSRC and clock for all rungs of all views that may come on it.

    Attributes:
        wishes: counts up whenever a viewer wishes for another rung.
        pictures: made for this line, all rungs together (the composer counts them).
    """

    def __init__(self, mid: Mid, ssrc: Ssrc, cname: str, lag_s: float) -> None:
        super().__init__(mid, StreamSender(ssrc, PAYLOAD_TYPES[mid]), cname, lag_s)
        self.wishes = 0
        self.pictures = 0

    @property
    def sent(self) -> int:
        """Counts up while anything goes out on this stream (any thread)."""
        return self.pictures


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

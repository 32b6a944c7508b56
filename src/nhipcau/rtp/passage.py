"""An incoming stream that is passed on packet by packet, as it comes, repaired on both its lines.

    handle_rtp ─▶ new, late, repaired ─▶ Passed ─▶ whoever passes it on
                  duplicate, foreign  ─▶ None
    poll_rtcp  ─▶ RR each second, NACK, REMB, PLI

Nothing waits for its turn here: the last receiver brings packets into order, and whoever passes
them on adds no delay of its own. Source: RFC 3550 §A.1, RFC 4585.
"""

from dataclasses import dataclass
from typing import NamedTuple

from nhipcau.rtp.h264 import starts_keyframe
from nhipcau.rtp.inbound import MAX_MISORDER, InboundStream, StreamSpec
from nhipcau.rtp.inbound_stats import InboundStats
from nhipcau.rtp.keyframe import PLI_INTERVAL_S, KeyframeGate
from nhipcau.rtp.nack import NackPolicy
from nhipcau.rtp.packet import RtpPacket
from nhipcau.rtp.rtcp_feedback import Pli
from nhipcau.rtp.rtcp_reports import SenderReport

# NTP counts 2^32 in a second (RFC 5905 §6).
_NTP_HZ = 1 << 32
_NTP_HALF = 1 << 63
_MASK64, _MASK32 = 0xFFFFFFFFFFFFFFFF, 0xFFFFFFFF
# A power of two above MAX_MISORDER: what is further behind is a stray before it is looked up.
_SEEN = 1 << (MAX_MISORDER - 1).bit_length()


class Passed(NamedTuple):
    """A packet to be passed on.

    Attributes:
        number: its own, unwrapped; begins anew with each `epoch` of the passage.
        packet: as parsed.
        starts_keyframe: a decoder can begin with the picture that begins here.
    """

    number: int
    packet: RtpPacket
    starts_keyframe: bool


@dataclass(frozen=True, slots=True)
class HeardReport:
    """A source's last sender report: one instant on its wall clock and on its media clock.

    Attributes:
        ssrc: the source.
        ntp: 64 bits, 32.32 fixed point.
        timestamp: 32 bits.
        heard_s: monotonic seconds when it came.
    """

    ssrc: int
    ntp: int
    timestamp: int
    heard_s: float

    def ntp_at(self, now_s: float) -> int:
        """Return the source's wall clock of now, 64 bits."""
        return self.ntp + round((now_s - self.heard_s) * _NTP_HZ) & _MASK64

    def stamp_at(self, ntp: int, rate_hz: int) -> int:
        """Return the source's media clock, 32 bits, at an instant of its wall clock."""
        ahead = (ntp - self.ntp + _NTP_HALF & _MASK64) - _NTP_HALF
        return self.timestamp + round(ahead * rate_hz / _NTP_HZ) & _MASK32


class Passage(InboundStream):
    """One incoming stream. All methods belong to one thread.

    Attributes:
        epoch: counts up when the numbers begin anew.
        last_keyframe: the highest number at which a key frame begins, -1 before the first.
        report: None before the source's first sender report.
    """

    def __init__(
        self,
        payload_type: int,
        rate_hz: int,
        policy: NackPolicy,
        *,
        own_ssrc: int = 1,
        pictures: bool,
    ) -> None:
        """Begin without a source; the first packet of `payload_type` brings it."""
        super().__init__(StreamSpec(payload_type, rate_hz, own_ssrc, ""), policy)
        self._pictures = pictures
        self._seen = [-1] * _SEEN
        self._passed: Passed | None = None
        self._gate = KeyframeGate(PLI_INTERVAL_S)
        self._asked_s = float("-inf")
        self.epoch = 0
        self.last_keyframe = -1
        self._broken = False
        self.report: HeardReport | None = None

    def take(self, data: bytes, now_s: float) -> Passed | None:
        """Take one RTP packet; return it unless it is of no use to anybody."""
        self._passed = None
        self.handle_rtp(data, now_s)
        return self._passed

    @property
    def highest(self) -> int:
        """The highest number that has come."""
        return self._highest

    @property
    def ssrc(self) -> int | None:
        """The source, None before its first packet."""
        return self._ssrc

    @property
    def heard_s(self) -> float:
        """When the last packet came, monotonic seconds; 0 before the first."""
        return self._heard_s

    def is_broken(self) -> bool:
        """Return True when a packet of the chain of pictures is lost for good, until a key frame.

        Whoever can't go on without it asks for one.
        """
        return self._broken

    def request_keyframe(self) -> None:
        """Ask for a key frame with the next poll, and again until one begins."""
        self._asking = True

    def stats(self) -> InboundStats:
        """Return the counters (any thread)."""
        return InboundStats(**self._counts())

    def _arrived(self, index: int, packet: RtpPacket, now_s: float) -> None:
        self._seen[index & _SEEN - 1] = index
        starts = self._pictures and starts_keyframe(packet.payload)
        if starts and index > self.last_keyframe:
            self.last_keyframe = index
            # What is asked for is on its way.
            self._asking = self._broken = False
        self._passed = Passed(index, packet, starts)

    def _gave_up(self, count: int, last: int, now_s: float) -> None:
        self._lost += count
        if self._pictures and last > self.last_keyframe:
            self._broken = True

    def _began(self, first: int, now_s: float, *, other_source: bool) -> None:
        self._seen = [-1] * _SEEN
        self.epoch += 1
        self.last_keyframe = -1
        self._broken = False
        if other_source:
            self.report = None
            self._gate.open()

    def _is_wanted_late(self, index: int) -> bool:
        if self._seen[index & _SEEN - 1] == index:
            self._duplicates += 1
            return False
        return True

    def _take_sr(self, report: SenderReport, now_s: float) -> None:
        self._arrival.note_sr(report, now_s)
        self.report = HeardReport(report.ssrc, report.ntp, report.rtp_timestamp, now_s)

    def _feedback(self, now_s: float) -> bytes:
        """Return a PLI, at most one in 500 ms and none to a source that is silent since."""
        if self._ssrc is None or self._heard_s <= self._asked_s or not self._gate.ask(now_s):
            return b""
        self._asked_s = now_s
        return Pli(self._spec.own_ssrc, self._ssrc).to_bytes()

"""What every incoming stream needs, whatever becomes of it: one source, repaired, reported.

    handle_rtp ─▶ source ─▶ sequence ─┬─ next, ahead ─▶ _arrived; the gap to NackGenerator
                  (SSRC)    (wraps)   └─ behind ──────▶ repair: _arrived; duplicate, late, stray
    poll_rtcp  ─▶ _gave_up, RR each second, NACK, REMB, _feedback

What is brought into order first is an `OrderedStream`, what is passed on at once a `Passage`.
All is driven by one thread. Nothing raises for what the other side sent: it is counted.
Source: RFC 3550 §A.1 (sequence numbers), RFC 4585 (feedback).
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

from nhipcau.quantities import seq_delta
from nhipcau.rtp.arrival import ArrivalStatistics
from nhipcau.rtp.estimator import Arrivals
from nhipcau.rtp.nack import NackGenerator, NackPolicy
from nhipcau.rtp.packet import RtpError, RtpPacket, parse_rtp
from nhipcau.rtp.rtcp import parse_compound
from nhipcau.rtp.rtcp_feedback import Nack, Remb
from nhipcau.rtp.rtcp_reports import Bye, ReceiverReport, SenderReport, cname
from nhipcau.rtp.sendtime import send_time
from nhipcau.rtp.timeline import ClockMapping, Timeline, wall_from_ntp

# RFC 3550 §A.1: a step further than this is no loss but a source that began anew ...
_MAX_DROPOUT = 3000
# ... and a packet further behind than this is none of ours.
MAX_MISORDER = 1000
# One second: the reports then cost 0.5 kbit/s a stream and REMB follows a line soon enough.
_REPORT_S = 1.0
# A packet of the source before this one is a straggler while the present one speaks this often.
_STRAGGLER_S = 1.0
# A change of REMB by more than a tenth does not wait for the next report.
_REMB_STEP = 0.1


@dataclass(frozen=True, slots=True)
class StreamSpec:
    """What a receiver expects and how it signs.

    Attributes:
        payload_type: packets of any other are counted and dropped.
        rate_hz: of the media clock.
        own_ssrc: the sender of our RTCP.
        cname: our canonical name, sent with each report; none when empty.
        max_pending: packets that may wait behind a gap, where order is wanted.
    """

    payload_type: int
    rate_hz: int
    own_ssrc: int
    cname: str
    max_pending: int = 0


class InboundStream(ABC):
    """One incoming RTP stream; what becomes of it hangs on its abstract methods."""

    def __init__(self, spec: StreamSpec, policy: NackPolicy) -> None:
        self._spec = spec
        self._payload_type = spec.payload_type
        self._nack = NackGenerator(policy)
        self._timeline = Timeline(spec.rate_hz)
        self._arrival = ArrivalStatistics(spec.rate_hz, 0)
        self._ssrc: int | None = None
        self._old_ssrc: int | None = None
        self._highest = 0
        self._stray_next = -1
        self._heard_s = 0.0
        self._report_s = float("inf")
        self._asking = False
        self._remb_bps = 0
        self._line: Arrivals | None = None
        self._clock: ClockMapping | None = None
        self._received = self._octets = self._lost = 0
        self._recovered = self._reordered = self._duplicates = self._late = 0
        self._malformed = self._foreign = self._strays = self._overflows = 0
        self._nacks_sent = self._nack_messages = self._restarts = self._rtcp_skipped = 0

    @abstractmethod
    def _arrived(self, index: int, packet: RtpPacket, now_s: float) -> None:
        """Take a packet that is new, in its order or not; `index` is its unwrapped number."""

    @abstractmethod
    def _gave_up(self, count: int, last: int, now_s: float) -> None:
        """Take that so many packets will not be asked for again; `last` is the highest of them."""

    @abstractmethod
    def _began(self, first: int, now_s: float, *, other_source: bool) -> None:
        """Take that the packet `first` begins a new sequence, perhaps of another source."""

    @abstractmethod
    def _is_wanted_late(self, index: int) -> bool:
        """Return True for a packet to be taken though nobody waits for it any more; count others.

        It was given up, or it is there already.
        """

    def _feedback(self, now_s: float) -> bytes:
        """Return the codec's own RTCP, called at each poll while `_asking`."""
        return b""

    def handle_rtp(self, data: bytes, now_s: float) -> None:
        """Take one RTP packet.

        Args:
            data: the packet as it came from the transport.
            now_s: monotonic seconds.
        """
        try:
            packet = parse_rtp(data)
        except RtpError:
            self._malformed += 1
            return
        if packet.payload_type != self._payload_type:
            self._foreign += 1
            return
        if packet.ssrc != self._ssrc and not self._latch(packet, now_s):
            return
        index = self._highest + 1
        if self._line is not None:
            self._measure(self._line, packet, len(data), now_s)
        if packet.seq == index & 0xFFFF:
            self._highest = index
            self._arrival.note(packet.timestamp, now_s)
        else:
            index = self._place(packet, now_s)
            if index < 0:
                return
        self._heard_s = now_s
        self._received += 1
        self._arrival.received += 1
        self._octets += len(data)
        self._arrived(index, packet, now_s)

    def _measure(self, line: Arrivals, packet: RtpPacket, size: int, now_s: float) -> None:
        """Note a packet for the estimate of the line that it came by."""
        ahead = seq_delta(packet.seq, self._highest & 0xFFFF)
        if 0 < ahead < _MAX_DROPOUT:
            line.note_missing(ahead - 1)
            line.note(packet.timestamp, size, now_s, send_time(packet))
        else:
            line.note_late(size)

    def _latch(self, packet: RtpPacket, now_s: float) -> bool:
        """Take the packet's source for ours; False for a straggler of the one before."""
        if packet.ssrc == self._old_ssrc and now_s - self._heard_s < _STRAGGLER_S:
            self._foreign += 1
            return False
        self._restarts += self._ssrc is not None
        self._old_ssrc, self._ssrc = self._ssrc, packet.ssrc
        self._timeline.restart()
        self._clock = None
        self._report_s = now_s
        self._start(packet.seq, now_s, other_source=True)
        return True

    def _start(self, seq: int, now_s: float, *, other_source: bool) -> None:
        """Begin a sequence at `seq`, one cycle above zero so that what is behind has a number."""
        first = (1 << 16) + seq
        self._highest = first - 1
        self._stray_next = -1
        if self._line is not None:
            self._line.trend.restart()
        self._nack.clear()
        self._arrival = ArrivalStatistics(self._spec.rate_hz, first)
        self._began(first, now_s, other_source=other_source)

    def _place(self, packet: RtpPacket, now_s: float) -> int:
        """Return the index of a packet out of order, -1 when it is of no use."""
        delta = seq_delta(packet.seq, self._highest & 0xFFFF)
        index = self._highest + delta
        if 0 < delta < _MAX_DROPOUT:
            self._nack.expect(self._highest + 1, index, now_s)
            self._highest = index
            self._arrival.note(packet.timestamp, now_s)
            return index
        if -MAX_MISORDER < delta <= 0:
            return self._place_behind(index, now_s)
        if packet.seq != self._stray_next:
            self._stray_next = packet.seq + 1 & 0xFFFF
            self._strays += 1
            return -1
        # Two packets in a row, both far away: the source began anew.
        self._restarts += 1
        self._start(packet.seq, now_s, other_source=False)
        self._highest += 1
        return self._highest

    def _place_behind(self, index: int, now_s: float) -> int:
        """Return the index of a packet that was missing, -1 for one that was not."""
        tries = self._nack.fill(index, now_s)
        if tries is None:
            if self._is_wanted_late(index):
                self._late += 1
                return index
            self._arrival.received += 1
            return -1
        if tries:
            self._recovered += 1
        else:
            self._reordered += 1
            if self._line is not None:
                self._line.note_missing(-1)
        return index

    def _stamp(self, raw: int, now_s: float) -> int:
        """Return a packet's place on the timeline; after a jump the last SR says nothing."""
        timeline = self._timeline
        jumps = timeline.jumps
        stamp = timeline.stamp(raw, now_s)
        if timeline.jumps != jumps:
            self._clock = None
        return stamp

    def handle_rtcp(self, data: bytes, now_s: float) -> None:
        """Take one compound: the SR and the BYE of our source; others are not for a receiver."""
        try:
            compound = parse_compound(data)
        except RtpError:
            self._malformed += 1
            return
        self._rtcp_skipped += compound.skipped
        for message in compound.messages:
            if isinstance(message, SenderReport) and message.ssrc == self._ssrc:
                self._take_sr(message, now_s)
            elif isinstance(message, Bye) and self._ssrc in message.ssrcs:
                # Its stragglers stay out; the next source, even the same again, begins cleanly.
                self._old_ssrc, self._ssrc = self._ssrc, None
                self._report_s = float("inf")

    def _take_sr(self, report: SenderReport, now_s: float) -> None:
        self._arrival.note_sr(report, now_s)
        timestamp = self._timeline.place(report.rtp_timestamp)
        if timestamp is not None:
            self._clock = ClockMapping(wall_from_ntp(report.ntp), timestamp, self._spec.rate_hz)

    def measure(self, line: Arrivals | None) -> None:
        """Note the packets from now on for the estimate of their line; None: no more.

        Only while the stream is polled often: an arrival that is seen late looks like a queue.
        """
        self._line = line
        if line is not None:
            line.trend.restart()

    def set_remb(self, bitrate_bps: int) -> None:
        """Ask the sender, with each report from now on, for at most this rate."""
        changed = abs(bitrate_bps - self._remb_bps) > _REMB_STEP * self._remb_bps
        self._remb_bps = bitrate_bps
        if changed and self._ssrc is not None:
            self._report_s = float("-inf")

    def set_rtt(self, rtt_s: float) -> None:
        """Take the round trip that the sending side of the same connection measured."""
        self._nack.set_rtt(rtt_s)

    def poll_rtcp(self, now_s: float) -> list[bytes]:
        """Return the compounds to send now, often none. Call it every 5 ms or so.

        It also gives up what is overdue, so poll frames and packets after it.
        """
        if now_s < self._report_s and not self._asking and not self._nack.active:
            return []
        body = self._poll_nack(now_s) if self._nack.active else b""
        if self._asking:
            body += self._feedback(now_s)
        if now_s >= self._report_s:
            return [self._report(now_s) + body]
        # A compound begins with a report, if need be an empty one (RFC 3550 §6.1).
        return [ReceiverReport(self._spec.own_ssrc).to_bytes() + body] if body else []

    def _poll_nack(self, now_s: float) -> bytes:
        ask, gave_up, last = self._nack.poll(now_s, self._highest)
        if gave_up:
            self._gave_up(gave_up, last, now_s)
        if not ask or self._ssrc is None:
            return b""
        self._nacks_sent += len(ask)
        self._nack_messages += 1
        seqs = tuple([index & 0xFFFF for index in ask])
        return Nack(self._spec.own_ssrc, self._ssrc, seqs).to_bytes()

    def _report(self, now_s: float) -> bytes:
        """Return RR, SDES and REMB."""
        assert self._ssrc is not None
        self._report_s = now_s + _REPORT_S
        own = self._spec.own_ssrc
        report = ReceiverReport(own, (self._arrival.block(self._ssrc, self._highest, now_s),))
        parts = [report.to_bytes()]
        if self._spec.cname:
            parts.append(cname(own, self._spec.cname).to_bytes())
        if self._remb_bps:
            parts.append(Remb(own, self._remb_bps, (self._ssrc,)).to_bytes())
        return b"".join(parts)

    @property
    def clock(self) -> ClockMapping | None:
        """The source's wall clock against the timeline, from its last SR; None before the first."""
        return self._clock

    def _counts(self) -> dict[str, Any]:
        """Return the fields of `InboundStats`, for the frozen statistics of a codec's receiver."""
        return {
            "ssrc": self._ssrc,
            "received": self._received,
            "octets": self._octets,
            "lost": self._lost,
            "recovered": self._recovered,
            "reordered": self._reordered,
            "duplicates": self._duplicates,
            "late": self._late,
            "malformed": self._malformed,
            "foreign": self._foreign,
            "strays": self._strays,
            "overflows": self._overflows,
            "nacks_sent": self._nacks_sent,
            "nack_messages": self._nack_messages,
            "restarts": self._restarts,
            "clock_jumps": self._timeline.jumps,
            "rtcp_skipped": self._rtcp_skipped,
            "jitter_s": self._arrival.jitter / self._spec.rate_hz,
            "rtt_s": self._nack.rtt_s,
            "clock": self._clock,
        }

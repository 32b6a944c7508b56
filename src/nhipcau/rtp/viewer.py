"""One viewer of a sender: what it reports, what is resent to it. Small, because there are hundreds.

viewer's RTCP ─▶ handle_rtcp ─▶ SenderFeedback: packets to resend, a key frame wanted, REMB, …
"""

from dataclasses import dataclass
from typing import Protocol

from nhipcau.rtp.packet import RtpError
from nhipcau.rtp.rtcp import RtcpMessage, parse_compound
from nhipcau.rtp.rtcp_feedback import Fir, Nack, Pli, Remb
from nhipcau.rtp.rtcp_reports import Bye, ReceiverReport, ReportBlock, SenderReport
from nhipcau.rtp.sender import StreamSender

# The same packet is not sent twice to one viewer within this time: NACKs overtake each other.
_MIN_RESEND_S = 0.02
# Packets resent within that time, at the most; more in a burst only add to what broke the line.
_MAX_RESENT = 128
# The smoothing of RFC 6298 §2.
_RTT_GAIN = 0.125


class Kept(Protocol):
    """Where a viewer's packets are kept: its stream's cache, its lane's, or its `RungViewer`."""

    def get(self, seq: int) -> bytes | None:
        """Return the packet that this viewer got as `seq`, None when it is gone."""
        ...


@dataclass(slots=True)
class SenderFeedback:
    """What one compound of a viewer asks for and says.

    Attributes:
        resend: packets to send to this viewer now, with its own sequence numbers.
        wants_keyframe: PLI or FIR.
        nacked: packets asked for; `missed` of them were in the cache no more.
        remb_bps, fraction_lost (0 to 1), rtt_s: None where the compound says nothing of it.
        bye: the viewer's source ends.
    """

    resend: list[bytes]
    wants_keyframe: bool = False
    nacked: int = 0
    missed: int = 0
    remb_bps: int | None = None
    fraction_lost: float | None = None
    rtt_s: float | None = None
    bye: bool = False


@dataclass(frozen=True, slots=True)
class ViewerStats:
    """What a viewer said and got since it came.

    Attributes:
        sent: packets of the stream since the viewer came.
        nacked, resent, missed: packets asked for, sent again, gone from the cache.
        keyframes_wanted: PLIs and FIRs.
        malformed, skipped: compounds that were no RTCP; RTCP packets of unknown types.
        loss: asked for by NACK against sent, 0 to 1; RR shows less, for a repaired loss is none.
        reports: report blocks on this stream.
        fraction_lost, jitter (ticks), remb_bps, rtt_s: as last reported, None before.
    """

    sent: int
    nacked: int
    resent: int
    missed: int
    keyframes_wanted: int
    malformed: int
    skipped: int
    loss: float
    reports: int
    fraction_lost: float | None
    jitter: int | None
    remb_bps: int | None
    rtt_s: float | None


class ViewerState:
    """One viewer of `sender`. One thread at a time."""

    __slots__ = (
        "_fraction_lost",
        "_jitter",
        "_keyframes",
        "_malformed",
        "_missed",
        "_nacked",
        "_remb_bps",
        "_reports",
        "_resent",
        "_resent_s",
        "_rtt_s",
        "_sender",
        "_sent_before",
        "_skipped",
    )

    def __init__(self, sender: StreamSender) -> None:
        self._sender = sender
        self._sent_before = sender.packets
        self._resent_s: dict[int, float] = {}
        self._nacked = self._resent = self._missed = 0
        self._keyframes = self._malformed = self._skipped = self._reports = 0
        self._fraction_lost: float | None = None
        self._jitter: int | None = None
        self._remb_bps: int | None = None
        self._rtt_s: float | None = None

    def handle_rtcp(self, data: bytes, now_s: float, kept: Kept) -> SenderFeedback:
        """Take one compound from the viewer.

        Args:
            data: the compound; what is no RTCP is counted and says nothing.
            now_s: monotonic seconds.
            kept: where the viewer's packets are kept.
        """
        feedback = SenderFeedback([])
        try:
            compound = parse_compound(data)
        except RtpError:
            self._malformed += 1
            return feedback
        self._skipped += compound.skipped
        for message in compound.messages:
            self._take(message, feedback, now_s, kept)
        self._nacked += feedback.nacked
        self._resent += len(feedback.resend)
        self._missed += feedback.missed
        return feedback

    def _take(
        self, message: RtcpMessage, feedback: SenderFeedback, now_s: float, kept: Kept
    ) -> None:
        ssrc = self._sender.ssrc
        match message:
            case ReceiverReport() | SenderReport():
                self._take_blocks(message.blocks, feedback, now_s)
            case Nack() if message.media_ssrc == ssrc:
                self._take_nack(message, feedback, now_s, kept)
            case Pli() if message.media_ssrc == ssrc:
                self._take_keyframe(feedback)
            case Fir() if any(entry[0] == ssrc for entry in message.entries):
                self._take_keyframe(feedback)
            case Remb():
                feedback.remb_bps = self._remb_bps = message.bitrate_bps
            case Bye():
                feedback.bye = True
            case _:
                # SDES, and feedback on a stream of another line.
                self._skipped += 1

    def _take_keyframe(self, feedback: SenderFeedback) -> None:
        feedback.wants_keyframe = True
        self._keyframes += 1

    def _take_blocks(
        self, blocks: tuple[ReportBlock, ...], feedback: SenderFeedback, now_s: float
    ) -> None:
        """Take losses, jitter and the round trip. Source: RFC 3550 §6.4.1 (LSR, DLSR)."""
        for block in blocks:
            if block.ssrc != self._sender.ssrc:
                continue
            self._reports += 1
            feedback.fraction_lost = self._fraction_lost = block.fraction_lost / 256
            self._jitter = block.jitter
            age_s = self._sender.sr_age_s(block.lsr, now_s) if block.lsr else None
            if age_s is None:
                continue
            rtt_s = max(0.0, age_s - block.dlsr / 65536)
            last = self._rtt_s
            self._rtt_s = rtt_s if last is None else last + _RTT_GAIN * (rtt_s - last)
            feedback.rtt_s = self._rtt_s

    def _take_nack(self, nack: Nack, feedback: SenderFeedback, now_s: float, kept: Kept) -> None:
        for seq in nack.seqs:
            feedback.nacked += 1
            if now_s - self._resent_s.get(seq, float("-inf")) < _MIN_RESEND_S:
                continue
            if len(self._resent_s) >= _MAX_RESENT and not self._forget_old(now_s):
                continue
            packet = kept.get(seq)
            if packet is None:
                feedback.missed += 1
                continue
            self._resent_s[seq] = now_s
            feedback.resend.append(packet)

    def _forget_old(self, now_s: float) -> bool:
        """Forget what was resent long ago; return True when there is room again."""
        self._resent_s = {
            seq: at for seq, at in self._resent_s.items() if now_s - at < _MIN_RESEND_S
        }
        return len(self._resent_s) < _MAX_RESENT

    def stats(self, sent: int | None = None) -> ViewerStats:
        """Return the counters.

        Args:
            sent: packets sent to this viewer; None where it got all that the sender made.
        """
        if sent is None:
            sent = self._sender.packets - self._sent_before
        return ViewerStats(
            sent=sent,
            nacked=self._nacked,
            resent=self._resent,
            missed=self._missed,
            keyframes_wanted=self._keyframes,
            malformed=self._malformed,
            skipped=self._skipped,
            loss=min(1.0, self._nacked / sent) if sent > 0 else 0.0,
            reports=self._reports,
            fraction_lost=self._fraction_lost,
            jitter=self._jitter,
            remb_bps=self._remb_bps,
            rtt_s=self._rtt_s,
        )

"""What a synthetic site notices of one stream that it receives, without decoding it.

    packet ──▶ FlowCounter ──▶ FlowStats
                   └─ poll ──▶ NACK, PLI          └─ report ──▶ block of a receiver report

It behaves as a receiver does (asks again for what is missing, asks for a key frame when it gave
up), so that the sender's repair is exercised. Used by the media thread alone, but for `stats`.
"""

import struct
from dataclasses import dataclass

from nhipcau.rehearsal.showing import Gaps, Showing
from nhipcau.rtp.arrival import ArrivalStatistics
from nhipcau.rtp.h264 import starts_keyframe
from nhipcau.rtp.keyframe import PLI_INTERVAL_S, KeyframeGate
from nhipcau.rtp.nack import NackGenerator, NackPolicy
from nhipcau.rtp.packet import RtpError, parse_rtp
from nhipcau.rtp.rtcp_feedback import Nack, Pli
from nhipcau.rtp.rtcp_reports import ReportBlock, SenderReport
from nhipcau.sound.opusframes import OPUS_SILENCE

_unpack_header = struct.Struct("!BBHII").unpack_from
_PLAIN = 0x80
_HEADER_BYTES = 12
_MARKER = 0x80
# A jump further than this is a new beginning, not a loss. Source: RFC 3550 §A.1 (MAX_DROPOUT).
_MAX_DROPOUT = 3000
# A picture may freeze for half a second before a key frame is the better remedy; a sound packet
# is useless after its playout, at the latest 200 ms on.
PICTURE_NACKS = NackPolicy(wait_s=0.5, max_wait_s=1.0)
SOUND_NACKS = NackPolicy(wait_s=0.12, max_wait_s=0.2)


@dataclass(frozen=True, slots=True)
class FlowStats:
    """What came in on one media line since the site was added.

    Attributes:
        packets: RTP packets, retransmitted and duplicate ones too.
        octets: their bytes, headers included.
        gaps: packets that were missing when a later one came.
        recovered: of these, how many came after all.
        gave_up: of these, how many were waited for in vain.
        duplicates: packets that nobody waited for.
        frames: distinct timestamps in rising order.
        shown: of pictures, how many came whole and with nothing missing before them.
        key_frames: IDR pictures; 0 for sound.
        first_s: monotonic seconds when this stream could first be shown or heard: its first key
            frame or sound packet; None before that, and again after a reconnection.
        last_frame_s: monotonic seconds when the last frame began to arrive, None before the first.
        longest_gap_s: longest time between two pictures shown, or two sound packets, since
            `reset_gaps`.
        longest_silence_s: of sound, as `longest_gap_s`, but packets of digital silence do not
            count: they stand where nothing comes. `last_voice_s`: when the last other one came.
        gap_counts: such times, counted by `showing.GAP_BOUNDS_S`; one more than bounds.
        nacks: packets asked for again; `plis`: key frames asked for.
        malformed: datagrams that are no RTP.
    """

    packets: int
    octets: int
    gaps: int
    recovered: int
    gave_up: int
    duplicates: int
    frames: int
    shown: int
    key_frames: int
    first_s: float | None
    last_frame_s: float | None
    longest_gap_s: float
    longest_silence_s: float
    last_voice_s: float | None
    gap_counts: tuple[int, ...]
    nacks: int
    plis: int
    malformed: int


class FlowCounter:
    """Counts one incoming stream over all connections of a site."""

    def __init__(self, rate_hz: int, policy: NackPolicy, *, pictures: bool) -> None:
        """Count nothing yet.

        Args:
            rate_hz: RTP clock.
            policy: how patient the receiver is.
            pictures: H.264 (key frames are counted and asked for) rather than Opus.
        """
        self._rate_hz, self._policy, self._pictures = rate_hz, policy, pictures
        self._packets = self._octets = self._gaps = self._recovered = self._gave_up = 0
        self._duplicates = self._frames = self._key_frames = self._malformed = 0
        self._nacks = self._plis = 0
        self._last_frame_s: float | None = None
        self._showing = Showing()
        self._pauses = self._showing.gaps if pictures else Gaps()
        self._silences = Gaps()
        self.restart()

    def restart(self) -> None:
        """Expect a new stream: another SSRC, another connection. Totals and gaps go on."""
        self._ssrc = -1
        self._highest = 0
        self._stamp = self._key_stamp = -1
        self._missing = NackGenerator(self._policy)
        self._gate = KeyframeGate(PLI_INTERVAL_S)
        self._wants_key = self._pictures
        self._first_s: float | None = None
        self._arrival = ArrivalStatistics(self._rate_hz, 0)
        self._showing.restart()

    def handle(self, packet: bytes, now_s: float) -> None:
        """Count one RTP packet."""
        if len(packet) < _HEADER_BYTES or packet[0] >> 6 != 2:
            self._malformed += 1
            return
        first, kind, seq, stamp, ssrc = _unpack_header(packet)
        self._packets += 1
        self._octets += len(packet)
        step = self._step(seq, ssrc)
        self._arrival.received += 1
        if step > 0:
            if step > 1:
                self._gaps += step - 1
                self._missing.expect(self._highest + 1, self._highest + step, now_s)
            self._highest += step
            index = self._highest
            if stamp != self._stamp:
                self._begin_frame(stamp, now_s)
        else:
            index = self._highest + step
            if self._missing.fill(index, now_s) is None:
                self._duplicates += 1
                return
            self._recovered += 1
        self._note_content(packet, stamp, first, now_s)
        if self._pictures and (kind & _MARKER or step <= 0):
            if kind & _MARKER:
                self._showing.whole(index, stamp)
            self._showing.poll(self._missing.lowest(), self._key_stamp, now_s)

    def _note_content(self, packet: bytes, stamp: int, first: int, now_s: float) -> None:
        """Look at what a packet carries: sound, or perhaps the beginning of a key frame."""
        if not self._pictures:
            if self._first_s is None:
                self._first_s = now_s
            if packet[_HEADER_BYTES:] != OPUS_SILENCE:
                self._silences.note(now_s)
        if self._pictures and stamp != self._key_stamp and self._starts_key(packet, first):
            self._key_stamp = stamp
            self._key_frames += 1
            self._wants_key = False
            if self._first_s is None:
                self._first_s = now_s

    def handle_report(self, report: SenderReport, now_s: float) -> None:
        """Keep what the next receiver report must say of the sender's report."""
        if report.ssrc == self._ssrc:
            self._arrival.note_sr(report, now_s)

    def poll(self, own_ssrc: int, now_s: float) -> list[bytes]:
        """Return the feedback to send now: a NACK, a PLI, both or none."""
        feedback: list[bytes] = []
        if self._missing.active:
            ask, gave_up, *_ = self._missing.poll(now_s, self._highest)
            if gave_up:
                self._gave_up += gave_up
                self._wants_key = self._pictures
                self._showing.lose()
            if ask:
                self._nacks += len(ask)
                seqs = tuple(index & 0xFFFF for index in ask)
                feedback.append(Nack(own_ssrc, self._ssrc, seqs).to_bytes())
        if self._wants_key and self._ssrc >= 0 and self._gate.ask(now_s):
            self._plis += 1
            feedback.append(Pli(own_ssrc, self._ssrc).to_bytes())
        return feedback

    def report(self, now_s: float) -> ReportBlock | None:
        """Return what this receiver says of the stream, None before its first packet."""
        if self._ssrc < 0:
            return None
        return self._arrival.block(self._ssrc, self._highest, now_s)

    def mark(self) -> None:
        """Note how long it takes from the last that was shown or heard to the next."""
        self._noticed().mark()

    def marked(self) -> tuple[float | None, ...]:
        """Return for each mark how long it took, None while it lasts (any thread)."""
        return tuple(self._noticed().marked)

    def _noticed(self) -> Gaps:
        """Return the times between what a person notices: pictures, or sound that is some."""
        return self._pauses if self._pictures else self._silences

    def missed_s(self, since_s: float, now_s: float) -> float:
        """Return the longest that a person noticed nothing, of what was not over by `since_s`.

        Where silence was heard then, nobody could tell silence that is filled in from it: then the
        packets count.
        """
        noticed = self._noticed()
        heard = self._pictures or noticed.flowed(since_s)
        return (noticed if heard else self._pauses).missed_s(since_s, now_s)

    def reset_gaps(self) -> None:
        """Forget the longest gap: a measurement begins."""
        self._pauses.longest_s = self._silences.longest_s = 0.0

    def stats(self) -> FlowStats:
        """Return the totals; from any thread, each figure by itself is right."""
        return FlowStats(
            packets=self._packets,
            octets=self._octets,
            gaps=self._gaps,
            recovered=self._recovered,
            gave_up=self._gave_up,
            duplicates=self._duplicates,
            frames=self._frames,
            shown=self._showing.shown,
            key_frames=self._key_frames,
            first_s=self._first_s,
            last_frame_s=self._last_frame_s,
            longest_gap_s=self._pauses.longest_s,
            longest_silence_s=self._silences.longest_s,
            last_voice_s=self._silences.last_s,
            gap_counts=tuple(self._pauses.counts),
            nacks=self._nacks,
            plis=self._plis,
            malformed=self._malformed,
        )

    def _step(self, seq: int, ssrc: int) -> int:
        """Return how far the packet lies beyond the highest one; 1 at a new beginning."""
        step = (seq - self._highest + 0x8000 & 0xFFFF) - 0x8000
        if ssrc == self._ssrc and -_MAX_DROPOUT < step < _MAX_DROPOUT:
            return step
        self.restart()
        self._ssrc = ssrc
        self._highest = seq - 1
        self._arrival = ArrivalStatistics(self._rate_hz, seq)
        return 1

    def _begin_frame(self, stamp: int, now_s: float) -> None:
        if not self._pictures:
            self._pauses.note(now_s)
        # Once for each frame: the packets of a picture are sent in one burst.
        self._arrival.note(stamp, now_s)
        self._stamp = stamp
        self._last_frame_s = now_s
        self._frames += 1

    def _starts_key(self, packet: bytes, first: int) -> bool:
        """Return True when the packet begins an IDR."""
        if first == _PLAIN:
            return starts_keyframe(packet[_HEADER_BYTES : _HEADER_BYTES + 4])
        try:
            return starts_keyframe(parse_rtp(packet).payload)
        except RtpError:
            self._malformed += 1
            return False

"""One outgoing RTP stream of a synthetic site: a loop, cut into payloads once, sent for ever.

    PreparedLoop ── unit n at zero + n / rate ──▶ header + payload ──▶ pipe
                                                        └─▶ cache ◀── NACK

The header of a picture's packet says when it left.

The unit's number never jumps back and gives the timestamp, so that the loop's seam is invisible on
the wire. A PLI seeks in the loop: the number goes on, the picture jumps to the next key frame.
Used by the media thread alone.
"""

import struct
from dataclasses import dataclass
from math import ceil, inf

from nhipcau.ports.transport import RtpPipe, SendLine
from nhipcau.rtp.cache import PacketCache
from nhipcau.rtp.keyframe import PLI_INTERVAL_S, KeyframeGate
from nhipcau.rtp.rtcp import RtcpMessage
from nhipcau.rtp.rtcp_feedback import Fir, Nack, Pli
from nhipcau.rtp.rtcp_reports import SenderReport, cname
from nhipcau.rtp.sendtime import send_time_extension

_pack_header = struct.Struct("!BBHII").pack
_VERSION = 0x80
# A header with an extension.
_TIMED = 0x90
_MARKER = 0x80
# 2.5 s of sound, 3 s of picture: beyond that age nobody asks. Kept small: there are hundreds.
_CACHE_PACKETS = 128
# A thread that was away for longer goes on from now instead of sending the past in one burst.
_LATE_S = 0.5
_REPORT_S = 1.0
# Seconds from 1900-01-01 (NTP) to 1970-01-01 (Unix). Source: RFC 5905 §6.
_NTP_OFFSET_S = 2_208_988_800


@dataclass(frozen=True, slots=True)
class SiteClock:
    """The one clock of a site's picture and sound.

    Attributes:
        zero_s: monotonic seconds of unit 0 of every loop.
        wall_zero_s: seconds since 1970 at that instant.
    """

    zero_s: float
    wall_zero_s: float

    def ntp(self, now_s: float) -> int:
        """Return the 64-bit NTP timestamp of `now_s`."""
        return round((now_s - self.zero_s + self.wall_zero_s + _NTP_OFFSET_S) * (1 << 32))


@dataclass(frozen=True, slots=True)
class Unit:
    """One picture or one Opus packet as RTP payloads; the last one carries the marker, if any."""

    payloads: tuple[bytes, ...]
    keyframe: bool


@dataclass(frozen=True, slots=True)
class PreparedLoop:
    """A loop ready to be sent.

    Attributes:
        units: what is sent, in order, then from the start again; the first is a key frame.
        per_s: units each second.
        rate_hz: RTP clock.
        marked: the last payload of a unit carries the marker bit (pictures do, sound does not).
        seekable: a PLI may jump to the next key frame; else the phase is kept at all costs.
    """

    units: tuple[Unit, ...]
    per_s: int
    rate_hz: int
    marked: bool
    seekable: bool

    def to_key(self, position: int) -> int:
        """Return how many units after `position` the next key frame lies; 0 when it is one."""
        count = len(self.units)
        return next(
            (step for step in range(count) if self.units[(position + step) % count].keyframe), 0
        )


@dataclass(frozen=True, slots=True)
class OutgoingStats:
    """What one stream has sent since the connection was made."""

    units: int
    packets: int
    octets: int
    refused: int
    retransmitted: int
    plis: int
    nacks_unanswered: int
    skipped: int


class OutgoingStream:
    """Sends a loop on one pipe while it is told to."""

    def __init__(
        self, pipe: RtpPipe, line: SendLine, payload_type: int, clock: SiteClock, first: int
    ) -> None:
        """Stand still until `start`.

        Args:
            pipe: the media line.
            line: SSRC and CNAME.
            payload_type: 0 to 127.
            clock: shared with the site's other streams.
            first: random 32 bits, from which the first timestamp and sequence number are made
                (RFC 3550 §5.1).
        """
        self.due_s = inf
        """When the next unit is due; infinite while nothing is sent."""
        self.ssrc = line.ssrc
        self.pipe, self._line, self._payload_type = pipe, line, payload_type
        self._clock = clock
        self._stamp_base = first
        self._seq = first >> 16
        self._cache = PacketCache(_CACHE_PACKETS)
        self._gate = KeyframeGate(PLI_INTERVAL_S)
        self._loop: PreparedLoop | None = None
        self._sent_ticks: int | None = None
        self._number = 0
        self._shift = 0
        self._report_due_s = inf
        self._units = self._packets = self._octets = self._refused = 0
        self._retransmitted = self._plis = self._skipped = 0

    def start(self, loop: PreparedLoop, now_s: float) -> None:
        """Send `loop` from now on, from a key frame; nothing changes while it is being sent.

        Another loop gives way: the stream goes on with its numbers and its clock.
        """
        if self._loop is loop:
            return
        number = max(ceil((now_s - self._clock.zero_s) * loop.per_s), self._after(loop))
        self._loop = loop
        self._shift = -number if loop.seekable else 0
        self._move_to(number, loop)
        self._report_due_s = now_s

    def stop(self) -> None:
        """Send nothing more; timestamps run on, so that a later start continues the stream."""
        self._loop = None
        self.due_s = self._report_due_s = inf

    def poll(self, now_s: float) -> None:
        """Send every unit that is due, and once a second a sender report."""
        loop = self._loop
        if loop is None:
            return
        if now_s - self.due_s > _LATE_S:
            self._catch_up(loop, now_s)
        while self.due_s <= now_s:
            self._send_unit(loop, now_s)
        if self._report_due_s <= now_s:
            self._send_report(loop, now_s)

    def handle_feedback(self, message: RtcpMessage, now_s: float) -> None:
        """Answer a NACK from the cache and a PLI or FIR with the next key frame of the loop."""
        match message:
            case Nack(media_ssrc=self.ssrc):
                for seq in message.seqs:
                    packet = self._cache.get(seq)
                    if packet is not None and self.pipe.send(packet):
                        self._retransmitted += 1
            case Pli(media_ssrc=self.ssrc):
                self._plis += 1
                self._seek(now_s)
            case Fir() if any(ssrc == self.ssrc for ssrc, _ in message.entries):
                self._plis += 1
                self._seek(now_s)

    def stats(self) -> OutgoingStats:
        """Return what was sent; from any thread, each figure by itself is right."""
        return OutgoingStats(
            self._units,
            self._packets,
            self._octets,
            self._refused,
            self._retransmitted,
            self._plis,
            self._cache.misses,
            self._skipped,
        )

    def _send_unit(self, loop: PreparedLoop, now_s: float) -> None:
        number = self._number
        payloads = loop.units[(number + self._shift) % len(loop.units)].payloads
        stamp = self._stamp(number, loop)
        last = len(payloads) - 1
        first, extension = (_TIMED, _extension(now_s)) if loop.marked else (_VERSION, b"")
        for at, payload in enumerate(payloads):
            kind = self._payload_type | (_MARKER if loop.marked and at == last else 0)
            seq = self._seq
            packet = _pack_header(first, kind, seq, stamp, self.ssrc) + extension + payload
            self._seq = (seq + 1) & 0xFFFF
            self._cache.put(seq, packet)
            if self.pipe.send(packet):
                self._packets += 1
                self._octets += len(payload)
            else:
                self._refused += 1
        self._units += 1
        self._sent_ticks = number * loop.rate_hz // loop.per_s
        self._number = number + 1
        self.due_s = self._clock.zero_s + (number + 1) / loop.per_s

    def _stamp(self, number: int, loop: PreparedLoop) -> int:
        return (self._stamp_base + number * loop.rate_hz // loop.per_s) & 0xFFFFFFFF

    def _after(self, loop: PreparedLoop) -> int:
        """Return the first unit of `loop` that comes after what was sent last."""
        if self._sent_ticks is None:
            return 0
        return self._sent_ticks * loop.per_s // loop.rate_hz + 1

    def _catch_up(self, loop: PreparedLoop, now_s: float) -> None:
        """Leave out the units of the time that was missed, without tearing pictures apart."""
        before = self._number
        number = ceil((now_s - self._clock.zero_s) * loop.per_s)
        if loop.seekable:
            self._shift -= number - before
        self._move_to(number, loop)
        self._skipped += self._number - before

    def _move_to(self, number: int, loop: PreparedLoop) -> None:
        """Go on with unit `number`; a loop that can't be sought waits for its next key frame."""
        if not loop.seekable:
            number += loop.to_key(number + self._shift)
        self._number = number
        self.due_s = self._clock.zero_s + number / loop.per_s

    def _seek(self, now_s: float) -> None:
        loop = self._loop
        if loop is not None and loop.seekable and self._gate.ask(now_s):
            self._shift += loop.to_key(self._number + self._shift)

    def _send_report(self, loop: PreparedLoop, now_s: float) -> None:
        """Send SR and SDES. Source: RFC 3550 §6.4.1 (NTP and RTP time of one instant)."""
        ticks = round((now_s - self._clock.zero_s) * loop.rate_hz)
        report = SenderReport(
            self.ssrc,
            self._clock.ntp(now_s),
            (self._stamp_base + ticks) & 0xFFFFFFFF,
            self._packets & 0xFFFFFFFF,
            self._octets & 0xFFFFFFFF,
        )
        self.pipe.send(report.to_bytes() + cname(self.ssrc, self._line.cname).to_bytes())
        self._report_due_s = now_s + _REPORT_S


def _extension(now_s: float) -> bytes:
    """Return the header extension of a packet that leaves now, as on the wire (RFC 3550 §5.3.1)."""
    profile, data = send_time_extension(now_s)
    return profile.to_bytes(2) + (len(data) >> 2).to_bytes(2) + data

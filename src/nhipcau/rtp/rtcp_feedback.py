"""RTCP's feedback: generic NACK, PLI, FIR and REMB.

All share a head: the SSRC of who sends the feedback and that of the media it speaks of.

    RTPFB 205: format 1 NACK            PSFB 206: format 1 PLI, 4 FIR, 15 REMB ("REMB" in its body)

Source: RFC 4585 §6.2.1 and §6.3.1, RFC 5104 §4.3.1, draft-alvestrand-rmcat-remb-03 §2.2.
"""

import struct
from collections.abc import Iterable
from dataclasses import dataclass

from nhipcau.rtp.packet import RtpError, rtcp_packet

RTPFB, PSFB = 205, 206
FORMAT_NACK, FORMAT_PLI, FORMAT_FIR, FORMAT_REMB = 1, 1, 4, 15

_HEAD = struct.Struct("!II")
_LOSS = struct.Struct("!HH")
_REMB = struct.Struct("!II4sI")
_REMB_NAME = b"REMB"
_MANTISSA_BITS = 18
# A PID and the 16 bits of its BLP.
_LOSS_SPAN = 17


@dataclass(frozen=True, slots=True)
class Nack:
    """Generic NACK: these packets of `media_ssrc` are missing, in the order of the wire."""

    sender_ssrc: int
    media_ssrc: int
    seqs: tuple[int, ...]

    def to_bytes(self) -> bytes:
        """Return the packet, with as few PID and BLP pairs as rising numbers allow."""
        body = _HEAD.pack(self.sender_ssrc, self.media_ssrc)
        pairs = b"".join(_LOSS.pack(pid, bitmap) for pid, bitmap in _pairs(self.seqs))
        return rtcp_packet(FORMAT_NACK, RTPFB, body + pairs)


@dataclass(frozen=True, slots=True)
class Pli:
    """Picture loss indication: the receiver has no picture to go on from."""

    sender_ssrc: int
    media_ssrc: int

    def to_bytes(self) -> bytes:
        """Return the packet."""
        return rtcp_packet(FORMAT_PLI, PSFB, _HEAD.pack(self.sender_ssrc, self.media_ssrc))


@dataclass(frozen=True, slots=True)
class Fir:
    """Full intra request: (SSRC, command number) pairs; the media SSRC of the head is 0."""

    sender_ssrc: int
    entries: tuple[tuple[int, int], ...]

    def to_bytes(self) -> bytes:
        """Return the packet."""
        body = _HEAD.pack(self.sender_ssrc, 0)
        for ssrc, number in self.entries:
            body += _HEAD.pack(ssrc, number << 24)
        return rtcp_packet(FORMAT_FIR, PSFB, body)


@dataclass(frozen=True, slots=True)
class Remb:
    """Receiver estimated maximum bitrate over all of `ssrcs`.

    Attributes:
        sender_ssrc: who estimates.
        bitrate_bps: rounded down to 18 significant bits on the wire.
        ssrcs: the streams that share the rate, at most 255.
    """

    sender_ssrc: int
    bitrate_bps: int
    ssrcs: tuple[int, ...]

    def to_bytes(self) -> bytes:
        """Return the packet."""
        exponent = max(0, self.bitrate_bps.bit_length() - _MANTISSA_BITS)
        rate = len(self.ssrcs) << 24 | exponent << _MANTISSA_BITS | self.bitrate_bps >> exponent
        body = _REMB.pack(self.sender_ssrc, 0, _REMB_NAME, rate)
        return rtcp_packet(
            FORMAT_REMB, PSFB, body + struct.pack(f"!{len(self.ssrcs)}I", *self.ssrcs)
        )


def _pairs(seqs: Iterable[int]) -> Iterable[tuple[int, int]]:
    """Yield PID and BLP for sequence numbers; a number that does not follow starts a new pair."""
    pid, bitmap = -1, 0
    for seq in seqs:
        distance = (seq - pid) & 0xFFFF
        if pid >= 0 and 0 < distance < _LOSS_SPAN and not bitmap >> (distance - 1):
            bitmap |= 1 << (distance - 1)
            continue
        if pid >= 0:
            yield pid, bitmap
        pid, bitmap = seq, 0
    if pid >= 0:
        yield pid, bitmap


def parse_rtpfb(fmt: int, body: bytes) -> Nack | None:
    """Return the transport feedback, None when its format is not spoken here.

    Raises:
        RtpError: cut off.
    """
    if fmt != FORMAT_NACK:
        return None
    if len(body) < 12:
        raise RtpError("a NACK without a packet")
    seqs: list[int] = []
    for pid, bitmap in _LOSS.iter_unpack(body[8:]):
        seqs.append(pid)
        if bitmap:
            seqs += [(pid + bit + 1) & 0xFFFF for bit in range(16) if bitmap >> bit & 1]
    sender_ssrc, media_ssrc = _HEAD.unpack_from(body)
    return Nack(sender_ssrc, media_ssrc, tuple(seqs))


def parse_psfb(fmt: int, body: bytes) -> Pli | Fir | Remb | None:
    """Return the payload-specific feedback, None when its format is not spoken here.

    Raises:
        RtpError: cut off, or a REMB that names more streams than it has.
    """
    if len(body) < 8:
        raise RtpError("feedback without its two SSRCs")
    if fmt == FORMAT_PLI:
        return Pli(*_HEAD.unpack_from(body))
    if fmt == FORMAT_FIR:
        return _parse_fir(body)
    if fmt == FORMAT_REMB and body[8:12] == _REMB_NAME:
        return _parse_remb(body)
    return None


def _parse_fir(body: bytes) -> Fir:
    if len(body) < 16 or len(body) % 8:
        raise RtpError("an FIR without a whole entry")
    entries = tuple((ssrc, word >> 24) for ssrc, word in _HEAD.iter_unpack(body[8:]))
    return Fir(_HEAD.unpack_from(body)[0], entries)


def _parse_remb(body: bytes) -> Remb:
    if len(body) < 16:
        raise RtpError("a REMB without a rate")
    sender_ssrc, _, _, rate = _REMB.unpack_from(body)
    count = rate >> 24
    if len(body) < 16 + 4 * count:
        raise RtpError("a REMB names more streams than it has")
    exponent = rate >> _MANTISSA_BITS & 0x3F
    mantissa = rate & (1 << _MANTISSA_BITS) - 1
    return Remb(sender_ssrc, mantissa << exponent, struct.unpack_from(f"!{count}I", body, 16))

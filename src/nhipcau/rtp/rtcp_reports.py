"""RTCP's reports and names: SR, RR, SDES and BYE.

Values are as on the wire (fixed point, 24 and 32 bits), so that a message parsed and serialized is
the same bytes. Source: RFC 3550 §6.4 to §6.6.
"""

import struct
from dataclasses import dataclass

from nhipcau.rtp.packet import RtpError, rtcp_packet

SR, RR, SDES, BYE = 200, 201, 202, 203
SDES_CNAME = 1

_SSRC = struct.Struct("!I")
_SENDER = struct.Struct("!IQIII")
_BLOCK = struct.Struct("!IIIIII")


@dataclass(frozen=True, slots=True)
class ReportBlock:
    """What a receiver says of one source.

    Attributes:
        ssrc: the source.
        fraction_lost: lost since the last report, in 1/256 (0 to 255).
        cumulative_lost: lost since the beginning, -2^23 to 2^23 - 1.
        highest_seq: highest sequence number received, with the count of its wraps above it.
        jitter: interarrival jitter in ticks of the media clock.
        lsr: middle 32 bits of the NTP time of the last SR; 0 before the first.
        dlsr: delay since that SR, in 1/65536 s.
    """

    ssrc: int
    fraction_lost: int
    cumulative_lost: int
    highest_seq: int
    jitter: int
    lsr: int
    dlsr: int

    def to_bytes(self) -> bytes:
        """Return the 24 bytes of the block."""
        losses = self.fraction_lost << 24 | self.cumulative_lost & 0xFFFFFF
        return _BLOCK.pack(self.ssrc, losses, self.highest_seq, self.jitter, self.lsr, self.dlsr)


@dataclass(frozen=True, slots=True)
class SenderReport:
    """SR: one instant on the wall clock and on the media clock, and what was sent until then.

    Attributes:
        ssrc: the sender.
        ntp: 64 bits: seconds since 1900 above, fraction below.
        rtp_timestamp: the same instant on the media clock, 32 bits.
        packets: RTP packets sent, wraps at 32 bits.
        octets: payload bytes sent, wraps at 32 bits.
        blocks: what the sender receives from others, at most 31.
        extension: profile-specific bytes, a multiple of 4.
    """

    ssrc: int
    ntp: int
    rtp_timestamp: int
    packets: int
    octets: int
    blocks: tuple[ReportBlock, ...] = ()
    extension: bytes = b""

    def to_bytes(self) -> bytes:
        """Return the packet."""
        head = _SENDER.pack(self.ssrc, self.ntp, self.rtp_timestamp, self.packets, self.octets)
        blocks = b"".join(block.to_bytes() for block in self.blocks)
        return rtcp_packet(len(self.blocks), SR, head + blocks + self.extension)


@dataclass(frozen=True, slots=True)
class ReceiverReport:
    """RR: what one receiver says of at most 31 sources. Without any it only heads a compound."""

    ssrc: int
    blocks: tuple[ReportBlock, ...] = ()
    extension: bytes = b""

    def to_bytes(self) -> bytes:
        """Return the packet."""
        blocks = b"".join(block.to_bytes() for block in self.blocks)
        return rtcp_packet(len(self.blocks), RR, _SSRC.pack(self.ssrc) + blocks + self.extension)


@dataclass(frozen=True, slots=True)
class SdesChunk:
    """The description of one source: (item type, at most 255 bytes) in order."""

    ssrc: int
    items: tuple[tuple[int, bytes], ...]

    def to_bytes(self) -> bytes:
        """Return the chunk, ended by one to four zeros at a multiple of 4 bytes."""
        body = _SSRC.pack(self.ssrc) + b"".join(
            bytes((kind, len(text))) + text for kind, text in self.items
        )
        return body + bytes(4 - len(body) % 4)


@dataclass(frozen=True, slots=True)
class SourceDescription:
    """SDES: at most 31 chunks."""

    chunks: tuple[SdesChunk, ...]

    def to_bytes(self) -> bytes:
        """Return the packet."""
        return rtcp_packet(
            len(self.chunks), SDES, b"".join(chunk.to_bytes() for chunk in self.chunks)
        )


@dataclass(frozen=True, slots=True)
class Bye:
    """BYE: these sources end. `reason` is None where none is given."""

    ssrcs: tuple[int, ...]
    reason: bytes | None = None

    def to_bytes(self) -> bytes:
        """Return the packet."""
        body = struct.pack(f"!{len(self.ssrcs)}I", *self.ssrcs)
        if self.reason is not None:
            text = bytes((len(self.reason),)) + self.reason
            body += text + bytes(-len(text) % 4)
        return rtcp_packet(len(self.ssrcs), BYE, body)


def cname(ssrc: int, name: str) -> SourceDescription:
    """Return the SDES that gives `ssrc` its canonical name (at most 255 bytes of UTF-8)."""
    return SourceDescription((SdesChunk(ssrc, ((SDES_CNAME, name.encode()),)),))


def _blocks(body: bytes, start: int, count: int) -> tuple[ReportBlock, ...]:
    if len(body) < start + 24 * count:
        raise RtpError("an RTCP report is shorter than its blocks")
    found = []
    for offset in range(start, start + 24 * count, 24):
        ssrc, losses, highest, jitter, lsr, dlsr = _BLOCK.unpack_from(body, offset)
        lost = losses & 0xFFFFFF
        lost -= (lost & 0x800000) << 1
        found.append(ReportBlock(ssrc, losses >> 24, lost, highest, jitter, lsr, dlsr))
    return tuple(found)


def parse_sr(count: int, body: bytes) -> SenderReport:
    """Return the SR with `count` blocks whose bytes after the first word are `body`.

    Raises:
        RtpError: shorter than its blocks.
    """
    if len(body) < 24:
        raise RtpError("an SR without sender information")
    blocks = _blocks(body, 24, count)
    ssrc, ntp, timestamp, packets, octets = _SENDER.unpack_from(body)
    return SenderReport(ssrc, ntp, timestamp, packets, octets, blocks, body[24 + 24 * count :])


def parse_rr(count: int, body: bytes) -> ReceiverReport:
    """Return the RR with `count` blocks whose bytes after the first word are `body`.

    Raises:
        RtpError: shorter than its blocks.
    """
    if len(body) < 4:
        raise RtpError("an RR without the SSRC of its sender")
    blocks = _blocks(body, 4, count)
    return ReceiverReport(_SSRC.unpack_from(body)[0], blocks, body[4 + 24 * count :])


def parse_sdes(count: int, body: bytes) -> SourceDescription:
    """Return the SDES of `count` chunks.

    Raises:
        RtpError: a chunk or an item runs over the end.
    """
    chunks, position = [], 0
    for _ in range(count):
        chunk, position = _sdes_chunk(body, position)
        chunks.append(chunk)
    return SourceDescription(tuple(chunks))


def _sdes_chunk(body: bytes, start: int) -> tuple[SdesChunk, int]:
    """Return the chunk at `start` and where the next one begins."""
    if len(body) < start + 8:
        raise RtpError("an SDES chunk is cut off")
    items, position = [], start + 4
    while position < len(body) and body[position]:
        end = position + 2 + (body[position + 1] if position + 1 < len(body) else 256)
        if end > len(body):
            raise RtpError("an SDES item runs over the end")
        items.append((body[position], body[position + 2 : end]))
        position = end
    if position >= len(body):
        raise RtpError("an SDES chunk without its end")
    return SdesChunk(_SSRC.unpack_from(body, start)[0], tuple(items)), position + 4 - position % 4


def parse_bye(count: int, body: bytes) -> Bye:
    """Return the BYE of `count` sources.

    Raises:
        RtpError: shorter than its sources or its reason.
    """
    end = 4 * count
    if len(body) < end:
        raise RtpError("a BYE is shorter than its sources")
    ssrcs = struct.unpack_from(f"!{count}I", body)
    if len(body) == end:
        return Bye(ssrcs)
    reason = body[end + 1 : end + 1 + body[end]]
    if len(reason) < body[end]:
        raise RtpError("the reason of a BYE runs over the end")
    return Bye(ssrcs, reason)

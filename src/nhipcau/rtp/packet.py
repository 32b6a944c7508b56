"""RTP packets as bytes and as objects, and the demultiplexing of RTP from RTCP.

     0                   1                   2                   3
    |V=2|P|X|  CC   |M|     PT      |       sequence number         |
    |                           timestamp                           |
    |                             SSRC                              |
    |  CSRCs (CC of them), extension (if X), payload, padding (if P) |

Nothing here knows a codec or a stream. Source: RFC 3550 §5.1, RFC 5761 §4.
"""

import struct
from dataclasses import dataclass
from typing import NamedTuple

_HEADER = struct.Struct("!BBHII")
_EXTENSION = struct.Struct("!HH")
_RTCP_HEADER = struct.Struct("!BBH")
_unpack_header = _HEADER.unpack_from
_pack_header = _HEADER.pack

HEADER_BYTES = 12
# Leaves room for IPv6, UDP, SRTP's tag and a tunnel below the 1,280 bytes that every IPv6 line
# carries without fragments.
MAX_PACKET_BYTES = 1200
_VERSION_BITS = 0x80
_PLAIN = 0x80
_PADDING_BIT = 0x20
_EXTENSION_BIT = 0x10


class RtpError(ValueError):
    """The bytes are no RTP, no RTCP or no payload of the format that the room speaks."""


class Extension(NamedTuple):
    """A header extension: its 16-bit profile word and its bytes, a multiple of 4 of them."""

    profile: int
    data: bytes


@dataclass(slots=True)
class RtpPacket:
    """One RTP packet.

    Attributes:
        payload_type: 0 to 127.
        seq: 16 bits.
        timestamp: 32 bits, as on the wire (wrapped).
        ssrc: 32 bits.
        payload: without padding; empty in a packet that only pads.
        marker: set on the last packet of a picture.
        csrcs: contributing sources, at most 15.
        extension: header extension, None where there is none.
        padding: bytes of padding, its count octet included; 0 to 255.
    """

    payload_type: int
    seq: int
    timestamp: int
    ssrc: int
    payload: bytes
    marker: bool = False
    csrcs: tuple[int, ...] = ()
    extension: Extension | None = None
    padding: int = 0

    def to_bytes(self) -> bytes:
        """Return the packet as on the wire; padding is zeros and its count."""
        first = _VERSION_BITS | len(self.csrcs)
        parts = [struct.pack(f"!{len(self.csrcs)}I", *self.csrcs)]
        if self.extension is not None:
            first |= _EXTENSION_BIT
            data = self.extension.data
            parts += [_EXTENSION.pack(self.extension.profile, len(data) >> 2), data]
        parts.append(self.payload)
        if self.padding:
            first |= _PADDING_BIT
            parts.append(bytes(self.padding - 1) + bytes((self.padding,)))
        second = self.payload_type | (self.marker << 7)
        header = _HEADER.pack(first, second, self.seq, self.timestamp, self.ssrc)
        return header + b"".join(parts)


def is_rtcp(packet: bytes) -> bool:
    """Return True when a packet that came in on a shared port is RTCP.

    Source: RFC 5761 §4 (packet types 192 to 223 are RTCP's).
    """
    return len(packet) > 1 and 192 <= packet[1] <= 223


def parse_rtp(data: bytes) -> RtpPacket:
    """Return the packet that `data` is.

    Raises:
        RtpError: shorter than its own fields say, or not version 2.
    """
    if len(data) < HEADER_BYTES:
        raise RtpError("an RTP packet of fewer than 12 bytes")
    first, second, seq, timestamp, ssrc = _unpack_header(data)
    if first == _PLAIN:
        return RtpPacket(second & 0x7F, seq, timestamp, ssrc, data[12:], second > 127)
    return _parse_dressed(data)


def _parse_dressed(data: bytes) -> RtpPacket:
    """Return a packet with CSRCs, an extension or padding."""
    first, second, seq, timestamp, ssrc = _unpack_header(data)
    if first >> 6 != 2:
        raise RtpError(f"RTP version {first >> 6}, not 2")
    start, end = HEADER_BYTES + 4 * (first & 0x0F), len(data)
    if start > end:
        raise RtpError("the CSRC list is longer than the packet")
    csrcs = struct.unpack_from(f"!{first & 0x0F}I", data, HEADER_BYTES) if first & 0x0F else ()
    extension = None
    if first & _EXTENSION_BIT:
        extension = _parse_extension(data, start)
        start += 4 + len(extension.data)
    padding = 0
    if first & _PADDING_BIT:
        padding = data[-1]
        end -= padding
        if not padding or end < start:
            raise RtpError("the padding is longer than the payload, or empty")
    packet = RtpPacket(second & 0x7F, seq, timestamp, ssrc, data[start:end], second > 127)
    packet.csrcs, packet.extension, packet.padding = csrcs, extension, padding
    return packet


def _parse_extension(data: bytes, start: int) -> Extension:
    """Return the header extension that begins at `start`."""
    if len(data) < start + 4:
        raise RtpError("the header extension is cut off")
    profile, words = _EXTENSION.unpack_from(data, start)
    end = start + 4 + 4 * words
    if len(data) < end:
        raise RtpError("the header extension is longer than the packet")
    return Extension(profile, data[start + 4 : end])


def rtp_header(stream: tuple[int, int], seq: int, timestamp: int, *, marker: bool) -> bytes:
    """Return the 12 bytes of a plain header.

    Args:
        stream: payload type and SSRC.
        seq: 16 bits.
        timestamp: wrapped to 32 bits here.
        marker: the last packet of a picture.
    """
    payload_type, ssrc = stream
    second = payload_type | 0x80 if marker else payload_type
    return _pack_header(_PLAIN, second, seq, timestamp & 0xFFFFFFFF, ssrc)


def packet_seq(packet: bytes) -> int:
    """Return the sequence number of a serialized RTP packet."""
    return packet[2] << 8 | packet[3]


def patch_seq(packet: bytes, seq: int) -> bytes:
    """Return a serialized RTP packet with another sequence number: bytes 2 and 3, no other."""
    return packet[:2] + seq.to_bytes(2) + packet[4:]


def patch_ssrc(packet: bytes, ssrc: bytes) -> bytes:
    """Return a serialized RTP packet of another source: bytes 8 to 11, no other; `ssrc` is four."""
    return packet[:8] + ssrc + packet[12:]


def packet_stamp(packet: bytes) -> int:
    """Return the timestamp of a serialized RTP packet, 32 bits."""
    return int.from_bytes(packet[4:8])


def is_marked(packet: bytes) -> bool:
    """Return True for the last packet of a picture."""
    return packet[1] > 127


def rtcp_packet(count: int, packet_type: int, body: bytes) -> bytes:
    """Return an RTCP packet.

    Args:
        count: the five bits of report count, source count or feedback format.
        packet_type: 192 to 223.
        body: all after the first word; a multiple of 4 bytes.
    """
    return _RTCP_HEADER.pack(_VERSION_BITS | count, packet_type, len(body) >> 2) + body

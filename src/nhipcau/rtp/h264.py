"""The H.264 payload, packetization mode 1: single NAL units, STAP-A and FU-A.

    access unit ─▶ packetize_h264 ─▶ payloads        H264Depacketizer ─▶ AccessUnit
    SPS PPS IDR……   [STAP-A][FU-A S][FU-A][FU-A E]    whole ones only, in the order of the packets

Source: RFC 6184 §5.3 to §5.8.
"""

from typing import NamedTuple

from nhipcau.rtp.annexb import NAL_IDR, NAL_PPS, NAL_SLICE, NAL_SPS, START_CODE, split_nals
from nhipcau.rtp.packet import HEADER_BYTES, MAX_PACKET_BYTES, RtpError, RtpPacket

STAP_A, FU_A = 24, 28
MAX_PAYLOAD_BYTES = MAX_PACKET_BYTES - HEADER_BYTES
# An IDR of 1080p text without a bound on its size was 106 kB; ten times that is no access unit.
_MAX_UNIT_BYTES = 1 << 20
_FU_START, _FU_END = 0x80, 0x40


def packetize_h264(data: bytes, max_bytes: int = MAX_PAYLOAD_BYTES) -> list[bytes]:
    """Return the RTP payloads of one access unit, each of at most `max_bytes`.

    Neighbours that fit together share a STAP-A (SPS, PPS and what is small), a NAL unit that fits
    alone travels as it is, a larger one in FU-A fragments. An Annex B stream without any NAL unit
    gives no payload.

    Args:
        data: Annex B byte stream.
        max_bytes: at least 64.
    """
    payloads: list[bytes] = []
    group: list[bytes] = []
    group_bytes = 1
    for nal in split_nals(data):
        size = len(nal) + 2
        if group_bytes + size > max_bytes and group:
            payloads.append(_aggregate(group))
            group, group_bytes = [], 1
        if size - 2 > max_bytes:
            _fragment(nal, max_bytes, payloads)
        else:
            group.append(nal)
            group_bytes += size
    if group:
        payloads.append(_aggregate(group))
    return payloads


def _aggregate(nals: list[bytes]) -> bytes:
    """Return a single NAL unit as it is, several as a STAP-A. Source: RFC 6184 §5.7.1."""
    if len(nals) == 1:
        return nals[0]
    importance = max(nal[0] & 0x60 for nal in nals)
    parts = [bytes((importance | STAP_A,))]
    for nal in nals:
        parts += (len(nal).to_bytes(2), nal)
    return b"".join(parts)


def _fragment(nal: bytes, max_bytes: int, payloads: list[bytes]) -> None:
    """Append the FU-A fragments of a NAL unit. Source: RFC 6184 §5.8."""
    indicator, kind = nal[0] & 0xE0 | FU_A, nal[0] & 0x1F
    step = max_bytes - 2
    first, middle = bytes((indicator, kind | _FU_START)), bytes((indicator, kind))
    payloads.append(first + nal[1 : 1 + step])
    last = len(nal) - step
    position = 1 + step
    while position < last:
        payloads.append(middle + nal[position : position + step])
        position += step
    payloads.append(bytes((indicator, kind | _FU_END)) + nal[position:])


def starts_keyframe(payload: bytes) -> bool:
    """Return True when an access unit that a decoder can begin with starts with this payload.

    That is an SPS, alone or first in a STAP-A: SPS and PPS stand before every IDR.
    """
    if not payload:
        return False
    kind = payload[0] & 0x1F
    return kind == NAL_SPS or (kind == STAP_A and len(payload) > 3 and payload[3] & 0x1F == NAL_SPS)


class AccessUnit(NamedTuple):
    """A whole access unit: Annex B bytes, 32-bit RTP timestamp, True when it is an IDR."""

    data: bytes
    timestamp: int
    keyframe: bool


class H264Depacketizer:
    """Packets in order to whole access units.

    At first and after `hole` nothing comes out until a packet that surely begins an access unit:
    the one after a marker, one with another timestamp than the packet just before it, or one with
    an SPS. SPS and PPS are remembered and put before an IDR that comes without them; an IDR whose
    parameters were never seen is no key frame, because no decoder could begin with it.
    """

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._bytes = 0
        self._timestamp = -1
        self._fragment = False
        self._slice = False
        self._idr = False
        self._has_sps = False
        self._skipping = True
        self._sps = b""
        self._pps = b""

    def hole(self) -> None:
        """Packets are missing before the next one: the unit under way is not whole."""
        self._clear()
        self._skipping = True
        self._timestamp = -1

    def push(self, packet: RtpPacket, units: list[AccessUnit]) -> None:
        """Take the next packet and append the access units that it completes.

        Raises:
            RtpError: the payload is no H.264 of mode 1; the unit under way is given up as after
                `hole`.
        """
        payload = packet.payload
        if not payload:
            return
        try:
            if packet.timestamp != self._timestamp:
                self._turn(packet, units)
            elif self._skipping and starts_keyframe(payload):
                self._skipping = False
            if not self._skipping:
                self._take(payload)
                if packet.marker:
                    self._finish(units)
        except RtpError:
            self.hole()
            raise
        if packet.marker:
            self._skipping = False
            self._timestamp = -1

    def _turn(self, packet: RtpPacket, units: list[AccessUnit]) -> None:
        """Begin the access unit of another timestamp; a sender without markers ends one so."""
        if self._skipping and (self._timestamp >= 0 or starts_keyframe(packet.payload)):
            self._skipping = False
        elif self._parts:
            self._finish(units)
        self._clear()
        self._timestamp = packet.timestamp

    def _take(self, payload: bytes) -> None:
        kind = payload[0] & 0x1F
        if kind == FU_A:
            self._take_fragment(payload)
        elif payload[0] & 0x80 or self._fragment:
            raise RtpError("a NAL unit marked as damaged, or in the middle of another")
        elif kind == STAP_A:
            self._take_aggregate(payload)
        elif 0 < kind < STAP_A:
            self._add(payload)
        else:
            raise RtpError(f"NAL unit type {kind} in packetization mode 1")
        if self._bytes > _MAX_UNIT_BYTES:
            raise RtpError(f"an access unit of more than {_MAX_UNIT_BYTES} bytes")

    def _take_fragment(self, payload: bytes) -> None:
        if len(payload) < 3:
            raise RtpError("an empty FU-A")
        header = payload[1]
        if header & _FU_START:
            if self._fragment:
                raise RtpError("an FU-A begins in the middle of another")
            self._note(header & 0x1F)
            self._parts += (START_CODE, bytes((payload[0] & 0xE0 | header & 0x1F,)))
        elif not self._fragment:
            raise RtpError("an FU-A without its beginning")
        self._fragment = not header & _FU_END
        self._parts.append(payload[2:])
        self._bytes += len(payload)

    def _take_aggregate(self, payload: bytes) -> None:
        position, size = 1, len(payload)
        if size < 4:
            raise RtpError("an empty STAP-A")
        while position < size:
            start = position + 2
            position = start + int.from_bytes(payload[position:start])
            if position > size or position == start or payload[start] & 0x1F not in range(1, 24):
                raise RtpError("a STAP-A that does not hold what it says")
            self._add(payload[start:position])

    def _add(self, nal: bytes) -> None:
        kind = nal[0] & 0x1F
        if kind == NAL_SPS:
            self._sps = nal
        elif kind == NAL_PPS:
            self._pps = nal
        self._note(kind)
        self._parts += (START_CODE, nal)
        self._bytes += len(nal)

    def _note(self, kind: int) -> None:
        if kind == NAL_IDR:
            self._idr = self._slice = True
        elif kind == NAL_SLICE:
            self._slice = True
        elif kind == NAL_SPS:
            self._has_sps = True

    def _finish(self, units: list[AccessUnit]) -> None:
        if self._fragment:
            raise RtpError("an FU-A without its end")
        if self._slice:
            parts, keyframe = self._parts, self._idr
            if keyframe and not self._has_sps:
                parts = [START_CODE, self._sps, START_CODE, self._pps, *parts]
                keyframe = bool(self._sps and self._pps)
            units.append(AccessUnit(b"".join(parts), self._timestamp, keyframe))
        self._clear()

    def _clear(self) -> None:
        self._parts = []
        self._bytes = 0
        self._fragment = self._slice = self._idr = self._has_sps = False

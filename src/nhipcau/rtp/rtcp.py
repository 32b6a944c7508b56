"""Compound RTCP: the walk over all packets of one datagram.

    bytes → parse_compound → (SenderReport | ReceiverReport | … | Remb, …) and how many were skipped

Reduced-size packets are taken as they come (RFC 5506); browsers compound feedback behind reports,
so nobody may stop at the first packet. What happens to each type is in docs/RTCP.md.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from nhipcau.rtp import rtcp_feedback, rtcp_reports
from nhipcau.rtp.packet import RtpError
from nhipcau.rtp.rtcp_feedback import Fir, Nack, Pli, Remb
from nhipcau.rtp.rtcp_reports import Bye, ReceiverReport, SenderReport, SourceDescription

RtcpMessage = SenderReport | ReceiverReport | SourceDescription | Bye | Nack | Pli | Fir | Remb

_PARSERS: Mapping[int, Callable[[int, bytes], RtcpMessage | None]] = {
    rtcp_reports.SR: rtcp_reports.parse_sr,
    rtcp_reports.RR: rtcp_reports.parse_rr,
    rtcp_reports.SDES: rtcp_reports.parse_sdes,
    rtcp_reports.BYE: rtcp_reports.parse_bye,
    rtcp_feedback.RTPFB: rtcp_feedback.parse_rtpfb,
    rtcp_feedback.PSFB: rtcp_feedback.parse_psfb,
}


class Compound(NamedTuple):
    """The messages of a datagram in order, and the count of packets of unknown types."""

    messages: tuple[RtcpMessage, ...]
    skipped: int


def parse_compound(data: bytes) -> Compound:
    """Return every RTCP message in `data`.

    Raises:
        RtpError: empty, not version 2, lengths that do not add up, or a damaged message.

    Source: RFC 3550 §6.1 and §A.2.
    """
    messages: list[RtcpMessage] = []
    skipped, position, size = 0, 0, len(data)
    if not size:
        raise RtpError("an empty RTCP packet")
    while position < size:
        if size - position < 4:
            raise RtpError("an RTCP packet shorter than its header")
        end = position + 4 + 4 * (data[position + 2] << 8 | data[position + 3])
        if data[position] >> 6 != 2 or end > size:
            raise RtpError("an RTCP packet of another version or longer than its datagram")
        parser = _PARSERS.get(data[position + 1])
        message = parser(data[position] & 0x1F, _body(data, position, end)) if parser else None
        if message is None:
            skipped += 1
        else:
            messages.append(message)
        position = end
    return Compound(tuple(messages), skipped)


def _body(data: bytes, start: int, end: int) -> bytes:
    """Return what follows the first word of a packet, without its padding."""
    if not data[start] & 0x20:
        return data[start + 4 : end]
    padding = data[end - 1]
    if end != len(data) or not padding or padding % 4 or padding > end - start - 4:
        raise RtpError("RTCP padding in the middle of a compound, or longer than its packet")
    return data[start + 4 : end - padding]

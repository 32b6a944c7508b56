"""The senders: a frame becomes packets once, whoever and however many watch.

    EncodedFrame ─▶ VideoSender.packetize ─▶ packets ─▶ every viewer      + PacketCache
    lanes' packets ─▶ SoundSender.next_tick, lane_packet ─▶ one lane each + one cache a lane
    wall clock ─▶ sender_report ─▶ one SR and SDES for all viewers

What differs from viewer to viewer is in `viewer.py`. Sending belongs to one thread; the caches and
`sr_age_s` may be read by others.
"""

import struct

from nhipcau.rtp.cache import PacketCache
from nhipcau.rtp.frame import EncodedFrame
from nhipcau.rtp.h264 import packetize_h264
from nhipcau.rtp.packet import rtp_header
from nhipcau.rtp.rtcp_reports import SenderReport, cname

_MASK32 = 0xFFFFFFFF
# Where an SR has RTP timestamp, packet and octet counts of its sender. Source: RFC 3550 §6.4.1.
_OWN = struct.Struct("!III")
_OWN_AT = 16
# A viewer answers an SR within its own report interval: of eight at one a second it names the last.
_KEPT_SRS = 8
# Sound packets kept for NACKs: 1.28 s, beyond any play-out.
LANE_PACKETS = 64


class StreamSender:
    """What all senders share: one sequence, the counts for SRs, when SRs were sent."""

    def __init__(self, ssrc: int, payload_type: int, first_seq: int = 0) -> None:
        self.ssrc = ssrc
        self.payload_type = payload_type
        self.next_seq = first_seq & 0xFFFF
        """The sequence number of the packet that comes next."""
        self._first_seq = self.next_seq
        self.packets = 0
        """Packets sent to each viewer since the beginning."""
        self.octets = 0
        """Their payload bytes."""
        self._sr_sent: dict[int, float] = {}

    @property
    def next_index(self) -> int:
        """The unwrapped number of the packet that comes next; its low 16 bits are `next_seq`."""
        return self._first_seq + self.packets

    def sender_report(self, ntp: int, timestamp: int, name: str, now_s: float) -> bytes:
        """Return the SR and SDES for all viewers.

        Args:
            ntp: 64-bit NTP time (`timeline.ntp_from_wall`).
            timestamp: the media clock at that very instant, wrapped here.
            name: canonical name, the same for a program's picture and sound.
            now_s: monotonic seconds, for the round trips of viewers that report on it.
        """
        self._sr_sent[ntp >> 16 & _MASK32] = now_s
        if len(self._sr_sent) > _KEPT_SRS:
            del self._sr_sent[next(iter(self._sr_sent))]
        report = SenderReport(
            self.ssrc, ntp, timestamp & _MASK32, self.packets & _MASK32, self.octets & _MASK32
        )
        return report.to_bytes() + cname(self.ssrc, name).to_bytes()

    def sr_age_s(self, middle_ntp: int, now_s: float) -> float | None:
        """Return how long ago the SR with these middle 32 bits of NTP was sent, None if unknown."""
        sent_s = self._sr_sent.get(middle_ntp)
        return None if sent_s is None else now_s - sent_s


class VideoSender(StreamSender):
    """One H.264 stream, one encoding of one view, for any number of viewers."""

    def __init__(
        self, ssrc: int, payload_type: int, *, first_seq: int = 0, cache_packets: int = 1024
    ) -> None:
        super().__init__(ssrc, payload_type, first_seq)
        self.cache = PacketCache(cache_packets)

    def packetize(self, frame: EncodedFrame) -> list[bytes]:
        """Return the RTP packets of a frame, at most 1,200 bytes each, and keep them for NACKs."""
        payloads = packetize_h264(frame.data)
        stream, timestamp = (self.payload_type, self.ssrc), frame.timestamp
        seq, last, put = self.next_seq, len(payloads) - 1, self.cache.put
        packets = []
        for number, payload in enumerate(payloads):
            packet = rtp_header(stream, seq, timestamp, marker=number == last) + payload
            put(seq, packet)
            packets.append(packet)
            seq = seq + 1 & 0xFFFF
            self.octets += len(payload)
        self.next_seq = seq
        self.packets += len(packets)
        return packets


class SoundSender(StreamSender):
    """One sound stream in several lanes: the common mix, and a mix-minus for each microphone.

    All lanes share sequence numbers and timestamps, so that a viewer moves from lane to lane
    without a trace. Each lane has a cache of its own (`new_lane`), so that a NACK is answered with
    the sound of that lane and nobody gets his own voice back.
    """

    def __init__(self, ssrc: int, payload_type: int, *, first_seq: int = 0) -> None:
        super().__init__(ssrc, payload_type, first_seq)
        self._header = b""
        self._seq = self.next_seq

    @staticmethod
    def new_lane() -> PacketCache:
        """Return the cache of a lane; keep it a second after the lane's end for late NACKs."""
        return PacketCache(LANE_PACKETS)

    def next_tick(self, timestamp: int, *, marker: bool = False) -> None:
        """Begin the next 20 ms: one packet in each lane.

        Args:
            timestamp: 48 kHz ticks of the first sample, unwrapped.
            marker: the first packet after silence that was not sent.
        """
        self._seq = self.next_seq
        self.next_seq = self._seq + 1 & 0xFFFF
        self._header = rtp_header(
            (self.payload_type, self.ssrc), self._seq, timestamp, marker=marker
        )
        self.packets += 1

    def lane_packet(self, payload: bytes, lane: PacketCache) -> bytes:
        """Return this tick's packet of one lane and keep it there. `next_tick` comes first."""
        packet = self._header + payload
        lane.put(self._seq, packet)
        return packet

    def count_octets(self, payload_bytes: int) -> None:
        """Count the payload of the common mix for SRs; the lanes differ by a few bytes."""
        self.octets += payload_bytes


def own_report(report: bytes, counts: tuple[int, int], earlier_ticks: int = 0) -> bytes:
    """Return a sender report as one viewer is to get it.

    Args:
        report: an SR, perhaps with more behind it.
        counts: packets and payload bytes sent to this viewer.
        earlier_ticks: how much earlier than the stream's this viewer's pictures count, by the
            media clock.
    """
    (stamp,) = struct.unpack_from("!I", report, _OWN_AT)
    packets, octets = counts
    own = _OWN.pack(stamp + earlier_ticks & _MASK32, packets & _MASK32, octets & _MASK32)
    return report[:_OWN_AT] + own + report[_OWN_AT + _OWN.size :]

"""A pipe that keeps what is sent, and short ways to read RTP."""

from collections import deque

from nhipcau.ports.transport import Mid, SendLine
from nhipcau.quantities import Ssrc
from nhipcau.rehearsal.outgoing import OutgoingStream, PreparedLoop, SiteClock, Unit
from nhipcau.rtp.packet import RtpPacket, is_rtcp, parse_rtp
from nhipcau.rtp.rtcp import RtcpMessage, parse_compound

CAMERA_SSRC = 0xC0FFEE
WALL_S = 1_700_000_000.0


class KeepingPipe:
    """An `RtpPipe` whose other end is the test."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.waiting: deque[bytes] = deque()
        self.is_open = True

    def send(self, packet: bytes) -> bool:
        if self.is_open:
            self.sent.append(packet)
        return self.is_open

    def receive(self) -> bytes | None:
        return self.waiting.popleft() if self.waiting else None

    def rtp(self) -> list[RtpPacket]:
        return [parse_rtp(packet) for packet in self.sent if not is_rtcp(packet)]

    def rtcp(self) -> list[RtcpMessage]:
        return [
            message
            for packet in self.sent
            if is_rtcp(packet)
            for message in parse_compound(packet).messages
        ]


def picture_loop(*, seekable: bool = True, key_every: int = 10, count: int = 40) -> PreparedLoop:
    """A loop of 25 units a second whose payloads tell the unit and the part: b"unit/part"."""
    units = tuple(
        Unit(
            tuple(b"%d/%d" % (unit, part) for part in range(2)),
            unit % key_every == 0,
        )
        for unit in range(count)
    )
    return PreparedLoop(units, 25, 90_000, marked=True, seekable=seekable)


def stream_on(pipe: KeepingPipe, *, zero_s: float = 0.0, first: int = 0) -> OutgoingStream:
    line = SendLine(Mid.CAMERA, Ssrc(CAMERA_SSRC), "22732@synthetic")
    return OutgoingStream(pipe, line, 102, SiteClock(zero_s, WALL_S + zero_s), first)


def unit_of(packet: RtpPacket) -> int:
    return int(bytes(packet.payload).split(b"/")[0])


def run(stream: OutgoingStream, start_s: float, end_s: float, step_s: float = 0.005) -> float:
    """Poll as the media thread does; return the time of the last poll."""
    steps = round((end_s - start_s) / step_s)
    for step in range(steps):
        stream.poll(start_s + step * step_s)
    return start_s + steps * step_s

"""Rungs that need no encoder, and pipes that keep what they are given."""

import threading
from collections.abc import Sequence

from nhipcau.codec.raw import RawCodecs
from nhipcau.mcu.downstream import VideoStream
from nhipcau.mcu.ladder import RungSpec
from nhipcau.mcu.rung import Rung, RungFrame, RungPlace
from nhipcau.mcu.watcher import Watcher
from nhipcau.ports.codec import VideoSpec
from nhipcau.ports.transport import Mid
from nhipcau.quantities import Bitrate, Ssrc
from nhipcau.rtp.packet import rtp_header
from nhipcau.rtp.sender import VideoSender
from tests.mcu.machine import HandClock

SSRC = Ssrc(7)
PATIENCE_S = 20.0


class Pipe:
    """Takes packets; may be shut, and may hold whoever sends until it is let go."""

    def __init__(self, *, is_open: bool = True) -> None:
        self.packets: list[bytes] = []
        self.free = threading.Event()
        self.free.set()
        self._is_open = is_open

    def send(self, packet: bytes) -> bool:
        assert self.free.wait(PATIENCE_S)
        self.packets.append(packet)
        return self._is_open

    def receive(self) -> bytes | None:
        return None


def watcher(pipe: Pipe) -> Watcher:
    """Return an end of a program line that is on no rung yet."""
    return Watcher(pipe, VideoStream(Mid.PROGRAM, SSRC, "mcu", 0.0))


class RungMaker:
    """Makes frames of one rung as the composer would, of packets of 1,000 bytes."""

    def __init__(self, wire_bps: int, first: int = 0) -> None:
        spec = RungSpec("rung", VideoSpec(320, 180, 25, Bitrate(1)), Bitrate(wire_bps))
        self.rung = Rung(spec, RungPlace(102, SSRC, self, 0), RawCodecs(HandClock()))
        self.rung.sender = VideoSender(SSRC, 102, first_seq=first)
        self._index = first

    def frame(
        self,
        number: int,
        packets: int,
        viewers: Sequence[Watcher],
        arrivals: Sequence[Watcher] = (),
    ) -> RungFrame:
        """Return the frame of the `number`th tick."""
        made = []
        for at in range(packets):
            header = rtp_header(
                (102, SSRC), self._index + at & 0xFFFF, number * 3_600, marker=at == packets - 1
            )
            made.append(header + self._index.to_bytes(4) * 247)
            self.rung.sender.cache.put(self._index + at & 0xFFFF, made[-1])
        frame = RungFrame(self.rung, self._index, made, keyframe=bool(arrivals))
        frame.viewers, frame.arrivals = tuple(viewers), tuple(arrivals)
        self._index += packets
        return frame

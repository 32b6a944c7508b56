"""The media of one synthetic site on one connection: two streams up, three streams down.

    loops ──▶ camera, microphone ──▶ pipes          pipes ──▶ program, content, sound counters
                    ▲──── NACK, PLI ────┘              └──── NACK, PLI, receiver reports ────▶

Everything here runs on the media thread; `stats` of its parts may be read from any.
"""

from collections.abc import Mapping
from concurrent.futures import Future
from math import inf

from nhipcau.ports.transport import (
    DOWNSTREAM,
    PAYLOAD_TYPES,
    Connection,
    Mid,
    RtpPipe,
    SendLine,
)
from nhipcau.quantities import Ssrc
from nhipcau.rehearsal.counting import (
    PICTURE_NACKS,
    SOUND_NACKS,
    FlowCounter,
)
from nhipcau.rehearsal.loops import PICTURE_HZ
from nhipcau.rehearsal.outgoing import OutgoingStream, PreparedLoop, SiteClock
from nhipcau.rtp.packet import RtpError, is_rtcp
from nhipcau.rtp.rtcp import parse_compound
from nhipcau.rtp.rtcp_reports import ReceiverReport, SenderReport, cname
from nhipcau.sound.block import RATE_HZ

Loop = Future[PreparedLoop]
Flow = tuple[FlowCounter, RtpPipe]

# Of the media thread's 5 ms ticks: program and sound are read every 10 ms, so that gaps are seen
# with that grain; content (5 pictures a second) and feedback every 20 ms.
_FAST_EVERY = 2
_SLOW_EVERY = 4
_REPORT_S = 1.0
# One line never starves the others: a transport keeps about a thousand.
_MAX_BURST = 256


def fresh_counters() -> dict[Mid, FlowCounter]:
    """Return the counters of a site, which outlive its connections."""
    return {
        Mid.PROGRAM: FlowCounter(PICTURE_HZ, PICTURE_NACKS, pictures=True),
        Mid.CONTENT: FlowCounter(PICTURE_HZ, PICTURE_NACKS, pictures=True),
        Mid.SOUND: FlowCounter(RATE_HZ, SOUND_NACKS, pictures=False),
    }


class SiteMedia:
    """Sends and counts for one site while its connection lasts."""

    def __init__(
        self,
        connection: Connection,
        lines: Mapping[Mid, SendLine],
        counters: Mapping[Mid, FlowCounter],
        clock: SiteClock,
    ) -> None:
        """Take the pipes; nothing is sent before `send`.

        Args:
            connection: its pipes may still be closed.
            lines: SSRC and CNAME of camera and microphone.
            counters: of the three streams down; they expect new streams from now on.
            clock: the site's.
        """
        self.camera = _stream(connection, lines[Mid.CAMERA], clock)
        self.microphone = _stream(connection, lines[Mid.MICROPHONE], clock)
        self.malformed = 0
        self._streams = (self.camera, self.microphone)
        self._waiting: list[tuple[OutgoingStream, Loop]] = []
        self._line = lines[Mid.CAMERA]
        down = {mid: (counters[mid], connection.pipe(mid)) for mid in DOWNSTREAM}
        self._fast = (down[Mid.PROGRAM], down[Mid.SOUND])
        self._slow = (down[Mid.CONTENT],)
        self._down = tuple(down.values())
        self._report_due_s = 0.0
        self._counters = tuple(counters.values())
        self.heard_s = self.looked_s = float("-inf")
        """When the last packet was read, and when one was looked for last."""

    def begin(self, *, comes_over: bool = False) -> None:
        """Expect new streams; `comes_over`: and measure how long they are missed."""
        for counter in self._counters:
            counter.restart()
            if comes_over:
                counter.mark()

    def send(self, camera: Loop | None, microphone: Loop | None) -> None:
        """Send these loops as soon as they are made; None stops."""
        self._waiting = []
        for stream, loop in zip(self._streams, (camera, microphone), strict=True):
            if loop is None:
                stream.stop()
            else:
                self._waiting.append((stream, loop))

    def tick(self, number: int, now_s: float) -> None:
        """Send what is due and read what came.

        Args:
            number: of the tick, with the site's own offset, so that sites take turns.
            now_s: monotonic.
        """
        for stream in self._streams:
            if stream.due_s <= now_s:
                stream.poll(now_s)
        if number % _FAST_EVERY == 0:
            self._receive(self._fast, now_s)
            if number % _SLOW_EVERY == 0:
                self._tend(now_s)

    def _receive(self, flows: tuple[Flow, ...], now_s: float) -> None:
        self.looked_s = now_s
        for counter, pipe in flows:
            for _ in range(_MAX_BURST):
                packet = pipe.receive()
                if packet is None:
                    break
                self.heard_s = now_s
                if is_rtcp(packet):
                    self._handle_rtcp(packet, now_s)
                else:
                    counter.handle(packet, now_s)

    def _tend(self, now_s: float) -> None:
        """Do what may wait 20 ms: content, feedback in both directions, loops that are ready."""
        self._receive(self._slow, now_s)
        for stream in self._streams:
            if stream.due_s < inf:
                self._hear(stream.pipe, now_s)
        for counter, pipe in self._down:
            for feedback in counter.poll(self._line.ssrc, now_s):
                pipe.send(feedback)
        if self._waiting:
            self._start_ready(now_s)
        if now_s >= self._report_due_s:
            self._report(now_s)

    def _hear(self, pipe: RtpPipe, now_s: float) -> None:
        """Take the feedback on what we send; there is none while nothing is sent."""
        for _ in range(_MAX_BURST):
            packet = pipe.receive()
            if packet is None:
                break
            if is_rtcp(packet):
                self._handle_rtcp(packet, now_s)

    def _handle_rtcp(self, packet: bytes, now_s: float) -> None:
        """Walk a compound; a transport may deliver feedback on any line, the SSRC says whose."""
        try:
            compound = parse_compound(packet)
        except RtpError:
            self.malformed += 1
            return
        for message in compound.messages:
            if isinstance(message, SenderReport):
                for counter, _ in self._down:
                    counter.handle_report(message, now_s)
            else:
                for stream in self._streams:
                    stream.handle_feedback(message, now_s)

    def _start_ready(self, now_s: float) -> None:
        waiting, self._waiting = self._waiting, []
        for stream, loop in waiting:
            if loop.done():
                stream.start(loop.result(), now_s)
            else:
                self._waiting.append((stream, loop))

    def _report(self, now_s: float) -> None:
        """Send RR and SDES on each line that has received something."""
        ssrc = self._line.ssrc
        for counter, pipe in self._down:
            block = counter.report(now_s)
            if block is not None:
                report = ReceiverReport(ssrc, (block,)).to_bytes()
                pipe.send(report + cname(ssrc, self._line.cname).to_bytes())
        self._report_due_s = now_s + _REPORT_S


def _stream(connection: Connection, line: SendLine, clock: SiteClock) -> OutgoingStream:
    first = _scrambled(line.ssrc)
    return OutgoingStream(connection.pipe(line.mid), line, PAYLOAD_TYPES[line.mid], clock, first)


def _scrambled(ssrc: Ssrc) -> int:
    """Return 32 bits that follow from a random SSRC but do not show it (Knuth's multiplier)."""
    return ssrc * 2654435761 & 0xFFFFFFFF

"""The fan-out thread: each rung's packets to all its viewers, paced, off loop and composer.

    composer ── frames of a tick ──▶ bounded intake ──▶ one pacer a rung ──▶ viewer.send × viewers

Here a viewer changes rung: when the key frame with which it comes begins to go out. The picture of
the old rung that is under way to it is completed, later ones of it are left out, and its numbers
go on without a gap. When the thread is late by two seconds whole ticks are refused: their numbers
are missing to the viewers, who ask for them or for a key frame.
"""

import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from nhipcau.mcu.rung import Rung, RungFrame
from nhipcau.mcu.ticker import Register
from nhipcau.mcu.watcher import Watcher
from nhipcau.ports.clock import Clock
from nhipcau.rtp.pacer import Slice
from nhipcau.rtp.packet import HEADER_BYTES, packet_seq

# Two seconds of ticks; more would be sent too late to be of use.
_TICK_LIMIT = 50
# A packet at 720p takes 4 ms at twice its rate: waking up more often would only cost.
_STEP_S = 0.004
# Wakes by itself too, so that the watchdog sees a heart beat when nothing is sent.
_IDLE_S = 0.25


@dataclass(frozen=True, slots=True)
class FanOutStats:
    """Packets sent, refused by a pipe that was not open, frames dropped, seconds spent."""

    sent: int
    refused: int
    dropped: int
    busy_s: float


class FanOut:
    """Sends frames from a thread of its own. `put` and `has_room` are the composer's."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._intake: deque[Sequence[RungFrame]] = deque()
        self._busy: dict[Rung, None] = {}
        self._wake = threading.Event()
        self._stopping = False
        self._sent = self._refused = self._dropped = 0
        self._busy_s = 0.0
        self._thread = threading.Thread(target=self._run, name="fan-out", daemon=True)
        self._register: Register = lambda _name: lambda: None

    def start(self, register: Register) -> None:
        """Start the thread; the pulse that `register` gives it beats in every turn."""
        self._register = register
        self._thread.start()

    def has_room(self) -> bool:
        """Return True when the frames of a tick can be put; asked before viewers are seated."""
        return len(self._intake) < _TICK_LIMIT

    def put(self, frames: Sequence[RungFrame]) -> None:
        """Queue the frames of a tick; counts and forgets them when there is no room."""
        if not self.has_room():
            self._dropped += len(frames)
            return
        self._intake.append(frames)
        self._wake.set()

    def stop(self) -> None:
        """End the thread; may be called twice."""
        self._stopping = True
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(timeout=5)

    def stats(self) -> FanOutStats:
        """Return the counters (any thread)."""
        return FanOutStats(self._sent, self._refused, self._dropped, self._busy_s)

    def turn(self) -> float:
        """Send what is due; return how long to wait for the next turn, seconds."""
        began = self._clock.now_s()
        while self._intake:
            for frame in self._intake.popleft():
                self._accept(frame)
        next_s = began + _IDLE_S
        for rung in list(self._busy):
            for piece in rung.pacer.poll(began):
                self._send(piece)
            due_s = rung.pacer.due_s()
            if due_s is None:
                del self._busy[rung]
            else:
                next_s = min(next_s, due_s)
        now_s = self._clock.now_s()
        self._busy_s += now_s - began
        return max(next_s - now_s, _STEP_S)

    def _run(self) -> None:
        pulse = self._register("fan-out")
        wait_s = _IDLE_S
        while not self._stopping:
            self._wake.wait(wait_s)
            self._wake.clear()
            wait_s = self.turn()
            pulse()

    def _accept(self, frame: RungFrame) -> None:
        rung = frame.rung
        self._busy[rung] = None
        gone = rung.pacer.put(frame)
        if gone is not None:
            self._dropped += 1
            self._bring(gone)

    def _send(self, piece: Slice[RungFrame]) -> None:
        if not piece.start:
            self._bring(piece.frame)
        self._deliver(piece, piece.frame.viewers)

    def _deliver(self, piece: Slice[RungFrame], viewers: Sequence[Watcher]) -> None:
        frame, start, end = piece
        packets = frame.packets[start:end]
        octets = sum(map(len, packets)) - HEADER_BYTES * len(packets)
        whole = end == len(frame.packets)
        ends = []
        for viewer in viewers:
            numbers = viewer.numbers
            # Before they go out: a NACK may be here before the last viewer is served.
            numbers.note_sent(frame.index + end - 1, len(packets), octets)
            numbers.pictures += whole
            ends.append((viewer.send, numbers.shift))
        refused = 0
        for packet in packets:
            number, head, tail = packet_seq(packet), packet[:2], packet[4:]
            for send, shift in ends:
                own = head + (number + shift & 0xFFFF).to_bytes(2) + tail if shift else packet
                if not send(own):
                    refused += 1
        self._refused += refused
        self._sent += len(ends) * len(packets) - refused

    def _bring(self, frame: RungFrame) -> None:
        """Let the viewers that come with this key frame leave where they were."""
        if not frame.arrivals:
            return
        coming = frozenset(frame.arrivals)
        for rung in self._busy:
            if rung is not frame.rung:
                self._leave(rung, coming)
        for viewer in frame.arrivals:
            viewer.numbers.enter(frame.rung.sender.cache, frame.index)

    def _leave(self, rung: Rung, leaving: frozenset[Watcher]) -> None:
        """Complete the picture that is under way to them; leave out those not begun."""
        under_way = rung.pacer.sent_of_head
        for place, frame in enumerate(rung.pacer.waiting()):
            those = tuple(viewer for viewer in frame.viewers if viewer in leaving)
            if not those:
                continue
            if place == 0 and under_way:
                self._deliver(Slice(frame, under_way, len(frame.packets)), those)
            frame.viewers = tuple(v for v in frame.viewers if v not in leaving)
            frame.arrivals = tuple(v for v in frame.arrivals if v not in leaving)

"""The fan-out thread: the same packets to every viewer, off the event loop and off the composer.

    composer ── (packets, viewers) ──▶ bounded queue ──▶ pipe.send × viewers

When the queue is full the oldest batch goes: its viewers find the hole by themselves, ask for the
packets (they are still in the stream's cache) or for a key frame.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass

from nhipcau.mcu.bounded import DropOldest
from nhipcau.mcu.ticker import Register
from nhipcau.ports.clock import Clock
from nhipcau.ports.transport import RtpPipe

# A second of pictures of two views; more would be sent too late to be of use.
_BATCH_LIMIT = 50


@dataclass(frozen=True, slots=True)
class Batch:
    """Packets of one frame, and where they go."""

    packets: Sequence[bytes]
    pipes: Sequence[RtpPipe]


@dataclass(frozen=True, slots=True)
class FanOutStats:
    """Packets sent, refused by a pipe that was not open, batches dropped, seconds spent."""

    sent: int
    refused: int
    dropped: int
    busy_s: float


class FanOut:
    """Sends batches from a thread of its own."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._queue: DropOldest[Batch] = DropOldest(_BATCH_LIMIT)
        self._wake = threading.Event()
        self._stopping = False
        self._sent = self._refused = 0
        self._busy_s = 0.0
        self._thread = threading.Thread(target=self._run, name="fan-out", daemon=True)
        self._register: Register = lambda _name: lambda: None

    def start(self, register: Register) -> None:
        """Start the thread; the pulse that `register` gives it beats in every turn."""
        self._register = register
        self._thread.start()

    def put(self, batch: Batch) -> None:
        """Queue a batch (any thread)."""
        self._queue.put(batch)
        self._wake.set()

    def stop(self) -> None:
        """End the thread; may be called twice."""
        self._stopping = True
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(timeout=5)

    def stats(self) -> FanOutStats:
        """Return the counters (any thread)."""
        return FanOutStats(self._sent, self._refused, self._queue.dropped, self._busy_s)

    def _run(self) -> None:
        pulse = self._register("fan-out")
        while not self._stopping:
            # Wakes by itself too, so that the watchdog sees a heart beat when nothing is sent.
            self._wake.wait(0.25)
            self._wake.clear()
            began = self._clock.now_s()
            for batch in self._queue.take_all():
                self._send(batch)
            self._busy_s += self._clock.now_s() - began
            pulse()

    def _send(self, batch: Batch) -> None:
        refused = 0
        for pipe in batch.pipes:
            send = pipe.send
            for packet in batch.packets:
                if not send(packet):
                    refused += 1
        self._refused += refused
        self._sent += len(batch.pipes) * len(batch.packets) - refused

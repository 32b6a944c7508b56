"""The fan-out thread: every packet to every viewer, and when it can't keep up the oldest go."""

import threading
import time

from nhipcau.mcu.fanout import Batch, FanOut
from tests.mcu.machine import WallClock

PATIENCE_S = 20.0


class Pipe:
    """Takes packets; may be shut, and may hold whoever sends until it is let go."""

    def __init__(self, *, open: bool = True) -> None:  # noqa: A002 - says it best
        self.packets: list[bytes] = []
        self.free = threading.Event()
        self.free.set()
        self._open = open

    def send(self, packet: bytes) -> bool:
        assert self.free.wait(PATIENCE_S)
        self.packets.append(packet)
        return self._open

    def receive(self) -> bytes | None:
        return None


def started() -> FanOut:
    fanout = FanOut(WallClock())
    fanout.start(lambda _name: lambda: None)
    return fanout


def wait_until_sent(fanout: FanOut, count: int) -> None:
    deadline_s = time.monotonic() + PATIENCE_S
    while fanout.stats().sent + fanout.stats().refused < count:
        assert time.monotonic() < deadline_s
        time.sleep(0.001)


def test_every_viewer_gets_the_same_packets_in_order() -> None:
    fanout, pipes = started(), [Pipe(), Pipe(), Pipe()]
    for number in range(10):
        fanout.put(Batch([bytes([number]), bytes([number, 1])], pipes))
    wait_until_sent(fanout, 60)
    fanout.stop()
    assert all(pipe.packets == pipes[0].packets for pipe in pipes)
    assert pipes[0].packets[:4] == [b"\0", b"\0\x01", b"\x01", b"\x01\x01"]
    # The same object: nothing is copied for a viewer.
    assert all(a is b for a, b in zip(pipes[0].packets, pipes[1].packets, strict=True))


def test_a_pipe_that_is_shut_is_counted_and_hurts_nobody() -> None:
    fanout, good, shut = started(), Pipe(), Pipe(open=False)
    fanout.put(Batch([b"a", b"b"], [shut, good]))
    wait_until_sent(fanout, 4)
    fanout.stop()
    assert good.packets == [b"a", b"b"]
    assert (fanout.stats().sent, fanout.stats().refused) == (2, 2)


def test_when_it_cannot_keep_up_the_oldest_batches_go_and_are_counted() -> None:
    fanout, pipe = started(), Pipe()
    pipe.free.clear()
    fanout.put(Batch([b"first"], [pipe]))
    time.sleep(0.05)
    for number in range(80):
        fanout.put(Batch([bytes([number])], [pipe]))
    dropped = fanout.stats().dropped
    pipe.free.set()
    wait_until_sent(fanout, 81 - dropped)
    fanout.stop()
    assert dropped >= 30
    assert pipe.packets[-1] == bytes([79])
    kept = [packet[0] for packet in pipe.packets if len(packet) == 1]
    assert kept == list(range(80 - len(kept), 80))


def test_it_beats_while_there_is_nothing_to_send_and_ends_when_told() -> None:
    beats = threading.Semaphore(0)
    fanout = FanOut(WallClock())
    fanout.start(lambda _name: lambda: _beat(beats))
    assert beats.acquire(timeout=PATIENCE_S)
    assert beats.acquire(timeout=PATIENCE_S)
    fanout.stop()
    fanout.stop()


def _beat(beats: threading.Semaphore) -> None:
    beats.release()

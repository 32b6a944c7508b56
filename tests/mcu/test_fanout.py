"""The fan-out thread: every packet to every viewer, paced, and changes of rung in order."""

import threading
import time
from collections.abc import Sequence

from nhipcau.mcu.fanout import FanOut
from nhipcau.mcu.rung import RungFrame
from nhipcau.mcu.watcher import Watcher
from nhipcau.rtp.packet import packet_seq, parse_rtp
from tests.mcu.machine import HandClock, WallClock
from tests.mcu.rungs import Pipe, RungMaker, watcher

PATIENCE_S = 20.0


def started() -> FanOut:
    fanout = FanOut(WallClock())
    fanout.start(lambda _name: lambda: None)
    return fanout


def wait_until_sent(fanout: FanOut, count: int) -> None:
    deadline_s = time.monotonic() + PATIENCE_S
    while fanout.stats().sent + fanout.stats().refused < count:
        assert time.monotonic() < deadline_s
        time.sleep(0.001)


def viewers_of(*pipes: Pipe) -> list[Watcher]:
    return [watcher(pipe) for pipe in pipes]


def seqs(pipe: Pipe) -> list[int]:
    return [packet_seq(packet) for packet in pipe.packets]


def stamps(pipe: Pipe) -> list[int]:
    return [parse_rtp(packet).timestamp for packet in pipe.packets]


def run(fanout: FanOut, clock: HandClock, seconds: float) -> None:
    for _ in range(round(seconds / 0.004)):
        fanout.turn()
        clock.pass_s(0.004)


def test_every_viewer_gets_the_same_packets_in_order() -> None:
    fanout, pipes, maker = started(), [Pipe(), Pipe(), Pipe()], RungMaker(1_000_000)
    viewers = viewers_of(*pipes)
    for number in range(10):
        fanout.put([maker.frame(number, 2, viewers, arrivals=() if number else viewers)])
    wait_until_sent(fanout, 60)
    fanout.stop()
    assert all(pipe.packets == pipes[0].packets for pipe in pipes)
    assert seqs(pipes[0]) == list(range(20))
    # The same object: nothing is copied for a viewer who is on the rung it came to first.
    assert all(a is b for a, b in zip(pipes[0].packets, pipes[1].packets, strict=True))


def test_a_pipe_that_is_shut_is_counted_and_hurts_nobody() -> None:
    fanout, good, shut, maker = started(), Pipe(), Pipe(is_open=False), RungMaker(1_000_000)
    viewers = viewers_of(shut, good)
    fanout.put([maker.frame(0, 2, viewers, arrivals=viewers)])
    wait_until_sent(fanout, 4)
    fanout.stop()
    assert len(good.packets) == 2
    assert (fanout.stats().sent, fanout.stats().refused) == (2, 2)


def test_a_thread_that_is_held_refuses_ticks_and_counts_them() -> None:
    fanout, pipe, maker = started(), Pipe(), RungMaker(10_000_000)
    (viewer,) = viewers_of(pipe)
    pipe.free.clear()
    fanout.put([maker.frame(0, 1, [viewer], arrivals=[viewer])])
    time.sleep(0.05)
    for number in range(1, 81):
        fanout.put([maker.frame(number, 1, [viewer])])
    assert not fanout.has_room()
    dropped = fanout.stats().dropped
    pipe.free.set()
    wait_until_sent(fanout, 81 - dropped)
    fanout.stop()
    assert dropped == 30
    # What is missing is a hole in the numbers, never a wrong number.
    assert seqs(pipe) == list(range(51))


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


class Switch:
    """A viewer on a slow rung, whose next key frame comes on a fast one, in hand-moved time."""

    def __init__(self) -> None:
        self.clock = HandClock()
        self.fanout = FanOut(self.clock)
        self.pipe = Pipe()
        (self.viewer,) = viewers_of(self.pipe)
        # 38 + 1,000 bytes at twice 40 kbit/s: a packet takes 104 ms.
        self.slow, self.fast = RungMaker(40_000), RungMaker(1_200_000, first=500)

    def put(self, *frames: RungFrame) -> None:
        self.fanout.put(frames)

    def run(self, seconds: float) -> None:
        run(self.fanout, self.clock, seconds)

    def on_slow(self, number: int, arrivals: Sequence[Watcher] = ()) -> RungFrame:
        return self.slow.frame(number, 4, [self.viewer], arrivals=arrivals)

    def on_fast(self, number: int, arrivals: Sequence[Watcher] = ()) -> RungFrame:
        return self.fast.frame(number, 2, [self.viewer], arrivals=arrivals)


def test_the_picture_under_way_is_completed_and_later_ones_of_the_old_rung_left_out() -> None:
    switch = Switch()
    switch.put(switch.on_slow(0, [switch.viewer]))
    switch.put(switch.on_slow(1))
    switch.run(0.2)
    assert 0 < len(switch.pipe.packets) < 4
    switch.put(switch.on_fast(2, [switch.viewer]))
    switch.put(switch.on_fast(3))
    switch.run(2.0)
    assert seqs(switch.pipe) == list(range(8))
    assert [stamp // 3_600 for stamp in stamps(switch.pipe)] == [0] * 4 + [2, 2, 3, 3]
    assert switch.viewer.numbers.switches == 1


def test_who_changes_twice_while_packets_wait_ends_on_the_last_rung() -> None:
    switch = Switch()
    third = RungMaker(1_200_000, first=9_000)
    switch.put(switch.on_fast(0, [switch.viewer]))
    switch.run(0.1)
    other = watcher(Pipe())
    # The slow rung is busy with others' packets when the viewer's key frame is queued behind them.
    switch.put(switch.slow.frame(1, 4, [other], arrivals=[other]))
    switch.put(switch.on_slow(2, [switch.viewer]))
    switch.put(third.frame(3, 2, [switch.viewer], arrivals=[switch.viewer]))
    switch.run(3.0)
    assert [stamp // 3_600 for stamp in stamps(switch.pipe)] == [0, 0, 3, 3]
    assert seqs(switch.pipe) == list(range(500, 504))


def test_a_resend_reaches_back_over_changes_byte_for_byte() -> None:
    switch = Switch()
    for number in range(6):
        make = switch.on_fast if number % 2 else switch.on_slow
        switch.put(make(number, [switch.viewer]))
        switch.run(1.0)
    sent = list(switch.pipe.packets)
    assert len(sent) == 3 * 4 + 3 * 2
    assert [switch.viewer.numbers.get(packet_seq(packet)) for packet in sent] == sent
    assert switch.viewer.numbers.get(packet_seq(sent[-1]) + 1) is None


def test_a_rung_never_sends_more_than_twice_its_rate() -> None:
    clock = HandClock()
    fanout, pipe, maker = FanOut(clock), Pipe(), RungMaker(400_000)
    (viewer,) = viewers_of(pipe)
    weights: list[int] = []
    # A key frame of 10 kB, then pictures that leave no pause.
    for tick in range(25):
        arrivals = [] if tick else [viewer]
        fanout.put([maker.frame(tick, 2 if tick else 10, [viewer], arrivals=arrivals)])
        for _ in range(10):
            before = len(pipe.packets)
            fanout.turn()
            weights.append(sum(len(packet) + 38 for packet in pipe.packets[before:]))
            clock.pass_s(0.004)
    for window in (5, 25, 100, 250):
        most = max(sum(weights[at : at + window]) for at in range(len(weights)))
        # 100 bytes each ms, the burst of 10 ms, and the packet that ends it.
        assert most <= 100 * (4 * window + 10) + 1_038
    assert len(pipe.packets) > 50

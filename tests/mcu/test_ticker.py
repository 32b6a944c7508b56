"""A media thread's beat: on a grid, late ones counted, missed ones skipped or made up for."""

import subprocess
import sys
import threading
from collections.abc import Callable

import pytest

from nhipcau.mcu.ticker import Beat, Ticker, TickerStats
from tests.mcu.machine import HandClock, WallClock

PATIENCE_S = 20.0


def play(beat: Beat, costs_s: list[float]) -> tuple[list[float], TickerStats]:
    """Return when a ticker ticked whose ticks take so long, and its counters.

    Time passes only in ticks and while the thread waits, so nothing depends on the machine.
    """
    clock, ticks = HandClock(0.0), []

    def tick(due_s: float) -> None:
        ticks.append(round(due_s, 6))
        clock.pass_s(costs_s[len(ticks) - 1])
        if len(ticks) == len(costs_s):
            ticker._stop.set()

    ticker = Ticker("test", beat, tick, clock)
    ticker._stop = _VirtualStop(clock)
    ticker._loop(lambda: None)
    return ticks, ticker.stats()


class _VirtualStop(threading.Event):
    """An event whose wait takes virtual time."""

    def __init__(self, clock: HandClock) -> None:
        super().__init__()
        self._clock = clock

    def wait(self, timeout: float | None = None) -> bool:
        self._clock.pass_s(timeout or 0.0)
        return self.is_set()


def test_ticks_lie_on_a_grid_whatever_they_take() -> None:
    ticks, stats = play(Beat(0.02, 0.01), [0.001, 0.015, 0.0, 0.019, 0.003])
    assert ticks == [0.0, 0.02, 0.04, 0.06, 0.08]
    assert (stats.ticks, stats.late, stats.skipped) == (5, 0, 0)


def test_a_late_tick_is_counted_and_the_next_is_on_the_grid_again() -> None:
    ticks, stats = play(Beat(0.02, 0.01), [0.035, 0.0, 0.0, 0.0])
    assert ticks == [0.0, 0.02, 0.04, 0.06]
    assert (stats.late, stats.skipped) == (1, 0)
    assert stats.worst_late_ms == pytest.approx(15.0)


def test_a_picture_s_missed_ticks_are_skipped_and_counted() -> None:
    ticks, stats = play(Beat(0.04, 0.04), [0.21, 0.0, 0.0])
    assert ticks == [0.0, 0.2, 0.24]
    assert stats.skipped == 4


def test_sound_makes_up_for_missed_ticks_up_to_its_bound() -> None:
    ticks, stats = play(Beat(0.02, 0.02, catch_up=3), [0.0601, *[0.0] * 5])
    assert ticks == [0.0, 0.02, 0.04, 0.06, 0.08, 0.1]
    assert stats.skipped == 0
    ticks, stats = play(Beat(0.02, 0.02, catch_up=3), [0.201, *[0.0] * 5])
    assert ticks == [0.0, 0.14, 0.16, 0.18, 0.2, 0.22]
    assert stats.skipped == 6


def test_reading_the_counters_resets_the_worst_lateness() -> None:
    clock = HandClock(0.0)
    ticker = Ticker("test", Beat(0.02, 0.01), lambda _due_s: None, clock)
    ticker._count(0.5)
    assert ticker.stats().worst_late_ms == pytest.approx(500.0)
    assert ticker.stats().worst_late_ms == 0.0
    assert ticker.stats().late == 1


def test_a_thread_beats_its_pulse_after_every_tick_and_stops_when_told() -> None:
    seen = threading.Semaphore(0)
    names: list[str] = []

    def register(name: str) -> Callable[[], None]:
        names.append(name)
        return lambda: _note(seen)

    ticker = Ticker("compose", Beat(0.005, 1.0), lambda _due_s: None, WallClock())
    ticker.start(register)
    for _ in range(3):
        assert seen.acquire(timeout=PATIENCE_S)
    ticker.stop()
    ticker.stop()
    assert names == ["compose"]
    assert ticker.stats().ticks >= 3


def _note(seen: threading.Semaphore) -> None:
    seen.release()


_FAILING = """
import time
from nhipcau.app.clock import SystemClock
from nhipcau.mcu.ticker import Beat, Ticker

def tick(due_s):
    raise ZeroDivisionError("a tick that fails")

Ticker("compose", Beat(0.01, 0.01), tick, SystemClock()).start(lambda name: lambda: None)
time.sleep(30)
print("still here")
"""


def test_a_failing_tick_ends_its_process_for_the_supervisor_to_start_another() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", _FAILING], capture_output=True, text=True, timeout=50, check=False
    )
    assert ended.returncode == 70
    assert "still here" not in ended.stdout
    assert "media thread failed" in ended.stdout + ended.stderr

"""A thread that does one thing at a steady beat: the shape of every media thread.

    due ──▶ tick(now) ──▶ beat the watchdog ──▶ wait for the next due time

Due times lie on a grid from the start, so a late tick does not shift the following ones.
"""

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from nhipcau.ports.clock import Clock

_log = structlog.get_logger()

Register = Callable[[str], Callable[[], None]]
"""The watchdog's: called by a thread with its name, returns the pulse that it must beat."""

# EX_SOFTWARE: a media thread that fails takes its process with it; the supervisor has a warm one.
_EXIT_FAILED = 70


@dataclass(frozen=True, slots=True)
class TickerStats:
    """How a media thread keeps time; `worst_late_ms` since the last reading."""

    name: str
    ticks: int
    late: int
    skipped: int
    worst_late_ms: float
    busy_s: float


@dataclass(frozen=True, slots=True)
class Beat:
    """The rhythm of a ticker.

    Attributes:
        period_s: seconds between two ticks.
        late_s: a tick that begins later than this is counted as late.
        catch_up: how many missed ticks are made up at once; further ones are skipped and counted.
            Sound makes up (its clock must not lose a block), picture does not.
    """

    period_s: float
    late_s: float
    catch_up: int = 0


class _SleepingEvent(threading.Event):
    """An event whose wait is a plain sleep: half the processor time, 275 times a second.

    So it wakes late when it is set, by the wait's length; a beat's is at most 40 ms.
    """

    def wait(self, timeout: float | None = None) -> bool:
        time.sleep(timeout or 0.0)
        return self.is_set()


class Ticker:
    """Runs `tick` in a thread of its own until stopped."""

    def __init__(self, name: str, beat: Beat, tick: Callable[[float], None], clock: Clock) -> None:
        self._name = name
        self._beat = beat
        self._tick = tick
        self._clock = clock
        self._stop: threading.Event = _SleepingEvent()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._register: Register = lambda _name: lambda: None
        self._ticks = self._late = self._skipped = 0
        self._worst_late_s = self._busy_s = 0.0

    def start(self, register: Register) -> None:
        """Start the thread; the pulse that `register` gives it beats after every tick."""
        self._register = register
        self._thread.start()

    def stop(self) -> None:
        """Ask the thread to end and wait for it; may be called twice."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout=5)

    def stats(self) -> TickerStats:
        """Return the counters; reading resets the worst lateness."""
        worst, self._worst_late_s = self._worst_late_s, 0.0
        return TickerStats(
            self._name, self._ticks, self._late, self._skipped, worst * 1000, self._busy_s
        )

    def _run(self) -> None:
        try:
            self._loop(self._register(self._name))
        except BaseException:  # noqa: BLE001 - said below
            # The top line of a media thread: nothing above could mend it, the supervisor can.
            _log.critical("media thread failed", thread=self._name, exc_info=True)
            os._exit(_EXIT_FAILED)

    def _loop(self, pulse: Callable[[], None]) -> None:
        period = self._beat.period_s
        due = self._clock.now_s()
        while not self._stop.is_set():
            now = self._clock.now_s()
            if now < due:
                self._stop.wait(due - now)
                continue
            self._count(now - due)
            self._tick(due)
            self._busy_s += self._clock.now_s() - now
            pulse()
            due += period
            behind = int((self._clock.now_s() - due) / period)
            if behind > self._beat.catch_up:
                self._skipped += behind - self._beat.catch_up
                due += (behind - self._beat.catch_up) * period

    def _count(self, late_s: float) -> None:
        self._ticks += 1
        if late_s > self._beat.late_s:
            self._late += 1
        self._worst_late_s = max(self._worst_late_s, late_s)

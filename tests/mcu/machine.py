"""A clock that tests move by hand, and the machine's own."""

import asyncio
import selectors
import time
from collections.abc import Coroutine


class HandClock:
    """Stands still until a test moves it."""

    def __init__(self, now_s: float = 1_000.0, wall_s: float = 1_700_000_000.0) -> None:
        self._now_s = now_s
        self._ahead_s = wall_s - now_s

    def now_s(self) -> float:
        return self._now_s

    def wall_s(self) -> float:
        return self._now_s + self._ahead_s

    def pass_s(self, seconds: float) -> float:
        """Let time pass; return what it is now."""
        self._now_s += seconds
        return self._now_s


class WallClock:
    """The machine's clock."""

    def now_s(self) -> float:
        return time.monotonic()

    def wall_s(self) -> float:
        return time.time()


class _Selector(selectors.DefaultSelector):
    """Where the loop would wait for a timer, time passes instead."""

    def __init__(self, clock: HandClock) -> None:
        super().__init__()
        self._clock = clock

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            return super().select(None)
        events = super().select(0)
        if not events and timeout > 0:
            self._clock.pass_s(timeout)
        return events


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self, clock: HandClock) -> None:
        self._hand_clock = clock
        super().__init__(_Selector(clock))

    def time(self) -> float:
        return self._hand_clock.now_s()


def run_virtually[T](clock: HandClock, scene: Coroutine[object, object, T]) -> T:
    """Run a scene in which every sleep takes no time and moves `clock`; no threads in it."""
    with asyncio.Runner(loop_factory=lambda: _Loop(clock)) as runner:
        return runner.run(scene)

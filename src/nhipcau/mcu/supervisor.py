"""Keeps one process at work: starts it, watches it, and puts a warm one in its place in an instant.

    spare (warm, waits) ── go ──▶ active ── crash, wedge, stuck thread ──▶ killed
         ▲                                                                   │
         └── a moment after the next one is ready ◀── go to the spare ◀──────┘

A start costs a second of imports, so that one process is always imported already. The supervisor
knows nothing of what the process does: a command line, JSON for "go", JSON that says "ready".
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

import structlog

from nhipcau.mcu.procstat import sample_threads
from nhipcau.mcu.spares import Spares
from nhipcau.mcu.supervised import Child, Command
from nhipcau.mcu.watchdog import TICK_S, Observation, Verdict, Watchdog

# Delays before the starts after so many quick deaths in a row: two at once (a bad moment), then
# slower and slower (a bad file), so that a machine is not eaten by restarts.
_DELAYS_S = (0.0, 0.0, 0.0, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0)

_log = structlog.get_logger(__name__)


class EndReason(StrEnum):
    """Why a process is gone."""

    CRASHED = "crashed"
    WEDGED = "wedged"
    STOPPED = "stopped"
    STUCK = "stuck"
    NOT_READY = "not_ready"


class End(NamedTuple):
    """An end: why, and the thread's name or the exit status that says more."""

    reason: EndReason
    detail: str


class Running(NamedTuple):
    """The process at work and what it said when it was ready; `generation` counts from 1."""

    pid: int
    ready: Mapping[str, Any]
    generation: int


@dataclass(frozen=True, slots=True)
class Patience:
    """How long the supervisor waits for what, in seconds."""

    # From "go"; a cold start on a busy machine included.
    ready_s: float = 30.0
    # The sites come back in this time, and the spare's imports would be in their way.
    spare_s: float = 2.0
    # After SIGTERM.
    stop_s: float = 3.0
    # A process that lived shorter died "at once".
    quick_s: float = 5.0


@dataclass(frozen=True, slots=True)
class SupervisorStats:
    """Counters since the start; `kills` are ends that were our decision."""

    starts: int
    spares_used: int
    kills: int
    ends: Mapping[EndReason, int]
    last_end: End | None
    last_gap_s: float | None
    longest_silence_s: float
    excused_s: float


OnReady = Callable[[Running], None]


def restart_delay_s(quick_deaths: int) -> float:
    """Return how long to wait before the next start after so many quick deaths in a row."""
    return _DELAYS_S[min(quick_deaths, len(_DELAYS_S) - 1)]


class Supervisor:
    """Run it as a task; it belongs to one event loop, whose thread lives as long as the process."""

    def __init__(
        self,
        command: Command,
        *,
        on_ready: OnReady | None = None,
        patience: Patience | None = None,
        spares: Spares | None = None,
    ) -> None:
        """Prepare; nothing runs yet.

        Args:
            command: what to keep at work.
            on_ready: called on the event loop with each new process; it must not wait.
            patience: how long to wait for what.
            spares: shared with other supervisors of the same program, kept by whoever made them;
                None: one of its own.
        """
        self.current: Running | None = None
        self._command = command
        self._on_ready = on_ready
        self._patience = patience or Patience()
        self._active: Child | None = None
        self._settled = asyncio.Event()
        self._owns_spares = spares is None
        self._spares = spares or Spares(command, self._patience.spare_s, restart_delay_s)
        self._spares.attach(self._settled)
        self._changed = asyncio.Condition()
        self._stop = asyncio.Event()
        self._ended = asyncio.Event()
        self._started = False
        self._starts = 0
        self._generation = 0
        self._spares_used = 0
        self._ends: dict[EndReason, int] = dict.fromkeys(EndReason, 0)
        self._last_end: End | None = None
        self._down_since: float | None = None
        self._last_gap_s: float | None = None
        self._longest_silence_s = 0.0
        self._excused_s = 0.0

    @property
    def spare_pid(self) -> int | None:
        """The warm process's id, None while there is none or it is still importing."""
        return self._spares.warm_pid

    def stats(self) -> SupervisorStats:
        """Return the counters."""
        return SupervisorStats(
            starts=self._starts,
            spares_used=self._spares_used,
            kills=sum(self._ends.values()) - self._ends[EndReason.CRASHED],
            ends=dict(self._ends),
            last_end=self._last_end,
            last_gap_s=self._last_gap_s,
            longest_silence_s=self._longest_silence_s,
            excused_s=self._excused_s,
        )

    async def wait_ready(self, *, after: int = 0) -> Running:
        """Return the process at work as soon as there is one of a generation beyond `after`."""
        async with self._changed:
            while self.current is None or self.current.generation <= after:
                await self._changed.wait()
            return self.current

    async def run(self) -> None:
        """Keep the process at work until `aclose` or cancellation; then end it.

        Raises:
            ExceptionGroup: the program can't be started at all (OSError inside).
        """
        self._started = True
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(self._keep_active(), name="supervisor: active")]
                if self._owns_spares:
                    tasks.append(group.create_task(self._spares.keep(), name="supervisor: spare"))
                await self._stop.wait()
                for task in tasks:
                    task.cancel()
        finally:
            self.current = None
            self._spares.detach(self._settled)
            await self._end_all()
            self._ended.set()

    async def aclose(self) -> None:
        """End the process, first the polite way, and return when `run` has; may be called twice."""
        self._stop.set()
        if self._started:
            await self._ended.wait()

    async def _end_all(self) -> None:
        active = self._active
        try:
            if self._owns_spares:
                await self._spares.aclose()
            if active is not None:
                await active.end(grace_s=self._patience.stop_s)
        finally:
            if active is not None:
                active.kill()

    async def _keep_active(self) -> None:
        quick_deaths = 0
        while True:
            await asyncio.sleep(restart_delay_s(quick_deaths))
            child = self._active = await self._take()
            begun = time.monotonic()
            child.go(self._command.go)
            end = await self._until_end(child)
            self.current = None
            self._settled.clear()
            if self._down_since is None:
                self._down_since = time.monotonic()
            status = await child.end()
            self._active = None
            lived_s = time.monotonic() - begun
            quick_deaths = quick_deaths + 1 if lived_s < self._patience.quick_s else 0
            self._record(child, end if end.detail else End(end.reason, str(status)), lived_s)

    async def _take(self) -> Child:
        """Return the spare, or a cold one where there is none."""
        self._starts += 1
        spare = self._spares.take()
        if spare is None:
            return await Child.spawn(self._command, awaited=True)
        self._spares_used += spare.warm
        return spare

    def _record(self, child: Child, end: End, lived_s: float) -> None:
        self._ends[end.reason] += 1
        self._last_end = end
        _log.warning(
            "supervisor.ended",
            pid=child.pid,
            reason=end.reason.value,
            detail=end.detail,
            lived_s=round(lived_s, 3),
        )

    async def _until_end(self, child: Child) -> End:
        await _first_of(child.exit, child.ready, timeout_s=self._patience.ready_s)
        if child.exit.done():
            return End(EndReason.CRASHED, "")
        if not child.ready.done():
            return End(EndReason.NOT_READY, f"not ready {self._patience.ready_s} s after go")
        await self._announce(child, child.ready.result())
        return await self._watch(child)

    async def _announce(self, child: Child, payload: Mapping[str, Any]) -> None:
        self._generation += 1
        self.current = running = Running(child.pid, payload, self._generation)
        if self._down_since is not None:
            self._last_gap_s = time.monotonic() - self._down_since
            self._down_since = None
        _log.info("supervisor.ready", pid=child.pid, generation=self._generation)
        self._settled.set()
        async with self._changed:
            self._changed.notify_all()
        if self._on_ready is not None:
            self._on_ready(running)

    async def _watch(self, child: Child) -> End:
        watchdog, excused_s = Watchdog(), self._excused_s
        before, beats = time.monotonic(), child.beats
        while True:
            await asyncio.wait({child.exit}, timeout=TICK_S)
            if child.exit.done():
                return End(EndReason.CRASHED, "")
            # What it said while we were late is said, whoever reads first.
            child.read_nowait()
            if child.stuck is not None:
                return End(EndReason.STUCK, child.stuck)
            threads = sample_threads(child.pid) if watchdog.wants_threads else None
            now = time.monotonic()
            verdict = watchdog.observe(Observation(now - before, child.beats != beats, threads))
            before, beats = now, child.beats
            self._longest_silence_s = max(self._longest_silence_s, watchdog.longest_silence_s)
            self._excused_s = excused_s + watchdog.excused_s
            if verdict is Verdict.WEDGED:
                return End(EndReason.WEDGED, watchdog.portrait())
            if verdict is Verdict.STOPPED:
                return End(EndReason.STOPPED, watchdog.portrait())


async def _first_of(*futures: asyncio.Future[Any], timeout_s: float | None = None) -> None:
    """Return when one of them is done, or after `timeout_s`; none is cancelled."""
    await asyncio.wait(futures, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)

"""Measures the supervisor: false kills of a busy process on saturated cores, and restart gaps.

    spinners (twice the cores) ─┐
    supervisor ─────────────────┼─▶ the same CPUs
    busy child: four threads ───┘

Run by hand: `python -m nhipcau.bench.supervision 600` prints one JSON object.
"""

import asyncio
import json
import os
import signal
import statistics
import sys
import threading
import time
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass

from nhipcau.mcu.heartbeat import Heartbeat, Pulse
from nhipcau.mcu.supervised import Command
from nhipcau.mcu.supervisor import Patience, Supervisor

# Two processes that always want to run for each core: what a build beside a meeting does.
_SPINNERS_PER_CORE = 2
_SPIN = "while True: pass"
# 25 pictures a second, each compressed without the GIL for some milliseconds.
_FRAME_S = 0.04
_FRAME_BYTES = 128 << 10
# One thread works in Python, with the GIL, for this share of the time.
_PYTHON_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class FalseKills:
    """What became of a busy child: all of `kills` were wrong."""

    seconds: float
    kills: int
    crashes: int
    longest_silence_ms: float
    excused_ms: float
    last_end: str | None


async def false_kills(seconds: float) -> int:
    """Return how often a busy child was killed while all cores were saturated for `seconds`."""
    return (await saturate(seconds)).kills


async def saturate(seconds: float) -> FalseKills:
    """Supervise a busy child on saturated cores for `seconds` and return what happened."""
    supervisor = Supervisor(_command("busy"), patience=Patience(spare_s=1.0))
    async with _supervised(supervisor), _spinning():
        await supervisor.wait_ready()
        await asyncio.sleep(seconds)
        stats = supervisor.stats()
    end = stats.last_end
    return FalseKills(
        seconds=seconds,
        kills=stats.kills,
        crashes=sum(stats.ends.values()) - stats.kills,
        longest_silence_ms=round(1000 * stats.longest_silence_s, 1),
        excused_ms=round(1000 * stats.excused_s, 1),
        last_end=f"{end.reason}: {end.detail}" if end else None,
    )


async def restart_gaps_ms(rounds: int, how: signal.Signals) -> list[float]:
    """Return the milliseconds from `how`, sent to the active child, to the next one's "ready"."""
    supervisor = Supervisor(_command("idle"), patience=Patience(spare_s=0.1, quick_s=0.0))
    gaps = []
    async with _supervised(supervisor):
        running = await supervisor.wait_ready()
        for _ in range(rounds):
            while supervisor.spare_pid is None:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
            begun = time.perf_counter()
            os.kill(running.pid, how)
            running = await supervisor.wait_ready(after=running.generation)
            gaps.append(1000 * (time.perf_counter() - begun))
    return gaps


@asynccontextmanager
async def _supervised(supervisor: Supervisor) -> AsyncIterator[None]:
    async with asyncio.TaskGroup() as group:
        group.create_task(supervisor.run(), name="supervisor")
        try:
            yield
        finally:
            await supervisor.aclose()


@asynccontextmanager
async def _spinning() -> AsyncIterator[None]:
    """Saturate all cores, half from our own scheduling group and half from groups of their own."""
    count = _SPINNERS_PER_CORE * (os.cpu_count() or 1)
    spinners = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-I", "-S", "-c", _SPIN, start_new_session=bool(number % 2)
        )
        for number in range(count)
    ]
    try:
        yield
    finally:
        for spinner in spinners:
            spinner.kill()
        await asyncio.gather(*(spinner.wait() for spinner in spinners))


def _command(role: str) -> Command:
    return Command((sys.executable, "-m", "nhipcau.bench.supervision", "child"), {"role": role})


def _compress(pulse: Pulse) -> None:
    """Do a video thread's work: most of it in C without the GIL."""
    frame = os.urandom(_FRAME_BYTES)
    while True:
        pulse()
        begun = time.monotonic()
        zlib.compress(frame)
        time.sleep(max(0.0, _FRAME_S - (time.monotonic() - begun)))


def _count(pulse: Pulse) -> None:
    """Do a packet thread's work: all of it in Python."""
    while True:
        pulse()
        end = time.monotonic() + _FRAME_S * _PYTHON_SHARE
        while time.monotonic() < end:
            pass
        time.sleep(_FRAME_S * (1 - _PYTHON_SHARE))


def _child() -> None:
    heartbeat = Heartbeat.from_environment()
    role = heartbeat.wait_for_go()["role"]
    works = [_compress, _compress, _count] if role == "busy" else []
    for number, work in enumerate(works):
        threading.Thread(
            target=lambda work=work, number=number: work(heartbeat.register(f"work {number}")),
            daemon=True,
        ).start()
    heartbeat.ready({})
    pulse = heartbeat.register("main")
    while True:
        pulse()
        time.sleep(_FRAME_S)


def _quantiles(gaps: list[float]) -> dict[str, float]:
    return {"median": round(statistics.median(gaps), 1), "worst": round(max(gaps), 1)}


async def _main(seconds: float) -> None:
    figures = {
        "false_kills": asdict(await saturate(seconds)),
        "restart_after_crash_ms": _quantiles(await restart_gaps_ms(10, signal.SIGKILL)),
        "restart_after_freeze_ms": _quantiles(await restart_gaps_ms(5, signal.SIGSTOP)),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    if sys.argv[1:] == ["child"]:
        _child()
    else:
        asyncio.run(_main(float(sys.argv[1]) if len(sys.argv) > 1 else 600.0))

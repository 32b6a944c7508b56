"""The supervisor with real processes that crash, freeze, deadlock and stick."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from nhipcau.mcu.supervised import Command
from nhipcau.mcu.supervisor import EndReason, Patience, Running, Supervisor, restart_delay_s
from nhipcau.mcu.watchdog import BEAT_S

CHILD = str(Path(__file__).parent / "children" / "child.py")
SOURCES = str(Path(__file__).parents[2] / "src")
ENV = {**os.environ, "PYTHONPATH": SOURCES}
# Bounds for a machine that does other things too; what is usual is printed by the bench.
WAIT_S = 30.0
PATIENCE = Patience(ready_s=20.0, spare_s=0.05, stop_s=3.0, quick_s=0.5)


def command(mode: str, **word: Any) -> Command:
    return Command((sys.executable, CHILD), {"mode": mode, **word}, ENV)


def play(
    told: Command,
    scene: Callable[[Supervisor], Awaitable[None]],
    *,
    patience: Patience = PATIENCE,
) -> Supervisor:
    async def run() -> Supervisor:
        supervisor = Supervisor(told, patience=patience)
        async with asyncio.timeout(50), asyncio.TaskGroup() as group:
            group.create_task(supervisor.run(), name="supervisor")
            try:
                await scene(supervisor)
            finally:
                await supervisor.aclose()
        return supervisor

    return asyncio.run(run())


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state not in "ZX"


async def spare(supervisor: Supervisor) -> int:
    async with asyncio.timeout(WAIT_S):
        while supervisor.spare_pid is None:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        return supervisor.spare_pid


async def next_one(supervisor: Supervisor, after: Running) -> Running:
    async with asyncio.timeout(WAIT_S):
        return await supervisor.wait_ready(after=after.generation)


def test_the_ready_payload_and_the_pid_are_told() -> None:
    async def scene(supervisor: Supervisor) -> None:
        running = await supervisor.wait_ready()
        assert running.ready == {"mode": "steady", "pid": running.pid}
        assert running.generation == 1
        assert supervisor.current == running

    play(command("steady"), scene)


def test_a_killed_process_is_replaced_by_the_warm_one() -> None:
    async def scene(supervisor: Supervisor) -> None:
        first = await supervisor.wait_ready()
        warm = await spare(supervisor)
        begun = time.monotonic()
        os.kill(first.pid, signal.SIGKILL)
        second = await next_one(supervisor, first)
        assert time.monotonic() - begun < 5
        assert second.pid == warm
        stats = supervisor.stats()
        assert (stats.ends[EndReason.CRASHED], stats.kills, stats.spares_used) == (1, 0, 1)
        assert stats.last_gap_s is not None
        assert await spare(supervisor) not in (first.pid, second.pid)

    play(command("steady"), scene)


def test_a_stopped_process_is_killed_and_replaced() -> None:
    async def scene(supervisor: Supervisor) -> None:
        first = await supervisor.wait_ready()
        await spare(supervisor)
        os.kill(first.pid, signal.SIGSTOP)
        await next_one(supervisor, first)
        assert not alive(first.pid)
        assert supervisor.stats().ends[EndReason.STOPPED] == 1

    play(command("steady"), scene)


def test_a_process_whose_gil_is_never_given_back_is_replaced(tmp_path: Path) -> None:
    async def scene(supervisor: Supervisor) -> None:
        first = await supervisor.wait_ready()
        second = await next_one(supervisor, first)
        assert second.ready["mode"] == "steady"
        assert not alive(first.pid)
        assert supervisor.stats().ends[EndReason.WEDGED] == 1

    play(command("gil", once=str(tmp_path / "once")), scene)


@pytest.mark.parametrize(("mode", "thread"), [("stuck", "media"), ("lost_thread", "lost")])
def test_a_process_with_a_stuck_or_lost_thread_is_replaced(
    tmp_path: Path, mode: str, thread: str
) -> None:
    async def scene(supervisor: Supervisor) -> None:
        first = await supervisor.wait_ready()
        await next_one(supervisor, first)
        stats = supervisor.stats()
        assert stats.ends[EndReason.STUCK] == 1
        assert stats.last_end is not None
        assert stats.last_end.detail == thread

    play(command(mode, once=str(tmp_path / "once")), scene)


@pytest.mark.slow
def test_a_process_that_hardly_gets_a_cpu_is_excused_and_left_alone() -> None:
    async def scene(supervisor: Supervisor) -> None:
        first = await supervisor.wait_ready()
        await asyncio.sleep(6)
        assert supervisor.current == first

    stats = play(command("starved"), scene, patience=Patience(spare_s=60.0)).stats()
    assert sum(stats.ends.values()) == 0
    # Some kernels let a thread that only beats have its moment all the same.
    assert stats.excused_s > 0 or stats.longest_silence_s < 2 * BEAT_S, stats


def test_a_process_that_never_gets_ready_is_replaced(tmp_path: Path) -> None:
    async def scene(supervisor: Supervisor) -> None:
        await supervisor.wait_ready()
        assert supervisor.stats().ends[EndReason.NOT_READY] == 1

    patience = Patience(ready_s=2.0, spare_s=0.05)
    play(command("never_ready", once=str(tmp_path / "once")), scene, patience=patience)


def test_a_process_that_dies_at_once_again_and_again_is_started_less_and_less_often() -> None:
    async def scene(supervisor: Supervisor) -> None:
        async with asyncio.timeout(WAIT_S):
            while supervisor.stats().ends[EndReason.CRASHED] < 4:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        assert supervisor.current is None
        last = supervisor.stats().last_end
        assert last is not None
        assert last.detail == "3"

    play(command("die_at_once"), scene)
    delays = [restart_delay_s(deaths) for deaths in range(50)]
    assert delays == sorted(delays)
    assert max(delays[:3]) == 0
    assert delays[5] <= 1.0 < delays[-1]


def test_a_spare_that_dies_is_replaced_and_the_active_goes_on() -> None:
    async def scene(supervisor: Supervisor) -> None:
        first = await supervisor.wait_ready()
        warm = await spare(supervisor)
        os.kill(warm, signal.SIGKILL)
        async with asyncio.timeout(WAIT_S):
            while supervisor.spare_pid in (warm, None):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        assert supervisor.current == first

    play(command("steady"), scene)


def test_stopping_ends_the_active_and_the_spare() -> None:
    pids: list[int] = []

    async def scene(supervisor: Supervisor) -> None:
        pids.append((await supervisor.wait_ready()).pid)
        pids.append(await spare(supervisor))

    supervisor = play(command("steady"), scene)
    assert not any(alive(pid) for pid in pids)
    assert supervisor.current is None
    assert sum(supervisor.stats().ends.values()) == 0


def test_what_a_process_started_itself_ends_with_it(tmp_path: Path) -> None:
    note = tmp_path / "note"

    async def scene(supervisor: Supervisor) -> None:
        await supervisor.wait_ready()
        async with asyncio.timeout(WAIT_S):
            while not note.exists() or not note.read_text():  # noqa: ASYNC110
                await asyncio.sleep(0.01)

    play(command("parent", note=str(note)), scene)
    deadline = time.monotonic() + WAIT_S
    while alive(int(note.read_text())):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_process_that_is_deaf_to_the_request_to_end_is_killed() -> None:
    pids: list[int] = []

    async def scene(supervisor: Supervisor) -> None:
        pids.append((await supervisor.wait_ready()).pid)

    play(command("deaf"), scene, patience=Patience(stop_s=0.3))
    assert not alive(pids[0])


def test_cancelling_the_supervisor_ends_its_processes() -> None:
    async def run() -> int:
        supervisor = Supervisor(command("steady"), patience=PATIENCE)
        task = asyncio.create_task(supervisor.run(), name="supervisor")
        running = await supervisor.wait_ready()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert task.cancelled()
        return running.pid

    assert not alive(asyncio.run(run()))


def test_a_program_that_does_not_exist_is_an_error() -> None:
    async def run() -> None:
        with pytest.raises(ExceptionGroup) as caught:
            await Supervisor(Command(("/no/such/program",), {})).run()
        assert caught.group_contains(FileNotFoundError)

    asyncio.run(run())


PARENT = """
import asyncio, sys
from nhipcau.mcu.supervised import Command
from nhipcau.mcu.supervisor import Patience, Supervisor

async def main():
    supervisor = Supervisor(
        Command((sys.executable, sys.argv[1]), {"mode": sys.argv[2]}), patience=Patience(spare_s=0)
    )
    task = asyncio.create_task(supervisor.run())
    running = await supervisor.wait_ready()
    while supervisor.spare_pid is None:
        await asyncio.sleep(0.01)
    print(running.pid, supervisor.spare_pid, file=sys.stderr, flush=True)
    await task

asyncio.run(main())
"""


@pytest.mark.parametrize("mode", ["steady", "deaf"])
def test_nothing_outlives_a_killed_supervisor(mode: str) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, CHILD, mode],
        env=ENV,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert parent.stderr is not None
    try:
        pids = [int(pid) for pid in parent.stderr.readline().split()]
        assert len(pids) == 2
    finally:
        parent.kill()
        parent.wait()
        parent.stderr.close()
    deadline = time.monotonic() + WAIT_S
    while any(alive(pid) for pid in pids):
        assert time.monotonic() < deadline
        time.sleep(0.02)

"""A fleet as a process of its own: told on standard input, gone when that closes."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from pydantic import ValidationError

from nhipcau.ports.transport import Mid
from nhipcau.quantities import SiteId
from nhipcau.rehearsal.spec import FleetSpec, SiteSpec
from tests.rehearsal.fakemcu import FakeMcu, until
from tests.rehearsal.worlds import world_of

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parents[2]
Child = asyncio.subprocess.Process


@asynccontextmanager
async def child(folder: Path) -> AsyncIterator[Child]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.rehearsal.child",
        str(folder / "child"),
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": "src"},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def spec(url: str, folder: Path) -> FleetSpec:
    codes = ("56", "568", "22327")
    return FleetSpec(
        sites=tuple(
            SiteSpec(code=SiteId(code), name=code, url=url, token=code, fps=15) for code in codes
        ),
        data=folder / "loops",
    )


async def tell(process: Child, line: str) -> None:
    assert process.stdin is not None
    process.stdin.write(line.encode() + b"\n")
    await process.stdin.drain()


async def first_line(process: Child) -> bytes:
    assert process.stdout is not None
    return await asyncio.wait_for(process.stdout.readline(), 30)


def with_three_sites(
    folder: Path, finish: Callable[[Child], Awaitable[None]]
) -> tuple[int | None, bytes]:
    """Run three sites in a child until their media flows, then `finish`; return how it ended."""

    async def run() -> tuple[int | None, bytes]:
        with world_of("rtc", folder) as world:
            async with FakeMcu(world.mcu) as mcu, child(folder) as process:
                await tell(process, spec(mcu.url, folder).model_dump_json())
                assert await first_line(process) == b'{"ready": true}\n'
                for count in (1, 2, 3):
                    seat = await mcu.seat(count)
                    await seat.upstream(camera=True)
                    camera = seat.media().pipe(Mid.CAMERA)
                    await until(lambda camera=camera: camera.receive() is not None)  # type: ignore[misc]  # mypy can't infer a lambda's default
                await finish(process)
                _, errors = await asyncio.wait_for(process.communicate(), 30)
                return process.returncode, errors

    return asyncio.run(run())


def test_three_sites_in_a_child_send_their_pictures_and_end_with_standard_input(
    tmp_path: Path,
) -> None:
    async def close_stdin(process: Child) -> None:
        await tell(process, "report")
        sites = json.loads(await first_line(process))["sites"]
        assert {one["site"] for one in sites} == {"56", "568", "22327"}
        assert [one["switches"] for one in sites] == [[], [], []]
        assert process.stdin is not None
        process.stdin.close()

    assert with_three_sites(tmp_path, close_stdin) == (0, b"")


def test_a_child_ends_cleanly_at_sigterm(tmp_path: Path) -> None:
    async def terminate(process: Child) -> None:
        process.send_signal(signal.SIGTERM)

    assert with_three_sites(tmp_path, terminate) == (0, b"")


@pytest.mark.parametrize("line", ["", "no", "{}", '{"sites": [{}], "data": "/tmp"}'])
def test_a_line_that_is_no_fleet_gets_one_line_and_exit_status_two(
    tmp_path: Path, line: str
) -> None:
    async def run() -> tuple[int | None, bytes, bytes]:
        async with child(tmp_path) as process:
            out, errors = await asyncio.wait_for(process.communicate(line.encode() + b"\n"), 30)
            return process.returncode, out, errors

    status, out, errors = asyncio.run(run())
    assert (status, out) == (2, b"")
    assert errors.startswith(b"not a fleet: ")
    assert errors.count(b"\n") == 1


def test_a_code_may_not_be_there_twice(tmp_path: Path) -> None:
    one = SiteSpec(code=SiteId("56"), name="", url="ws://127.0.0.1:1/", token="t")
    with pytest.raises(ValidationError, match="twice"):
        FleetSpec(sites=(one, one), data=tmp_path)

"""The server child: who may read its password, and how it ends."""

import asyncio
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from nhipcau.bus.server import NatsServer, answers, find_nats_server
from nhipcau.ports.bus import BusError

WAIT_S = 20.0

PARENT = """
import asyncio, sys
from pathlib import Path
from nhipcau.bus.server import NatsServer

async def main():
    server = NatsServer(Path(sys.argv[1]))
    await server.start()
    print(server.pid, file=sys.stderr, flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state not in "ZX"


def test_the_binary_is_found_through_its_package() -> None:
    assert os.access(find_nats_server(), os.X_OK)


def test_only_we_may_read_the_password(tmp_path: Path) -> None:
    async def run() -> None:
        server = NatsServer(tmp_path / "bus")
        await server.start()
        await server.stop()
        config = tmp_path / "bus" / "nats-server.conf"
        assert server.address.password is not None
        assert server.address.password in config.read_text()
        assert server.address.password not in repr(server.address)
        assert stat.S_IMODE(config.stat().st_mode) == 0o600

    asyncio.run(run())


def test_a_stopped_server_answers_no_more_and_may_be_stopped_again(tmp_path: Path) -> None:
    async def run() -> None:
        server = NatsServer(tmp_path)
        await server.start()
        pid = server.pid
        assert pid is not None
        assert await answers(server.address)
        await server.stop()
        await server.stop()
        assert not alive(pid)
        assert not await answers(server.address)

    asyncio.run(run())


def test_a_server_that_ends_is_started_again_on_its_port(tmp_path: Path) -> None:
    async def run() -> None:
        server = NatsServer(tmp_path)
        await server.start()
        address, pid = server.address, server.pid
        keeper = asyncio.create_task(server.keep(), name="keep nats")
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        async with asyncio.timeout(WAIT_S):
            while server.pid in (pid, None) or not await answers(address):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        keeper.cancel()
        await asyncio.gather(keeper, return_exceptions=True)
        await server.stop()

    asyncio.run(run())


def test_a_server_that_cannot_start_says_where_its_log_is(tmp_path: Path) -> None:
    async def run() -> None:
        first = NatsServer(tmp_path / "first")
        await first.start()
        port = int(first.address.url.rpartition(":")[2])
        with pytest.raises(BusError, match="log"):
            await NatsServer(tmp_path / "second", port=port).start()
        await first.stop()

    asyncio.run(run())


def test_the_server_dies_with_whoever_started_it(tmp_path: Path) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path)],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    assert parent.stderr is not None
    try:
        pid = int(parent.stderr.readline())
        assert alive(pid)
    finally:
        parent.kill()
        parent.wait()
        parent.stderr.close()
    deadline = time.monotonic() + WAIT_S
    while alive(pid):
        assert time.monotonic() < deadline
        time.sleep(0.02)

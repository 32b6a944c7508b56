"""An office waits for its database and its bus, and tells again what a lost bus may not know."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from structlog.testing import capture_logs

from nhipcau.app.buslink import open_bus
from nhipcau.app.office_needs import tell_again, until_there
from nhipcau.bus.server import NatsServer
from nhipcau.ports.bus import BusError
from nhipcau.ports.tree import StoreError
from nhipcau.settings import BusSettings, OfficeSettings
from nhipcau.storage.database import sqlite_url

_PATIENCE_S = 45.0


class Away:
    """What is needed and away for some time."""

    def __init__(self, error: Exception, times: int) -> None:
        self.error, self.times, self.asked = error, times, 0

    async def __call__(self) -> None:
        self.asked += 1
        if self.asked <= self.times:
            raise self.error


def test_everything_that_is_needed_is_waited_for_and_told_of_once() -> None:
    database, bus = Away(StoreError("the database: refused"), 3), Away(BusError("away"), 1)
    with capture_logs() as said:
        needs = {"the database": database, "the bus": bus}
        assert asyncio.run(until_there(needs, stopping=_never))
    assert (database.asked, bus.asked) == (4, 2)
    assert [line["what"] for line in said] == ["the database", "the bus"]


def test_who_is_told_to_stop_waits_no_longer() -> None:
    away = Away(StoreError("the database: refused"), 1 << 30)
    assert not asyncio.run(until_there({"the database": away}, stopping=_soon))


def test_an_office_that_waits_ends_with_its_parent(tmp_path: Path) -> None:
    settings = OfficeSettings(
        port=0,
        data_dir=tmp_path,
        database_url=sqlite_url(tmp_path / "office.db"),
        # Nobody listens there.
        bus=BusSettings(url="nats://127.0.0.1:1"),
    )
    with (tmp_path / "said").open("wb") as said:
        office = subprocess.Popen(
            [sys.executable, "-m", "nhipcau", "office"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
        )
        assert office.stdin is not None
        assert office.stdout is not None
        office.stdin.write(settings.model_dump_json().encode() + b"\n")
        office.stdin.flush()
        _until_said(tmp_path / "said", "the office waits")
        office.stdin.close()
        assert office.wait(_PATIENCE_S) == 0
        assert office.stdout.read() == b""
        office.stdout.close()


def test_after_each_loss_of_the_bus_all_is_told_again_until_it_is_heard(tmp_path: Path) -> None:
    async def scene() -> None:
        nats = NatsServer(tmp_path)
        await nats.start()
        address = nats.address
        settings = BusSettings(url=address.url, user=address.user, password=address.password)
        tell = Away(BusError("not heard"), 1)
        async with open_bus(settings, "office") as bus, asyncio.timeout(_PATIENCE_S):
            await bus.link.wait_connected(_PATIENCE_S)
            task = asyncio.create_task(tell_again(bus.link, tell))
            await asyncio.sleep(0)
            assert nats.pid is not None
            os.kill(nats.pid, signal.SIGKILL)
            await nats.wait()
            await nats.start()
            while tell.asked < 2:  # noqa: ASYNC110 - counts
                await asyncio.sleep(0.05)
            # It was heard the second time: there is no third.
            await asyncio.sleep(2.5)
            assert tell.asked == 2
            task.cancel()
        await nats.stop()

    asyncio.run(scene())


async def _never() -> None:
    await asyncio.Event().wait()


async def _soon() -> None:
    await asyncio.sleep(0.01)


def _until_said(path: Path, words: str) -> None:
    end_s = time.monotonic() + _PATIENCE_S
    while words not in path.read_text():
        assert time.monotonic() < end_s, path.read_text()
        time.sleep(0.05)

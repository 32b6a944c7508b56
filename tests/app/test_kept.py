"""What the demo has started and what has ended begins again, until the demo itself ends."""

import asyncio
import os
import signal
from pathlib import Path

import pytest

from nhipcau.app.kept import kept_child
from nhipcau.bench.province import free_port
from nhipcau.quantities import McuName
from nhipcau.settings import BusSettings, McuSettings, MediaPlace
from tests.e2e.demo import alive, descendants

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]
_PATIENCE_S = 60.0


def test_a_process_that_was_killed_begins_again_when_nobody_holds_it_down(
    tmp_path: Path,
) -> None:
    async def scene() -> None:
        settings = McuSettings(
            name=McuName("mcu"),
            places=(MediaPlace(port=free_port(), media_port=free_port()),),
            data_dir=tmp_path / "data",
            # Nobody listens there.
            bus=BusSettings(url="nats://127.0.0.1:1"),
        )
        log, hold = tmp_path / "logs" / "mcu.log", tmp_path / "hold"
        log.parent.mkdir()
        async with kept_child("mcu", "mcu", settings.model_dump_json(), tmp_path) as first:
            hold.touch()
            os.kill(first.process.pid, signal.SIGKILL)
            await first.process.wait()
            # Much longer than it is away by itself, and than its own children take to follow it.
            await asyncio.sleep(5.0)
            assert not alive(descendants(os.getpid()) - before)
            hold.unlink()
            async with asyncio.timeout(_PATIENCE_S):
                while not alive(descendants(os.getpid()) - before):  # noqa: ASYNC110 - processes
                    await asyncio.sleep(0.05)

    before = descendants(os.getpid())
    asyncio.run(scene())
    assert not alive(descendants(os.getpid()) - before)

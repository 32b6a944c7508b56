"""An MCU in its real processes hosts what stands in its folder: no office, no bus, same places."""

import asyncio
import contextlib
import json
import os
import signal
import time
import urllib.request
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from nhipcau.app.children import Child, child
from nhipcau.bench.province import free_port
from nhipcau.mcu.hostingfolder import HostingFolder
from nhipcau.ports.messages import ConferencePlan
from nhipcau.quantities import ConferenceId, McuName
from nhipcau.settings import BusSettings, McuSettings, MediaPlace
from tests.mcu.machine import HandClock
from tests.mcu.nodes import Meeting

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

# Nobody listens there.
_NO_BUS = "nats://127.0.0.1:1"
_PATIENCE_S = 45.0


class Machine:
    """One MCU of two places; it may be started again and again."""

    def __init__(self, folder: Path) -> None:
        self.logs = folder
        ports = [free_port(), free_port()]
        self.urls = [f"http://127.0.0.1:{port}" for port in ports]
        self.settings = McuSettings(
            name=McuName("mcu"),
            places=tuple(MediaPlace(port=port, media_port=port) for port in ports),
            data_dir=folder / "data",
            bus=BusSettings(url=_NO_BUS),
        )
        self.folder = HostingFolder(self.settings.data_dir)

    def put(self, name: str, **changed: object) -> None:
        plan = Meeting(HandClock()).plan()
        update = {"conference": ConferenceId(name), "title": name, **changed}
        self.folder.put(ConferencePlan(**{**dict(plan), **update}))

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[Child]:
        said = self.settings.model_dump_json()
        async with child("mcu", ("mcu",), said, self.logs) as mcu:
            yield mcu

    def answers(self, place: int) -> bool:
        try:
            with urllib.request.urlopen(f"{self.urls[place]}/readyz", timeout=5) as answer:
                return bool(json.load(answer)["ready"])
        except OSError:
            return False

    async def until(self, place: int, *, answers: bool) -> None:
        end_s = time.monotonic() + _PATIENCE_S
        while await asyncio.to_thread(self.answers, place) != answers:
            assert time.monotonic() < end_s, (place, answers)
            await asyncio.sleep(0.1)

    def place(self, name: str) -> int | None:
        found = self.folder.find(ConferenceId(name))
        return None if found is None else found.place


def test_a_restarted_mcu_hosts_the_same_in_the_same_places_and_never_one_too_many(
    tmp_path: Path,
) -> None:
    machine = Machine(tmp_path)

    async def first() -> None:
        async with machine.running() as mcu:
            assert mcu.ready["hosted"] == []
            machine.put("b")
            await machine.until(0, answers=True)
            machine.put("a")
            await machine.until(1, answers=True)
            machine.put("one-too-many")

    async def second() -> None:
        async with machine.running() as mcu:
            hosted = {one["conference"]: one for one in mcu.ready["hosted"]}
            assert {name: one["url"] for name, one in hosted.items()} == {
                "b": machine.urls[0],
                "a": machine.urls[1],
            }
            # One falls: the other does not notice, and it is back in its place.
            os.kill(hosted["b"]["pid"], signal.SIGKILL)
            await machine.until(0, answers=True)
            # Raises where there is no such process.
            os.kill(hosted["a"]["pid"], 0)
            assert machine.place("one-too-many") is None
            # The office's word that "a" is over makes room.
            machine.put("a", over=True)
            await machine.until(1, answers=True)
            end_s = time.monotonic() + _PATIENCE_S
            while machine.place("one-too-many") != 1:
                assert time.monotonic() < end_s
                await asyncio.sleep(0.1)
            await machine.until(1, answers=True)

    asyncio.run(first())
    assert (machine.place("b"), machine.place("a")) == (0, 1)
    asyncio.run(second())

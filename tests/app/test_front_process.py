"""An MCU's front in its real processes, with no office and no bus: pressed, killed, ended."""

import asyncio
import contextlib
import json
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from nhipcau.app.children import Child, child
from nhipcau.bench.province import free_port
from nhipcau.credentials import statements
from nhipcau.credentials.statements import Challenge
from nhipcau.mcu.emergency.keeping import KeptFile
from nhipcau.ports.directory import Directory
from nhipcau.quantities import McuName
from nhipcau.settings import BusSettings, McuSettings, MediaPlace
from tests.e2e.demo import descendants
from tests.mcu.callers import NORTH_1, Device, directory_of
from tests.web.test_front_sockets import good_pass, hear, press, show, wait_at_bell

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

# Nobody listens there.
_NO_BUS = "nats://127.0.0.1:1"
_PATIENCE_S = 45.0
_RETRY_S = 0.1


class Machine:
    """One MCU of two places with a front, which was told of its rooms on another day."""

    def __init__(self, folder: Path, device: Device) -> None:
        self.logs, self.device = folder, device
        data = folder / "data"
        KeptFile.at(data / "front", "directory", Directory).save(directory_of([device]))
        ports = [free_port() for _ in range(3)]
        self.front = f"ws://127.0.0.1:{ports[2]}"
        self.settings = McuSettings(
            name=McuName("mcu-1"),
            places=tuple(MediaPlace(port=port, media_port=port) for port in ports[:2]),
            front_port=ports[2],
            data_dir=data,
            bus=BusSettings(url=_NO_BUS),
        )

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[Child]:
        said = self.settings.model_dump_json()
        async with child("mcu", ("mcu",), said, self.logs) as mcu:
            yield mcu

    @contextlib.asynccontextmanager
    async def at_the_bell(self) -> AsyncIterator[ClientConnection]:
        async with self._dialled(f"{self.front}/bell") as room:
            await wait_at_bell(room, self.device)
            await hear(room, "welcome")
            yield room

    @contextlib.asynccontextmanager
    async def at_the_desk(self) -> AsyncIterator[tuple[ClientConnection, dict[str, Any]]]:
        async with self._dialled(f"{self.front}/emergency/call") as desk:
            await show(desk, good_pass())
            yield desk, await hear(desk, "welcome")

    @contextlib.asynccontextmanager
    async def _dialled(self, url: str) -> AsyncIterator[ClientConnection]:
        """Dial until somebody answers: a process that was killed is being replaced."""
        async with asyncio.timeout(_PATIENCE_S):
            while True:
                try:
                    socket = await connect(url, proxy=None, max_size=2**22)
                    break
                except (OSError, WebSocketException):
                    await asyncio.sleep(_RETRY_S)
        async with socket:
            yield socket

    async def comes_in(self, url: str) -> None:
        """Let the room enter a conference by a proof of its key; return when it was offered media.

        The media process may still be on its way: a page dials again, too.
        """
        async with asyncio.timeout(_PATIENCE_S):
            while True:
                with contextlib.suppress(AssertionError, ConnectionClosed):
                    async with self._dialled(f"{url.replace('http', 'ws', 1)}/signal") as room:
                        await room.send(json.dumps({"type": "knock", "v": 1}))
                        asked = await hear(room, "challenge")
                        await room.send(self._hello(asked))
                        await hear(room, "offer")
                        return
                await asyncio.sleep(_RETRY_S)

    def _hello(self, asked: dict[str, Any]) -> str:
        challenge = Challenge(asked["nonce"], asked["conference"], asked["mcu"], asked["at_ms"])
        said = statements.admission(challenge, self.device.device, self.device.public)
        proof = {
            "device": self.device.device,
            "key": self.device.public,
            "signature": self.device.sign(said),
        }
        fields = {"type": "hello", "v": 1, "kind": "site", "capture": True, "proof": proof}
        return json.dumps(fields)


def fronts(mcu: int) -> list[int]:
    """Return the processes of an MCU's front, the warm one too."""
    found = []
    for pid in descendants(mcu):
        with contextlib.suppress(FileNotFoundError):
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            found += [pid] if b"front" in words else []
    assert found
    return found


async def end(called: dict[str, Any]) -> None:
    """End the conference as its chair."""
    url = f"{called['url'].replace('http', 'ws', 1)}/signal"
    token = called["chair"].partition("#token=")[2]
    hello = {"type": "hello", "v": 1, "kind": "viewer", "capture": False, "token": token}
    async with connect(url, proxy=None, max_size=2**22) as chair:
        await chair.send(json.dumps(hello))
        await hear(chair, "welcome")
        await chair.send(json.dumps({"type": "end_meeting"}))
        await hear(chair, "ended")


def test_a_press_is_hosted_without_office_and_bus_and_outlives_its_front(tmp_path: Path) -> None:
    async def scene() -> None:
        machine = Machine(tmp_path, Device(NORTH_1))
        async with machine.running() as mcu:
            async with machine.at_the_bell() as room, machine.at_the_desk() as (desk, _):
                await desk.send(press())
                called = await hear(desk, "called")
                ring = await hear(room, "ring")
                assert (ring["conference"], ring["url"]) == (called["conference"], called["url"])
                await machine.comes_in(called["url"])
            for front in fronts(mcu.process.pid):
                os.kill(front, signal.SIGKILL)
            async with machine.at_the_bell() as room:
                assert (await hear(room, "ring"))["conference"] == called["conference"]
                async with machine.at_the_desk() as (_, welcome):
                    (again,) = welcome["calls"]
                    assert again["conference"] == called["conference"]
                    await end(again)
                assert (await hear(room, "over"))["conference"] == called["conference"]

    asyncio.run(scene())

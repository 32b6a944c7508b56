"""The real HTTP server with a node behind it, in this process."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from nhipcau.app.httpserver import bind_tcp, serving
from nhipcau.app.mcu_metrics import mcu_metrics
from nhipcau.mcu.node import McuNode
from nhipcau.quantities import SiteId
from nhipcau.web.door import Door
from nhipcau.web.faults import SignallingCounters
from nhipcau.web.knocks import DoorLimits, Knocks
from nhipcau.web.mcu_app import mcu_app
from nhipcau.webrtc.memory import MemoryNetwork
from tests.mcu.machine import WallClock
from tests.mcu.nodes import Meeting

PATIENCE_S = 20.0
Message = dict[str, Any]


@dataclass(frozen=True, slots=True)
class LiveDoor:
    """A server that is up, and all that a test looks at."""

    meeting: Meeting
    node: McuNode
    door: Door
    knocks: Knocks
    port: int

    def dial(self) -> connect:
        """Return a WebSocket connection that is to be opened."""
        return connect(
            f"ws://127.0.0.1:{self.port}/signal", compression=None, proxy=None, max_size=2**22
        )

    async def tcp(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Return a plain TCP connection."""
        return await asyncio.open_connection("127.0.0.1", self.port)

    def refusals(self, code: str) -> int:
        """Return how often an error was answered."""
        return self.door.counters.stats().get(code, 0)

    def present(self, site: SiteId) -> bool:
        """Return True when the site is in the meeting."""
        return self.node.host.state.is_present(site)


@contextlib.asynccontextmanager
async def live_door(
    limits: DoorLimits | None = None, *, rehearsal: bool = False
) -> AsyncIterator[LiveDoor]:
    """Serve a node's signalling on a port of the loopback; nothing runs but that."""
    clock = WallClock()
    meeting = Meeting(clock, rehearsal=rehearsal)
    node = meeting.node(MemoryNetwork(clock))
    door = Door(node.desk, node.announcer, clock, SignallingCounters())
    knocks = Knocks(limits)
    app = mcu_app(door, node, node.is_ready, lambda: mcu_metrics(node, door, knocks))
    listener = bind_tcp("127.0.0.1", 0)
    port = int(listener.getsockname()[1])
    async with serving(app, listener, knocks), asyncio.timeout(3 * PATIENCE_S):
        yield LiveDoor(meeting, node, door, knocks, port)
        node.desk.close()


def hello(token: str, **fields: object) -> str:
    """Return a room's greeting as text."""
    said = {"type": "hello", "v": 1, "token": token, "kind": "site", "capture": True}
    return json.dumps({**said, "agent": "a test", **fields})


async def until(socket: ClientConnection, kind: str) -> Message:
    """Return the next message of a kind; the others are passed over."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            message: Message = json.loads(await socket.recv())
            if message["type"] == kind:
                return message


async def closed_with(socket: ClientConnection) -> int | None:
    """Return the close code; whatever comes before it is passed over."""
    async with asyncio.timeout(PATIENCE_S):
        try:
            while True:
                await socket.recv()
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else None


async def eventually(fact: Callable[[], bool], what: str) -> None:
    """Wait until `fact` is true."""
    deadline_s = asyncio.get_running_loop().time() + PATIENCE_S
    while not fact():
        assert asyncio.get_running_loop().time() < deadline_s, f"never: {what}"
        await asyncio.sleep(0.01)

"""A node at work behind a real server, and pages that are warm there; media by the twin."""

import asyncio
import contextlib
import itertools
import json
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from websockets.asyncio.client import ClientConnection, connect

from nhipcau.app.httpserver import bind_tcp, serving
from nhipcau.mcu.node import McuNode
from nhipcau.ports.transport import DOWNSTREAM, UPSTREAM, Connection, Mid, SendLine
from nhipcau.quantities import SiteId, Ssrc
from nhipcau.rtp.packet import is_rtcp
from nhipcau.web.door import Door
from nhipcau.web.faults import SignallingCounters
from nhipcau.web.knocks import Knocks
from nhipcau.web.mcu_app import mcu_app
from nhipcau.web.ratelimit import HelloLimit
from nhipcau.webrtc.memory import MemoryNetwork, MemoryTransport
from tests.mcu.machine import WallClock
from tests.mcu.nodes import Meeting
from tests.web.doors import Message, hello, until


@dataclass(frozen=True, slots=True)
class WarmDoor:
    """A server that is up, with a node that composes and mixes."""

    meeting: Meeting
    node: McuNode
    network: MemoryNetwork
    knocks: Knocks
    port: int
    _ssrcs: "itertools.count[int]" = field(default_factory=lambda: itertools.count(9_000))
    _came: dict[Connection, Counter[Mid]] = field(default_factory=dict)

    def call(self) -> connect:
        """Return a page's WebSocket that is to be opened."""
        return connect(
            f"ws://127.0.0.1:{self.port}/signal", compression=None, proxy=None, max_size=2**22
        )

    @contextlib.asynccontextmanager
    async def room(self, token: str) -> AsyncIterator[ClientConnection]:
        """Seat a room."""
        async with self.call() as page:
            await page.send(hello(token))
            await self.answer(page)
            yield page

    @contextlib.asynccontextmanager
    async def warm(
        self, site: SiteId, token: str = ""
    ) -> AsyncIterator[tuple[ClientConnection, Connection]]:
        """Have a warm page; yield its socket and its end of the media."""
        async with self.call() as page:
            await page.send(hello(token or self.meeting.token(site), type="warm"))
            yield page, await self.answer(page)

    async def answer(self, page: ClientConnection) -> Connection:
        """Answer the offer that comes."""
        offer = (await until(page, "offer"))["sdp"]
        lines = [SendLine(mid, Ssrc(next(self._ssrcs)), "room") for mid in UPSTREAM]
        connection = MemoryTransport(self.network).answer(offer, lines)
        await page.send(json.dumps({"type": "answer", "sdp": connection.local_sdp()}))
        return connection

    async def told(self, page: ClientConnection, kind: str) -> list[Message]:
        """Return what a page is told up to a message of this kind."""
        told: list[Message] = []
        async with asyncio.timeout(20):
            while not told or told[-1]["type"] != kind:
                told.append(json.loads(await page.recv()))
        return told

    def packets(self, connection: Connection) -> int:
        """Return how much has come down a connection, reports included."""
        return sum(self._read(connection).values())

    def brings(self, connection: Connection, mid: Mid) -> bool:
        """Return True when a line has brought media."""
        return self._read(connection)[mid] > 0

    def _read(self, connection: Connection) -> Counter[Mid]:
        came = self._came.setdefault(connection, Counter())
        for mid in DOWNSTREAM:
            while (data := connection.pipe(mid).receive()) is not None:
                came[mid] += not is_rtcp(data)
                came[Mid.CAMERA] += is_rtcp(data)
        return came


@contextlib.asynccontextmanager
async def warm_door(hellos: HelloLimit | None = None) -> AsyncIterator[WarmDoor]:
    """Serve a node that is at work on a port of the loopback."""
    clock = WallClock()
    meeting = Meeting(clock)
    network = MemoryNetwork(clock)
    node = meeting.node(network)
    door = Door(
        node.desk,
        node.announcer,
        clock,
        SignallingCounters(),
        hellos=hellos or HelloLimit(),
        reigning=node.reigning,
    )
    knocks = Knocks()
    listener = bind_tcp("127.0.0.1", 0)
    port = int(listener.getsockname()[1])
    node.start(lambda _name: lambda: None)
    async with (
        serving(mcu_app(door, node, node.is_ready, list), listener, knocks),
        asyncio.timeout(90),
    ):
        running = asyncio.create_task(node.run())
        try:
            yield WarmDoor(meeting, node, network, knocks, port)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            await node.aclose()

"""A root and a leaf in this process: real WebSockets between them, media by the in-memory twin."""

import asyncio
import contextlib
import itertools
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from nhipcau.app.drilling import LineCut
from nhipcau.app.httpserver import bind_tcp, serving
from nhipcau.app.leaf_calls import LeafCaller, leaf_dials
from nhipcau.codec.raw import RawCodecs
from nhipcau.mcu.engine import Adapters
from nhipcau.mcu.lane import Lane
from nhipcau.mcu.leaf import LeafNode
from nhipcau.mcu.leafallegiance import Allegiance
from nhipcau.mcu.leafengine import LeafEngine
from nhipcau.mcu.leaflanes import LeafLanes
from nhipcau.mcu.node import McuNode
from nhipcau.mcu.replica import Replica
from nhipcau.mcu.streams import StreamNames
from nhipcau.mcu.succession import LeafVoice, Reign
from nhipcau.ports.messages import ConferencePlan, PlannedLeaf
from nhipcau.ports.transport import UPSTREAM, SendLine
from nhipcau.quantities import McuName, SiteId, Ssrc, ViewId
from nhipcau.storage.memorylog import MemoryLog
from nhipcau.web.below_door import BelowDoor, hang_below
from nhipcau.web.door import Door
from nhipcau.web.faults import SignallingCounters
from nhipcau.web.knocks import Knocks
from nhipcau.web.leaf_app import leaf_app
from nhipcau.web.mcu_app import mcu_app
from nhipcau.webrtc.memory import MemoryNetwork, MemoryTransport
from tests.mcu.machine import WallClock
from tests.mcu.nodes import Meeting
from tests.web.doors import eventually, hello, until

LEAF = McuName("mcu-huyen")
KEY = "a trunk key of a test, of 32 bytes"


class WatchedEngine(LeafEngine):
    """A leaf's engine; a test sees the lanes and says which rungs are in use or wished for."""

    def __init__(self, adapters: Adapters, names: StreamNames) -> None:
        super().__init__(adapters, names)
        self.carried: list[Lane] = []
        self.lent: dict[Lane, SiteId | None] = {}
        self.used: frozenset[tuple[ViewId, str]] | None = None
        self.places: dict[SiteId, int] | None = None

    def carry(self, lane: Lane) -> None:
        super().carry(lane)
        self.carried.append(lane)

    def drop(self, lane: Lane) -> None:
        super().drop(lane)
        self.carried.remove(lane)
        self.lent.pop(lane, None)

    def lend(self, lane: Lane, site: SiteId | None) -> None:
        super().lend(lane, site)
        self.lent[lane] = site

    def rungs_in_use(self) -> frozenset[tuple[ViewId, str]]:
        return super().rungs_in_use() if self.used is None else self.used

    def audience(self) -> set[SiteId | None]:
        """Return who sees and hears the meeting."""
        return {media.seat for media in self._scene.audience(self.connected())}

    def wishes(self) -> Mapping[SiteId, int]:
        return super().wishes() if self.places is None else self.places


@dataclass(slots=True)
class Cascade:
    """A root and a leaf that is joined to it, and what a test does to them."""

    meeting: Meeting
    plan: ConferencePlan
    network: MemoryNetwork
    root: McuNode
    leaf: LeafNode
    engine: WatchedEngine
    root_port: int
    leaf_port: int
    root_knocks: Knocks
    line: LineCut
    leaf_knocks: Knocks
    _ports: "itertools.count[int]" = field(default_factory=lambda: itertools.count(9_000))

    def call(self, port: int) -> connect:
        """Return a page's WebSocket that is to be opened."""
        return connect(
            f"ws://127.0.0.1:{port}/signal", compression=None, proxy=None, max_size=2**22
        )

    @contextlib.asynccontextmanager
    async def room(
        self, site: SiteId, port: int | None = None
    ) -> AsyncIterator[tuple[ClientConnection, list[Any]]]:
        """Seat a room behind the leaf; yield its socket and what it has been told so far.

        `port` is that of another leaf.
        """
        async with self.call(port or self.leaf_port) as socket:
            await socket.send(hello(self.meeting.token(site)))
            told: list[Any] = []
            while not told or told[-1]["type"] != "offer":
                told.append(json.loads(await socket.recv()))
            lines = [SendLine(mid, Ssrc(next(self._ports)), "room") for mid in UPSTREAM]
            connection = MemoryTransport(self.network).answer(told[-1]["sdp"], lines)
            await socket.send(json.dumps({"type": "answer", "sdp": connection.local_sdp()}))
            yield socket, told

    @contextlib.asynccontextmanager
    async def warm(self, site: SiteId, token: str = "") -> AsyncIterator[ClientConnection]:
        """Have a page that stands ready at the leaf."""
        async with self.call(self.leaf_port) as page:
            await page.send(hello(token or self.meeting.token(site), type="warm"))
            await self.answer(page)
            yield page

    async def answer(self, page: ClientConnection) -> None:
        """Answer the offer that comes."""
        offer = (await until(page, "offer"))["sdp"]
        lines = [SendLine(mid, Ssrc(next(self._ports)), "room") for mid in UPSTREAM]
        connection = MemoryTransport(self.network).answer(offer, lines)
        await page.send(json.dumps({"type": "answer", "sdp": connection.local_sdp()}))

    @contextlib.asynccontextmanager
    async def at_root(self, token: str) -> AsyncIterator[ClientConnection]:
        """Seat a room at the root itself."""
        async with self.call(self.root_port) as page:
            await page.send(hello(token))
            await self.answer(page)
            yield page

    @contextlib.asynccontextmanager
    async def chair(self) -> AsyncIterator[ClientConnection]:
        """Open the chair's page at the root."""
        async with self.call(self.root_port) as socket:
            token = self.meeting.token(None, "chair")
            await socket.send(hello(token, kind="viewer", capture=False))
            await until(socket, "welcome")
            yield socket

    def part(self) -> None:
        """Let the leaf have no root any more, as if its trunk had just broken."""
        assert self.leaf.allegiance.root is not None
        self.leaf.trunk_down(self.leaf.allegiance.root)

    async def cut(self) -> None:
        """Break the trunk once, without a word."""
        trunk = self.root.desk.trunks.all[LEAF]
        trunk.outbox.overflowed.set()
        await eventually(lambda: self.root.desk.trunks.all.get(LEAF) is not trunk, "the cut")


def with_leaf(plan: ConferencePlan, url: str, key: str = KEY) -> ConferencePlan:
    """Return a plan with one leaf."""
    leaves = (PlannedLeaf(mcu=LEAF),)
    return plan.model_copy(update={"leaves": leaves, "root_url": url, "trunk_key": key})


@contextlib.asynccontextmanager
async def cascade(**changes: Any) -> AsyncIterator[Cascade]:
    """Run a root and a leaf; enter when the trunk and its first lanes are up.

    `changes` are of the plan.
    """
    clock = WallClock()
    meeting = Meeting(clock, rehearsal=bool(changes.get("rehearsal")))
    network = MemoryNetwork(clock)
    root = meeting.node(network)
    listener, other = bind_tcp("127.0.0.1", 0), bind_tcp("127.0.0.1", 0)
    root_port, leaf_port = listener.getsockname()[1], other.getsockname()[1]
    plan = with_leaf(meeting.plan(), f"http://127.0.0.1:{root_port}")
    plan = plan.model_copy(update=changes)
    root.take_plan(plan)
    root.start(lambda _name: lambda: None)
    door = Door(root.desk, root.announcer, clock, SignallingCounters())
    app = mcu_app(door, root, root.is_ready, list)
    engine, leaf = make_leaf(network, clock)
    engine.start(lambda _name: lambda: None, lambda: None)
    line = LineCut()
    face = leaf_app(leaf, lambda: plan, list)
    knocks, leaf_knocks = Knocks(), Knocks()
    hang_below(face, BelowDoor(leaf, LEAF, lambda: plan))
    async with (
        serving(app, listener, knocks),
        serving(face, other, leaf_knocks),
        asyncio.timeout(60),
    ):
        dials = leaf_dials(LeafCaller(LEAF, "", leaf, lambda: plan), lambda: plan, line)
        works = (root.run(), leaf.run(), *(dial.run() for dial in dials))
        tasks = [asyncio.create_task(work) for work in works]
        try:
            await eventually(lambda: len(engine.carried) >= 6, "the first lanes")
            world = Cascade(
                meeting,
                plan,
                network,
                root,
                leaf,
                engine,
                root_port,
                leaf_port,
                knocks,
                line,
                leaf_knocks,
            )
            yield world
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            leaf.close()
            await root.aclose()
            await asyncio.to_thread(engine.stop)


def make_leaf(
    network: MemoryNetwork, clock: WallClock, name: McuName = LEAF, first_ssrc: int = 50_000
) -> tuple[WatchedEngine, LeafNode]:
    """Return a leaf of the in-memory transport, and its engine."""
    ssrcs = itertools.count(first_ssrc)
    names = StreamNames("leaf", lambda: Ssrc(next(ssrcs)))
    adapters = Adapters(MemoryTransport(network), RawCodecs(clock), clock)
    engine = WatchedEngine(adapters, names)
    lanes = LeafLanes(engine, MemoryTransport(network), names)
    replica = Replica(lambda _anew: MemoryLog())
    allegiance = Allegiance(LeafVoice(name, Reign(1, McuName("mcu"))), clock)
    return engine, LeafNode(engine, lanes, replica, clock, allegiance)

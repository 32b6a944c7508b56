"""A leaf below the leaf, in this process: real WebSockets on both trunks."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from websockets.asyncio.client import ClientConnection

from nhipcau.app.httpserver import bind_tcp, serving
from nhipcau.app.leaf_calls import LeafCaller, leaf_dials
from nhipcau.mcu.leaf import LeafNode
from nhipcau.ports.messages import PlannedLeaf
from nhipcau.quantities import McuName, SiteId
from nhipcau.web.knocks import Knocks
from nhipcau.web.leaf_app import leaf_app
from tests.mcu.machine import WallClock
from tests.web.doors import eventually
from tests.web.trunks import LEAF, Cascade, WatchedEngine, cascade, make_leaf

BELOW = McuName("mcu-cum-xa")


@dataclass(slots=True)
class DeepCascade:
    """A root, a leaf, and a leaf below that, and what a test does to them."""

    upper: Cascade
    below: LeafNode
    engine: WatchedEngine
    port: int

    @contextlib.asynccontextmanager
    async def room(self, site: SiteId) -> AsyncIterator[tuple[ClientConnection, list[Any]]]:
        """Seat a room at the leaf below; yield its socket and what it has been told so far."""
        async with self.upper.room(site, self.port) as (socket, told):
            yield socket, told

    async def cut_below(self) -> None:
        """Break the lower trunk once, without a word."""
        joined = self.upper.leaf.below.all
        before = joined[BELOW]
        before.upper.outbox.overflowed.set()
        await eventually(lambda: joined.get(BELOW, before) is not before, "the lower trunk again")


@contextlib.asynccontextmanager
async def deep_cascade() -> AsyncIterator[DeepCascade]:
    """Run a root, a leaf and a leaf below it; enter when both trunks and their lanes are up."""
    leaves = (PlannedLeaf(mcu=LEAF), PlannedLeaf(mcu=BELOW, uplink=LEAF))
    async with cascade(leaves=leaves) as upper:
        clock = WallClock()
        engine, below = make_leaf(upper.network, clock, BELOW, 80_000)
        engine.start(lambda _name: lambda: None, lambda: None)
        listener = bind_tcp("127.0.0.1", 0)
        port = int(listener.getsockname()[1])
        leaves = (PlannedLeaf(mcu=LEAF, url=f"http://127.0.0.1:{upper.leaf_port}"), leaves[1])
        plan = upper.plan.model_copy(update={"leaves": leaves})
        face = leaf_app(below, lambda: plan, list)
        async with serving(face, listener, Knocks()):
            dials = leaf_dials(LeafCaller(BELOW, "", below, lambda: plan), lambda: plan)
            works = (below.run(), *(dial.run() for dial in dials))
            tasks = [asyncio.create_task(work) for work in works]
            try:
                await eventually(lambda: below.is_up, "the lower trunk")
                await eventually(lambda: len(engine.carried) >= 6, "the first lanes below")
                yield DeepCascade(upper, below, engine, port)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
                below.close()
                await asyncio.to_thread(engine.stop)

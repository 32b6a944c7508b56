"""Both buses behind one door: each test of the contract runs on a real server and on the twin."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from nhipcau.bus.certificates import make_certificates
from nhipcau.bus.leaves import DOMAIN, Hub, Link, Uplink, free_port
from nhipcau.bus.memory import MemoryBus, MemoryHub, MemoryRegistry
from nhipcau.bus.natsbus import NatsBus
from nhipcau.bus.natslink import NatsLink
from nhipcau.bus.natsregistry import NatsRegistry
from nhipcau.bus.server import NatsServer
from nhipcau.ports.bus import Bus, BusError, BusMessage, Handler, Registry, Subscription
from nhipcau.ports.busrights import EVERYTHING

SMALL_INBOX = 8
CONNECT_TIMEOUT_S = 20.0


@dataclass(frozen=True, slots=True)
class Line:
    """Two ends of one bus, and a registry seen from each."""

    left: Bus
    right: Bus
    left_registry: Registry
    right_registry: Registry


OpenLine = Callable[[], AbstractAsyncContextManager[Line]]


@asynccontextmanager
async def memory_line() -> AsyncIterator[Line]:
    hub = MemoryHub()
    left = MemoryBus(hub, inbox_limit=SMALL_INBOX)
    right = MemoryBus(hub, inbox_limit=SMALL_INBOX)
    yield Line(left, right, MemoryRegistry(hub), MemoryRegistry(hub))
    await left.aclose()
    await right.aclose()


@asynccontextmanager
async def nats_line(server: NatsServer) -> AsyncIterator[Line]:
    links = [await NatsLink.start(server.address, name=name) for name in ("left", "right")]
    left, right = (NatsBus(link, inbox_limit=SMALL_INBOX) for link in links)
    try:
        for link in links:
            await link.wait_connected(CONNECT_TIMEOUT_S)
        yield Line(left, right, NatsRegistry(links[0], "test"), NatsRegistry(links[1], "test"))
    finally:
        await left.aclose()
        await right.aclose()


@asynccontextmanager
async def served_line(data_dir: Path) -> AsyncIterator[Line]:
    server = NatsServer(data_dir)
    await server.start()
    try:
        async with nats_line(server) as line:
            yield line
    finally:
        await server.stop()


@asynccontextmanager
async def leaf_line(data_dir: Path) -> AsyncIterator[Line]:
    """The left end at a hub, the right one at a leaf below it."""
    tls = make_certificates(data_dir / "tls", ("hub", "leaf"), datetime.now(UTC))
    link = Link("district", "secret", EVERYTHING)
    hub_side = Hub(free_port(), tls["hub"], (link,))
    hub = NatsServer(data_dir / "hub", side=hub_side)
    leaf = NatsServer(data_dir / "leaf", side=Uplink("127.0.0.1", hub_side.port, link, tls["leaf"]))
    links = []
    try:
        for server, name in ((hub, "left"), (leaf, "right")):
            await server.start()
            links.append(await NatsLink.start(server.address, name=name))
            await links[-1].wait_connected(CONNECT_TIMEOUT_S)
        await joined(*links)
        left, right = (
            Settling(NatsBus(link, inbox_limit=SMALL_INBOX), lambda: joined(*links))
            for link in links
        )
        registries = NatsRegistry(links[0], "test"), NatsRegistry(links[1], "test", domain=DOMAIN)
        yield Line(left, right, *registries)
        await left.aclose()
        await right.aclose()
    finally:
        for one in links:
            await one.aclose()
        await leaf.stop()
        await hub.stop()


class Said:
    """What was said over a bus, without what servers say among themselves."""

    def __init__(self, heard: Subscription) -> None:
        self._heard = heard
        self._messages = aiter(heard)

    @property
    def dropped(self) -> int:
        return self._heard.dropped

    @dropped.setter
    def dropped(self, _: int) -> None:
        raise AssertionError("it is counted elsewhere")

    def __aiter__(self) -> AsyncIterator[BusMessage]:
        return self

    async def __anext__(self) -> BusMessage:
        while True:
            message = await anext(self._messages)
            if not message.subject.startswith(("$", "_")):
                return message


class Settling:
    """A bus in a tree, whose subscriptions are known at the other end when they are entered.

    They travel by themselves, in line with what else goes that way: so an answer that has gone
    from leaf to hub and back came after them.
    """

    def __init__(self, bus: NatsBus, settle: Callable[[], Awaitable[None]]) -> None:
        self._bus = bus
        self._settle = settle
        self.publish, self.request, self.aclose = bus.publish, bus.request, bus.aclose

    @asynccontextmanager
    async def subscribe(self, pattern: str) -> AsyncIterator[Subscription]:
        async with self._bus.subscribe(pattern) as messages:
            await self._settle()
            yield Said(messages)

    @asynccontextmanager
    async def respond(self, pattern: str, handler: Handler) -> AsyncIterator[None]:
        async with self._bus.respond(pattern, handler):
            await self._settle()
            yield


async def joined(hub: NatsLink, leaf: NatsLink) -> None:
    """Wait until a leaf is at its hub: it reads there what the hub has."""
    await NatsRegistry(hub, "joined").put("key", b"")
    there = NatsRegistry(leaf, "joined", domain=DOMAIN)
    async with asyncio.timeout(CONNECT_TIMEOUT_S):
        while True:
            try:
                if await there.get("key") is not None:
                    return
            except BusError:
                await asyncio.sleep(0.05)


@pytest.fixture(params=["memory", "nats", "leaf"])
def open_line(request: pytest.FixtureRequest, tmp_path: Path) -> OpenLine:
    if request.param == "memory":
        return memory_line
    return lambda: (leaf_line if request.param == "leaf" else served_line)(tmp_path)

"""Both buses behind one door: each test of the contract runs on a real server and on the twin."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from nhipcau.bus.memory import MemoryBus, MemoryHub, MemoryRegistry
from nhipcau.bus.natsbus import NatsBus
from nhipcau.bus.natslink import NatsLink
from nhipcau.bus.natsregistry import NatsRegistry
from nhipcau.bus.server import NatsServer
from nhipcau.ports.bus import Bus, Registry

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


@pytest.fixture(params=["memory", "nats"])
def open_line(request: pytest.FixtureRequest, tmp_path: Path) -> OpenLine:
    if request.param == "memory":
        return memory_line
    return lambda: served_line(tmp_path)

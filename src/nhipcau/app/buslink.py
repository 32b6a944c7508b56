"""Opens the bus of a process: one NATS link with the bus and the registry on it."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

from nhipcau.bus.natsbus import NatsBus
from nhipcau.bus.natslink import NatsAddress, NatsLink
from nhipcau.bus.natsregistry import NatsRegistry
from nhipcau.settings import BusSettings

# The registry's bucket in JetStream.
BUCKET = "nhipcau"


@dataclass(frozen=True, slots=True)
class OpenBus:
    """What a process speaks over."""

    link: NatsLink
    bus: NatsBus
    registry: NatsRegistry


@contextlib.asynccontextmanager
async def open_bus(settings: BusSettings, name: str) -> AsyncIterator[OpenBus]:
    """Yield the bus; enters at once, also while the server is away."""
    address = NatsAddress(settings.url, settings.user, settings.password)
    link = await NatsLink.start(address, name=name)
    bus = NatsBus(link)
    try:
        yield OpenBus(link, bus, NatsRegistry(link, BUCKET))
    finally:
        await bus.aclose()

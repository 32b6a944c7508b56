"""Opens the bus of a process: one NATS link with the bus and the registry on it."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

from nhipcau.bus.natsbus import NatsBus
from nhipcau.bus.natslink import NatsAddress, NatsLink
from nhipcau.bus.natsregistry import NatsRegistry
from nhipcau.settings import BusSettings


@dataclass(frozen=True, slots=True)
class OpenBus:
    """What a process speaks over."""

    link: NatsLink
    bus: NatsBus
    registry: NatsRegistry


@contextlib.asynccontextmanager
async def open_bus(
    settings: BusSettings, name: str, *, found: bool = False
) -> AsyncIterator[OpenBus]:
    """Yield the bus; enters at once, also while the server is away.

    Args:
        settings: where it is, and how this process gets in.
        name: what the server calls this connection.
        found: make the registry where there is none, as the office does.
    """
    address = NatsAddress(settings.url, settings.user, settings.password)
    link = await NatsLink.start(address, name=name)
    bus = NatsBus(link)
    try:
        yield OpenBus(link, bus, NatsRegistry(link, found=found, domain=settings.domain))
    finally:
        await bus.aclose()

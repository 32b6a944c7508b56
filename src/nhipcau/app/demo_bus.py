"""The demo's bus: a server for office and MCUs, begun again whenever it ends."""

import asyncio
import contextlib
from collections.abc import Sequence
from pathlib import Path

from nhipcau.bus.server import NatsServer
from nhipcau.ports.busrights import mcu_rights, office_rights
from nhipcau.quantities import McuName
from nhipcau.settings import BusSettings

OFFICE = "office"


async def run_bus(
    data: Path, mcus: Sequence[McuName], stack: contextlib.AsyncExitStack
) -> NatsServer:
    """Return the bus, which runs until the stack is left.

    Raises:
        BusError: it does not start.
    """
    nats = NatsServer(
        data / "nats", users={OFFICE: office_rights(), **{mcu: mcu_rights(mcu) for mcu in mcus}}
    )
    await nats.start()
    stack.push_async_callback(nats.stop)
    stack.callback(asyncio.create_task(nats.keep(), name="bus keeper").cancel)
    return nats


def bus_of(nats: NatsServer, name: str) -> BusSettings:
    """Return how a process of this name gets to the bus."""
    address = nats.address_of(name)
    return BusSettings(url=address.url, user=address.user, password=address.password)

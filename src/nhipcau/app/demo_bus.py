"""The demo's bus: a server for office and MCUs, begun again whenever it ends."""

import asyncio
import contextlib
from collections.abc import Sequence
from pathlib import Path

from nhipcau.app.kept import released
from nhipcau.bus.server import NatsServer
from nhipcau.ports.bus import BusError
from nhipcau.ports.busrights import mcu_rights, office_rights
from nhipcau.quantities import McuName
from nhipcau.settings import BusSettings

OFFICE = "office"
_AGAIN_S = 1.0


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
    stack.callback(asyncio.create_task(_keep(nats, data), name="bus keeper").cancel)
    return nats


async def _keep(nats: NatsServer, data: Path) -> None:
    """Begin it again whenever it ends and nobody holds it down, until cancelled."""
    while True:
        await nats.wait()
        await released(data)
        try:
            await nats.start()
        except BusError:
            await asyncio.sleep(_AGAIN_S)


def bus_of(nats: NatsServer, name: str) -> BusSettings:
    """Return how a process of this name gets to the bus."""
    address = nats.address_of(name)
    return BusSettings(url=address.url, user=address.user, password=address.password)

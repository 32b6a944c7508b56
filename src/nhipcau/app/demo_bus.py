"""The demo's bus: a hub for office and province, and a server of its own for each district.

    office, root, standby ─▶ hub ◀═ TLS ═ leaf of a district ◀─ the district's MCU

Each server is begun again whenever it ends. The hub keeps the registry.
"""

import asyncio
import contextlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from nhipcau.app.kept import released
from nhipcau.bus.certificates import make_certificates
from nhipcau.bus.leaves import DOMAIN, Hub, Link, Uplink, free_port
from nhipcau.bus.server import NatsServer
from nhipcau.ports.bus import BusError
from nhipcau.ports.busrights import BusRights, mcu_rights, office_rights
from nhipcau.quantities import McuName
from nhipcau.settings import BusSettings

OFFICE = "office"
_AGAIN_S = 1.0
_HUB = "hub"
_HOST = "127.0.0.1"
_PASSWORD_BYTES = 32


@dataclass(frozen=True, slots=True)
class DemoBus:
    """The servers of the demo: the hub, and those of districts by the names of their MCUs."""

    hub: NatsServer
    leaves: Mapping[McuName, NatsServer] = field(default_factory=dict)

    def settings_of(self, name: str) -> BusSettings:
        """Return how a process of this name gets to the bus."""
        leaf = self.leaves.get(McuName(name))
        if leaf is None:
            return bus_of(self.hub, name)
        return bus_of(leaf, name).model_copy(update={"domain": DOMAIN})


async def run_bus(
    data: Path,
    here: Sequence[McuName],
    districts: Sequence[McuName],
    stack: contextlib.AsyncExitStack,
) -> DemoBus:
    """Return the bus, which runs until the stack is left.

    Args:
        data: the demo's folder.
        here: MCUs that are at the hub itself.
        districts: MCUs that get a server of their own.
        stack: stops the servers when it is left.

    Raises:
        BusError: one does not start.
    """
    users: dict[str, BusRights] = {OFFICE: office_rights()}
    users |= {mcu: mcu_rights(mcu) for mcu in here}
    if not districts:
        return DemoBus(await _run(NatsServer(data / "nats", users=users), data, stack))
    tls = make_certificates(data / "nats-tls", (_HUB, *districts), datetime.now(UTC))
    links = {
        mcu: Link(mcu, secrets.token_urlsafe(_PASSWORD_BYTES), mcu_rights(mcu)) for mcu in districts
    }
    side = Hub(free_port(), tls[_HUB], tuple(links.values()))
    hub = await _run(NatsServer(data / "nats", users=users, side=side), data, stack)
    leaves = {}
    for mcu, link in links.items():
        uplink = Uplink(_HOST, side.port, link, tls[mcu])
        mine: dict[str, BusRights] = {mcu: mcu_rights(mcu)}
        leaf = NatsServer(data / f"nats-{mcu}", users=mine, side=uplink)
        leaves[mcu] = await _run(leaf, data, stack)
    return DemoBus(hub, leaves)


async def _run(nats: NatsServer, data: Path, stack: contextlib.AsyncExitStack) -> NatsServer:
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
    """Return how a process of this name gets to one server."""
    address = nats.address_of(name)
    return BusSettings(url=address.url, user=address.user, password=address.password)

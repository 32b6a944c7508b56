"""The bus as a tree: what a district may say, and that each half lives when the line is cut."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import nats.errors
import pytest

from nhipcau.bus.certificates import make_certificates
from nhipcau.bus.leaves import DOMAIN, Hub, Link, Uplink, free_port
from nhipcau.bus.natsbus import NatsBus
from nhipcau.bus.natslink import NatsLink
from nhipcau.bus.natsregistry import NatsRegistry
from nhipcau.bus.server import NatsServer
from nhipcau.ports.bus import BusError
from nhipcau.ports.busrights import EVERYTHING, mcu_rights, office_rights
from nhipcau.quantities import McuName

from .conftest import CONNECT_TIMEOUT_S

OURS, OTHER = McuName("mcu-573"), McuName("mcu-575")
_PATIENCE_S = 45.0


@dataclass(frozen=True, slots=True)
class Tree:
    """Hub and leaf; whoever asks for it is at one of them."""

    hub: NatsServer
    leaf: NatsServer

    @asynccontextmanager
    async def office(self) -> AsyncIterator[NatsLink]:
        link = await NatsLink.start(self.hub.address_of("office"), name="office")
        await link.wait_connected(CONNECT_TIMEOUT_S)
        yield link
        await link.aclose()

    @asynccontextmanager
    async def district(self, name: str) -> AsyncIterator[NatsLink]:
        link = await NatsLink.start(self.leaf.address_of(name), name=name)
        await link.wait_connected(CONNECT_TIMEOUT_S)
        yield link
        await link.aclose()


@asynccontextmanager
async def tree(folder: Path) -> AsyncIterator[Tree]:
    """A hub, and a leaf that was taken over: at its own server one user may everything."""
    tls = make_certificates(folder / "tls", ("hub", "leaf"), datetime.now(UTC))
    link = Link(OURS, "secret", mcu_rights(OURS))
    side = Hub(free_port(), tls["hub"], (link,))
    hub = NatsServer(folder / "hub", users={"office": office_rights()}, side=side)
    leaf = NatsServer(
        folder / "leaf",
        users={OURS: mcu_rights(OURS), "thief": EVERYTHING},
        side=Uplink("127.0.0.1", side.port, link, tls["leaf"]),
    )
    await hub.start()
    await leaf.start()
    try:
        yield Tree(hub, leaf)
    finally:
        await leaf.stop()
        await hub.stop()


async def eventually_there(registry: NatsRegistry, key: str, value: bytes) -> None:
    async with asyncio.timeout(_PATIENCE_S):
        while True:
            try:
                found = await registry.get(key)
            except BusError:
                found = None
            if found is not None and found.value == value:
                return
            await asyncio.sleep(0.1)


def test_the_hub_takes_from_a_district_only_what_is_the_districts_to_say(tmp_path: Path) -> None:
    async def scene() -> None:
        async with (
            tree(tmp_path) as bus,
            bus.office() as office,
            bus.district(OURS) as ours,
            bus.district("thief") as thief,
        ):
            kept = NatsRegistry(office)
            await kept.put("plan.m", b"good")
            there = NatsRegistry(ours, domain=DOMAIN, found=False)
            await eventually_there(there, "plan.m", b"good")
            heard: list[str] = []
            async with NatsBus(office).subscribe("mcu.*.status") as messages:
                await asyncio.sleep(0)

                async def listen() -> None:
                    async for message in messages:
                        heard.append(message.subject)
                        if len(heard) == 2:
                            return

                listening = asyncio.create_task(listen())
                # The line carries what one says in order: the good word comes behind the bad one.
                async with asyncio.timeout(_PATIENCE_S):
                    while not listening.done():
                        await NatsBus(thief).publish(f"mcu.{OTHER}.status", b"1")
                        await NatsBus(ours).publish(f"mcu.{OURS}.status", b"1")
                        await asyncio.sleep(0.1)
            assert set(heard) == {f"mcu.{OURS}.status"}
            stolen = NatsRegistry(thief, domain=DOMAIN, found=False)
            with pytest.raises(BusError):
                await stolen.put("plan.m", b"bad")
            await thief.client().publish("$KV.nhipcau.plan.m", b"bad")
            with pytest.raises(nats.errors.Error):
                sweep = "$JS.hub.API.STREAM.PURGE.KV_nhipcau"
                await thief.client().request(sweep, b"", timeout=1.0)
            found = await kept.get("plan.m")
            assert found is not None and found.value == b"good"

    asyncio.run(scene())


def test_a_district_that_is_cut_off_goes_on_and_hears_what_it_missed(tmp_path: Path) -> None:
    async def scene() -> None:
        async with (
            tree(tmp_path) as bus,
            bus.office() as office,
            bus.district(OURS) as ours,
            bus.district("thief") as beside,
        ):
            there = NatsRegistry(ours, domain=DOMAIN, found=False)
            await NatsRegistry(office).put("plan.m", b"1")
            await eventually_there(there, "plan.m", b"1")
            seen: list[bytes] = []

            async def watch() -> None:
                async with there.watch("plan.*") as entries:
                    async for entry in entries:
                        seen.append(entry.value)  # noqa: PERF401 - as it comes

            watching = asyncio.create_task(watch())
            async with asyncio.timeout(_PATIENCE_S):
                while not seen:  # noqa: ASYNC110 - polled
                    await asyncio.sleep(0.05)
            await bus.hub.stop()
            with pytest.raises(BusError):
                await there.get("plan.m")
            async with NatsBus(beside).subscribe(f"mcu.{OURS}.status") as messages:
                await NatsBus(ours).publish(f"mcu.{OURS}.status", b"alive")
                async with asyncio.timeout(_PATIENCE_S):
                    assert (await anext(messages)).payload == b"alive"
            await bus.hub.start()
            await office.wait_connected(CONNECT_TIMEOUT_S)
            await NatsRegistry(office).put("plan.m", b"2")
            async with asyncio.timeout(_PATIENCE_S):
                while seen[-1] != b"2":  # noqa: ASYNC110 - polled
                    await asyncio.sleep(0.05)
            watching.cancel()
            await asyncio.wait((watching,))

    asyncio.run(scene())

"""What each process may on the bus: a real server and the twin hold to the one policy."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from nhipcau.bus.memory import MemoryBus, MemoryHub, MemoryRegistry
from nhipcau.bus.natsbus import NatsBus
from nhipcau.bus.natslink import NatsLink
from nhipcau.bus.natsregistry import NatsRegistry
from nhipcau.bus.server import NatsServer
from nhipcau.ports.bus import Bus, BusError, BusMessage, Registry
from nhipcau.ports.busrights import BusRights, mcu_rights, office_rights
from nhipcau.ports.subjects import (
    AUDIT_ROWS,
    DIRECTORY,
    EMERGENCY,
    MCU_STATUS,
    barred_key,
    emergency_key,
    mcu_status,
    plan_key,
)
from nhipcau.quantities import ConferenceId, McuName

from .conftest import CONNECT_TIMEOUT_S

WAIT_S = 20.0
HALL, COAST = McuName("hall"), McuName("coast")
MEETING = ConferenceId("m")
USERS = {"office": office_rights(), HALL: mcu_rights(HALL), COAST: mcu_rights(COAST)}


@dataclass(frozen=True, slots=True)
class End:
    """One process on the bus."""

    bus: Bus
    registry: Registry


Ends = dict[str, End]
OpenEnds = Callable[[], AbstractAsyncContextManager[Ends]]


@asynccontextmanager
async def memory_ends() -> AsyncIterator[Ends]:
    hub = MemoryHub()
    yield {
        name: End(MemoryBus(hub, rights=rights), MemoryRegistry(hub, rights=rights))
        for name, rights in USERS.items()
    }


@asynccontextmanager
async def nats_ends(folder: Path) -> AsyncIterator[Ends]:
    async with AsyncExitStack() as stack:
        server = NatsServer(folder, users=USERS)
        await server.start()
        stack.push_async_callback(server.stop)
        ends = {}
        for name in USERS:
            link = await NatsLink.start(server.address_of(name), name=name)
            stack.push_async_callback(link.aclose)
            await link.wait_connected(CONNECT_TIMEOUT_S)
            ends[name] = End(NatsBus(link), NatsRegistry(link, found=name == "office"))
        yield ends


@pytest.fixture(params=["memory", "nats"])
def open_ends(request: pytest.FixtureRequest, tmp_path: Path) -> OpenEnds:
    return memory_ends if request.param == "memory" else lambda: nats_ends(tmp_path)


def play(open_ends: OpenEnds, scene: Callable[[Ends], Awaitable[None]]) -> None:
    async def run() -> None:
        async with open_ends() as ends, asyncio.timeout(50):
            await scene(ends)

    asyncio.run(run())


def test_an_mcu_does_not_speak_in_anothers_name(open_ends: OpenEnds) -> None:
    async def scene(ends: Ends) -> None:
        async with ends["office"].bus.subscribe(MCU_STATUS.pattern) as heard:
            await ends[HALL].bus.publish(mcu_status(COAST), b"forged")
            await ends[HALL].bus.publish(mcu_status(HALL), b"own")
            await ends[COAST].bus.publish(mcu_status(COAST), b"true")
            async with asyncio.timeout(WAIT_S):
                said = {(await anext(aiter(heard))).payload for _ in range(2)}
            assert said == {b"own", b"true"}

    play(open_ends, scene)


def test_a_plan_is_the_offices_to_write_and_every_mcus_to_read(open_ends: OpenEnds) -> None:
    async def scene(ends: Ends) -> None:
        key = plan_key(MEETING)
        await ends["office"].registry.put(key, b"plan")
        with pytest.raises(BusError):
            await ends[HALL].registry.put(key, b"forged")
        for name in USERS:
            found = await ends[name].registry.get(key)
            assert found is not None and found.value == b"plan"
            async with ends[name].registry.watch(key) as entries, asyncio.timeout(WAIT_S):
                assert (await anext(entries)).value == b"plan"

    play(open_ends, scene)


def test_who_was_removed_is_the_mcus_own_affair(open_ends: OpenEnds) -> None:
    async def scene(ends: Ends) -> None:
        key = barred_key(MEETING)
        # The office makes the registry; until then an MCU waits.
        await ends["office"].registry.put(plan_key(MEETING), b"plan")
        revision = await ends[HALL].registry.put(key, b"list", expected=0)
        found = await ends[COAST].registry.get(key)
        assert found is not None and found.revision == revision
        for deed in (ends["office"].registry.get(key), ends["office"].registry.put(key, b"")):
            with pytest.raises(BusError):
                await deed

    play(open_ends, scene)


def test_an_mcu_calls_to_its_own_conferences_and_writes_no_directory(open_ends: OpenEnds) -> None:
    async def scene(ends: Ends) -> None:
        await ends["office"].registry.put(DIRECTORY.pattern, b"all sites")
        await ends[HALL].registry.put(emergency_key(HALL), b"calls")
        found = await ends[COAST].registry.get(emergency_key(HALL))
        assert found is not None and found.value == b"calls"
        known = await ends[COAST].registry.get(DIRECTORY.pattern)
        assert known is not None and known.value == b"all sites"
        async with ends[COAST].registry.watch(EMERGENCY.pattern) as heard:
            async with asyncio.timeout(WAIT_S):
                assert (await anext(heard)).key == emergency_key(HALL)
        for key in (emergency_key(HALL), DIRECTORY.pattern):
            with pytest.raises(BusError):
                await ends[COAST].registry.put(key, b"forged")

    play(open_ends, scene)


def test_an_mcu_hears_no_other_and_answers_for_nobody(open_ends: OpenEnds) -> None:
    async def scene(ends: Ends) -> None:
        async def answer(_rows: BusMessage) -> bytes:
            return b"office"

        async def forge(_rows: BusMessage) -> bytes:
            return b"forged"

        async with (
            ends[HALL].bus.subscribe(MCU_STATUS.pattern) as overheard,
            ends["office"].bus.subscribe(MCU_STATUS.pattern) as heard,
            ends[HALL].bus.respond(AUDIT_ROWS.pattern, forge),
            ends["office"].bus.respond(AUDIT_ROWS.pattern, answer),
        ):
            for _ in range(5):
                asked = ends[COAST].bus.request(AUDIT_ROWS.pattern, b"", timeout_s=WAIT_S)
                assert await asked == b"office"
            await ends[COAST].bus.publish(mcu_status(COAST), b"well")
            async with asyncio.timeout(WAIT_S):
                await anext(aiter(heard))
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.2):
                    await anext(aiter(overheard))

    play(open_ends, scene)


def test_a_registry_is_not_an_mcus_to_make(tmp_path: Path) -> None:
    async def scene(ends: Ends) -> None:
        with pytest.raises(BusError):
            await ends[HALL].registry.put(barred_key(MEETING), b"")
        async with ends[HALL].registry.watch(plan_key(MEETING)) as plans:
            await ends["office"].registry.put(plan_key(MEETING), b"plan")
            async with asyncio.timeout(WAIT_S):
                assert (await anext(plans)).value == b"plan"

    play(lambda: nats_ends(tmp_path), scene)


def test_each_right_follows_from_the_policy() -> None:
    assert office_rights() == BusRights(
        publish=("audit.rows",),
        listen=("mcu.*.status", "mcu.*.hosting", "audit.rows", "mcu.*.events"),
        put=("plan.*", "directory"),
        watch=("plan.*",),
        answer=True,
        found=True,
    )
    assert mcu_rights(HALL) == BusRights(
        publish=("mcu.hall.status", "mcu.hall.hosting", "audit.rows", "mcu.hall.events"),
        put=("barred.*", "reign.*", "emergency.hall"),
        watch=("plan.*", "barred.*", "reign.*", "directory", "emergency.*"),
    )


@pytest.mark.parametrize("name", ["a.b", "*", ">", "", "a b"])
def test_a_name_that_would_widen_a_right_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="subject"):
        NatsServer(tmp_path, users={name: mcu_rights(McuName(name))})

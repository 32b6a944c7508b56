"""Who was removed at one MCU of a meeting is removed at the other."""

import asyncio

from nhipcau.bus.memory import MemoryHub, MemoryRegistry
from nhipcau.conference.commands import Actor, Remove, Restore, Role
from nhipcau.credentials.codes import pin_record
from nhipcau.mcu.barring import Barring
from nhipcau.mcu.node import McuNode
from nhipcau.ports.messages import PlannedGuest, PlannedSite
from nhipcau.ports.subjects import barred_key
from nhipcau.quantities import SiteId
from nhipcau.webrtc.memory import MemoryNetwork

from .machine import WallClock
from .nodes import CONFERENCE, Meeting

PRESS = SiteId("guest-press")
CREDENTIAL = f"guest:{PRESS}"
CONSOLE = Actor(Role.CONSOLE)
PATIENCE_S = 20.0


def node() -> McuNode:
    clock = WallClock()
    meeting = Meeting(clock)
    plan = meeting.plan()
    guest = PlannedGuest(site=PRESS, pin=pin_record("123456", bytes(16)), expires_s=2**33)
    rows = (*plan.sites, PlannedSite(site=PRESS, name="Báo", level="guest"))
    one = meeting.node(MemoryNetwork(clock))
    assert one.take_plan(plan.model_copy(update={"sites": rows, "guests": (guest,)}))
    return one


async def until(node: McuNode, barred: bool) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while node.host.state.is_barred(CREDENTIAL) != barred:  # noqa: ASYNC110 - polled
            await asyncio.sleep(0.01)


def test_removal_and_pardon_reach_the_other_mcu() -> None:
    async def scene() -> None:
        registry = MemoryRegistry(MemoryHub())
        first, second = node(), node()
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(Barring(registry, one.host, CONFERENCE).run())
                for one in (first, second)
            ]
            first.host.command(Remove(CONSOLE, PRESS))
            await until(second, barred=True)
            second.host.command(Restore(CONSOLE, PRESS))
            await until(first, barred=False)
            for task in tasks:
                task.cancel()

    asyncio.run(scene())


def test_a_list_that_is_not_ours_changes_nothing() -> None:
    async def scene() -> None:
        registry = MemoryRegistry(MemoryHub())
        await registry.put(barred_key(CONFERENCE), b"{}x")
        one = node()
        task = asyncio.create_task(Barring(registry, one.host, CONFERENCE).run())
        one.host.command(Remove(CONSOLE, PRESS))
        async with asyncio.timeout(PATIENCE_S):
            while b"guest" not in (await _value(registry)):  # noqa: ASYNC110 - polled
                await asyncio.sleep(0.01)
        assert one.host.state.is_barred(CREDENTIAL)
        task.cancel()

    asyncio.run(scene())


async def _value(registry: MemoryRegistry) -> bytes:
    entry = await registry.get(barred_key(CONFERENCE))
    return entry.value if entry is not None else b""

"""Drills over the wire: who may begin one, who is told, who dies, and that a line cut mends."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from nhipcau.app.drilling import LeafDrills, LineCut
from nhipcau.ports.messages import ConferencePlan
from nhipcau.ports.trunk import DrillOrder
from nhipcau.storage.memoryaudit import MemoryAuditTrail
from tests.mcu.nodes import COAST, HILLS
from tests.web.doors import LiveDoor, eventually, hello, live_door, until
from tests.web.test_district import page, says
from tests.web.trunks import LEAF, cascade

Scene = Callable[[LiveDoor, MemoryAuditTrail, list[str]], Awaitable[None]]


def play(scene: Scene, *, rehearsal: bool = True) -> None:
    """Play a scene at one MCU that has the meeting as a rehearsal, or not."""

    async def run() -> None:
        async with live_door(rehearsal=rehearsal) as live:
            trail = MemoryAuditTrail()
            live.node.desk.audit.trail = trail
            deaths: list[str] = []
            live.node.drilling.die = lambda: deaths.append("killed")
            announcer = asyncio.create_task(live.node.announcer.run())
            await scene(live, trail, deaths)
            announcer.cancel()

    asyncio.run(run())


def test_in_a_rehearsal_the_mcu_dies_and_every_room_reports_what_it_missed() -> None:
    async def scene(live: LiveDoor, trail: MemoryAuditTrail, deaths: list[str]) -> None:
        async with live.dial() as room, page(live, "console", None) as (console, _):
            await room.send(hello(live.meeting.token(COAST)))
            await until(room, "offer")
            assert await says(console, type="drill", kind="kill", mcu="mcu") == "ok"
            asked = await until(room, "drill")
            assert asked["drill"] == 1
            assert 7_000 < asked["report_in_ms"] <= 8_000
            told = {"type": "drilled", "drill": 1, "sound_ms": 510, "picture_ms": 640}
            assert await says(room, **told) == "ok"
            result = await until(console, "drill_result")
            while not result["figures"]["reported"]:
                result = await until(console, "drill_result")
            assert (result["mcu"], result["root"], result["goal_ms"]) == ("mcu", True, 800)
            assert result["figures"]["picture_max_ms"] == 640
            assert result["met"] is True
            await eventually(lambda: deaths == ["killed"], "the MCU dies, once")
        [deed] = [entry for entry in trail.entries if entry.action == "live.drill"]
        assert (deed.outcome, deed.more["do"], deed.more["kind"]) == ("done", "drill", "kill")

    play(scene)


def test_in_a_real_session_nothing_of_it_is_possible() -> None:
    async def scene(live: LiveDoor, trail: MemoryAuditTrail, deaths: list[str]) -> None:
        async with page(live, "console", None) as (console, _):
            said = await says(console, type="drill", kind="kill", mcu="mcu")
            assert said == "not_rehearsal"
        [deed] = [entry for entry in trail.entries if entry.action == "live.drill"]
        assert deed.outcome == "not_rehearsal"
        assert not live.node.host.state.drills
        assert not deaths

    play(scene, rehearsal=False)


@pytest.mark.parametrize("role", ["chair", "secretary", "site"])
def test_nobody_but_the_console_begins_one(role: str) -> None:
    async def scene(live: LiveDoor, _trail: MemoryAuditTrail, deaths: list[str]) -> None:
        site = COAST if role == "site" else None
        async with page(live, role, site) as (someone, _):
            said = await says(someone, type="drill", kind="kill", mcu="mcu")
            assert said == "not_allowed"
        assert not live.node.host.state.drills
        assert not deaths

    play(scene)


def test_a_leaf_is_told_over_its_trunk_and_its_rooms_are_those_struck() -> None:
    async def run() -> None:
        async with cascade(rehearsal=True) as world, world.room(COAST), world.room(HILLS):
            orders: list[DrillOrder] = []
            world.leaf.on_drill = orders.append
            async with world.call(world.root_port) as console:
                token = world.meeting.token(None, "console")
                await console.send(hello(token, kind="viewer", capture=False))
                ground = await until(console, "drill_ground")
                assert ground["mcus"][1] == {"mcu": LEAF, "root": False, "up": True, "sites": 2}
                assert await says(console, type="drill", kind="cut", mcu=LEAF) == "ok"
                await eventually(lambda: bool(orders), "the leaf hears it")
                assert orders == [DrillOrder(drill=1, kind="cut")]
                [drill] = world.root.host.state.drills
                assert drill.strikes(COAST)
                assert drill.strikes(HILLS)

    asyncio.run(run())


def test_a_line_that_is_cut_carries_nothing_until_it_mends() -> None:
    async def run() -> None:
        async with cascade(rehearsal=True) as world, world.room(COAST):
            world.line.cut(0.5)
            await eventually(lambda: not world.leaf.is_up, "the trunk goes down")
            await eventually(lambda: LEAF not in world.root.desk.trunks.all, "and the root sees it")
            await world.line.whole()
            await eventually(lambda: world.leaf.is_up, "and comes back by itself")
            await eventually(lambda: world.root.host.state.is_present(COAST), "with its room")

    asyncio.run(run())


@pytest.mark.parametrize(("rehearsal", "deaths"), [(True, ["killed"]), (False, [])])
def test_a_leaf_obeys_only_where_its_own_plan_says_that_it_rehearses(
    rehearsal: bool, deaths: list[str]
) -> None:
    async def run() -> None:
        async with cascade(rehearsal=rehearsal) as world:
            plan: ConferencePlan = world.plan
            found: list[str] = []
            line = LineCut()
            drills = LeafDrills(lambda: plan, line, lambda: found.append("killed"))
            drills.hear(DrillOrder(drill=1, kind="kill"))
            assert found == deaths

    asyncio.run(run())

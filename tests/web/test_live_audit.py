"""Every live action is told to the audit: done or refused, by whom, from where, on whom."""

import asyncio
from collections.abc import Awaitable, Callable

from nhipcau.ports.audit import AuditEntry
from nhipcau.storage.memoryaudit import MemoryAuditTrail
from tests.mcu.nodes import COAST, HALL, HILLS
from tests.web.doors import LiveDoor, closed_with, eventually, hello, live_door, until
from tests.web.test_district import page, says

Scene = Callable[[LiveDoor, MemoryAuditTrail], Awaitable[None]]


def play(scene: Scene) -> None:
    async def run() -> None:
        async with live_door() as live:
            trail = MemoryAuditTrail()
            live.node.desk.audit.trail = trail
            announcer = asyncio.create_task(live.node.announcer.run())
            await scene(live, trail)
            announcer.cancel()

    asyncio.run(run())


def told(trail: MemoryAuditTrail, action: str) -> list[AuditEntry]:
    return [entry for entry in trail.entries if entry.action == action]


def test_who_came_and_who_left_is_told_with_its_address_and_page() -> None:
    async def scene(live: LiveDoor, trail: MemoryAuditTrail) -> None:
        async with page(live, "site", COAST):
            [came] = told(trail, "live.enter")
            assert (came.who, came.name, came.address) == ("site:coast", "Coast", "127.0.0.1")
            assert (came.on, came.page, came.outcome) == ("site:coast", "room", "done")
            assert came.at_s > 0 and came.more["role"] == "site"
        await eventually(lambda: bool(told(trail, "live.leave")), "the room's leaving is told")
        [gone] = told(trail, "live.leave")
        assert (gone.on, gone.more["why"]) == ("site:coast", "lost")

    play(scene)


def test_what_the_chair_does_is_told_and_on_whom() -> None:
    async def scene(live: LiveDoor, trail: MemoryAuditTrail) -> None:
        async with live.dial() as room, page(live, "chair", HALL) as (chair, _):
            await room.send(hello(live.meeting.token(COAST)))
            await until(room, "offer")
            assert await says(chair, type="give_floor", site=COAST, beside=False) == "ok"
            assert await says(chair, type="mute", site=COAST) == "ok"
            assert await says(chair, type="mute_all", locked=True) == "ok"
            assert await says(chair, type="remove", site=COAST) == "ok"
        [floor], [mute] = told(trail, "live.floor"), told(trail, "live.mute")
        assert (floor.who, floor.on, floor.page) == ("site:hall", "site:coast", "chair")
        assert floor.more == {
            "role": "chair",
            "do": "give_floor",
            "beside": "false",
            "on_name": "Coast",
        }
        assert (mute.on, mute.outcome) == ("site:coast", "done")
        assert told(trail, "live.mute_all")[0].on == "meeting:meeting"
        assert told(trail, "live.remove")[0].on == "site:coast"
        assert told(trail, "live.leave")[0].more["why"] == "removed"

    play(scene)


def test_what_was_refused_is_told_with_its_reason() -> None:
    async def scene(live: LiveDoor, trail: MemoryAuditTrail) -> None:
        async with page(live, "site", COAST) as (room, _):
            refusal = await says(room, type="give_floor", site=COAST, beside=False)
            [floor] = told(trail, "live.floor")
            assert floor.outcome == refusal != "ok"
            assert (floor.who, floor.on) == ("site:coast", "site:coast")

    play(scene)


def test_room_tests_and_directors_views_are_told() -> None:
    async def scene(live: LiveDoor, trail: MemoryAuditTrail) -> None:
        async with page(live, "site", COAST), page(live, "console", None) as (console, _):
            assert await says(console, type="test", site=COAST, on=True) == "ok"
            refusal = await says(console, type="look", layout="auto", sites=[COAST])
            assert refusal == "not_allowed"
        [test], [look] = told(trail, "live.test"), told(trail, "live.look")
        assert (test.who, test.on, test.more["on"]) == ("link:page", "site:coast", "true")
        assert (look.outcome, look.page) == ("not_allowed", "console")

    play(scene)


def test_whoever_is_turned_away_at_the_door_is_told_without_a_name() -> None:
    async def scene(live: LiveDoor, trail: MemoryAuditTrail) -> None:
        async with live.dial() as socket:
            await socket.send(hello("no token"))
            assert (await until(socket, "error"))["code"]
            await closed_with(socket)
        [entry] = told(trail, "live.enter")
        assert (entry.who, entry.address) == ("", "127.0.0.1")
        assert entry.outcome not in ("done", "")
        assert "no token" not in repr(entry)

    play(scene)


def test_the_second_in_a_seat_is_told_and_the_first_as_replaced() -> None:
    async def scene(live: LiveDoor, trail: MemoryAuditTrail) -> None:
        async with page(live, "site", HILLS), live.dial() as second:
            await second.send(hello(live.meeting.token(HILLS), takeover=True))
            await until(second, "offer")
            assert len(told(trail, "live.enter")) == 2
            assert [gone.more["why"] for gone in told(trail, "live.leave")] == ["replaced"]

    play(scene)


def test_what_changes_nothing_is_not_told() -> None:
    async def scene(live: LiveDoor, trail: MemoryAuditTrail) -> None:
        async with page(live, "chair", HALL) as (chair, _):
            assert await says(chair, type="doors", ask=False) == "ok"
        assert told(trail, "live.doors") == []

    play(scene)

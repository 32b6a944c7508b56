"""A warm connection: admitted like any, without a seat, and hot with one word."""

import asyncio
import contextlib
import functools
import json
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from nhipcau.conference.commands import Actor, EndMeeting, GiveFloor, Remove, Role, SetHand
from nhipcau.ports.transport import Mid
from nhipcau.web.ratelimit import HelloLimit
from tests.mcu.nodes import COAST, HALL, HILLS
from tests.web.doors import closed_with, eventually, hello, until
from tests.web.warmdoor import warm_door

CHAIR = Actor(Role.CHAIR, HALL, None)


def in_a_loop(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Run a test's coroutine."""

    @functools.wraps(test)
    def run(**values: Any) -> None:
        asyncio.run(test(**values))

    return run


@in_a_loop
async def test_a_warm_page_is_connected_and_gets_nothing_and_is_nobody_in_the_meeting() -> None:
    async with warm_door() as door, door.warm(COAST) as (_, connection):
        await eventually(lambda: door.node.engine.stats().cold == 1, "the cold connection")
        assert not door.node.host.state.is_present(COAST)
        assert door.node.desk.endpoints == {}
        assert door.node.engine.connected() == ()
        assert door.node.engine.stats().up == 0
        await asyncio.sleep(1.5)
        assert door.packets(connection) == 0


@in_a_loop
async def test_with_one_word_it_has_its_seat_its_sound_and_its_picture() -> None:
    async with warm_door() as door, door.warm(COAST) as (page, connection):
        await eventually(lambda: door.node.engine.stats().cold == 1, "the cold connection")
        (place,) = door.node.desk.warm.all
        await page.send(hello("", takeover=False))
        kinds = [message["type"] for message in await door.told(page, "upstream")]
        assert "welcome" in kinds
        assert "offer" not in kinds
        assert door.node.host.state.sites[COAST].endpoint == place
        assert door.node.desk.warm.all == {}
        await eventually(lambda: door.node.engine.stats().up == 1, "the hot connection")
        assert door.node.engine.stats().cold == 0
        for mid in (Mid.SOUND, Mid.PROGRAM):
            await eventually(functools.partial(door.brings, connection, mid), str(mid))


@in_a_loop
async def test_a_page_that_moves_takes_its_own_seat_with_all_that_it_held() -> None:
    async with warm_door() as door:
        token = door.meeting.token(COAST)
        async with door.room(token) as old, door.warm(COAST, token) as (page, _):
            state = door.node.host
            state.command(GiveFloor(CHAIR, COAST))
            state.command(SetHand(Actor(Role.SITE, COAST, None), up=True))
            hands = state.state.hands
            before = state.state.sites[COAST]
            assert before.mic
            await page.send(hello(""))
            assert (await until(old, "replaced"))["agent"] == "a test"
            told = (await door.told(page, "upstream"))[-1]
            assert told["microphone"]
            now = state.state.sites[COAST]
            assert now.endpoint != before.endpoint
            assert (now.mic, now.camera) == (before.mic, before.camera)
            assert (state.state.floor, state.state.hands) == ((COAST,), hands)


@in_a_loop
async def test_another_page_asks_before_it_takes_the_seat() -> None:
    async with (
        warm_door() as door,
        door.room(door.meeting.token(COAST)) as old,
        door.warm(COAST) as (page, _),
    ):
        holder = door.node.host.state.sites[COAST].endpoint
        await page.send(hello(""))
        assert (await until(page, "occupied"))["agent"] == "a test"
        assert door.node.host.state.sites[COAST].endpoint == holder
        await page.send(hello("", takeover=True))
        await until(page, "welcome")
        assert await closed_with(old) == 4009


@in_a_loop
async def test_a_newer_warm_page_of_a_room_replaces_the_older_one() -> None:
    async with warm_door() as door:
        token = door.meeting.token(COAST)
        async with door.warm(COAST, token) as (older, _), door.warm(COAST, token):
            assert await closed_with(older) == 4009
            await eventually(lambda: len(door.node.desk.warm.all) == 1, "one place")


@pytest.mark.parametrize(
    ("ends", "kind", "code"), [(True, "ended", 4010), (False, "removed", 4403)]
)
@in_a_loop
async def test_who_is_removed_or_at_the_end_is_put_out_of_its_warm_place(
    ends: bool, kind: str, code: int
) -> None:
    async with warm_door() as door:
        token = door.meeting.token(COAST)
        async with door.room(token), door.warm(COAST, token) as (page, _):
            door.node.host.command(EndMeeting(CHAIR) if ends else Remove(CHAIR, COAST))
            await until(page, kind)
            assert await closed_with(page) == code
        await eventually(lambda: door.node.desk.warm.all == {}, "no place left")


@in_a_loop
async def test_a_link_that_is_good_for_nothing_gets_no_warm_place() -> None:
    async with warm_door() as door, door.call() as page:
        await page.send(hello("no token", type="warm"))
        assert (await until(page, "error"))["code"] == "token_invalid"
        assert door.node.desk.warm.all == {}


@in_a_loop
async def test_before_hello_a_warm_page_may_only_answer_ask_for_a_pong_and_leave() -> None:
    async with warm_door() as door, door.warm(COAST) as (page, _):
        await page.send(json.dumps({"type": "ping", "t": 1}))
        await until(page, "pong")
        await page.send(json.dumps({"type": "hand", "up": True}))
        assert (await until(page, "error"))["code"] == "hello_first"


@in_a_loop
async def test_a_standby_holds_a_hello_until_it_reigns() -> None:
    async with warm_door() as door, door.warm(COAST) as (page, _):
        door.node.reigning.clear()
        await page.send(hello(""))
        await asyncio.sleep(0.3)
        assert not door.node.host.state.is_present(COAST)
        door.node.reigning.set()
        await until(page, "welcome")


@in_a_loop
async def test_who_hangs_up_while_its_hello_is_held_takes_no_seat() -> None:
    async with warm_door() as door:
        door.node.reigning.clear()
        async with door.warm(COAST) as (page, _):
            await page.send(hello(""))
            await asyncio.sleep(0.1)
        await eventually(lambda: door.node.desk.warm.all == {}, "the place given up")
        door.node.reigning.set()
        await asyncio.sleep(0.3)
        assert not door.node.host.state.is_present(COAST)


@in_a_loop
async def test_a_standby_that_does_not_reign_in_time_says_so_and_keeps_the_place() -> None:
    async with warm_door() as door, door.warm(COAST) as (page, _):
        door.node.reigning.clear()
        await page.send(hello(""))
        assert (await until(page, "error"))["code"] == "not_ready"
        assert len(door.node.desk.warm.all) == 1
        door.node.reigning.set()
        await page.send(hello(""))
        await until(page, "welcome")


@in_a_loop
async def test_hundreds_of_warm_pages_that_come_and_go_leave_nothing_behind() -> None:
    async with warm_door(HelloLimit(per_s=1e6, burst=1e6)) as door:
        for _ in range(10):
            async with contextlib.AsyncExitStack() as stack:
                for number in range(24):
                    site = (COAST, HILLS)[number % 2]
                    await stack.enter_async_context(door.warm(site))
                assert len(door.node.desk.warm.all) == 24
        engine = door.node.engine
        await eventually(lambda: door.node.desk.warm.all == {}, "no place left")
        await eventually(lambda: engine.stats().connections == 0, "no connection left")
        assert door.node.desk.endpoints == {}
        assert door.knocks.waiting() == 0

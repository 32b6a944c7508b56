"""A warm connection at a leaf: the leaf admits it by itself, and brings it to the root."""

import asyncio
import contextlib
import json
from typing import Any

from nhipcau.conference.commands import Actor, GiveFloor, Remove, Role
from nhipcau.credentials import statements
from nhipcau.credentials.codes import pin_record
from nhipcau.credentials.statements import Challenge
from nhipcau.ports.messages import PlannedDevice, PlannedGuest
from nhipcau.quantities import DeviceId
from tests.credentials.device import RoomBrowser
from tests.mcu.nodes import COAST, HALL, HILLS, ISLAND
from tests.web.doors import closed_with, eventually, hello, until
from tests.web.test_warm import in_a_loop
from tests.web.trunks import LEAF, Cascade, cascade

CHAIR = Actor(Role.CHAIR, HALL, None)
ROOM, DEVICE = RoomBrowser(), DeviceId("room")


@in_a_loop
async def test_a_page_stands_ready_at_a_leaf_and_the_root_knows_nothing_of_it() -> None:
    async with cascade() as world, world.warm(COAST) as page:
        await eventually(lambda: world.engine.stats().cold == 1, "the cold connection")
        assert world.engine.audience() == set()
        assert world.engine.stats().up == 0
        assert world.engine.rungs_in_use() == frozenset()
        assert world.root.desk.endpoints == {}
        assert world.leaf.channels == {}
        await until(page, "beat")


@in_a_loop
async def test_with_one_word_it_is_seated_by_the_root_and_served_by_the_leaf() -> None:
    async with cascade() as world, world.warm(COAST) as page:
        await eventually(lambda: world.engine.stats().cold == 1, "the cold connection")
        await page.send(hello(""))
        told: list[dict[str, Any]] = []
        while not told or told[-1]["type"] != "upstream":
            told.append(json.loads(await page.recv()))
        kinds = [message["type"] for message in told]
        assert "welcome" in kinds
        assert "offer" not in kinds
        assert next(one for one in told if one["type"] == "posts")["here"] == LEAF
        await eventually(lambda: world.engine.audience() == {COAST}, "the audience")
        assert world.leaf.warm.all == {}
        assert world.root.host.state.is_present(COAST)
        (endpoint,) = world.root.desk.endpoints.values()
        assert endpoint.via is not None
        await page.send(json.dumps({"type": "hand", "up": True, "id": 1}))
        assert (await until(page, "ok"))["id"] == 1


@in_a_loop
async def test_a_page_that_moves_to_a_leaf_keeps_floor_and_microphone_and_is_lent_a_lane() -> None:
    async with cascade() as world:
        token = world.meeting.token(COAST)
        async with world.at_root(token) as old, world.warm(COAST, token) as page:
            world.root.host.command(GiveFloor(CHAIR, COAST))
            mic = world.root.host.state.sites[COAST].mic
            await page.send(hello(""))
            await until(old, "replaced")
            assert await closed_with(old) == 4009
            await eventually(lambda: COAST in world.engine.lent.values(), "the loan")
            state = world.root.host.state
            assert (state.floor, state.sites[COAST].mic) == ((COAST,), mic)
            asked = await until(page, "upstream")
            while not (asked["microphone"] and asked["camera"]):
                asked = await until(page, "upstream")


@in_a_loop
async def test_another_page_asks_before_it_takes_the_seat_and_stands_ready_meanwhile() -> None:
    async with (
        cascade() as world,
        world.at_root(world.meeting.token(COAST)) as old,
        world.warm(COAST) as page,
    ):
        await page.send(hello(""))
        assert (await until(page, "occupied"))["agent"] == "a test"
        await eventually(lambda: world.leaf.channels == {}, "back in its warm place")
        assert len(world.leaf.warm.all) == 1
        await page.send(hello("", takeover=True))
        await until(page, "welcome")
        assert await closed_with(old) == 4009


@in_a_loop
async def test_a_device_knocks_and_signs_for_a_leaf_too_and_so_it_does_without_a_root() -> None:
    devices = (PlannedDevice(device=DEVICE, site=COAST, keys=(ROOM.key.text,)),)
    async with cascade(devices=devices) as world:
        async with world.call(world.leaf_port) as page:
            await _stand_ready(world, page)
            assert world.root.desk.endpoints == {}
            await page.send(hello(""))
            await until(page, "welcome")
        world.part()
        async with world.call(world.leaf_port) as page:
            await _stand_ready(world, page)
            assert len(world.leaf.warm.all) == 1


@in_a_loop
async def test_a_hello_is_held_while_no_root_is_there() -> None:
    async with cascade() as world, world.warm(COAST) as page:
        outbox = world.leaf._outbox
        assert outbox is not None
        world.part()
        await page.send(hello(""))
        await asyncio.sleep(0.2)
        assert world.leaf.channels == {}
        await world.cut()
        await until(page, "welcome")


@in_a_loop
async def test_who_is_removed_is_put_out_of_its_warm_place_and_gets_no_other() -> None:
    async with cascade() as world:
        token = world.meeting.token(COAST)
        async with world.at_root(token), world.warm(COAST, token) as page:
            world.root.host.command(Remove(CHAIR, COAST))
            assert (await until(page, "removed"))["code"] == "removed"
            assert await closed_with(page) == 4403
        async with world.call(world.leaf_port) as page:
            await page.send(hello(token, type="warm"))
            assert (await until(page, "error"))["code"] == "removed"


@in_a_loop
async def test_a_guest_stands_ready_by_its_ticket_alone() -> None:
    pin = pin_record("123456", bytes(16))
    guests = (PlannedGuest(site=ISLAND, pin=pin, expires_s=2**40),)
    async with cascade(guests=guests) as world, world.call(world.leaf_port) as page:
        link = world.meeting.token(ISLAND, "guest")
        await page.send(hello(link, type="warm", pin="123456"))
        assert (await until(page, "error"))["code"] == "pin_required"


@in_a_loop
async def test_warm_pages_that_come_and_go_leave_nothing_behind_at_a_leaf() -> None:
    async with cascade() as world:
        for _ in range(8):
            async with contextlib.AsyncExitStack() as stack:
                for site in (COAST, HILLS, ISLAND) * 6:
                    token = world.meeting.token(None, "console")
                    said = hello(token, type="warm", kind="viewer", capture=False)
                    page = await stack.enter_async_context(world.call(world.leaf_port))
                    await page.send(said if site == COAST else said.replace("a test", site))
        await eventually(lambda: world.leaf.warm.all == {}, "no place left")
        await eventually(lambda: world.engine.stats().connections == 0, "no connection left")
        assert world.leaf.channels == {}


async def _stand_ready(world: Cascade, page: Any) -> None:
    await page.send(json.dumps({"type": "knock", "v": 1}))
    said = await until(page, "challenge")
    challenge = Challenge(said["nonce"], said["conference"], said["mcu"], said["at_ms"])
    signed = ROOM.sign(statements.admission(challenge, DEVICE, ROOM.key.text))
    proof = {"device": DEVICE, "key": ROOM.key.text, "signature": signed}
    await page.send(hello("", type="warm", proof=proof))
    await world.answer(page)

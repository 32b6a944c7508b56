"""A leaf below a leaf: its rooms are the root's, and whatever breaks above them they keep."""

import asyncio
import json
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from nhipcau.conference.commands import Actor, GiveFloor, Role, TakeFloor
from nhipcau.conference.events import LayoutSet
from nhipcau.conference.wire import dump_event
from nhipcau.mcu.ladder import PROGRAM_VIEW
from nhipcau.mcu.leafallegiance import TrunkEnd
from nhipcau.mcu.succession import Reign
from nhipcau.ports.transport import Mid
from nhipcau.ports.trunk import Events
from nhipcau.quantities import ConferenceId, McuName
from tests.mcu.nodes import COAST, HALL, HILLS
from tests.web.deeptrunks import BELOW, DeepCascade, deep_cascade
from tests.web.doors import eventually, hello, until
from tests.web.test_trunk import greet, in_a_loop
from tests.web.trunks import KEY, LEAF

pytestmark = pytest.mark.timeout(180)

CHAIR = Actor(Role.CHAIR, HALL, None)


def endpoint(world: DeepCascade) -> str:
    return world.upper.root.host.state.sites[COAST].endpoint or ""


@in_a_loop
async def test_a_room_below_is_welcomed_by_the_root_and_connected_by_its_own_leaf() -> None:
    async with deep_cascade() as world, world.room(COAST) as (room, told):
        kinds = [message["type"] for message in told]
        assert (kinds[0], kinds[-1]) == ("welcome", "offer")
        assert world.upper.root.host.state.is_present(COAST)
        await eventually(lambda: len(world.engine.connected()) == 1, "the room's connection")
        posts = [message for message in told if message["type"] == "posts"]
        said = posts[0] if posts else await until(room, "posts")
        assert said["here"] == BELOW


@in_a_loop
async def test_a_trunk_from_below_that_is_up_does_not_wait_at_the_door_any_more() -> None:
    async with deep_cascade() as world:
        knocks = world.upper.leaf_knocks
        await eventually(lambda: knocks.waiting() == 0, "the trunk is settled")
        assert not knocks.refused()


@in_a_loop
async def test_commands_pass_both_trunks_and_the_chair_s_answer_comes_back() -> None:
    async with (
        deep_cascade() as world,
        world.room(COAST) as (room, _),
        world.upper.chair() as chair,
    ):
        await room.send(json.dumps({"type": "hand", "up": True, "id": 1}))
        assert (await until(room, "ok"))["id"] == 1
        await chair.send(json.dumps({"type": "give_floor", "site": COAST, "id": 2}))
        assert (await until(chair, "ok"))["id"] == 2
        async with asyncio.timeout(20):
            while (await until(room, "state"))["tally"] != "on_air":
                pass


@in_a_loop
async def test_rooms_of_both_leaves_sit_in_one_meeting_each_behind_its_own() -> None:
    async with deep_cascade() as world, world.room(COAST), world.upper.room(HILLS):
        here = {one.site: one.at for one in world.upper.root.desk.endpoints.values()}
        assert here == {COAST: BELOW, HILLS: LEAF}
        assert set(world.upper.root.desk.trunks.all) == {LEAF}


@in_a_loop
async def test_what_the_root_lends_is_lent_on_and_taken_back_at_once() -> None:
    async with deep_cascade() as world, world.room(COAST) as (room, _):
        host, middle = world.upper.root.host, world.upper.engine
        host.command(GiveFloor(CHAIR, COAST))
        await eventually(lambda: COAST in middle.lent.values(), "the loan")
        await eventually(lambda: COAST in world.engine.lent.values(), "the loan below")
        asked = await until(room, "upstream")
        while not asked["camera"]:
            asked = await until(room, "upstream")
        lane = next(one for one in middle._scene.loans if one.site == COAST)
        assert lane.serves is not None
        assert lane.serves.is_loan
        (below,) = (one for one, site in world.engine.lent.items() if site == COAST)
        middle.lend(lane.lane, None)
        await eventually(lambda: below not in world.engine.carried, "it is over below")


@in_a_loop
async def test_a_site_of_the_leaf_itself_is_lent_nothing_below() -> None:
    async with deep_cascade() as world, world.room(COAST), world.upper.room(HILLS):
        world.upper.root.host.command(GiveFloor(CHAIR, HILLS))
        await eventually(lambda: HILLS in world.upper.engine.lent.values(), "the loan")
        await asyncio.sleep(0.2)
        assert HILLS not in world.engine.lent.values()


@in_a_loop
async def test_rungs_that_rooms_below_are_on_are_carried_on_both_trunks() -> None:
    async with deep_cascade() as world:
        trunk = world.upper.root.desk.trunks.all[LEAF]

        def place(of: int) -> int:
            lanes = trunk._lanes.values()
            return next(o.media.watcher(Mid.PROGRAM).wish for o in lanes if o.place == of)

        assert place(1) > 2
        world.engine.used = frozenset({(PROGRAM_VIEW, "360p")})
        await eventually(lambda: place(1) == 1, "360p is carried")
        assert place(0) > 2
        world.engine.used = frozenset()
        await eventually(lambda: place(1) > 2, "nobody is on it any more")


@in_a_loop
async def test_the_root_knows_on_which_rung_a_room_below_is() -> None:
    async with deep_cascade() as world, world.room(COAST):
        trunk = world.upper.root.desk.trunks.all[LEAF]
        await eventually(lambda: endpoint(world) in trunk.rungs, "its rung")


@in_a_loop
async def test_a_room_below_keeps_all_when_its_leaf_s_uplink_loses_the_root_for_a_moment() -> None:
    async with deep_cascade() as world, world.room(COAST) as (room, _):
        await room.send(json.dumps({"type": "mic", "open": True, "id": 1}))
        await until(room, "ok")
        before = endpoint(world)
        rungs = {lane for lane in world.engine.carried if lane.place is not None}
        media = next(iter(world.below.channels.values())).media
        await world.upper.cut()
        await eventually(lambda: endpoint(world) not in ("", before), "seated again")
        assert world.upper.root.host.state.sites[COAST].mic
        await room.send(json.dumps({"type": "hand", "up": True, "id": 2}))
        kinds: list[str] = []
        while not kinds or kinds[-1] != "ok":
            kinds.append(json.loads(await room.recv())["type"])
        assert not {"welcome", "offer"} & set(kinds)
        assert rungs <= set(world.engine.carried)
        assert next(iter(world.below.channels.values())).media is media


@in_a_loop
async def test_a_room_below_keeps_its_seat_when_the_lower_trunk_breaks() -> None:
    async with deep_cascade() as world, world.room(COAST) as (room, _):
        before = endpoint(world)
        await world.cut_below()
        await eventually(lambda: endpoint(world) not in ("", before), "seated again")
        await room.send(json.dumps({"type": "hand", "up": True, "id": 2}))
        kinds: list[str] = []
        while not kinds or kinds[-1] != "ok":
            kinds.append(json.loads(await room.recv())["type"])
        assert not {"welcome", "offer"} & set(kinds)


@in_a_loop
async def test_the_leaf_below_has_a_copy_of_all_that_took_effect() -> None:
    async with deep_cascade() as world, world.room(COAST):
        host, copy = world.upper.root.host, world.below.replica
        await eventually(lambda: copy.state == host.state, "the copy")
        host.command(GiveFloor(CHAIR, COAST))
        await eventually(lambda: copy.state == host.state, "the copy follows")
        await world.cut_below()
        host.command(TakeFloor(CHAIR, COAST))
        await eventually(lambda: copy.state == host.state, "the copy after a break")
        assert copy.have() == world.upper.leaf.replica.have()


@in_a_loop
async def test_a_copy_that_begins_anew_begins_anew_below_too() -> None:
    async with deep_cascade() as world, world.room(COAST):
        host, copy = world.upper.root.host, world.below.replica
        await eventually(lambda: copy.state == host.state, "the copy")
        middle = world.upper.leaf.replica
        stray = dump_event(LayoutSet(1_700_000_000_000, "4x4")).decode()
        known = middle.have().events
        message = Events(first=known + 1, records=(stray,))
        assert middle.take(message)
        world.upper.leaf.below.copy(message, known)
        await eventually(lambda: copy.have() == middle.have(), "the stray is copied")
        await world.upper.cut()
        await eventually(lambda: copy.state == host.state, "the true log again")


@in_a_loop
async def test_a_still_picture_from_below_is_on_the_wall_of_the_root() -> None:
    async with (
        deep_cascade() as world,
        world.room(HILLS) as (room, _),
        world.upper.chair() as chair,
    ):
        await chair.send(json.dumps({"type": "watch_stills", "sites": [HILLS]}))
        jpeg = b"\xff\xd8\xff" + bytes(100) + b"\xff\xd9"
        await room.send(jpeg)
        while not isinstance(frame := await chair.recv(), bytes):
            pass
        assert frame.endswith(jpeg)


@in_a_loop
async def test_a_still_picture_of_the_root_comes_to_a_chair_below() -> None:
    async with (
        deep_cascade() as world,
        world.upper.room(HILLS) as (room, _),
        world.upper.call(world.port) as chair,
    ):
        token = world.upper.meeting.token(None, "chair")
        await chair.send(hello(token, kind="viewer", capture=False))
        await until(chair, "welcome")
        await chair.send(json.dumps({"type": "watch_stills", "sites": [HILLS]}))
        jpeg = b"\xff\xd8\xff" + bytes(100) + b"\xff\xd9"
        async with asyncio.timeout(20):
            frame: str | bytes = ""
            while not isinstance(frame, bytes):
                await room.send(jpeg)
                frame = await chair.recv()
        assert frame.endswith(jpeg)


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({}, "another key of the same length...."),
        ({"mcu": McuName("mcu-la")}, KEY),
        ({"mcu": LEAF}, KEY),
        ({"conference": ConferenceId("another")}, KEY),
        ({"v": 99}, KEY),
    ],
)
@in_a_loop
async def test_who_does_not_hang_below_this_leaf_gets_no_trunk(
    fields: dict[str, Any], key: str
) -> None:
    async with deep_cascade() as world:
        socket = await _door(world)
        with pytest.raises(ConnectionClosed) as closed:
            await greet(socket, key, **{"mcu": BELOW, **fields})
            while True:
                await socket.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4401


@in_a_loop
async def test_what_a_leaf_may_not_say_ends_its_trunk_and_nothing_else() -> None:
    async with deep_cascade() as world, world.room(COAST), world.upper.room(HILLS):
        before = endpoint(world)
        socket = await _door(world)
        await greet(socket, KEY, mcu=BELOW)
        await socket.send('{"type": "lend", "lane": 1, "site": "coast"}')
        with pytest.raises(ConnectionClosed):
            while True:
                await socket.recv()
        await eventually(lambda: endpoint(world) not in ("", before), "the true leaf is back")
        assert world.upper.root.host.state.is_present(HILLS)


@in_a_loop
async def test_a_leaf_without_its_root_lets_those_below_go_and_takes_none() -> None:
    async with deep_cascade() as world:
        world.upper.part()
        joined = world.upper.leaf.below.all
        await eventually(lambda: not joined, "the leaf below is let go")
        socket = await _door(world)
        with pytest.raises(ConnectionClosed):
            await greet(socket, KEY, mcu=BELOW)
            await socket.recv()


@in_a_loop
async def test_who_loses_its_uplink_finds_the_root_and_goes_back_to_the_uplink_later() -> None:
    async with deep_cascade() as world, world.room(COAST) as (room, _):
        before, media = endpoint(world), next(iter(world.below.channels.values())).media
        trunks = world.upper.root.desk.trunks.all
        world.upper.part()
        await eventually(lambda: BELOW in trunks and world.below.is_up, "a trunk to the root")
        await eventually(lambda: endpoint(world) not in ("", before), "seated again")
        assert _at(world) == {BELOW}
        at_root = endpoint(world)
        await world.upper.cut()
        await eventually(lambda: BELOW in world.upper.leaf.below.all, "the uplink again")
        await eventually(lambda: BELOW not in trunks, "the way over the root is given up")
        await eventually(lambda: endpoint(world) not in ("", at_root), "seated by the uplink")
        assert _at(world) == {BELOW}
        await room.send(json.dumps({"type": "hand", "up": True, "id": 2}))
        kinds: list[str] = []
        while not kinds or kinds[-1] != "ok":
            kinds.append(json.loads(await room.recv())["type"])
        assert not {"welcome", "offer"} & set(kinds)
        assert next(iter(world.below.channels.values())).media is media


@in_a_loop
async def test_a_leaf_follows_its_uplink_only_when_the_lanes_are_up() -> None:
    async with deep_cascade() as world:
        followed: list[bool] = []
        hear = world.below.allegiance.hear_reign

        def heard(end: TrunkEnd, reign: Reign) -> TrunkEnd | None:
            followed.append(world.upper.leaf.below.all[BELOW].upper.rungs_up())
            return hear(end, reign)

        world.below.allegiance.hear_reign = heard  # type: ignore[method-assign]
        await world.cut_below()
        await eventually(lambda: world.below.is_up, "the lower trunk again")
        assert followed == [True]


@in_a_loop
async def test_a_new_epoch_is_told_over_the_same_trunk() -> None:
    async with deep_cascade() as world, world.room(COAST):
        joined, allegiance = world.upper.leaf.below.all[BELOW], world.upper.leaf.allegiance
        reign = Reign(2, McuName("another"))
        allegiance.voice = allegiance.voice.follow(reign)
        await eventually(lambda: world.below.allegiance.voice.follows == reign, "the epoch")
        assert world.upper.leaf.below.all[BELOW] is joined
        assert world.below.is_up


def _at(world: DeepCascade) -> set[McuName | None]:
    return {one.at for one in world.upper.root.desk.endpoints.values()}


async def _door(world: DeepCascade) -> ClientConnection:
    return await connect(f"ws://127.0.0.1:{world.upper.leaf_port}/trunk", proxy=None)

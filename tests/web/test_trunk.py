"""A leaf carries its rooms to the root; losing the trunk for a moment is not noticed by a room."""

import asyncio
import functools
import json
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from nhipcau.conference.commands import (
    Actor,
    Admit,
    GiveFloor,
    Role,
    SetDoors,
    SetMicrophone,
    TakeFloor,
)
from nhipcau.conference.events import LayoutSet
from nhipcau.conference.state import Presence
from nhipcau.conference.wire import dump_event
from nhipcau.mcu.ladder import PROGRAM_VIEW
from nhipcau.mcu.succession import Reign
from nhipcau.ports.transport import Mid
from nhipcau.ports.trunk import (
    TRUNK_VERSION,
    Events,
    TrunkChallenge,
    TrunkError,
    TrunkHello,
    TrunkProof,
    parse_trunk,
    prove,
    proves,
    read_still,
    still_frame,
)
from nhipcau.quantities import ConferenceId, McuName
from tests.mcu.nodes import COAST, CONFERENCE, HALL, HILLS
from tests.web.doors import eventually, until
from tests.web.trunks import KEY, LEAF, Cascade, cascade

CHAIR = Actor(Role.CHAIR, HALL, None)
ROOM = Actor(Role.SITE, COAST, None)


def in_a_loop(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Run a test's coroutine."""

    @functools.wraps(test)
    def run(**values: Any) -> None:
        asyncio.run(test(**values))

    return run


@in_a_loop
async def test_a_room_behind_a_leaf_is_welcomed_by_the_root_and_connected_by_the_leaf() -> None:
    async with cascade() as world, world.room(COAST) as (_, told):
        kinds = [message["type"] for message in told]
        assert kinds[0] == "welcome"
        assert told[0]["site"]["site"] == COAST
        assert kinds[-1] == "offer"
        assert world.root.host.state.is_present(COAST)
        (endpoint,) = world.root.desk.endpoints.values()
        assert endpoint.media is None
        await eventually(lambda: len(world.engine.connected()) == 1, "the room's connection")


@in_a_loop
async def test_a_room_behind_a_leaf_hears_where_it_is_and_a_beat_that_needs_no_root() -> None:
    async with cascade() as world, world.room(COAST) as (room, told):
        posts = [message for message in told if message["type"] == "posts"]
        said = posts[0] if posts else await until(room, "posts")
        assert (said["here"], said["epoch"]) == (LEAF, 1)
        assert [post["mcu"] for post in said["posts"]] == ["mcu"]
        world.part()
        for _ in range(3):
            await until(room, "beat")


@in_a_loop
async def test_a_trunk_that_is_up_does_not_wait_at_the_root_s_door_any_more() -> None:
    async with cascade() as world:
        await eventually(lambda: world.root_knocks.waiting() == 0, "the trunk is settled")
        assert not world.root_knocks.refused()


@in_a_loop
async def test_the_roster_says_behind_which_mcu_a_room_is_also_when_it_is_lost() -> None:
    async with cascade() as world, world.chair() as chair:
        home = tuple(
            row.model_copy(update={"home": LEAF}) if row.site == COAST else row
            for row in world.plan.sites
        )
        world.root.take_plan(world.plan.model_copy(update={"sites": home}))
        async with world.room(COAST):
            assert await _row_of(chair, COAST, "present") == LEAF
        assert await _row_of(chair, COAST, "lost") == LEAF


async def _row_of(chair: ClientConnection, site: str, state: str) -> str:
    """Return the MCU of a site's row as soon as that says that it is in this state."""
    while True:
        said = await until(chair, "roster_delta")
        for row in said["sites"]:
            if (row["site"], row["state"]) == (site, state):
                return str(row["mcu"])


@in_a_loop
async def test_commands_pass_and_the_chair_at_the_root_sees_and_rules_the_room() -> None:
    async with cascade() as world, world.room(COAST) as (room, _), world.chair() as chair:
        await room.send(json.dumps({"type": "hand", "up": True, "id": 1}))
        assert (await until(room, "ok"))["id"] == 1
        await chair.send(json.dumps({"type": "give_floor", "site": COAST, "id": 2}))
        assert (await until(chair, "ok"))["id"] == 2
        state = await _state(room, lambda said: said["tally"] == "on_air")
        assert state["mic"]["open"]


@in_a_loop
async def test_whom_the_root_wants_to_see_it_is_lent_a_lane() -> None:
    async with cascade() as world, world.room(COAST) as (room, _):
        world.root.host.command(GiveFloor(CHAIR, COAST))
        await eventually(lambda: COAST in world.engine.lent.values(), "the loan")
        asked = await until(room, "upstream")
        while not asked["camera"]:
            asked = await until(room, "upstream")
        trunk = world.root.desk.trunks.all[LEAF]
        await eventually(lambda: trunk.media_of(COAST) is not None, "its media at the root")
        assert trunk.stats().lent == 1


@in_a_loop
async def test_a_loan_brings_sound_while_its_microphone_is_open_and_a_moment_longer() -> None:
    async with cascade() as world, world.room(COAST):
        world.root.host.command(GiveFloor(CHAIR, COAST))
        trunk = world.root.desk.trunks.all[LEAF]
        await eventually(lambda: trunk.media_of(COAST) is not None, "its media at the root")
        loan = trunk.media_of(COAST)
        assert loan is not None
        await eventually(lambda: loan.hears, "its own mix")
        world.root.host.command(SetMicrophone(ROOM, open=False))
        await eventually(lambda: trunk.media_of(COAST) is loan and not loan.hears, "no more of it")


@in_a_loop
async def test_the_rungs_that_rooms_here_are_on_are_carried_and_no_others() -> None:
    async with cascade() as world:
        trunk = world.root.desk.trunks.all[LEAF]

        def wishes() -> dict[int | None, int]:
            lanes = trunk._lanes.values()
            return {one.place: one.media.watcher(Mid.PROGRAM).wish for one in lanes}

        assert wishes()[0] > 2
        world.engine.used = frozenset({(PROGRAM_VIEW, "720p")})
        await eventually(lambda: wishes()[0] == 0, "720p is carried")
        assert wishes()[1] > 2
        world.engine.used = frozenset({(PROGRAM_VIEW, "180p")})
        await eventually(lambda: wishes()[2] == 2 and wishes()[0] > 2, "180p is carried instead")


@in_a_loop
async def test_a_return_view_comes_in_the_rung_that_its_room_s_line_carries() -> None:
    async with cascade() as world, world.chair(), world.room(HALL), world.room(COAST):
        trunk = world.root.desk.trunks.all[LEAF]

        def place() -> int | None:
            lane = trunk._lanes.get(trunk._lending.lent.get(COAST, -1))
            return lane.media.watcher(Mid.PROGRAM).wish if lane is not None else None

        world.engine.places = {}
        world.root.host.command(GiveFloor(CHAIR, COAST))
        await eventually(lambda: (place() or 0) > 2, "a loan without a picture")
        world.engine.places = {COAST: 1}
        await eventually(lambda: place() == 1, "the return view in 360p")


@in_a_loop
async def test_who_waits_at_the_door_is_brought_nothing_until_it_is_let_in() -> None:
    async with cascade() as world, world.room(HILLS):
        host = world.root.host
        host.command(SetDoors(CHAIR, ask=True))
        async with world.room(COAST):
            audience = world.engine.audience
            await eventually(lambda: len(world.engine.connected()) == 2, "both connections")
            await eventually(lambda: audience() == {HILLS}, "who is in")
            host.command(Admit(CHAIR, COAST))
            await eventually(lambda: audience() == {HILLS, COAST}, "all are in")


@in_a_loop
async def test_a_room_keeps_its_seat_and_its_connection_when_the_trunk_breaks() -> None:
    async with cascade() as world, world.room(COAST) as (room, _), world.chair() as chair:
        await room.send(json.dumps({"type": "mic", "open": True, "id": 1}))
        await until(room, "ok")
        before = _endpoint(world)
        media = next(iter(world.leaf.channels.values())).media
        await world.cut()
        await eventually(lambda: _endpoint(world) not in ("", before), "seated again")
        assert world.root.host.state.is_present(COAST)
        assert world.root.host.state.sites[COAST].mic
        assert next(iter(world.leaf.channels.values())).media is media
        await room.send(json.dumps({"type": "hand", "up": True, "id": 2}))
        kinds: list[str] = []
        while not kinds or kinds[-1] != "ok":
            kinds.append(json.loads(await room.recv())["type"])
        assert "welcome" not in kinds
        assert "offer" not in kinds
        await chair.send(json.dumps({"type": "give_floor", "site": COAST, "id": 3}))
        await until(chair, "ok")
        await eventually(lambda: COAST in world.engine.lent.values(), "a loan over the new trunk")


@in_a_loop
async def test_the_leaf_has_a_copy_of_all_that_took_effect_also_after_a_break() -> None:
    async with cascade() as world, world.room(COAST):
        host, copy = world.root.host, world.leaf.replica
        await eventually(lambda: copy.state == host.state, "the copy")
        host.command(GiveFloor(CHAIR, COAST))
        await eventually(lambda: copy.state == host.state, "the copy follows")
        assert copy.state.floor == (COAST,)
        await world.cut()
        host.command(TakeFloor(CHAIR, COAST))
        await eventually(lambda: copy.state == host.state, "the copy after the break")
        trunk = world.root.desk.trunks.all[LEAF]
        await eventually(lambda: trunk.copier.acknowledged == host.state.seq, "its word for it")


@in_a_loop
async def test_a_copy_of_another_log_begins_anew() -> None:
    async with cascade() as world, world.room(COAST):
        host, copy = world.root.host, world.leaf.replica
        await eventually(lambda: copy.state == host.state, "the copy")
        stray = dump_event(LayoutSet(1_700_000_000_000, "4x4")).decode()
        assert copy.take(Events(first=copy.have().events + 1, records=(stray,)))
        await world.cut()
        await eventually(lambda: copy.state == host.state, "the true log again")


@in_a_loop
async def test_an_old_root_that_comes_back_is_not_followed() -> None:
    async with cascade() as world:
        voice = world.leaf.allegiance.voice
        world.leaf.allegiance.voice = voice.follow(Reign(2, voice.follows.root))
        await world.cut()
        await asyncio.sleep(0.5)
        assert not world.leaf.is_up
        world.root.epoch = 2
        await eventually(lambda: world.leaf.is_up, "the root of the new epoch")


@in_a_loop
async def test_a_room_that_goes_is_lost_at_the_root_and_takes_its_seat_again() -> None:
    async with cascade() as world:
        async with world.room(COAST) as (room, _):
            room.transport.abort()
        state = world.root.host
        await eventually(lambda: state.state.sites[COAST].presence is Presence.LOST, "the loss")
        async with world.room(COAST):
            assert state.state.is_present(COAST)


@in_a_loop
async def test_two_rooms_in_one_seat_are_told_apart_by_the_root() -> None:
    async with cascade() as world, world.room(COAST), world.call(world.leaf_port) as second:
        await second.send(json.dumps(_hello(world, COAST)))
        assert (await until(second, "occupied"))["agent"] == "a test"


@in_a_loop
async def test_a_still_picture_behind_a_leaf_is_on_the_wall_of_the_root() -> None:
    async with cascade() as world, world.room(HILLS) as (room, _), world.chair() as chair:
        await chair.send(json.dumps({"type": "watch_stills", "sites": [HILLS]}))
        jpeg = b"\xff\xd8\xff" + bytes(100) + b"\xff\xd9"
        await room.send(jpeg)
        while not isinstance(frame := await chair.recv(), bytes):
            pass
        assert frame.endswith(jpeg)


@in_a_loop
async def test_a_view_of_ones_own_is_not_to_be_had_behind_a_leaf() -> None:
    async with cascade() as world, world.call(world.leaf_port) as page:
        token = world.meeting.token(None, "console")
        said = {**_hello(world, None), "token": token, "kind": "viewer", "director": True}
        await page.send(json.dumps(said))
        assert (await until(page, "error"))["code"] == "not_allowed"


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({}, "another key of the same length...."),
        ({"mcu": McuName("mcu-la")}, KEY),
        ({"conference": ConferenceId("another")}, KEY),
        ({"v": TRUNK_VERSION + 1}, KEY),
    ],
)
@in_a_loop
async def test_who_is_no_leaf_of_this_plan_gets_no_trunk(fields: dict[str, Any], key: str) -> None:
    async with cascade() as world:
        socket = await _trunk(world)
        with pytest.raises(ConnectionClosed):
            await greet(socket, key, **fields)
            while True:
                await socket.recv()
        assert set(world.root.desk.trunks.all) == {LEAF}


@in_a_loop
async def test_a_proof_of_the_root_does_not_serve_the_leaf() -> None:
    async with cascade() as world:
        socket = await _trunk(world)
        hello = _trunk_hello()
        await socket.send(hello.model_dump_json())
        challenge = json.loads(await socket.recv())
        await socket.send(TrunkProof(proof=challenge["proof"]).model_dump_json())
        with pytest.raises(ConnectionClosed):
            await socket.recv()


@in_a_loop
async def test_what_a_leaf_may_not_say_ends_its_trunk_and_nothing_else() -> None:
    async with cascade() as world, world.room(COAST):
        socket = await _trunk(world)
        await greet(socket, KEY)
        await socket.send('{"type": "lend", "lane": 1, "site": "coast"}')
        with pytest.raises(ConnectionClosed):
            while True:
                await socket.recv()
        await eventually(lambda: _endpoint(world) != "", "the true leaf is back")


def test_proofs_are_of_the_key_the_side_and_all_that_was_said() -> None:
    hello, said = _trunk_hello(), TrunkChallenge(nonce="b" * 24, epoch=1)
    proof = prove(KEY, "leaf", hello, said)
    assert proves(KEY, "leaf", hello, said, proof)
    assert not proves(KEY, "root", hello, said, proof)
    for other in ({"nonce": "c" * 24}, {"epoch": 2}, {"reigns": False}):
        assert not proves(KEY, "leaf", hello, said.model_copy(update=other), proof)
    for other in ({"known": 2}, {"follows": 2}, {"candidate": True}, {"url": "http://elsewhere"}):
        assert not proves(KEY, "leaf", hello.model_copy(update=other), said, proof)
    assert not proves("", "leaf", hello, said, prove("", "leaf", hello, said))


@given(st.binary(max_size=200) | st.text(max_size=200))
def test_whatever_comes_over_a_trunk_is_a_message_or_one_error(frame: str | bytes) -> None:
    try:
        parse_trunk(frame)
    except TrunkError:
        return


@given(st.integers(0, 2**32 - 1), st.binary(max_size=50))
def test_a_still_keeps_its_channel(channel: int, jpeg: bytes) -> None:
    assert read_still(still_frame(channel, jpeg)) == (channel, jpeg)


def _endpoint(world: Cascade) -> str:
    row = world.root.host.state.sites[COAST]
    return row.endpoint or ""


def _hello(world: Cascade, site: Any) -> dict[str, Any]:
    token = world.meeting.token(site) if site else ""
    said = {"type": "hello", "v": 1, "token": token, "kind": "site", "capture": True}
    return {**said, "agent": "another"}


def _trunk_hello(**fields: Any) -> TrunkHello:
    said = {"v": TRUNK_VERSION, "mcu": LEAF, "conference": CONFERENCE, "nonce": "a" * 24}
    return TrunkHello(**{**said, **fields})


async def _trunk(world: Cascade) -> ClientConnection:
    return await connect(f"ws://127.0.0.1:{world.root_port}/trunk", proxy=None)


async def greet(socket: ClientConnection, key: str, **fields: Any) -> None:
    hello = _trunk_hello(**fields)
    await socket.send(hello.model_dump_json())
    challenge = TrunkChallenge.model_validate_json(await socket.recv())
    proof = prove(key, "leaf", hello, challenge)
    await socket.send(TrunkProof(proof=proof).model_dump_json())


async def _state(room: ClientConnection, fits: Any) -> dict[str, Any]:
    async with asyncio.timeout(20):
        while True:
            said = await until(room, "state")
            if fits(said):
                return said

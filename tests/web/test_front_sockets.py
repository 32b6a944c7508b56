"""The front's two sockets over real TCP: who waits, who calls, and whoever has no right to."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from nhipcau.app.httpserver import bind_tcp, serving
from nhipcau.credentials.statements import Challenge
from nhipcau.quantities import SiteId
from nhipcau.web.front_app import front_app
from nhipcau.web.front_session import Hall
from nhipcau.web.knocks import Knocks
from tests.mcu.callers import (
    ALL,
    HALL,
    NORTH,
    NORTH_1,
    SOUTH,
    SOUTH_1,
    Device,
    Office,
    directory_of,
    pass_text,
)
from tests.mcu.machine import WallClock

PATIENCE_S = 20.0
NEVER = 2**40
Message = dict[str, Any]


@dataclass(frozen=True, slots=True)
class World:
    """A front that is served, and its surroundings."""

    office: Office
    hall: Hall
    port: int

    def dial(self, path: str, **more: Any) -> connect:
        return connect(f"ws://127.0.0.1:{self.port}{path}", compression=None, proxy=None, **more)


@contextlib.asynccontextmanager
async def served(folder: Path, *devices: Device) -> AsyncIterator[World]:
    clock = WallClock()
    office = Office(clock, folder)
    office.front.take_directory(directory_of(devices))
    hall, knocks = Hall(office.front, clock), Knocks()
    listener = bind_tcp("127.0.0.1", 0)
    port = int(listener.getsockname()[1])
    async with serving(front_app(hall, list), listener, knocks), asyncio.timeout(3 * PATIENCE_S):
        yield World(office, hall, port)


async def hear(socket: ClientConnection, kind: str) -> Message:
    async with asyncio.timeout(PATIENCE_S):
        async for text in socket:
            message: Message = json.loads(text)
            if message["type"] == kind:
                return message
    raise AssertionError(f"closed before {kind}")


async def wait_at_bell(socket: ClientConnection, device: Device, **more: Any) -> None:
    await socket.send(json.dumps({"type": "knock", "v": 1}))
    asked = await hear(socket, "challenge")
    asked.pop("type")
    proof = device.prove(Challenge(**asked))
    said = {"device": proof.device, "key": proof.key, "signature": proof.signature}
    await socket.send(json.dumps({"type": "hello", "v": 1, "proof": said, **more}))


async def show(socket: ClientConnection, text: str) -> None:
    await socket.send(json.dumps({"type": "hello", "v": 1, "pass": text}))


def press(**more: Any) -> str:
    return json.dumps({"type": "press", "title": "Họp khẩn", **more})


async def closed_with(socket: ClientConnection, code: str) -> int:
    """Return the close code after an error of this code."""
    assert (await hear(socket, "error"))["code"] == code
    with pytest.raises(ConnectionClosed) as closed:
        while True:
            await asyncio.wait_for(socket.recv(), PATIENCE_S)
    assert closed.value.rcvd is not None
    return closed.value.rcvd.code


def good_pass(site: SiteId = HALL, **more: Any) -> str:
    return pass_text(site, NEVER, **more)


def test_a_room_rings_when_its_office_presses_and_the_office_sees_it(tmp_path: Path) -> None:
    async def scene() -> None:
        device = Device(NORTH_1)
        async with (
            served(tmp_path, device) as world,
            world.dial("/bell") as room,
            world.dial("/emergency/call") as desk,
        ):
            await wait_at_bell(room, device)
            await hear(room, "welcome")
            await show(desk, good_pass())
            welcome = await hear(desk, "welcome")
            assert [one["site"] for one in welcome["sites"]] == list(ALL)
            assert welcome["sites"][0]["call"] == "A · 0258 000 000"
            assert welcome["rooms"] == {NORTH_1: "idle"}
            await desk.send(press(id=7))
            called = await hear(desk, "called")
            assert (called["id"], called["fresh"], called["round"]) == (7, True, 1)
            assert called["chair"].startswith(f"{called['url']}/chair#token=")
            ring = await hear(room, "ring")
            assert (ring["conference"], ring["policy"]) == (called["conference"], "itself")
            assert (await hear(desk, "rooms"))["rooms"] == {NORTH_1: "ringing"}
            standing = {"type": "standing", "meeting": called["conference"]}
            await room.send(json.dumps(standing))
            assert (await hear(desk, "rooms"))["rooms"] == {NORTH_1: "meeting"}
            world.office.hosts.ended.add(called["conference"])
            world.office.front.look_for_ends()
            assert (await hear(room, "over"))["conference"] == called["conference"]
            assert (await hear(desk, "over"))["conference"] == called["conference"]

    asyncio.run(scene())


def test_a_late_room_and_a_reloaded_office_find_the_call(tmp_path: Path) -> None:
    async def scene() -> None:
        device = Device(NORTH_1)
        async with served(tmp_path, device) as world:
            async with world.dial("/emergency/call") as desk:
                await show(desk, good_pass())
                await desk.send(press(below=NORTH))
                called = await hear(desk, "called")
            async with world.dial("/bell") as room, world.dial("/emergency/call") as desk:
                await wait_at_bell(room, device)
                assert (await hear(room, "ring"))["conference"] == called["conference"]
                await show(desk, good_pass())
                (again,) = (await hear(desk, "welcome"))["calls"]
                assert again["conference"] == called["conference"]
                assert again["sites"] == called["sites"]

    asyncio.run(scene())


@pytest.mark.parametrize(
    ("text", "code", "close"),
    [
        (pass_text(expires_s=NEVER, key=Ed25519PrivateKey.generate()), "pass_invalid", 4401),
        ("not.a.pass", "pass_invalid", 4401),
        (pass_text(expires_s=10), "pass_expired", 4401),
        (good_pass(pass_id="gone"), "pass_revoked", 4403),
        (good_pass(SiteId("elsewhere")), "unknown_site", 4404),
    ],
)
def test_whoever_shows_no_good_pass_is_turned_away_and_written_down(
    tmp_path: Path, text: str, code: str, close: int
) -> None:
    async def scene() -> None:
        async with served(tmp_path) as world:
            world.office.front.take_directory(directory_of(passes_revoked=("gone",)))
            async with world.dial("/emergency/call") as desk:
                await show(desk, text)
                assert await closed_with(desk, code) == close
            assert world.office.trail.told() == [("emergency.press", code)]
            assert world.office.hosts.plans == []

    asyncio.run(scene())


def test_a_pass_that_is_revoked_while_its_page_is_open_is_put_out(tmp_path: Path) -> None:
    async def scene() -> None:
        async with served(tmp_path) as world, world.dial("/emergency/call") as desk:
            await show(desk, good_pass())
            await hear(desk, "welcome")
            world.office.front.take_directory(directory_of(passes_revoked=("p1",)))
            assert await closed_with(desk, "pass_revoked") == 4403

    asyncio.run(scene())


def test_a_districts_pass_sees_and_calls_its_own_rooms_only(tmp_path: Path) -> None:
    async def scene() -> None:
        async with served(tmp_path) as world, world.dial("/emergency/call") as desk:
            await show(desk, good_pass(SOUTH))
            welcome = await hear(desk, "welcome")
            assert [one["site"] for one in welcome["sites"]] == [SOUTH, SOUTH_1]
            await desk.send(press(sites=[NORTH_1]))
            assert (await hear(desk, "error"))["code"] == "not_allowed"
            assert world.office.hosts.plans == []
            assert world.office.trail.told() == [("emergency.press", "not_allowed")]

    asyncio.run(scene())


def test_a_flood_of_presses_is_one_conference(tmp_path: Path) -> None:
    async def scene() -> None:
        async with served(tmp_path) as world, world.dial("/emergency/call") as desk:
            await show(desk, good_pass())
            await hear(desk, "welcome")
            for _ in range(40):
                await desk.send(press())
            assert (await hear(desk, "error"))["code"] == "rate"
            assert len(world.office.hosts.plans) == 1
            pressed = [one for one in world.office.trail.told() if one[0] == "emergency.press"]
            # Those that the brake let through are written down, each of them.
            assert set(pressed) == {("emergency.press", "done")}
            assert 1 <= len(pressed) <= 6

    asyncio.run(scene())


def test_nobody_waits_at_the_bell_by_another_key_another_nonce_or_none(tmp_path: Path) -> None:
    async def scene() -> None:
        device, stranger = Device(NORTH_1), Device(SOUTH_1)
        async with served(tmp_path, device) as world:
            async with world.dial("/bell") as room:
                await wait_at_bell(room, stranger)
                await closed_with(room, "unknown_device")
            async with world.dial("/bell") as room:
                impostor = Device(NORTH_1)
                await wait_at_bell(room, impostor)
                await closed_with(room, "unknown_device")
            async with world.dial("/bell") as room:
                await room.send(json.dumps({"type": "knock", "v": 1}))
                await hear(room, "challenge")
                proof = device.prove(Challenge("another", "", "mcu-1", 0))
                said = {"device": proof.device, "key": proof.key, "signature": proof.signature}
                await room.send(json.dumps({"type": "hello", "v": 1, "proof": said}))
                await closed_with(room, "proof_invalid")
            async with world.dial("/bell") as room:
                said = {"device": "d", "key": "k", "signature": "s"}
                await room.send(json.dumps({"type": "hello", "v": 1, "proof": said}))
                await closed_with(room, "proof_invalid")
            assert len(world.office.front.bells) == 0

    asyncio.run(scene())


@pytest.mark.parametrize("path", ["/bell", "/emergency/call"])
def test_a_page_of_another_origin_is_not_let_in_and_the_offices_is(
    tmp_path: Path, path: str
) -> None:
    async def scene() -> None:
        async with served(tmp_path) as world:
            with pytest.raises(InvalidStatus):
                async with world.dial(path, origin="https://evil.example"):
                    pass
            async with world.dial(path, origin="https://office.example"):
                pass
            async with world.dial(path, origin="https://front.example"):
                pass

    asyncio.run(scene())


@pytest.mark.parametrize("path", ["/bell", "/emergency/call"])
@pytest.mark.parametrize(
    "text", ["{", "null", '{"type":"press"}', '{"type":"standing","x":1}', "[" * 60_000]
)
def test_a_wrong_word_is_answered_and_ten_in_a_row_end_it(
    tmp_path: Path, path: str, text: str
) -> None:
    async def scene() -> None:
        async with served(tmp_path) as world, world.dial(path) as socket:
            await socket.send(text)
            assert (await hear(socket, "error"))["code"] == "malformed"
            for _ in range(9):
                await socket.send(text)
            with pytest.raises(ConnectionClosed):
                while True:
                    await asyncio.wait_for(socket.recv(), PATIENCE_S)

    asyncio.run(scene())


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/bell", {"type": "standing", "meeting": None}),
        ("/emergency/call", {"type": "press", "title": "x"}),
    ],
)
def test_nothing_is_taken_before_a_hello(tmp_path: Path, path: str, said: Message) -> None:
    async def scene() -> None:
        async with served(tmp_path) as world, world.dial(path) as socket:
            await socket.send(json.dumps(said))
            await closed_with(socket, "hello_first")
            assert world.office.hosts.plans == []

    asyncio.run(scene())


def test_a_second_page_of_a_device_takes_the_place_of_the_first(tmp_path: Path) -> None:
    async def scene() -> None:
        device = Device(NORTH_1)
        async with (
            served(tmp_path, device) as world,
            world.dial("/bell") as first,
            world.dial("/bell") as second,
        ):
            await wait_at_bell(first, device)
            await hear(first, "welcome")
            await wait_at_bell(second, device)
            await hear(second, "welcome")
            with pytest.raises(ConnectionClosed):
                await asyncio.wait_for(first.recv(), PATIENCE_S)
            assert len(world.office.front.bells) == 1

    asyncio.run(scene())

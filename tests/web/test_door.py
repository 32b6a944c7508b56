"""The door on real sockets: whatever knocks, the meeting goes on and whoever is good gets in."""

import asyncio
import json
import os
import socket as sockets
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed
from websockets.frames import Frame, Opcode

from nhipcau.quantities import SiteId
from nhipcau.web.knocks import DoorLimits
from tests.mcu.nodes import COAST, HALL, HILLS
from tests.web.doors import LiveDoor, closed_with, eventually, hello, live_door, until

_HEAD = "GET /signal HTTP/1.1\r\nHost: mcu\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
_UPGRADE = (
    f"{_HEAD}Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
_LOOPBACK_COUNTS = frozenset[str]()

Play = Callable[[LiveDoor], Awaitable[None]]


def play(scene: Play, limits: DoorLimits | None = None) -> None:
    """Run a scene with the hall in its seat, and see that nothing of it harms the hall."""

    async def run() -> None:
        async with live_door(limits) as live, live.dial() as hall:
            await join(live, hall, HALL)
            await scene(live)
            await hall.send(json.dumps({"type": "ping", "t": 7}))
            assert (await until(hall, "pong"))["t"] == 7
            assert live.present(HALL)
            assert live.refusals("internal") == 0

    asyncio.run(run())


async def join(live: LiveDoor, socket: ClientConnection, site: SiteId) -> None:
    await socket.send(hello(live.meeting.token(site)))
    await until(socket, "offer")


def test_a_good_hello_is_no_longer_at_the_door() -> None:
    async def scene(live: LiveDoor) -> None:
        assert live.knocks.waiting() == 0

    play(scene)


def test_a_megabyte_is_refused_with_an_answer() -> None:
    async def scene(live: LiveDoor) -> None:
        async with live.dial() as socket:
            await socket.send("x" * 1_000_000)
            assert (await until(socket, "error"))["code"] == "too_large"
            assert await closed_with(socket) == 4413
        assert live.refusals("too_large") == 1

    play(scene)


def test_a_megabyte_of_bytes_is_refused_with_an_answer() -> None:
    async def scene(live: LiveDoor) -> None:
        async with live.dial() as socket:
            await join(live, socket, COAST)
            await socket.send(bytes(1_000_000))
            assert (await until(socket, "error"))["code"] == "too_large"
            assert await closed_with(socket) == 4413

    play(scene)


def test_a_frame_beyond_all_bounds_closes_the_connection() -> None:
    async def scene(live: LiveDoor) -> None:
        async with live.dial() as socket:
            with pytest.raises(ConnectionClosed):
                await socket.send("x" * 5_000_000)
                await socket.recv()
            assert await closed_with(socket) in (1009, None)

    play(scene)


def test_of_many_large_messages_at_a_time_those_too_many_are_cut() -> None:
    async def scene(live: LiveDoor) -> None:
        async with AsyncExitStack() as stack:
            senders = [await stack.enter_async_context(live.dial()) for _ in range(4)]
            for sender in senders:
                # The first half of a message that would be too long.
                half = Frame(Opcode.TEXT, b"x" * 100_000, fin=False)
                sender.transport.write(half.serialize(mask=True))
            await eventually(lambda: live.knocks.refused().get("abuse") == 2, "two are cut")

    play(scene, DoorLimits(large_messages=2))


@pytest.mark.parametrize(
    "garbage",
    [b"\x00" * 4_000, b"\x16\x03\x01\x02\x00" + os.urandom(200), b"\xff" * 100, b"\r\n\r\n" * 9],
    ids=["zeros", "tls", "ones", "newlines"],
)
def test_garbage_instead_of_http_is_refused_or_waits_its_time_out(garbage: bytes) -> None:
    async def scene(live: LiveDoor) -> None:
        reader, writer = await live.tcp()
        writer.write(garbage)
        answer = await asyncio.wait_for(reader.read(), 20)
        assert answer == b"" or b" 400 " in answer or b" 408 " in answer
        writer.close()
        await eventually(lambda: live.knocks.waiting() == 0, "the door is free")

    play(scene, DoorLimits(greet_s=1.0))


def test_bytes_that_are_no_text_close_with_1007() -> None:
    async def scene(live: LiveDoor) -> None:
        async with live.dial() as socket:
            await socket.send(b"\xc3\x28\xff", text=True)
            assert await closed_with(socket) == 1007

    play(scene)


def test_tcp_connections_that_say_nothing_lose_to_those_that_do() -> None:
    async def scene(live: LiveDoor) -> None:
        silent = [await live.tcp() for _ in range(60)]
        await eventually(lambda: live.knocks.refused().get("crowd", 0) >= 44, "old ones go")
        assert live.knocks.waiting() <= 16
        async with live.dial() as socket:
            await join(live, socket, COAST)
            assert live.present(COAST)
        assert b" 503 " in await asyncio.wait_for(silent[0][0].read(), 20)
        for _, writer in silent:
            writer.close()

    play(scene, DoorLimits(half_open=16))


def test_websockets_that_do_not_say_hello_lose_to_those_that_do() -> None:
    async def scene(live: LiveDoor) -> None:
        async with AsyncExitStack() as stack:
            silent = [await stack.enter_async_context(live.dial()) for _ in range(12)]
            assert (await until(silent[0], "error"))["code"] == "overloaded"
            assert await closed_with(silent[0]) == 4503
            async with live.dial() as socket:
                await join(live, socket, COAST)
                assert live.present(COAST)
            assert live.knocks.waiting() <= 8

    play(scene, DoorLimits(half_open=8))


def test_one_address_may_not_fill_the_door() -> None:
    async def scene(live: LiveDoor) -> None:
        silent = [await live.tcp() for _ in range(10)]
        await eventually(lambda: live.knocks.refused().get("crowd") == 6, "only four are left")
        for _, writer in silent:
            writer.close()

    play(scene, DoorLimits(half_open=100, per_address=4, trusted=_LOOPBACK_COUNTS))


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"GET /signal HTTP/1.1\r\nHost:",
        _UPGRADE.encode(),
        # The WebSocket library refuses a header line of this length; uvicorn alone says nothing.
        (_UPGRADE[:-2] + "X-Long: " + "a" * 9_000 + "\r\n\r\n").encode(),
        (_UPGRADE[:-2] + "".join(f"X-{n}: a\r\n" for n in range(200)) + "\r\n").encode(),
        b"GET / HTTP/1.1\r\nHost: mcu\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
        b"POST /healthz HTTP/1.1\r\nHost: mcu\r\nContent-Length: 1000000\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: mcu\r\n\r\nGET /heal",
    ],
    ids=["nothing", "half", "no-hello", "long-line", "many-lines", "h2c", "no-body", "second"],
)
def test_a_connection_that_goes_no_further_is_closed_in_time(said: bytes) -> None:
    async def scene(live: LiveDoor) -> None:
        reader, writer = await live.tcp()
        writer.write(said)
        await asyncio.wait_for(reader.read(), 20)
        writer.close()
        await eventually(lambda: live.knocks.waiting() == 0, "the door is free")

    play(scene, DoorLimits(greet_s=1.0))


def test_a_head_without_end_is_refused() -> None:
    async def scene(live: LiveDoor) -> None:
        reader, writer = await live.tcp()
        writer.write(b"GET / HTTP/1.1\r\nHost: mcu\r\n")
        for number in range(100):
            writer.write(f"X-{number}: {'a' * 500}\r\n".encode())
        assert b" 431 " in await asyncio.wait_for(reader.read(), 20)
        writer.close()

    play(scene)


def test_a_plain_request_is_answered_and_leaves_the_door_free() -> None:
    async def scene(live: LiveDoor) -> None:
        reader, writer = await live.tcp()
        for _ in range(3):
            writer.write(b"GET /healthz HTTP/1.1\r\nHost: mcu\r\n\r\n")
            head = await reader.readuntil(b"\r\n\r\n")
            assert b" 200 " in head
            await reader.readexactly(len(b'{"status":"ok"}'))
        writer.close()
        await eventually(lambda: live.knocks.waiting() == 0, "the door is free")

    play(scene)


def test_a_flood_of_pings_is_cut() -> None:
    async def scene(live: LiveDoor) -> None:
        async with live.dial() as socket:
            await join(live, socket, COAST)
            ping = Frame(Opcode.PING, b"x" * 100).serialize(mask=True)
            socket.transport.write(ping * 500)
            assert await closed_with(socket) == 1008

    play(scene)


def test_fragments_without_end_are_cut() -> None:
    async def scene(live: LiveDoor) -> None:
        async with live.dial() as socket:
            await join(live, socket, COAST)
            empty = Frame(Opcode.CONT, b"", fin=False).serialize(mask=True)
            socket.transport.write(Frame(Opcode.TEXT, b"x", fin=False).serialize(mask=True))
            socket.transport.write(empty * 3_000)
            assert await closed_with(socket) == 1008

    play(scene)


def test_an_endpoint_that_reads_nothing_is_cut_off_and_its_seat_is_free() -> None:
    async def scene(live: LiveDoor) -> None:
        deaf = sockets.socket()
        deaf.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4_096)
        deaf.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(deaf, ("127.0.0.1", live.port))
        await loop.sock_sendall(deaf, _UPGRADE.encode())
        assert b" 101 " in await loop.sock_recv(deaf, 1_000)
        said = hello(live.meeting.token(HILLS)).encode()
        await loop.sock_sendall(deaf, Frame(Opcode.TEXT, said).serialize(mask=True))
        await eventually(lambda: live.present(HILLS), "it is seated")
        endpoint = live.node.desk.media_of(HILLS)
        assert endpoint is not None
        # More than the kernel holds for it: what then is queued is bounded by the outbox.
        for _ in range(2_000):
            endpoint.outbox.send({"type": "beat", "t": 0, "more": "x" * 8_000})
            await asyncio.sleep(0)
        await eventually(lambda: not live.present(HILLS), "it is let go")
        assert live.refusals("slow_reader") == 1
        deaf.close()

    play(scene, DoorLimits(linger_s=0.5))


def test_an_endpoint_that_is_sent_little_and_reads_nothing_is_cut_off_too() -> None:
    async def scene(live: LiveDoor) -> None:
        async with live.dial() as socket:
            await join(live, socket, HILLS)
            socket.transport.pause_reading()
            endpoint = live.node.desk.media_of(HILLS)
            assert endpoint is not None
            for _ in range(200):
                endpoint.outbox.send({"type": "beat", "t": 0, "more": "x" * 60_000})
            await eventually(lambda: not live.present(HILLS), "it is let go")
            assert live.knocks.refused().get("stalled") == 1
            socket.transport.abort()

    play(scene, DoorLimits(stall_s=0.5))


def test_a_page_that_reloads_in_a_loop_is_told_when_to_come_again() -> None:
    async def scene(live: LiveDoor) -> None:
        token = live.meeting.token(COAST)
        async with AsyncExitStack() as stack:
            for _ in range(60):
                socket = await stack.enter_async_context(live.dial())
                await socket.send(hello(token, takeover=True))
                told = json.loads(await socket.recv())
                if told["type"] == "error":
                    break
            assert (told["code"], told["type"]) == ("rate", "error")
            assert 0 < told["retry_ms"] <= 1_000
            assert await closed_with(socket) == 4429
            # The last one that was let in is there still.
            assert live.present(COAST)
            async with live.dial() as other:
                await join(live, other, HILLS)

    play(scene)


def test_an_unknown_address_is_no_websocket() -> None:
    async def scene(live: LiveDoor) -> None:
        reader, writer = await live.tcp()
        writer.write(_UPGRADE.replace("/signal", "/elsewhere").encode())
        assert b" 403 " in await asyncio.wait_for(reader.read(), 20)
        writer.close()
        await eventually(lambda: live.knocks.waiting() == 0, "the door is free")

    play(scene)


def test_refusals_are_on_the_metrics_page() -> None:
    async def scene(live: LiveDoor) -> None:
        async with live.dial() as socket:
            await socket.send("{")
            await until(socket, "error")
        reader, writer = await live.tcp()
        writer.write(b"GET /metrics HTTP/1.1\r\nHost: mcu\r\nConnection: close\r\n\r\n")
        page = (await reader.read()).decode()
        writer.close()
        assert 'nhipcau_mcu_signalling_errors_total{code="malformed"} 1.0' in page
        assert "nhipcau_mcu_half_open 0.0" in page

    play(scene)

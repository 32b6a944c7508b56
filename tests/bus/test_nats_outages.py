"""What the NATS adapter does when its server goes, freezes, comes back, or does not let it in."""

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from nhipcau.bus.natsbus import NatsBus
from nhipcau.bus.natslink import NatsAddress, NatsLink, retry_pause_s
from nhipcau.bus.natsregistry import NatsRegistry
from nhipcau.bus.server import NatsServer
from nhipcau.ports.bus import BusError, BusMessage, Subscription

from .conftest import CONNECT_TIMEOUT_S, Line, nats_line

WAIT_S = 20.0
# "Quickly", on a machine that does other things too.
AT_ONCE_S = 2.0


def play(data_dir: Path, scene: Callable[[NatsServer, Line], Awaitable[None]]) -> None:
    async def run() -> None:
        server = NatsServer(data_dir)
        await server.start()
        try:
            async with nats_line(server) as line, asyncio.timeout(50):
                await scene(server, line)
        finally:
            await server.stop()

    asyncio.run(run())


async def publish_until_heard(line: Line, subject: str, heard: asyncio.Task[BusMessage]) -> None:
    async with asyncio.timeout(WAIT_S):
        while not heard.done():
            with suppress(BusError):
                await line.left.publish(subject, b"again")
            await asyncio.sleep(0.05)


async def first(subscription: Subscription) -> BusMessage:
    return await anext(aiter(subscription))


async def refuse(line: Line) -> None:
    """Publish until the link is found broken."""
    async with asyncio.timeout(WAIT_S):
        while True:
            begun = time.monotonic()
            try:
                await line.left.publish("into.the.void", b"")
            except BusError:
                assert time.monotonic() - begun < AT_ONCE_S
                return
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_messages_flow_again_after_the_server_was_restarted(
    tmp_path: Path, how: signal.Signals
) -> None:
    async def scene(server: NatsServer, line: Line) -> None:
        async with (
            line.right.subscribe("mcu.>") as subscription,
            line.right.respond("ask", _echo),
            asyncio.TaskGroup() as group,
        ):
            heard = group.create_task(first(subscription))
            assert server.pid is not None
            os.kill(server.pid, how)
            await server.wait()
            await refuse(line)
            await server.start()
            await publish_until_heard(line, "mcu.hall", heard)
            assert heard.result() == BusMessage("mcu.hall", b"again")
            assert await line.left.request("ask", b"1", timeout_s=WAIT_S) == b"1"

    play(tmp_path, scene)


async def _echo(message: BusMessage) -> bytes:
    return message.payload


def test_the_registry_survives_the_server_and_its_watchers_see_what_they_missed(
    tmp_path: Path,
) -> None:
    async def scene(server: NatsServer, line: Line) -> None:
        await line.left_registry.put("plan.a", b"1")
        async with line.right_registry.watch("plan.*") as entries:
            assert (await anext(entries)).value == b"1"
            await server.stop()
            await refuse(line)
            with pytest.raises(BusError):
                await line.left_registry.get("plan.a")
            await server.start()
            link = await NatsLink.start(server.address, name="third")
            await link.wait_connected(CONNECT_TIMEOUT_S)
            third = NatsRegistry(link, "test")
            found = await third.get("plan.a")
            assert found is not None
            revision = await third.put("plan.a", b"2", expected=found.revision)
            async with asyncio.timeout(WAIT_S):
                entry = await anext(entries)
            assert (entry.value, entry.revision) == (b"2", revision)
            await link.aclose()

    play(tmp_path, scene)


def test_a_frozen_server_is_noticed_and_publishing_never_waits_for_it(tmp_path: Path) -> None:
    async def scene(server: NatsServer, line: Line) -> None:
        assert server.pid is not None
        os.kill(server.pid, signal.SIGSTOP)
        try:
            with pytest.raises(BusError):
                for _ in range(100):
                    async with asyncio.timeout(AT_ONCE_S):
                        await line.left.publish("large", bytes(1 << 20))
            with pytest.raises(BusError):
                await line.left.request("ask", b"", timeout_s=0.1)
            await refuse(line)
        finally:
            os.kill(server.pid, signal.SIGCONT)
        async with line.right.subscribe("mcu.>") as subscription, asyncio.TaskGroup() as group:
            heard = group.create_task(first(subscription))
            await publish_until_heard(line, "mcu.hall", heard)

    play(tmp_path, scene)


def test_a_subscription_made_while_the_server_is_away_hears_when_it_is_back(
    tmp_path: Path,
) -> None:
    async def scene(server: NatsServer, line: Line) -> None:
        await server.stop()
        await refuse(line)
        async with line.right.subscribe("mcu.>") as subscription, asyncio.TaskGroup() as group:
            heard = group.create_task(first(subscription))
            await server.start()
            await publish_until_heard(line, "mcu.hall", heard)

    play(tmp_path, scene)


def test_a_bus_with_the_wrong_password_never_gets_in_and_says_so(tmp_path: Path) -> None:
    async def scene(server: NatsServer, line: Line) -> None:
        link = await NatsLink.start(replace(server.address, password="guess"), name="stranger")
        bus = NatsBus(link)
        with pytest.raises(BusError):
            await link.wait_connected(0.6)
        with pytest.raises(BusError):
            await bus.publish("mcu.hall", b"")
        await bus.aclose()

    play(tmp_path, scene)


def test_leaving_while_the_server_is_away_does_not_hang(tmp_path: Path) -> None:
    async def scene(server: NatsServer, line: Line) -> None:
        link = await NatsLink.start(server.address, name="third")
        bus = NatsBus(link)
        await link.wait_connected(CONNECT_TIMEOUT_S)
        await server.stop()
        async with asyncio.timeout(WAIT_S):
            await bus.aclose()

    play(tmp_path, scene)


def test_no_task_is_left_behind(tmp_path: Path) -> None:
    async def scene(server: NatsServer, line: Line) -> None:
        before = asyncio.all_tasks()
        link = await NatsLink.start(server.address, name="third")
        bus = NatsBus(link)
        await link.wait_connected(CONNECT_TIMEOUT_S)
        async with (
            bus.subscribe("mcu.>"),
            bus.respond("ask", _echo),
            NatsRegistry(link, "other").watch(">"),
        ):
            await asyncio.sleep(0.1)
        await bus.aclose()
        async with asyncio.timeout(WAIT_S):
            while asyncio.all_tasks() - before:  # noqa: ASYNC110
                await asyncio.sleep(0.02)

    play(tmp_path, scene)


def test_the_stats_count_what_went_through(tmp_path: Path) -> None:
    async def scene(server: NatsServer, line: Line) -> None:
        assert isinstance(line.left, NatsBus)
        async with line.left.subscribe("count") as subscription:
            await line.left.publish("count", b"")
            await anext(aiter(subscription))
        stats = line.left.stats()
        assert (stats.connections, stats.published, stats.received) == (1, 1, 1)

    play(tmp_path, scene)


def test_an_outage_is_one_line_of_the_log_however_long_it_lasts() -> None:
    async def scene() -> None:
        # Nobody listens there.
        link = await NatsLink.start(NatsAddress("nats://127.0.0.1:1"), name="waits")
        await asyncio.sleep(2.0)
        await link.aclose()

    with capture_logs() as said:
        asyncio.run(scene())
    levels = [line["log_level"] for line in said if line["event"] == "bus.link_lost"]
    assert levels[0] == "info"
    assert set(levels[1:]) == {"debug"}


def test_a_server_that_stays_away_is_asked_less_and_less_often() -> None:
    pauses = [retry_pause_s(failures) for failures in range(1, 2000)]
    assert pauses == sorted(pauses)
    # Most servers are back at once, and nobody waits long for one that was away for a day.
    assert pauses[0] <= 0.2
    assert pauses[-1] <= 2.0
    assert pauses[4] >= 5 * pauses[0]

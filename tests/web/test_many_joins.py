"""A thousand joins and leaves in a minute on a real MCU: nothing grows, and the program goes on."""

import asyncio
import contextlib
import itertools
import json
import socket
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from websockets.asyncio.client import ClientConnection, connect

from nhipcau.ports.transport import UPSTREAM, ConnectionState, SendLine
from nhipcau.quantities import SiteId, Ssrc
from nhipcau.webrtc.certificate import make_certificate
from nhipcau.webrtc.rtc import RtcConnection, RtcSettings, RtcTransport
from tests.web.doors import hello, until
from tests.web.mcuprocess import McuProcess, running_mcu

SITES = 145
WARM_UP, JOINS, AT_A_TIME = 200, 1_000, 8
# Every so many joins bring their media up, too; the others go as soon as they have an offer.
MEDIA_EVERY = 10
LINES = [SendLine(mid, Ssrc(number + 1), "a test") for number, mid in enumerate(UPSTREAM)]
PATIENCE_S = 60.0


class Crowd:
    """Sites that come and go on one MCU."""

    def __init__(self, mcu: McuProcess, transport: RtcTransport) -> None:
        self._mcu = mcu
        self._transport = transport
        # The first site stays.
        self._turn: Iterator[tuple[int, SiteId]] = enumerate(itertools.cycle(mcu.sites[1:]))

    async def come_and_go(self, joins: int) -> None:
        """Let so many sites join and leave, some at a time."""
        many = iter(range(joins))

        async def work() -> None:
            for _ in many:
                number, site = next(self._turn)
                await self._one(number, site)

        async with asyncio.TaskGroup() as group:
            for _ in range(AT_A_TIME):
                group.create_task(work())

    async def _one(self, number: int, site: SiteId) -> None:
        async with self._dial() as socket:
            if number % MEDIA_EVERY == 0:
                connection = await self.bring_up(socket, site)
                await asyncio.to_thread(connection.close)
            else:
                await self._greet(socket, site)
            if number % 3:
                await socket.send('{"type":"leave"}')
            else:
                socket.transport.abort()

    @contextlib.asynccontextmanager
    async def staying(self) -> AsyncIterator[None]:
        """Keep the first site in the meeting, with media, so that there is a program to make."""
        async with self._dial() as socket:
            connection = await self.bring_up(socket, self._mcu.sites[0])
            reader = asyncio.create_task(_read(socket))
            yield
            assert connection.state() is ConnectionState.CONNECTED
            reader.cancel()
            await asyncio.wait((reader,))
            await asyncio.to_thread(connection.close)

    async def bring_up(self, socket: ClientConnection, site: SiteId) -> RtcConnection:
        """Join and return a connection that is up."""
        offer = await self._greet(socket, site)
        connection = await asyncio.to_thread(self._transport.answer, offer, LINES)
        async with asyncio.timeout(PATIENCE_S):
            while (answer := connection.local_sdp()) is None:  # noqa: ASYNC110 - polled by design
                await asyncio.sleep(0.005)
            await socket.send(_answer(answer))
            while connection.state() is not ConnectionState.CONNECTED:  # noqa: ASYNC110
                await asyncio.sleep(0.005)
        return connection

    def _dial(self) -> connect:
        return connect(self._mcu.signal_url, compression=None, proxy=None, max_size=2**22)

    async def _greet(self, socket: ClientConnection, site: SiteId) -> str:
        await socket.send(hello(self._mcu.token(site), takeover=True))
        return str((await until(socket, "offer"))["sdp"])


def _answer(sdp: str) -> str:
    return json.dumps({"type": "answer", "sdp": sdp})


async def _read(socket: ClientConnection) -> None:
    async for _ in socket:
        pass


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_thousand_joins_and_leaves_leave_nothing_behind(tmp_path: Path) -> None:
    async def scene(transport: RtcTransport) -> None:
        async with running_mcu(tmp_path, SITES) as mcu:
            crowd = Crowd(mcu, transport)
            async with crowd.staying():
                await crowd.come_and_go(WARM_UP)
                await _settled(mcu)
                files, memory_mb, before = mcu.open_files(), mcu.rss_mb(), mcu.metrics()
                async with asyncio.timeout(180):
                    await crowd.come_and_go(JOINS)
                await _settled(mcu)
                after = mcu.metrics()
                assert mcu.open_files() <= files + 8
                assert mcu.rss_mb() <= memory_mb + 40
                assert after["endpoints"] == 1
                assert after["connections"] == 1
                made = after['view_frames_total{view="program"}']
                assert made > before['view_frames_total{view="program"}']
                # Nobody was refused, and nothing of ours failed.
                assert not [name for name in after if name.startswith("signalling_errors")]

    transport = RtcTransport(RtcSettings(make_certificate(tmp_path, datetime.now(UTC))))
    try:
        asyncio.run(scene(transport))
    finally:
        transport.close()


async def _settled(mcu: McuProcess) -> None:
    """Wait until all who went are forgotten and their connections closed."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            metrics = await asyncio.to_thread(mcu.metrics)
            if metrics["endpoints"] == 1 and metrics["connections"] == 1:
                break
            await asyncio.sleep(0.2)
    # Closed connections are let go of by threads of the transport.
    await asyncio.sleep(3)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_flood_of_half_open_connections_leaves_the_meeting_as_it_is(tmp_path: Path) -> None:
    async def scene(transport: RtcTransport) -> None:
        async with running_mcu(tmp_path, SITES) as mcu:
            crowd = Crowd(mcu, transport)
            async with crowd.staying():
                files, pid = mcu.open_files(), mcu.pid
                address = int(mcu.url.rsplit(":", 1)[1])
                flood = [socket.create_connection(("127.0.0.1", address)) for _ in range(900)]
                await crowd.come_and_go(50)
                metrics = await asyncio.to_thread(mcu.metrics)
                assert metrics["half_open"] <= 768
                assert metrics['turned_away_total{reason="crowd"}'] > 100
                assert metrics["connections"] >= 1
                for one in flood:
                    one.close()
                await _settled(mcu)
                assert mcu.open_files() <= files + 8
                assert mcu.pid == pid

    transport = RtcTransport(RtcSettings(make_certificate(tmp_path, datetime.now(UTC))))
    try:
        asyncio.run(scene(transport))
    finally:
        transport.close()

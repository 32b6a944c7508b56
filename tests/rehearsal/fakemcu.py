"""A small MCU: real signalling over WebSocket, a transport of its own, and the test in charge."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from websockets.asyncio.server import Server, ServerConnection, serve

from nhipcau.ports.transport import Connection, ConnectionState, Mid, SendLine, Transport
from nhipcau.quantities import Ssrc

DOWN_SSRCS = {Mid.PROGRAM: 1001, Mid.CONTENT: 1002, Mid.SOUND: 1003}
_LINES = [SendLine(mid, Ssrc(ssrc), "program") for mid, ssrc in DOWN_SSRCS.items()]
# Generous: eight test runs may share two cores.
_PATIENCE_S = 15.0
_BEAT_S = 0.05


@dataclass
class Seat:
    """One endpoint that called."""

    socket: ServerConnection
    hello: dict[str, object]
    connection: Connection | None = None
    heard: list[dict[str, object]] = field(default_factory=list)
    beats: bool = True

    async def say(self, **fields: object) -> None:
        await self.socket.send(json.dumps(fields))

    async def posts(self, here: str, epoch: int = 1, **urls: str) -> None:
        """Say where the site may be served, by the MCU's name."""
        posts = [
            {"mcu": mcu, "url": f"http{url.removeprefix('ws').removesuffix('/signal')}"}
            for mcu, url in urls.items()
        ]
        await self.say(type="posts", here=here, epoch=epoch, posts=posts)

    async def upstream(self, *, camera: bool = False, microphone: bool = False) -> None:
        await self.say(type="upstream", camera=camera, microphone=microphone, content=False)

    def media(self) -> Connection:
        assert self.connection is not None
        return self.connection

    def is_connected(self) -> bool:
        return self.connection is not None and self.connection.state() is ConnectionState.CONNECTED

    def kinds(self) -> list[object]:
        return [message["type"] for message in self.heard]


class FakeMcu:
    """Admits everybody; the token is taken as the site's code."""

    def __init__(self, transport: Transport) -> None:
        self.seats: list[Seat] = []
        self.offer_text: str | None = None
        self._transport = transport
        self._server: Server | None = None

    @property
    def url(self) -> str:
        assert self._server is not None
        port = next(iter(self._server.sockets)).getsockname()[1]
        return f"ws://127.0.0.1:{port}/signal"

    async def __aenter__(self) -> Self:
        self._server = await serve(self._admit, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    async def seat(self, count: int = 1) -> Seat:
        """Wait for the `count`-th endpoint to be connected, media and all."""
        await until(lambda: len(self.seats) >= count and self.seats[count - 1].is_connected())
        return self.seats[count - 1]

    async def _admit(self, socket: ServerConnection) -> None:
        seat = Seat(socket, json.loads(await socket.recv()))
        self.seats.append(seat)
        if seat.hello["type"] == "hello":
            await _welcome(seat)
        connection = self._transport.offer(_LINES)
        await until(lambda: connection.local_sdp() is not None)
        await seat.say(type="offer", sdp=self.offer_text or connection.local_sdp())
        beating = asyncio.create_task(self._beat(seat))
        try:
            async for text in socket:
                message = json.loads(text)
                seat.heard.append(message)
                if message["type"] == "answer":
                    connection.accept(message["sdp"])
                    seat.connection = connection
                elif message["type"] == "hello":
                    await _welcome(seat)
        finally:
            beating.cancel()
            await asyncio.to_thread(connection.close)

    async def _beat(self, seat: Seat) -> None:
        while seat.beats:
            await seat.say(type="beat", t=0)
            await asyncio.sleep(_BEAT_S)


async def _welcome(seat: Seat) -> None:
    await seat.say(type="welcome", v=1, beat_ms=1000 * _BEAT_S)
    await seat.say(type="state", tally="listen", mic={"open": False, "locked": False}, hand=None)


async def until(condition: Callable[[], bool]) -> None:
    """Wait until `condition` holds."""
    async with asyncio.timeout(_PATIENCE_S):
        while not condition():  # noqa: ASYNC110 - counters of another thread set no event
            await asyncio.sleep(0.005)

"""A page without a network: a Session that speaks to it by queue, on a node of its own."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

from starlette.types import Message
from starlette.websockets import WebSocket

from nhipcau.mcu.node import McuNode
from nhipcau.web.door import Door
from nhipcau.web.faults import SignallingCounters
from nhipcau.web.signalling import Session
from nhipcau.webrtc.memory import MemoryNetwork
from tests.mcu.machine import HandClock
from tests.mcu.nodes import Meeting

_PATIENCE_S = 20.0
Said = dict[str, Any]


class House:
    """A node, its door, and a clock that stands still."""

    def __init__(self) -> None:
        self.clock = HandClock()
        self.meeting = Meeting(self.clock)
        self.network = MemoryNetwork(self.clock)
        self.node: McuNode = self.meeting.node(self.network)
        self.counters = SignallingCounters()
        self.door = Door(self.node.desk, self.node.announcer, self.clock, self.counters)

    @contextlib.asynccontextmanager
    async def page(self, host: str = "192.0.2.1") -> AsyncIterator["Page"]:
        """Open a page; its session is at its end when the context is."""
        page = Page(self.door, host)
        try:
            yield page
        finally:
            page.hang_up()
            await asyncio.wait_for(page.session, _PATIENCE_S)


class Page:
    """One connection. `heard` is all that came, `closed` the close code."""

    def __init__(self, door: Door, host: str) -> None:
        self._inbox: asyncio.Queue[Message] = asyncio.Queue()
        self._news = asyncio.Condition()
        self.reads = asyncio.Event()
        self.reads.set()
        self.heard: list[Said] = []
        self.frames: list[bytes] = []
        self.closed: int | None = None
        scope = {"type": "websocket", "client": (host, 1), "headers": [], "path": "/signal"}
        self._inbox.put_nowait({"type": "websocket.connect"})
        socket = WebSocket(scope, self._inbox.get, self._take)
        self.session = asyncio.create_task(Session(door, socket).run())

    def say(self, frame: str | bytes | Said) -> None:
        """Send a frame: text, bytes, or a message."""
        if isinstance(frame, bytes):
            self._inbox.put_nowait({"type": "websocket.receive", "bytes": frame})
        else:
            text = frame if isinstance(frame, str) else json.dumps(frame)
            self._inbox.put_nowait({"type": "websocket.receive", "text": text})

    def hang_up(self) -> None:
        """Break the connection."""
        self.reads.set()
        self._inbox.put_nowait({"type": "websocket.disconnect", "code": 1006})

    async def until(self, kind: str, count: int = 1) -> Said:
        """Return the `count`th message of a kind."""

        def found() -> list[Said]:
            return [said for said in self.heard if said["type"] == kind]

        async with asyncio.timeout(_PATIENCE_S), self._news:
            await self._news.wait_for(lambda: len(found()) >= count)
        return found()[count - 1]

    async def until_closed(self) -> int:
        """Return the close code."""
        async with asyncio.timeout(_PATIENCE_S), self._news:
            await self._news.wait_for(lambda: self.closed is not None)
        assert self.closed is not None
        return self.closed

    async def until_answered(self, number: float) -> None:
        """Wait until all that was said so far has been dealt with, or the session is over."""
        self.say({"type": "ping", "t": number})
        answered = asyncio.create_task(self._answered(number))
        async with asyncio.timeout(_PATIENCE_S):
            await asyncio.wait((answered, self.session), return_when=asyncio.FIRST_COMPLETED)
        answered.cancel()

    async def _answered(self, number: float) -> None:
        async with self._news:
            await self._news.wait_for(lambda: {"type": "pong", "t": number} in self.heard)

    def errors(self) -> list[str]:
        """Return the codes of the errors so far."""
        return [said["code"] for said in self.heard if said["type"] == "error"]

    async def _take(self, message: Message) -> None:
        await self.reads.wait()
        async with self._news:
            if message["type"] == "websocket.close":
                self.closed = message["code"]
                self._inbox.put_nowait({"type": "websocket.disconnect", "code": self.closed})
            elif message.get("text") is not None:
                self.heard.append(json.loads(message["text"], parse_constant=_refuse))
            elif message.get("bytes") is not None:
                self.frames.append(message["bytes"])
            self._news.notify_all()


def greeting(token: str, **fields: object) -> Said:
    """Return a room's `hello`."""
    said: Said = {"type": "hello", "v": 1, "token": token, "kind": "site", "capture": True}
    return {**said, "agent": "a test", **fields}


def _refuse(word: str) -> None:
    raise AssertionError(f"{word} is no JSON")

"""A chair that goes on commanding while roots come and go, and remembers what it was told.

prompt "1", prompt "2", … ─▶ root      ok ─▶ took effect: it must be in every later log, once
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from nhipcau.bench.cascade import Cascade, Post
from nhipcau.conference.events import Event, PromptSent
from nhipcau.quantities import SiteId

_EVERY_S = 0.02
_AGAIN_S = 0.05
_OPEN_S = 2.0


@dataclass(slots=True)
class Conductor:
    """Sends numbered texts to a room, as many as it can.

    Attributes:
        sent: how many.
        told: the numbers of those that were answered `ok`.
    """

    stage: Cascade
    site: SiteId
    sent: int = 0
    told: list[int] = field(default_factory=list)

    async def run(self) -> None:
        """Command whoever answers, until cancelled."""
        posts = [self.stage.root, *([self.stage.standby] if self.stage.standby else [])]
        while True:
            for post in posts:
                with contextlib.suppress(OSError, WebSocketException, TimeoutError):
                    await self._command(post)
            await asyncio.sleep(_AGAIN_S)

    async def _command(self, post: Post) -> None:
        async with _chair(self.stage, post, self.site) as socket, asyncio.TaskGroup() as group:
            reading = group.create_task(self._listen(socket))
            group.create_task(self._speak(socket, reading))

    async def _speak(self, socket: ClientConnection, reading: "asyncio.Task[None]") -> None:
        while not reading.done():
            self.sent += 1
            said = {"type": "prompt", "text": f"{self.sent}", "site": self.site, "id": self.sent}
            await socket.send(json.dumps(said))
            await asyncio.sleep(_EVERY_S)

    async def _listen(self, socket: ClientConnection) -> None:
        async for text in socket:
            said = json.loads(text)
            if said["type"] == "ok":
                self.told.append(said["id"])


@contextlib.asynccontextmanager
async def conducted(stage: Cascade, site: SiteId) -> AsyncIterator[Conductor]:
    """Have somebody command while the context is open."""
    conductor = Conductor(stage, site)
    task = asyncio.create_task(conductor.run(), name="conductor")
    try:
        yield conductor
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def say(stage: Cascade, post: Post, message: Mapping[str, object]) -> None:
    """Command once, as the hall's chair.

    Raises:
        OSError, WebSocketException, TimeoutError: nobody took it.
    """
    async with _chair(stage, post, stage.root.sites[0]) as socket, asyncio.timeout(_OPEN_S):
        await socket.send(json.dumps({**message, "id": 1}))
        await _until(socket, "ok")


@contextlib.asynccontextmanager
async def _chair(stage: Cascade, post: Post, site: SiteId) -> AsyncIterator[ClientConnection]:
    async with connect(post.signal_url, max_size=1 << 22, open_timeout=_OPEN_S) as socket:
        token = stage.token(site, "chair")
        hello = {"type": "hello", "v": 1, "token": token, "kind": "viewer", "capture": False}
        await socket.send(json.dumps(hello))
        async with asyncio.timeout(_OPEN_S):
            await _until(socket, "welcome")
        yield socket


def numbers(log: Sequence[Event]) -> list[int]:
    """Return the numbers of the texts that a log says were shown, in its order."""
    return [int(event.text) for event in log if isinstance(event, PromptSent) and event.text]


async def _until(socket: ClientConnection, kind: str) -> None:
    async for text in socket:
        if json.loads(text)["type"] == kind:
            return

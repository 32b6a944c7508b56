"""A trunk's WebSocket as the side that was called has it: frames, beats, and its end.

outbox ─▶ writer ─▶ socket ─▶ reader ─▶ whoever takes the frames
beats ──┘            silence, overflow, a broken socket: the trunk is over
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine

from starlette.websockets import WebSocket, WebSocketDisconnect

from nhipcau.mcu.trunk import TrunkOutbox
from nhipcau.ports.trunk import TrunkBeat, TrunkError, TrunkMessage

BEAT_S = 0.05
# Of twenty beats none: the line is cut, or the other side has stopped.
SILENCE_S = 1.0

Take = Callable[[str | bytes], None]


class TrunkLine:
    """One trunk's WebSocket, accepted."""

    def __init__(self, socket: WebSocket, outbox: TrunkOutbox) -> None:
        self._socket = socket
        self._outbox = outbox

    async def carry(self, take: Take, *others: Coroutine[object, object, None]) -> None:
        """Carry frames both ways until one side ends, or one of the others does.

        Raises:
            WebSocketDisconnect: the other side has gone.
            TimeoutError: it is silent.
            TrunkError: `take` says so.
        """
        works = (
            self._read(take),
            self._write(),
            self._beat(),
            wait(self._outbox.overflowed),
            *others,
        )
        tasks = [asyncio.create_task(work, name="trunk line") for work in works]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def say(self, message: TrunkMessage) -> None:
        """Say something at once, before all that waits in the outbox."""
        await _guarded(self._socket.send_text(message.model_dump_json()))

    async def text(self) -> str:
        """Return the next frame, a text.

        Raises:
            TrunkError: it is none.
        """
        frame = await self._frame()
        if isinstance(frame, bytes):
            raise TrunkError("a text was due")
        return frame

    async def close(self, code: int) -> None:
        """Close the socket, whatever has become of it."""
        try:
            await self._socket.close(code)
        except (RuntimeError, WebSocketDisconnect):
            return

    async def _read(self, take: Take) -> None:
        while True:
            async with asyncio.timeout(SILENCE_S):
                frame = await self._frame()
            take(frame)

    async def _write(self) -> None:
        while True:
            message = await self._outbox.next()
            if isinstance(message, bytes):
                await _guarded(self._socket.send_bytes(message))
            else:
                await self.say(message)

    async def _beat(self) -> None:
        while True:
            self._outbox.send(TrunkBeat())
            await asyncio.sleep(BEAT_S)

    async def _frame(self) -> str | bytes:
        message = await self._socket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code", 1005))
        text: str | None = message.get("text")
        return text if text is not None else message["bytes"]


async def _guarded(sending: Awaitable[None]) -> None:
    try:
        await sending
    except RuntimeError as error:
        # Said by server and framework for a connection that is closed already.
        raise WebSocketDisconnect(1006) from error


async def wait(event: asyncio.Event) -> None:
    """Return when something has happened."""
    await event.wait()

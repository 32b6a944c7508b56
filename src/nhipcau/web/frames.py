"""The frames of one WebSocket, of which the next may be looked for while something else is awaited.

socket ─▶ pending ─▶ take
              └─ a closed connection is seen also by whoever waits for a while (`waits_for`)
"""

import asyncio
import contextlib

from starlette.websockets import WebSocketDisconnect

from nhipcau.web.farsocket import SignalSocket


class Frames:
    """Text and binary frames, one after another."""

    def __init__(self, socket: SignalSocket) -> None:
        self._socket = socket
        self._pending: asyncio.Task[str | bytes] | None = None

    def pending(self) -> "asyncio.Task[str | bytes]":
        """Return the task that ends when the next frame is there, or the connection gone."""
        if self._pending is None:
            self._pending = asyncio.create_task(self._receive(), name="signalling reader")
        return self._pending

    def take(self) -> str | bytes:
        """Return the frame that is there.

        Raises:
            WebSocketDisconnect: the connection is gone.
        """
        pending, self._pending = self.pending(), None
        return pending.result()

    async def waits_for(self, event: asyncio.Event, timeout_s: float) -> bool:
        """Wait for `event`; return False when it did not come, or a frame came first.

        Raises:
            WebSocketDisconnect: the connection is gone.
        """
        if event.is_set():
            return True
        coming = asyncio.create_task(event.wait(), name="waited for")
        pending = self.pending()
        try:
            await asyncio.wait(
                (coming, pending), timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED
            )
            if pending.done() and pending.exception() is not None:
                self.take()
            return event.is_set()
        finally:
            coming.cancel()

    async def aclose(self) -> None:
        """Look for no more frames; may be called twice."""
        pending, self._pending = self._pending, None
        if pending is not None:
            pending.cancel()
            with contextlib.suppress(asyncio.CancelledError, WebSocketDisconnect):
                await pending

    async def _receive(self) -> str | bytes:
        message = await self._socket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code", 1005))
        text: str | None = message.get("text")
        return text if text is not None else message["bytes"]

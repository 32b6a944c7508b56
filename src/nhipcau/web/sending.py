"""What goes out of one signalling WebSocket: its outbox, written by a task of its own.

    outbox ─▶ is what it may speak of safe? ─▶ writer ─▶ frame ─▶ close, after the last word

The server's own write buffer is bounded: `send` waits while it is full, so what an endpoint does
not read stays in the outbox, and the outbox overflows.
"""

import asyncio
import contextlib
import json

from starlette.websockets import WebSocketDisconnect, WebSocketState

from nhipcau.mcu.confirmation import Confirmation, unfollowed
from nhipcau.mcu.endpoint import Farewell, Outbox, Outgoing
from nhipcau.web.farsocket import SignalSocket
from nhipcau.web.faults import FaultError

# A goodbye that can't be written in this time won't be heard.
_GOODBYE_S = 2.0


class Sender:
    """Writes one outbox to its WebSocket."""

    def __init__(self, socket: SignalSocket, confirmation: Confirmation | None = None) -> None:
        """Begin; `confirmation` holds back what is not safe yet."""
        self._socket = socket
        self._confirmation = confirmation or unfollowed()
        self.outbox = Outbox()
        self.writer: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to write; the socket is accepted."""
        self.writer = asyncio.create_task(self._write(), name="signalling writer")

    def refuse(self, fault: FaultError) -> None:
        """Queue an error, and the close that it leads to."""
        self.outbox.send(fault.answer())
        if fault.closing:
            self.outbox.send(Farewell(fault.close_code))

    async def cut_off(self, fault: FaultError) -> None:
        """Pass over what is unsent, and try to say why; for an endpoint that does not read."""
        await self._end_writer()
        with contextlib.suppress(TimeoutError, WebSocketDisconnect):
            async with asyncio.timeout(_GOODBYE_S):
                await self._say(fault.answer())
                await self._close(fault.close_code)

    async def finish(self, close_code: int) -> None:
        """Write what is queued, close, and end the writer; nothing of it takes long."""
        self.outbox.send(Farewell(close_code))
        if self.writer is not None:
            await asyncio.wait((self.writer,), timeout=_GOODBYE_S)
        await self._end_writer()

    async def _end_writer(self) -> None:
        if self.writer is None:
            return
        self.writer.cancel()
        await asyncio.wait((self.writer,))
        if not self.writer.cancelled():
            # Whoever waits for a writer that fails has read it; here it is only ended.
            self.writer.exception()

    async def _write(self) -> None:
        while True:
            message = await self.outbox.next()
            await self._confirmation.wait()
            if isinstance(message, Farewell):
                await self._close(message.close_code)
                return
            await self._say(message)

    async def _say(self, message: Outgoing | bytes) -> None:
        """Write one frame.

        Raises:
            WebSocketDisconnect: the connection is closed.
        """
        if not isinstance(message, bytes):
            text = json.dumps(message, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        try:
            if isinstance(message, bytes):
                await self._socket.send_bytes(message)
            else:
                await self._socket.send_text(text)
        except RuntimeError as error:
            # Said by server and framework for a connection that is closed already.
            raise WebSocketDisconnect(1006) from error

    async def _close(self, close_code: int) -> None:
        states = (self._socket.client_state, self._socket.application_state)
        if states != (WebSocketState.CONNECTED, WebSocketState.CONNECTED):
            return
        with contextlib.suppress(RuntimeError):
            await self._socket.close(close_code)

"""Uvicorn's WebSocket, with bounds for a peer that means harm or is broken.

no hello in time, too many at the door     turned away: `overloaded` 4503, or just closed
endless fragments, pings                   failed: 1008
many over-long messages at a time          failed: 1009 (one alone gets `too_large`)
does not read                              let go: after `stall_s`, or `linger_s` behind a close
"""

import asyncio
from typing import Any

from uvicorn.config import Config
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState
from websockets.frames import Frame
from websockets.http11 import Request
from websockets.protocol import State

from nhipcau.web.faults import CLOSING
from nhipcau.web.knocks import Knocks, leave_word
from nhipcau.web.messages import MAX_MESSAGE_BYTES
from nhipcau.web.ratelimit import RateLimit

# A browser sends a message in one frame, and in some hundreds only when it is very long.
_MAX_FRAGMENTS = 1_024
_POLICY_VIOLATION = 1008
_TOO_BIG = 1009
_CLOSE_ECHO_S = 2.0
_TURNED_AWAY = (
    '{"type":"error","code":"overloaded","detail":"too many connections that say nothing",'
    '"retry_ms":2000}'
)


class GuardedWebSocket(WebSocketsSansIOProtocol):
    """One WebSocket of the server; what it adds runs in callbacks of the event loop."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        *,
        knocks: Knocks,
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._knocks = knocks
        self._limits = knocks.limits
        self._pings = RateLimit()
        self._greet: asyncio.TimerHandle | None = None
        self._stall: asyncio.TimerHandle | None = None
        self._linger: asyncio.TimerHandle | None = None
        self.close_timeout = _CLOSE_ECHO_S

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection over from HTTP, where it has knocked."""
        super().connection_made(transport)
        address = self.client[0] if self.client else ""
        self._greet = self.loop.call_later(self._limits.greet_s, self._too_slow)
        self._knocks.arrive(self.transport, address, self._turn_away)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        for timer in (self._greet, self._stall, self._linger):
            if timer is not None:
                timer.cancel()
        self._knocks.settle(self.transport)
        self._knocks.end_large(self.transport)
        super().connection_lost(exc)

    def handle_connect(self, event: Request) -> None:
        """Leave word in the ASGI scope how a good hello settles this connection."""
        super().handle_connect(event)
        if self.response.status_code == 101:
            leave_word(self.scope, self._settle)  # type: ignore[arg-type] # a TypedDict is a dict

    def data_received(self, data: bytes) -> None:
        """Take bytes, as long as what is kept of them stays small."""
        super().data_received(data)
        if len(self.conn.reader.buffer) + (self.conn.current_size or 0) <= MAX_MESSAGE_BYTES:
            self._knocks.end_large(self.transport)
        elif not self._knocks.take_large(self.transport):
            self._fail(_TOO_BIG, "too many large messages")

    def handle_cont(self, event: Frame) -> None:
        """Take a fragment; empty ones cost nothing to send, but something to keep."""
        if len(self.frames) >= _MAX_FRAGMENTS:
            self._fail(_POLICY_VIOLATION, "too many fragments")
        else:
            super().handle_cont(event)

    def handle_ping(self) -> None:
        """Answer a ping, unless the answers are not read or there is no end of them."""
        if self.writable.is_set() and self._pings.allow(self.loop.time()):
            super().handle_ping()
        else:
            self._fail(_POLICY_VIOLATION, "too many pings")

    def pause_writing(self) -> None:
        """Note that the peer does not read as fast as it is sent something."""
        super().pause_writing()
        if self._stall is None:
            self._stall = self.loop.call_later(self._limits.stall_s, self._stalled)

    def resume_writing(self) -> None:
        """Note that it reads again."""
        super().resume_writing()
        if self._stall is not None:
            self._stall.cancel()
            self._stall = None

    def keepalive_timeout(self) -> None:
        """Let a peer go that answers no ping."""
        super().keepalive_timeout()
        self._end_soon()

    async def run_asgi(self) -> None:
        """Serve the connection; behind the last word it does not live long."""
        await super().run_asgi()
        self._end_soon()

    def _settle(self) -> None:
        self._knocks.settle(self.transport)
        if self._greet is not None:
            self._greet.cancel()

    def _turn_away(self) -> None:
        """Make room for others: there are too many that say nothing."""
        if self.conn.state is State.OPEN and not self.close_sent:
            self.conn.send_text(_TURNED_AWAY.encode())
        self._end(CLOSING["overloaded"], "overloaded")

    def _too_slow(self) -> None:
        self._knocks.note("slow")
        self._end(CLOSING["hello_first"], "no hello in time")

    def _stalled(self) -> None:
        self._knocks.note("stalled")
        self.transport.abort()

    def _fail(self, close_code: int, reason: str) -> None:
        if not self.close_sent:
            self._knocks.note("abuse")
        self._end(close_code, reason)

    def _end(self, close_code: int, reason: str) -> None:
        """Close at once, whatever the application is doing; it hears of a disconnect."""
        if self.conn.state is not State.OPEN or self.close_sent or self.transport.is_closing():
            self.transport.abort()
            return
        self.queue.put_nowait({"type": "websocket.disconnect", "code": close_code})
        self.conn.fail(close_code, reason)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self.transport.close()
        self._end_soon()

    def _end_soon(self) -> None:
        """Cut the connection if what is still unsent is not read either."""
        if not self.disconnected and self._linger is None:
            self._linger = self.loop.call_later(self._limits.linger_s, self.transport.abort)

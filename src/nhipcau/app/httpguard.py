"""Uvicorn's HTTP, with bounds for connections that ask for nothing, or never end their question.

TCP accepted ─▶ waits (bounded in number, time and bytes) ─▶ request ─▶ answer ─▶ waits …
                                                          └▶ WebSocket (`wsguard`)
"""

import asyncio
from typing import Any

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from nhipcau.web.knocks import Knocks

_REFUSAL = "HTTP/1.1 {}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class GuardedHttp(HttpToolsProtocol):
    """One HTTP connection of the server; what it adds runs in callbacks of the event loop."""

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
        self._waits = False
        self._head_bytes = 0
        self._greet: asyncio.TimerHandle | None = None
        self._stall: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """Begin to wait for a request."""
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._serve()
        self.resume_writing()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take bytes; of a request that is not whole yet only so many."""
        self._head_bytes += len(data)
        super().data_received(data)
        if self._waits and self._head_bytes > self._limits.head_bytes:
            self._refuse("431 Request Header Fields Too Large", "large")

    def on_headers_complete(self) -> None:
        """Note that the request is whole; one to upgrade goes on waiting until hello."""
        self._head_bytes = 0
        super().on_headers_complete()
        if not (self.parser.should_upgrade() and self._should_upgrade()):
            self._serve()

    def on_response_complete(self) -> None:
        """Wait for the next request on this connection."""
        super().on_response_complete()
        if not self.pipeline and not self.transport.is_closing():
            self._wait()

    def handle_websocket_upgrade(self) -> None:
        """Hand the connection over, which keeps its place among those that wait."""
        self._waits = False
        self._cancel_greet()
        super().handle_websocket_upgrade()

    def pause_writing(self) -> None:
        """Note that the peer does not read as fast as it is sent something."""
        super().pause_writing()
        if self._stall is None:
            self._stall = self.loop.call_later(self._limits.stall_s, self._stalled)

    def resume_writing(self) -> None:
        """Note that it reads again, or is gone."""
        super().resume_writing()
        if self._stall is not None:
            self._stall.cancel()
            self._stall = None

    def _wait(self) -> None:
        self._waits = True
        self._head_bytes = 0
        self._cancel_greet()
        self._greet = self.loop.call_later(self._limits.greet_s, self._too_slow)
        address = self.client[0] if self.client else ""
        self._knocks.arrive(self.transport, address, self._turn_away)

    def _serve(self) -> None:
        self._waits = False
        self._cancel_greet()
        self._knocks.settle(self.transport)

    def _cancel_greet(self) -> None:
        if self._greet is not None:
            self._greet.cancel()
            self._greet = None

    def _turn_away(self) -> None:
        self._say("503 Service Unavailable")

    def _too_slow(self) -> None:
        self._refuse("408 Request Timeout", "slow")

    def _stalled(self) -> None:
        self._knocks.note("stalled")
        self.transport.abort()

    def _refuse(self, status: str, reason: str) -> None:
        self._knocks.note(reason)
        self._say(status)

    def _say(self, status: str) -> None:
        """Answer with a status and close; a peer that reads nothing is cut off."""
        if self.transport.is_closing():
            self.transport.abort()
            return
        self.transport.write(_REFUSAL.format(status).encode())
        self.transport.close()
        self._serve()

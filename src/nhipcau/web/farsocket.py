"""A page behind a leaf as a WebSocket of ours: its frames come and go over the trunk.

page ─ WebSocket ─▶ leaf ═ trunk ═▶ FarSocket ─▶ Session, as if the page were here
"""

import asyncio
from collections.abc import Mapping
from typing import Any, Protocol

from starlette.datastructures import Address
from starlette.websockets import WebSocketDisconnect, WebSocketState

from nhipcau.mcu.trunk import TrunkOutbox
from nhipcau.ports.trunk import Closed, Said, still_frame

# A page says at most 50 messages a second, or it is turned away; a second of them.
_INBOX_LIMIT = 64
_GONE = 1006


class SignalSocket(Protocol):
    """What a signalling session needs of a WebSocket; Starlette's has more."""

    @property
    def headers(self) -> Mapping[str, str]:
        """The handshake's headers."""
        ...

    @property
    def scope(self) -> Mapping[str, Any]:
        """The ASGI scope."""
        ...

    @property
    def client(self) -> Address | None:
        """Where it comes from."""
        ...

    @property
    def client_state(self) -> WebSocketState:
        """Whether the other side is connected."""
        ...

    @property
    def application_state(self) -> WebSocketState:
        """Whether we are."""
        ...

    async def accept(self) -> None:
        """Take the handshake."""
        ...

    async def receive(self) -> Mapping[str, Any]:
        """Return the next ASGI message."""
        ...

    async def send_text(self, data: str) -> None:
        """Send a text frame."""
        ...

    async def send_bytes(self, data: bytes) -> None:
        """Send a binary frame."""
        ...

    async def close(self, code: int = 1000) -> None:
        """Close it."""
        ...


class FarSocket:
    """One channel of a trunk, as the root sees it."""

    def __init__(self, channel: int, address: str, outbox: TrunkOutbox) -> None:
        self.headers: Mapping[str, str] = {}
        self.scope: Mapping[str, Any] = {}
        self.client: Address | None = Address(address, 0)
        self.client_state = WebSocketState.CONNECTED
        self.application_state = WebSocketState.CONNECTED
        self._channel = channel
        self._outbox = outbox
        self._inbox: asyncio.Queue[Mapping[str, Any]] = asyncio.Queue(_INBOX_LIMIT)

    def take(self, frame: str | bytes) -> None:
        """Take a frame of the page; one that says more than can wait is cut off."""
        key = "text" if isinstance(frame, str) else "bytes"
        try:
            self._inbox.put_nowait({"type": "websocket.receive", key: frame})
        except asyncio.QueueFull:
            self.hang_up(1008)

    def hang_up(self, code: int = _GONE) -> None:
        """The page is gone, or the trunk is; what it said before that is not heard any more."""
        self.client_state = WebSocketState.DISCONNECTED
        while not self._inbox.empty():
            self._inbox.get_nowait()
        self._inbox.put_nowait({"type": "websocket.disconnect", "code": code})

    async def accept(self) -> None:
        """Nothing to do: the leaf has taken the handshake."""

    async def receive(self) -> Mapping[str, Any]:
        """Return the next message, as Starlette's does."""
        return await self._inbox.get()

    async def send_text(self, data: str) -> None:
        """Send a text frame.

        Raises:
            WebSocketDisconnect: the page is gone.
        """
        self._check()
        self._outbox.send(Said(channel=self._channel, text=data))

    async def send_bytes(self, data: bytes) -> None:
        """Send a still picture; it is let go where the trunk is behind.

        Raises:
            WebSocketDisconnect: the page is gone.
        """
        self._check()
        self._outbox.offer(still_frame(self._channel, data))

    async def close(self, code: int = 1000) -> None:
        """Have the leaf close the page's WebSocket."""
        if self.application_state is WebSocketState.CONNECTED:
            self.application_state = WebSocketState.DISCONNECTED
            self._outbox.send(Closed(channel=self._channel, code=code))

    def _check(self) -> None:
        if self.client_state is not WebSocketState.CONNECTED:
            raise WebSocketDisconnect(_GONE)

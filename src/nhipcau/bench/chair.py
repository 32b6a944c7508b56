"""The chair of a bench: one signalling connection without media, which gives commands in order."""

import contextlib
import json
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

from websockets.asyncio.client import ClientConnection, connect


class ChairError(Exception):
    """The MCU refused a command of the bench."""


class Chair:
    """Commands, each answered before the next."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._number = 0

    async def say(self, kind: str, **fields: Any) -> None:
        """Give one command.

        Raises:
            ChairError: it was refused.
        """
        self._number += 1
        await self._socket.send(json.dumps({"type": kind, "id": self._number, **fields}))
        async for text in self._socket:
            # A console also gets still pictures, which are no texts.
            answer = json.loads(text) if isinstance(text, str) else {}
            if answer.get("id") != self._number:
                continue
            if answer["type"] == "error":
                raise ChairError(f"{kind}: {answer['code']}: {answer['detail']}")
            return

    async def tell(self, kind: str, **fields: Any) -> None:
        """Say what is no command and gets no answer."""
        await self._socket.send(json.dumps({"type": kind, **fields}))

    async def listen(self) -> None:
        """Take what comes, and keep nothing, until the connection ends."""
        async for _ in self._socket:
            pass

    async def until_message(
        self, kind: str, fits: Callable[[Mapping[str, Any]], bool]
    ) -> Mapping[str, Any]:
        """Return the next message of this type that fits.

        Raises:
            ChairError: the connection ended before.
        """
        async for text in self._socket:
            said: Mapping[str, Any] = json.loads(text) if isinstance(text, str) else {}
            if said.get("type") == kind and fits(said):
                return said
        raise ChairError(f"no {kind} came")

    async def until_present(self, site: str) -> None:
        """Wait until a site is present."""
        async for text in self._socket:
            message = json.loads(text)
            rows: list[Mapping[str, Any]] = message.get("sites", [])
            if message["type"] in ("roster", "roster_delta") and any(
                row["site"] == site and row["present"] for row in rows
            ):
                return


@contextlib.asynccontextmanager
async def chair(link: str) -> AsyncIterator[Chair]:
    """Open the chair's page's connection, without the page, while the context is open."""
    page, token = link.split("#token=", 1)
    url = page.rsplit("/", 1)[0].replace("http", "ws", 1) + "/signal"
    async with connect(url, max_size=2**22) as socket:
        hello = {"type": "hello", "v": 1, "token": token, "kind": "viewer", "capture": False}
        await socket.send(json.dumps(hello))
        yield Chair(socket)

"""A synthetic room at the bells of its fronts: it waits, and goes where it is called by itself.

front ──▶ challenge ──▶ proof ──▶ welcome ──▶ ring ──▶ the room's own signalling
  ▲                                             │ over, or lost: back, after a while
  └─────────────────────────────────────────────┘
"""

import asyncio
import json
import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from nhipcau.rehearsal import messages
from nhipcau.rehearsal.device import RoomDevice
from nhipcau.rehearsal.messages import Challenge, MalformedMessageError, parse_incoming

_OPEN_S = 5.0
_FIRST_RETRY_S, _LAST_RETRY_S = 0.5, 10.0
# What a room does by itself; one whose policy asks waits for a person, and there is none here.
_BY_ITSELF = frozenset({"itself", "move"})


@dataclass(frozen=True, slots=True)
class Ring:
    """A call that the room goes to: the conference, and where its signalling is."""

    conference: str
    url: str


class BellWait:
    """One room at all its fronts. Used on one event loop."""

    def __init__(
        self, device: RoomDevice, rng: random.Random, on_ring: Callable[[Ring], None]
    ) -> None:
        """Wait nowhere yet.

        Args:
            device: the room's.
            rng: spreads the reconnections of a province.
            on_ring: called once for each call, whichever front tells of it first.
        """
        self._device = device
        self._rng = rng
        self._on_ring = on_ring
        self._rung: set[str] = set()
        self._waiting: set[str] = set()

    @property
    def waits(self) -> bool:
        """True while it can be called."""
        return bool(self._waiting)

    async def run(self) -> None:
        """Wait at every front until cancelled."""
        async with asyncio.TaskGroup() as group:
            for front in self._device.fronts:
                group.create_task(self._wait_at(front), name=f"bell {front}")

    async def _wait_at(self, front: str) -> None:
        retry_s = _FIRST_RETRY_S
        while True:
            with suppress(OSError, WebSocketException):
                async with connect(
                    front, compression=None, proxy=None, ping_interval=None, open_timeout=_OPEN_S
                ) as socket:
                    await self._listen(front, socket)
                    retry_s = _FIRST_RETRY_S
            self._waiting.discard(front)
            await asyncio.sleep(retry_s * self._rng.uniform(0.5, 1.0))
            retry_s = min(2 * retry_s, _LAST_RETRY_S)

    async def _listen(self, front: str, socket: ClientConnection) -> None:
        await socket.send(messages.knock())
        async for text in socket:
            heard = _read(text)
            match heard.get("type"):
                case "challenge":
                    await self._prove(socket, text)
                case "welcome":
                    self._waiting.add(front)
                case "ring":
                    self._ring(heard)

    async def _prove(self, socket: ClientConnection, text: str | bytes) -> None:
        with suppress(MalformedMessageError):
            heard = parse_incoming(text)
            if isinstance(heard, Challenge):
                proof = self._device.bell(heard.statement())
                await socket.send(json.dumps({"type": "hello", "v": 1, "proof": proof}))

    def _ring(self, heard: dict[str, Any]) -> None:
        conference, url = str(heard.get("conference")), str(heard.get("url"))
        if heard.get("policy") not in _BY_ITSELF or conference in self._rung:
            return
        self._rung.add(conference)
        self._on_ring(Ring(conference, f"{url.replace('http', 'ws', 1)}/signal"))


def _read(text: str | bytes) -> dict[str, Any]:
    try:
        heard = json.loads(text)
    except ValueError:
        return {}
    return heard if isinstance(heard, dict) else {}

"""A leaf's door for the leaves below it: one WebSocket for each trunk, `/trunk`, as a root has it.

    hello ─▶ challenge ─▶ proof ─▶ lanes, and a channel for each page, passed on to the root

Only who hangs below this leaf in the plan is let in, and only while this leaf has its own root:
whoever is turned away tries its luck further up.
"""

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from fastapi import FastAPI
from starlette.websockets import WebSocket, WebSocketDisconnect

from nhipcau.mcu.leaf import LeafNode
from nhipcau.mcu.leafbelow import LeafBelow
from nhipcau.mcu.trunk import TrunkOutbox
from nhipcau.ports.messages import ConferencePlan
from nhipcau.ports.trunk import (
    TRUNK_VERSION,
    Reigns,
    TrunkChallenge,
    TrunkError,
    TrunkHello,
    TrunkProof,
    parse_trunk,
    proven,
    proves,
    read_still,
)
from nhipcau.ports.uplinks import is_below
from nhipcau.quantities import McuName
from nhipcau.web.knocks import settle_scope
from nhipcau.web.trunk_line import TrunkLine, wait

_log = structlog.get_logger()
_HELLO_S = 5.0
# As long as a trunk that breaks and comes back; then whoever is below may find a way of its own.
_ALONE_S = 1.0
_LOOK_S = 0.05
# Lanes take a few round trips; without them a leaf that comes back would see less than before.
_LANES_S = 2.0
_REFUSED, _BROKEN, _OVER = 4401, 4400, 1000
_NONCE_BYTES = 18


@dataclass(frozen=True, slots=True)
class BelowDoor:
    """What the door leans on: this leaf, its name, and the plan as it stands."""

    leaf: LeafNode
    name: McuName
    plan: Callable[[], ConferencePlan]


def hang_below(app: FastAPI, door: BelowDoor) -> None:
    """Let the leaves below dial this leaf's face."""

    @app.websocket("/trunk")
    async def trunk(socket: WebSocket) -> None:
        await BelowSession(door, socket).run()


class BelowSession:
    """The WebSocket of one leaf below, from accept to close."""

    def __init__(self, door: BelowDoor, socket: WebSocket) -> None:
        self._door = door
        self._socket = socket
        self._outbox = TrunkOutbox()
        self._line = TrunkLine(socket, self._outbox)
        self._below: LeafBelow | None = None

    async def run(self) -> None:
        """Serve the trunk until it breaks; then everyone behind that leaf is lost."""
        await self._socket.accept()
        code, leaves = _OVER, self._door.leaf.below
        try:
            async with asyncio.timeout(_HELLO_S):
                hello = await self._admit()
            settle_scope(self._socket.scope)
            self._below = leaves.join(hello.mcu, self._outbox)
            _log.info("trunk up", below=hello.mcu)
            await self._line.carry(
                self._take, self._until_alone(self._below), wait(self._below.over)
            )
        except WebSocketDisconnect:
            return
        except (TrunkError, TimeoutError) as error:
            _log.warning("trunk refused", detail=str(error) or "silence")
            code = _REFUSED if self._below is None else _BROKEN
        finally:
            leaves.leave(self._below)
        await self._line.close(code)

    async def _admit(self) -> TrunkHello:
        """Return the hello of a leaf below that has proven itself.

        Raises:
            TrunkError: it has not, or is to call somebody else.
        """
        hello = parse_trunk(await self._line.text())
        plan = self._door.plan()
        if not isinstance(hello, TrunkHello) or hello.v != TRUNK_VERSION:
            raise TrunkError("no hello of this version")
        if hello.conference != plan.conference:
            raise TrunkError("another conference is here")
        if not is_below(plan, hello.mcu, self._door.name):
            raise TrunkError("the plan has no such leaf below us")
        if not self._door.leaf.is_up:
            raise TrunkError("our own root is away")
        nonce = secrets.token_urlsafe(_NONCE_BYTES)
        # Who reigns is said once our lanes are up: until then it has another way, or none.
        challenge = TrunkChallenge(nonce=nonce, epoch=self._door.leaf.epoch, reigns=False)
        challenge = proven(plan.trunk_key, hello, challenge)
        await self._line.say(challenge)
        answer = parse_trunk(await self._line.text())
        if not isinstance(answer, TrunkProof):
            raise TrunkError("no proof")
        if not proves(plan.trunk_key, "leaf", hello, challenge, answer.proof):
            raise TrunkError("the proof is wrong")
        return hello

    def _take(self, frame: str | bytes) -> None:
        assert self._below is not None
        if isinstance(frame, bytes):
            self._below.take_still(*read_still(frame))
        else:
            self._below.handle(parse_trunk(frame))

    async def _until_alone(self, below: LeafBelow) -> None:
        """Say who reigns, whenever that is news; return after a while without a root."""
        leaf, said = self._door.leaf, None
        waited_s = alone_s = 0.0
        while alone_s < _ALONE_S:
            await asyncio.sleep(_LOOK_S)
            waited_s += _LOOK_S
            alone_s = 0.0 if leaf.is_up else alone_s + _LOOK_S
            reign = leaf.allegiance.voice.follows
            ready = said is not None or below.upper.rungs_up() or waited_s >= _LANES_S
            if leaf.is_up and ready and reign != said:
                self._outbox.send(Reigns(epoch=reign.epoch, root=reign.root))
                said = reign

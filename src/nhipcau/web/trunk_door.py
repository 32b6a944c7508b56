"""The root's door for leaves: one WebSocket for each trunk, `/trunk`.

    hello ─▶ challenge ─▶ proof ─▶ lanes, and a signalling session for each channel

A leaf that can't prove the plan's trunk key, or that the plan does not name, hears why and is let
go. What it says wrongly later ends the trunk: it is one of ours, and broken.
"""

import asyncio
import secrets
from collections.abc import Awaitable
from typing import Protocol

import structlog
from starlette.websockets import WebSocket, WebSocketDisconnect

from nhipcau.mcu.trunk import Trunk, TrunkOutbox
from nhipcau.ports.trunk import (
    TRUNK_VERSION,
    Closed,
    Have,
    LaneAnswer,
    LaneOver,
    Lines,
    Opened,
    RungsInUse,
    Said,
    TrunkBeat,
    TrunkChallenge,
    TrunkError,
    TrunkHello,
    TrunkMessage,
    TrunkProof,
    parse_trunk,
    prove,
    proves,
    read_still,
)
from nhipcau.web.door import Door
from nhipcau.web.farsocket import FarSocket
from nhipcau.web.signalling import Session
from nhipcau.web.trunk_seat import FarSeat, seated_by

_log = structlog.get_logger()
_HELLO_S = 5.0
_BEAT_S = 0.05
# Of twenty beats none: the line is cut, or the leaf has stopped.
SILENCE_S = 1.0
_REFUSED, _BROKEN, _OVER = 4401, 4400, 1000
_NONCE_BYTES = 18


class TrunkRoot(Protocol):
    """The root that leaves are joined to."""

    epoch: int

    def make_trunk(self, hello: TrunkHello, outbox: TrunkOutbox) -> Trunk:
        """Return our end of a trunk to a leaf that has proven itself."""
        ...


class TrunkSession:
    """One leaf's WebSocket from accept to close."""

    def __init__(self, door: Door, root: TrunkRoot, socket: WebSocket) -> None:
        self._door = door
        self._root = root
        self._socket = socket
        self._outbox = TrunkOutbox()
        self._channels: dict[int, FarSocket] = {}
        self._trunk: Trunk | None = None

    async def run(self) -> None:
        """Serve the trunk until it breaks; then everyone behind the leaf is lost."""
        await self._socket.accept()
        code = _OVER
        try:
            async with asyncio.timeout(_HELLO_S):
                hello = await self._admit()
            trunk = self._trunk = self._root.make_trunk(hello, self._outbox)
            trunks = self._door.desk.trunks
            trunks.add(trunk)
            _log.info("trunk up", mcu=hello.mcu)
            try:
                await self._serve(trunk)
            finally:
                trunks.remove(trunk)
                _log.info("trunk down", mcu=hello.mcu)
        except WebSocketDisconnect:
            return
        except (TrunkError, TimeoutError) as error:
            _log.warning("trunk refused", detail=str(error) or "silence")
            code = _REFUSED if self._trunk is None else _BROKEN
        await _quietly(self._socket.close(code))

    async def _admit(self) -> TrunkHello:
        """Return the hello of a leaf that has proven itself.

        Raises:
            TrunkError: it has not.
        """
        hello = parse_trunk(await self._text())
        plan = self._door.desk.plan
        if not isinstance(hello, TrunkHello) or hello.v != TRUNK_VERSION:
            raise TrunkError("no hello of this version")
        if plan is None or hello.conference != plan.conference:
            raise TrunkError("another conference is here")
        if hello.mcu not in {leaf.mcu for leaf in plan.leaves}:
            raise TrunkError("the plan names no such leaf")
        nonce = secrets.token_urlsafe(_NONCE_BYTES)
        epoch = self._root.epoch
        proof = prove(plan.trunk_key, "root", hello, nonce, epoch)
        challenge = TrunkChallenge(nonce=nonce, epoch=epoch, proof=proof)
        await self._say(challenge)
        answer = parse_trunk(await self._text())
        if not isinstance(answer, TrunkProof):
            raise TrunkError("no proof")
        if not proves(plan.trunk_key, "leaf", hello, challenge, answer.proof):
            raise TrunkError("the proof is wrong")
        return hello

    async def _serve(self, trunk: Trunk) -> None:
        sessions: set[asyncio.Task[None]] = set()
        tasks = [
            asyncio.create_task(self._read(trunk, sessions), name=f"trunk reader {trunk.mcu}"),
            asyncio.create_task(self._write(), name=f"trunk writer {trunk.mcu}"),
            asyncio.create_task(self._beat(), name=f"trunk beat {trunk.mcu}"),
            asyncio.create_task(_wait(self._outbox.overflowed), name="trunk overflow"),
        ]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            for far in self._channels.values():
                far.hang_up()
            await asyncio.gather(*tasks, *sessions, return_exceptions=True)

    async def _read(self, trunk: Trunk, sessions: "set[asyncio.Task[None]]") -> None:
        while True:
            async with asyncio.timeout(SILENCE_S):
                frame = await self._frame()
            if isinstance(frame, bytes):
                channel, jpeg = read_still(frame)
                if channel in self._channels:
                    self._channels[channel].take(jpeg)
                continue
            message = parse_trunk(frame)
            if isinstance(message, Opened):
                if message.channel in self._channels:
                    continue
                # Here, not in the task: what the page says next may be at hand.
                far = FarSocket(message.channel, message.address, self._outbox)
                self._channels[message.channel] = far
                work = self._open(trunk, message, far)
                task = asyncio.create_task(work, name="far session")
                sessions.add(task)
                task.add_done_callback(sessions.discard)
            else:
                self._handle(trunk, message)

    def _handle(self, trunk: Trunk, message: TrunkMessage) -> None:
        match message:
            case Said():
                if message.channel in self._channels:
                    self._channels[message.channel].take(message.text)
            case Closed():
                if message.channel in self._channels:
                    self._channels[message.channel].hang_up(message.code)
            case LaneAnswer() | LaneOver() | RungsInUse():
                trunk.handle(message)
            case Lines():
                trunk.rungs = dict(message.rungs)
            case Have():
                trunk.hear(message)
            case TrunkBeat():
                pass
            case _:
                raise TrunkError(f"a leaf does not say {message.type}")

    async def _open(self, trunk: Trunk, opened: Opened, far: FarSocket) -> None:
        seat = FarSeat(trunk, opened.channel, self._outbox)
        try:
            session = Session(self._door, far, seat)
            if opened.seated is None:
                await session.run()
            else:
                ticket, arrival = seated_by(opened.seated)
                await session.run_again(ticket, arrival)
        finally:
            self._channels.pop(opened.channel, None)

    async def _write(self) -> None:
        while True:
            message = await self._outbox.next()
            if isinstance(message, bytes):
                await self._guarded(self._socket.send_bytes(message))
            else:
                await self._say(message)

    async def _beat(self) -> None:
        while True:
            self._outbox.send(TrunkBeat())
            await asyncio.sleep(_BEAT_S)

    async def _say(self, message: TrunkMessage) -> None:
        await self._guarded(self._socket.send_text(message.model_dump_json()))

    async def _guarded(self, sending: Awaitable[None]) -> None:
        try:
            await sending
        except RuntimeError as error:
            # Said by server and framework for a connection that is closed already.
            raise WebSocketDisconnect(1006) from error

    async def _text(self) -> str:
        frame = await self._frame()
        if isinstance(frame, bytes):
            raise TrunkError("a text was due")
        return frame

    async def _frame(self) -> str | bytes:
        message = await self._socket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code", 1005))
        text: str | None = message.get("text")
        return text if text is not None else message["bytes"]


async def _wait(event: asyncio.Event) -> None:
    await event.wait()


async def _quietly(closing: Awaitable[None]) -> None:
    try:
        await closing
    except (RuntimeError, WebSocketDisconnect):
        return

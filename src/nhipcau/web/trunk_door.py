"""A candidate's door for leaves and for the other candidate: one WebSocket for each, `/trunk`.

    hello ─▶ challenge ─▶ proof ─┬▶ leaf: lanes, and a signalling session for each channel
                                 └▶ the other candidate: our log, while we reign

A leaf that can't prove the plan's trunk key, or that the plan does not name, hears why and is let
go. What it says wrongly later ends the trunk: it is one of ours, and broken.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from typing import Protocol

import structlog
from starlette.websockets import WebSocket, WebSocketDisconnect

from nhipcau.mcu.followers import Follower, Followers
from nhipcau.mcu.node import Court
from nhipcau.mcu.trunk import Trunk, TrunkOutbox
from nhipcau.ports.messages import ConferencePlan
from nhipcau.ports.trunk import (
    TRUNK_VERSION,
    Closed,
    Consented,
    Have,
    LaneAnswer,
    LaneOver,
    Lines,
    Opened,
    Reigns,
    RungsInUse,
    Said,
    TrunkBeat,
    TrunkChallenge,
    TrunkError,
    TrunkHello,
    TrunkMessage,
    TrunkProof,
    parse_trunk,
    proven,
    proves,
    read_still,
)
from nhipcau.quantities import McuName
from nhipcau.web.door import Door
from nhipcau.web.farsocket import FarSocket
from nhipcau.web.knocks import settle_scope
from nhipcau.web.signalling import Session
from nhipcau.web.trunk_seat import FarSeat, seated_by

_log = structlog.get_logger()
_HELLO_S = 5.0
_BEAT_S = 0.05
# Of twenty beats none: the line is cut, or the leaf has stopped.
SILENCE_S = 1.0
_REFUSED, _BROKEN, _OVER = 4401, 4400, 1000
_NONCE_BYTES = 18


_Handle = Callable[[TrunkMessage], None]


class TrunkRoot(Protocol):
    """The candidate whom leaves call."""

    name: McuName
    epoch: int
    reigning: asyncio.Event
    followers: Followers
    court: Court | None

    def make_follower(self, hello: TrunkHello, outbox: TrunkOutbox) -> Follower:
        """Return our end of the trunk of the other candidate."""
        ...

    def make_trunk(self, hello: TrunkHello, outbox: TrunkOutbox) -> Trunk:
        """Return our end of a trunk to a leaf that has proven itself."""
        ...


class TrunkSession:
    """One leaf's WebSocket from accept to close, or the other candidate's."""

    def __init__(self, door: Door, root: TrunkRoot, socket: WebSocket) -> None:
        self._door = door
        self._root = root
        self._socket = socket
        self._outbox = TrunkOutbox()
        self._channels: dict[int, FarSocket] = {}
        self._admitted = False

    async def run(self) -> None:
        """Serve the trunk until it breaks; then everyone behind the leaf is lost."""
        await self._socket.accept()
        code = _OVER
        try:
            async with asyncio.timeout(_HELLO_S):
                hello = await self._admit()
            settle_scope(self._socket.scope)
            if self._root.court is not None:
                self._root.court.hear_hello(hello)
            _log.info("trunk up", mcu=hello.mcu)
            if hello.candidate:
                await self._serve_candidate(hello)
            else:
                await self._serve_leaf(hello)
            _log.info("trunk down", mcu=hello.mcu)
        except WebSocketDisconnect:
            return
        except (TrunkError, TimeoutError) as error:
            _log.warning("trunk refused", detail=str(error) or "silence")
            code = _BROKEN if self._admitted else _REFUSED
        await _quietly(self._socket.close(code))

    async def _admit(self) -> TrunkHello:
        """Return the hello of a leaf, or of a candidate, that has proven itself.

        Raises:
            TrunkError: it has not.
        """
        hello = parse_trunk(await self._text())
        plan = self._door.desk.plan
        if not isinstance(hello, TrunkHello) or hello.v != TRUNK_VERSION:
            raise TrunkError("no hello of this version")
        if plan is None or hello.conference != plan.conference:
            raise TrunkError("another conference is here")
        if hello.mcu not in _callers(plan, candidate=hello.candidate):
            raise TrunkError("the plan names no such caller")
        nonce = secrets.token_urlsafe(_NONCE_BYTES)
        reigns = self._root.reigning.is_set()
        challenge = TrunkChallenge(nonce=nonce, epoch=self._root.epoch, reigns=reigns)
        challenge = proven(plan.trunk_key, hello, challenge)
        await self._say(challenge)
        answer = parse_trunk(await self._text())
        if not isinstance(answer, TrunkProof):
            raise TrunkError("no proof")
        if not proves(plan.trunk_key, "leaf", hello, challenge, answer.proof):
            raise TrunkError("the proof is wrong")
        self._admitted = True
        return hello

    async def _serve_leaf(self, hello: TrunkHello) -> None:
        trunk = self._root.make_trunk(hello, self._outbox)
        trunks = self._door.desk.trunks
        trunks.add(trunk)
        self._say_who_reigns()
        sessions: set[asyncio.Task[None]] = set()
        try:
            await self._serve(lambda message: self._handle(trunk, message, sessions), sessions)
        finally:
            trunks.remove(trunk)

    async def _serve_candidate(self, hello: TrunkHello) -> None:
        followers, follower = self._root.followers, self._root.make_follower(hello, self._outbox)
        followers.add(follower)
        self._say_who_reigns()
        try:
            await self._serve(lambda message: followers.handle(follower, message), set())
        finally:
            followers.remove(follower)

    def _say_who_reigns(self) -> None:
        """Say it where it is us: that may have begun after the challenge."""
        root = self._root
        if root.court is not None and root.reigning.is_set():
            seq = self._door.desk.state.seq
            self._outbox.send(Reigns(epoch=root.epoch, root=root.name, events=seq))

    async def _serve(self, handle: _Handle, sessions: "set[asyncio.Task[None]]") -> None:
        tasks = [
            asyncio.create_task(self._read(handle), name="trunk reader"),
            asyncio.create_task(self._write(), name="trunk writer"),
            asyncio.create_task(self._beat(), name="trunk beat"),
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

    async def _read(self, handle: _Handle) -> None:
        while True:
            async with asyncio.timeout(SILENCE_S):
                frame = await self._frame()
            if isinstance(frame, bytes):
                channel, jpeg = read_still(frame)
                if channel in self._channels:
                    self._channels[channel].take(jpeg)
                continue
            handle(parse_trunk(frame))

    def _handle(
        self, trunk: Trunk, message: TrunkMessage, sessions: "set[asyncio.Task[None]]"
    ) -> None:
        match message:
            case Opened():
                self._begin(trunk, message, sessions)
            case Consented() if self._root.court is not None:
                self._root.court.hear_consent(trunk.mcu, message)
            case Said() | Closed():
                self._hear_page(message)
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

    def _hear_page(self, message: Said | Closed) -> None:
        far = self._channels.get(message.channel)
        if far is None:
            return
        if isinstance(message, Said):
            far.take(message.text)
        else:
            far.hang_up(message.code)

    def _begin(self, trunk: Trunk, opened: Opened, sessions: "set[asyncio.Task[None]]") -> None:
        if not self._root.reigning.is_set():
            raise TrunkError("a page is opened at its root")
        if opened.channel in self._channels:
            return
        # Here, not in the task: what the page says next may be at hand.
        far = FarSocket(opened.channel, opened.address, self._outbox)
        self._channels[opened.channel] = far
        task = asyncio.create_task(self._open(trunk, opened, far), name="far session")
        sessions.add(task)
        task.add_done_callback(sessions.discard)

    async def _open(self, trunk: Trunk, opened: Opened, far: FarSocket) -> None:
        seat = FarSeat(trunk, opened.channel, self._outbox, opened.at or None)
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


def _callers(plan: ConferencePlan, *, candidate: bool) -> set[McuName]:
    """Return who may call: the plan's leaves, or its candidates, if there are two."""
    if candidate:
        return {plan.mcu, plan.standby} if plan.standby else set()
    return {leaf.mcu for leaf in plan.leaves}


async def _wait(event: asyncio.Event) -> None:
    await event.wait()


async def _quietly(closing: Awaitable[None]) -> None:
    try:
        await closing
    except (RuntimeError, WebSocketDisconnect):
        return

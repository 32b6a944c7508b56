"""The signalling door of an MCU: one WebSocket for each endpoint.

    text frame ─▶ size, rate ─▶ schema ─▶ one handler ─▶ ok | error
    outbox ─▶ writer task ─▶ text frame

Whatever comes in wrongly is answered with an `error` to whoever sent it; the conference never
sees it.
"""

import asyncio
import contextlib
import json
from dataclasses import dataclass
from typing import Literal

import structlog
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from nhipcau.mcu.admission import AdmissionError
from nhipcau.mcu.announcer import Announcer
from nhipcau.mcu.desk import Desk, OccupiedError
from nhipcau.mcu.endpoint import Arrival, Endpoint, Farewell, Outbox, Outgoing
from nhipcau.ports.clock import Clock
from nhipcau.ports.transport import SdpError
from nhipcau.web.commands import to_command
from nhipcau.web.duties import do_duty
from nhipcau.web.faults import CLOSING, FaultError, SignallingCounters
from nhipcau.web.messages import (
    MAX_MESSAGE_BYTES,
    PROTOCOL_VERSION,
    Answer,
    ClientMessage,
    Hello,
    Leave,
    Look,
    MalformedError,
    Ping,
    Report,
    RoomTest,
    WatchStills,
    parse_message,
)
from nhipcau.web.ratelimit import RateLimit

_log = structlog.get_logger()
_HELLO_S = 5.0
_MALFORMED_IN_A_ROW = 10
_OK_CLOSE = 1000


@dataclass(frozen=True, slots=True)
class Door:
    """What a signalling session leans on."""

    desk: Desk
    announcer: Announcer
    clock: Clock
    counters: SignallingCounters


class Session:
    """One endpoint's WebSocket from accept to close."""

    def __init__(self, door: Door, socket: WebSocket) -> None:
        self._door = door
        self._socket = socket
        self._outbox = Outbox()
        self._endpoint: Endpoint | None = None
        self._rate = RateLimit()
        self._malformed = 0
        self._left = False

    async def run(self) -> None:
        """Serve the socket until it closes; the endpoint is let go in any case."""
        await self._socket.accept()
        writer = asyncio.create_task(self._write(), name="signalling writer")
        try:
            await self._read()
        except WebSocketDisconnect:
            pass
        finally:
            if self._endpoint is not None:
                self._door.desk.leave(self._endpoint, on_purpose=self._left)
            self._outbox.send(Farewell(_OK_CLOSE))
            await _finish(writer)

    async def _read(self) -> None:
        overflow = asyncio.create_task(self._outbox.overflowed.wait(), name="slow reader")
        try:
            while not self._left:
                frame = await self._next_frame(overflow)
                if frame is None or not await self._handle(frame):
                    return
        finally:
            overflow.cancel()

    async def _next_frame(self, overflow: "asyncio.Task[Literal[True]]") -> str | bytes | None:
        """Return the next text or binary frame, None when the socket must close."""
        receive = asyncio.ensure_future(self._receive())
        timeout = None if self._endpoint else _HELLO_S
        await asyncio.wait(
            (receive, overflow), timeout=timeout, return_when=asyncio.FIRST_COMPLETED
        )
        if receive.done():
            return receive.result()
        receive.cancel()
        with contextlib.suppress(asyncio.CancelledError, WebSocketDisconnect):
            await receive
        code = "slow_reader" if overflow.done() else "hello_first"
        self._refuse(FaultError(code, "no hello within 5 s" if code == "hello_first" else code))
        return None

    async def _receive(self) -> str | bytes:
        message = await self._socket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code", 1005))
        text: str | None = message.get("text")
        return text if text is not None else message["bytes"]

    async def _handle(self, frame: str | bytes) -> bool:
        """Take one frame; return False when the socket must close."""
        try:
            if isinstance(frame, bytes):
                self._take_still(frame)
            else:
                await self._dispatch(self._admit(frame))
        except FaultError as fault:
            return self._refuse(fault)
        return True

    def _take_still(self, jpeg: bytes) -> None:
        seat = self._endpoint.seat if self._endpoint is not None else None
        if seat is None:
            raise FaultError("malformed", "only a room sends still pictures")
        if not self._door.desk.wall.take(seat, jpeg, self._door.clock.now_s()):
            raise FaultError("malformed", "not a still picture, or too many of them")

    def _admit(self, text: str) -> ClientMessage:
        if len(text) > MAX_MESSAGE_BYTES:
            raise FaultError("too_large", f"at most {MAX_MESSAGE_BYTES} bytes")
        if not self._rate.allow(self._door.clock.now_s()):
            raise FaultError("rate", "at most 50 messages a second", closing=self._rate.exhausted)
        try:
            message = parse_message(text)
        except MalformedError as error:
            self._malformed += 1
            too_many = self._malformed >= _MALFORMED_IN_A_ROW
            raise FaultError("malformed", str(error), closing=too_many) from None
        self._malformed = 0
        if self._endpoint is None and not isinstance(message, Hello):
            raise FaultError("hello_first", "say hello first")
        return message

    async def _dispatch(self, message: ClientMessage) -> None:
        endpoint = self._endpoint
        match message:
            case Hello():
                await self._hello(message)
            case Answer():
                await self._answer(message)
            case Ping():
                self._outbox.send({"type": "pong", "t": message.t})
            case Leave():
                self._left = True
            case Report() if endpoint is not None:
                endpoint.report = message.model_dump(exclude={"type"})
            case Look() | RoomTest() | WatchStills() if endpoint is not None:
                answer = do_duty(self._door.desk, endpoint, message)
                if answer is not None:
                    self._outbox.send(answer)
            case _ if endpoint is not None:
                self._outbox.send(to_command(self._door.desk, endpoint, message))

    async def _hello(self, hello: Hello) -> None:
        if self._endpoint is not None:
            raise FaultError("malformed", "hello was said already")
        if hello.v != PROTOCOL_VERSION:
            raise FaultError("version", f"this MCU speaks version {PROTOCOL_VERSION}")
        desk = self._door.desk
        arrival = Arrival(
            hello.kind, hello.capture, hello.agent, hello.takeover, hello.synthetic, hello.director
        )
        try:
            endpoint = desk.enter(desk.ticket(hello.token), arrival, self._outbox)
        except AdmissionError as error:
            raise FaultError(error.code, str(error)) from None
        except OccupiedError as error:
            self._outbox.send(
                {"type": "occupied", "agent": error.agent, "since_ms": error.since_ms}
            )
            return
        self._endpoint = endpoint
        self._door.announcer.welcome(endpoint)
        try:
            offer = await desk.connect(endpoint)
        except OSError as error:
            _log.error("no connection to offer", endpoint=endpoint.id, error=str(error))
            raise FaultError("internal", "the MCU has no media port now") from None
        self._outbox.send({"type": "offer", "sdp": offer})

    async def _answer(self, answer: Answer) -> None:
        assert self._endpoint is not None
        try:
            await self._door.desk.answer(self._endpoint, answer.sdp)
        except SdpError as error:
            raise FaultError(error.code, str(error)) from None

    def _refuse(self, fault: FaultError) -> bool:
        """Tell the endpoint what was wrong; return False when the socket must close."""
        self._door.counters.count(fault.code)
        self._outbox.send({"type": "error", "code": fault.code, "detail": fault.detail})
        if fault.closing or fault.code in CLOSING:
            _log.info("signalling refused", code=fault.code, detail=fault.detail)
            self._outbox.send(Farewell(CLOSING.get(fault.code, 4000)))
            return False
        return True

    async def _write(self) -> None:
        while True:
            message = await self._outbox.next()
            if isinstance(message, Farewell):
                if self._socket.client_state is WebSocketState.CONNECTED:
                    await self._socket.close(message.close_code)
                return
            if isinstance(message, bytes):
                await self._socket.send_bytes(message)
            else:
                await self._socket.send_text(_encode(message))


def _encode(message: Outgoing) -> str:
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"))


async def _finish(writer: "asyncio.Task[None]") -> None:
    """Give the writer a moment to say goodbye, then end it."""
    done, _ = await asyncio.wait((writer,), timeout=2)
    if not done:
        writer.cancel()
    with contextlib.suppress(asyncio.CancelledError, RuntimeError, WebSocketDisconnect):
        await writer

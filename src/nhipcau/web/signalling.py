"""The signalling door of an MCU: one WebSocket for each endpoint.

    text frame ─▶ size, rate ─▶ schema ─▶ policy ─▶ one handler ─▶ ok | error
    outbox ─▶ writer task ─▶ text frame                    (`sending`)

Whatever comes in wrongly is answered with an `error` to whoever sent it; the conference never
sees it.
"""

import asyncio
import math
import time

import structlog
from starlette.websockets import WebSocketDisconnect

from nhipcau.access.actions import Action
from nhipcau.mcu.admission import AdmissionError, Ticket
from nhipcau.mcu.desk import MovedError, OccupiedError
from nhipcau.mcu.endpoint import CLOSE_MOVED, Arrival, Endpoint, Farewell, Outgoing
from nhipcau.ports.transport import SdpError
from nhipcau.quantities import SiteId
from nhipcau.web.asking import Standing, may, why_not
from nhipcau.web.commands import particulars, to_command
from nhipcau.web.deeds import DEEDS
from nhipcau.web.door import Door
from nhipcau.web.drill_messages import Drilled, StartDrill
from nhipcau.web.drills import do_drill
from nhipcau.web.duties import do_duty
from nhipcau.web.farsocket import SignalSocket
from nhipcau.web.faults import FaultError
from nhipcau.web.frames import Frames
from nhipcau.web.greeting import Entry, Greeting, standing_for
from nhipcau.web.knocks import settle_scope
from nhipcau.web.messages import (
    MAX_MESSAGE_BYTES,
    Answer,
    ClientMessage,
    Hello,
    Knock,
    Leave,
    Look,
    MalformedError,
    Ping,
    Report,
    RoomTest,
    Warm,
    WatchStills,
    parse_message,
)
from nhipcau.web.ratelimit import RateLimit
from nhipcau.web.sending import Sender
from nhipcau.web.trunk_seat import FarSeat

_log = structlog.get_logger()
_HELLO_S = 5.0
_MALFORMED_IN_A_ROW = 10
_NOT_ALLOWED = "not_allowed"
_OK_CLOSE = 1000
_POLICY_VIOLATION = 1008


class Session:
    """One endpoint's WebSocket from accept to close."""

    def __init__(self, door: Door, socket: SignalSocket, far: FarSeat | None = None) -> None:
        """Begin; `far`: the page is a leaf's, which makes its connection."""
        self._door = door
        self._far = far
        self._socket = socket
        self._sender = Sender(socket, door.confirmation)
        self._outbox = self._sender.outbox
        self._frames = Frames(socket)
        self._greeting = Greeting(door, socket, self._outbox)
        self._endpoint: Endpoint | None = None
        self._standing: Standing | None = None
        self._rate = RateLimit()
        self._malformed = 0
        self._left = False
        self._hello_by_s = door.clock.now_s() + _HELLO_S

    async def run_again(self, ticket: Ticket, arrival: Arrival) -> None:
        """Serve an endpoint of a leaf that was admitted before the trunk to it was lost."""
        self._sender.start()
        try:
            self._seat(Entry(ticket, arrival))
        except FaultError as fault:
            self._refuse(FaultError(fault.code, fault.detail, closing=True))
        await self._serve()

    async def run(self) -> None:
        """Serve the socket until it closes; the endpoint is let go in any case."""
        headers = self._socket.headers
        if not self._door.may_come_from(headers.get("origin"), headers.get("host", "")):
            # Before accept: the handshake is answered with 403 (RFC 6455 §10.2).
            self._door.note(FaultError("origin", "a page of another origin"), None)
            await self._socket.close(_POLICY_VIOLATION)
            return
        await self._socket.accept()
        self._sender.start()
        await self._serve()

    async def _serve(self) -> None:
        try:
            await self._read()
        except WebSocketDisconnect:
            pass
        except Exception as error:  # noqa: BLE001 - the top line of a session: the others go on
            self._sender.refuse(self._door.blame_us(error))
        finally:
            self._let_go()
            await self._frames.aclose()
            await self._sender.finish(_OK_CLOSE)

    async def _read(self) -> None:
        overflow = asyncio.create_task(self._overflowed(), name="slow reader")
        try:
            while not self._left:
                frame = await self._next_frame(overflow)
                if frame is None or not await self._handle(frame):
                    return
        finally:
            overflow.cancel()

    async def _overflowed(self) -> None:
        await self._outbox.overflowed.wait()

    async def _next_frame(self, overflow: "asyncio.Task[None]") -> str | bytes | None:
        """Return the next text or binary frame, None when the socket must close."""
        writer = self._sender.writer
        assert writer is not None
        receive = self._frames.pending()
        timeout_s = None
        if self._endpoint is None and self._greeting.place is None:
            timeout_s = max(0.0, self._hello_by_s - self._door.clock.now_s())
        await asyncio.wait(
            (receive, overflow, writer), timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED
        )
        if receive.done():
            return self._frames.take()
        if writer.done():
            # It has said the last word, or it failed: then its error is raised here.
            writer.result()
        elif overflow.done():
            fault = FaultError("slow_reader", "what is sent to this endpoint is not read")
            self._door.note(fault, self._site())
            await self._sender.cut_off(fault)
        else:
            self._refuse(FaultError("hello_first", "no hello within 5 s"))
        return None

    async def _handle(self, frame: str | bytes) -> bool:
        """Take one frame; return False when the socket must close."""
        try:
            self._check_size_and_rate(frame)
            if isinstance(frame, bytes):
                self._take_still(frame)
            else:
                await self._dispatch(self._parse(frame))
        except FaultError as fault:
            return self._refuse(fault)
        return True

    def _check_size_and_rate(self, frame: str | bytes) -> None:
        if _size(frame) > MAX_MESSAGE_BYTES:
            raise FaultError("too_large", f"at most {MAX_MESSAGE_BYTES} bytes")
        if not self._rate.allow(self._door.clock.now_s()):
            raise FaultError("rate", "at most 50 messages a second", closing=self._rate.exhausted)

    def _take_still(self, jpeg: bytes) -> None:
        seat = self._endpoint.seat if self._endpoint is not None else None
        if seat is None:
            raise self._malformed_fault("only a room sends still pictures")
        if not self._door.desk.wall.take(seat, jpeg, self._door.clock.now_s()):
            # Not counted as one in a row: stills that a bad line held up come all at once.
            raise FaultError("malformed", "not a still picture, or too many of them")

    def _parse(self, text: str) -> ClientMessage:
        try:
            message = parse_message(text)
        except MalformedError as error:
            raise self._malformed_fault(str(error)) from None
        self._malformed = 0
        if self._endpoint is None and not isinstance(message, Hello | Knock | Warm):
            waits = self._greeting.place is not None
            if not waits or not isinstance(message, Answer | Ping | Leave):
                raise FaultError("hello_first", "say hello first")
        return message

    def _malformed_fault(self, detail: str) -> FaultError:
        self._malformed += 1
        return FaultError("malformed", detail, closing=self._malformed >= _MALFORMED_IN_A_ROW)

    async def _dispatch(self, message: ClientMessage) -> None:
        endpoint = self._endpoint
        if endpoint is not None and not self._may_say(endpoint, message):
            return
        match message:
            case Knock():
                self._check_unseated()
                self._greeting.knock(message)
            case Warm():
                self._check_unseated()
                await self._greeting.warm(message)
            case Hello():
                await self._hello(message)
            case Answer():
                await self._answer(message)
            case Ping():
                self._pong(message)
            case Leave():
                self._left = True
            case Report() if endpoint is not None:
                endpoint.report = message.model_dump(exclude={"type"})
            case Look() | RoomTest() | WatchStills() if endpoint is not None:
                answer = do_duty(self._door.desk, endpoint, message)
                if answer is not None:
                    self._outbox.send(answer)
            case StartDrill() | Drilled() if endpoint is not None:
                drilling = self._door.announcer.drilling
                self._answered(do_drill(drilling, self._door.desk, endpoint, message))
            case _ if endpoint is not None:
                self._command(endpoint, message)

    def _may_say(self, endpoint: Endpoint, message: ClientMessage) -> bool:
        """Ask the policy; what it refuses is answered, counted and told to the audit."""
        desk, standing = self._door.desk, self._standing
        assert standing is not None
        refused = why_not(standing, message, desk.state)
        if refused is None:
            return True
        deed = DEEDS[type(message)].value
        desk.audit.did(endpoint, deed, particulars(message), _NOT_ALLOWED)
        self._door.counters.count(_NOT_ALLOWED)
        number = getattr(message, "id", None)
        error = {"type": "error", "code": _NOT_ALLOWED, "detail": refused.detail}
        self._outbox.send(error if number is None else {**error, "id": number})
        return False

    def _pong(self, ping: Ping) -> None:
        if not math.isfinite(ping.t):
            raise self._malformed_fault("ping.t: not a finite number")
        self._outbox.send({"type": "pong", "t": ping.t})

    def _command(self, endpoint: Endpoint, message: ClientMessage) -> None:
        self._answered(to_command(self._door.desk, endpoint, message))

    def _answered(self, answer: Outgoing) -> None:
        if answer["type"] == "error":
            self._door.counters.count(str(answer["code"]))
        self._outbox.send(answer)

    def _check_unseated(self) -> None:
        if self._endpoint is not None:
            raise self._malformed_fault("hello was said already")

    async def _hello(self, hello: Hello) -> None:
        began_s = time.thread_time()
        self._check_unseated()
        entry = await self._greeting.admit(hello, self._frames)
        if not self._seat(entry):
            return
        if hello.pin is None:
            # With a PIN others have run meanwhile, and the thread's time is theirs, too.
            self._door.admissions.note(time.thread_time() - began_s)
        await self._make_media()

    def _seat(self, entry: Entry) -> bool:
        """Seat whoever was admitted; return False when it heard instead where it belongs.

        Raises:
            FaultError: it is not let in.
        """
        try:
            self._enter(entry)
        except AdmissionError as error:
            self._greeting.turn_away(error)
        except MovedError as error:
            self._outbox.send(error.move)
            self._outbox.send(Farewell(CLOSE_MOVED))
            return False
        except OccupiedError as error:
            self._outbox.send(
                {"type": "occupied", "agent": error.agent, "since_ms": error.since_ms}
            )
            return False
        return True

    def _enter(self, entry: Entry) -> None:
        """Seat whoever was admitted, and welcome it.

        Raises:
            AdmissionError, MovedError, OccupiedError: as `Desk.enter`, and where the policy is
                against it.
        """
        desk = self._door.desk
        standing = standing_for(entry.ticket, desk.state.conference)
        if self._far is not None and entry.arrival.director:
            raise AdmissionError(_NOT_ALLOWED, "a view of one's own is had from the root MCU")
        endpoint = desk.enter(entry.ticket, entry.arrival, self._outbox, entry.place)
        self._endpoint, self._standing = endpoint, standing
        settle_scope(self._socket.scope)
        if self._far is not None:
            self._far.seat(desk, endpoint)
        self._door.announcer.welcome(endpoint)

    async def _make_media(self) -> None:
        endpoint, standing = self._endpoint, self._standing
        if self._far is not None or endpoint is None or standing is None:
            return
        if endpoint.media is not None:
            # It was warm.
            return
        if may(standing, Action.LIVE_MEDIA):
            await self._offer(endpoint)

    async def _offer(self, endpoint: Endpoint) -> None:
        try:
            offer = await self._door.desk.connect(endpoint)
        except OSError as error:
            if endpoint.gone:
                return
            _log.error("no connection to offer", endpoint=endpoint.id, error=str(error))
            raise FaultError("internal", "the MCU has no media port now") from None
        self._outbox.send({"type": "offer", "sdp": offer})

    async def _answer(self, answer: Answer) -> None:
        if self._endpoint is None:
            await self._greeting.answer(answer.sdp)
            return
        try:
            await self._door.desk.answer(self._endpoint, answer.sdp)
        except SdpError as error:
            raise FaultError(error.code, str(error)) from None

    def _refuse(self, fault: FaultError) -> bool:
        """Tell the endpoint what was wrong; return False when the socket must close."""
        self._door.note(fault, self._site())
        self._sender.refuse(fault)
        return not fault.closing

    def _site(self) -> SiteId | None:
        return self._endpoint.site if self._endpoint is not None else None

    def _let_go(self) -> None:
        if self._endpoint is None:
            self._greeting.leave()
            return
        try:
            self._door.desk.leave(self._endpoint, on_purpose=self._left)
        except Exception as error:  # noqa: BLE001 - as in `run`
            self._sender.refuse(self._door.blame_us(error))


def _size(frame: str | bytes) -> int:
    """Return the bytes of a frame; letters are counted where every one is a byte."""
    if isinstance(frame, bytes) or frame.isascii():
        return len(frame)
    return len(frame.encode(errors="surrogatepass"))

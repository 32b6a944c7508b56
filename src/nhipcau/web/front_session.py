"""A socket of the front from accept to close: size, rate, time to say hello, one handler.

    text frame ─▶ size, rate ─▶ `take` of the kind ─▶ messages │ error
    outbox ─▶ writer task ─▶ text frame                    (`sending`)

`bell` and `caller` are the two kinds.
"""

import asyncio
import contextlib
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import structlog
from starlette.websockets import WebSocket, WebSocketDisconnect

from nhipcau.mcu.emergency.front import Front
from nhipcau.mcu.emergency.reaching import NotCalledError
from nhipcau.ports.clock import Clock
from nhipcau.web.faults import FaultError, QuietLog, SignallingCounters
from nhipcau.web.knocks import settle_scope
from nhipcau.web.messages import MAX_MESSAGE_BYTES, PROTOCOL_VERSION, MalformedError
from nhipcau.web.ratelimit import HelloLimit, RateLimit
from nhipcau.web.sending import Sender

_log = structlog.get_logger()
_HELLO_S = 5.0
_MALFORMED_IN_A_ROW = 10
_OK_CLOSE = 1000
_POLICY_VIOLATION = 1008
# A person presses once and once more; a pass that presses on and on is a flood.
_PRESSES_PER_S = 0.5
_PRESS_BURST = 5.0


@dataclass(frozen=True, slots=True)
class Hall:
    """What the sockets of a front lean on and are counted by."""

    front: Front
    clock: Clock
    counters: SignallingCounters = field(default_factory=SignallingCounters)
    hellos: HelloLimit = field(default_factory=HelloLimit)
    presses: HelloLimit = field(default_factory=lambda: HelloLimit(_PRESSES_PER_S, _PRESS_BURST))
    log: QuietLog = field(default_factory=QuietLog)

    def may_come_from(self, origin: str | None, host: str) -> bool:
        """Return True when a page of `origin` may open a socket here: ours, an office's, a front's.

        Source: RFC 6455 §10.2.
        """
        if origin is None:
            return True
        if urlsplit(origin).netloc == host and host:
            return True
        directory = self.front.directory
        if directory is None:
            return False
        return origin in directory.origins or origin in {one.url for one in directory.fronts}

    def note(self, fault: FaultError) -> None:
        """Count a refusal, and log it unless one of its kind has been logged a moment ago."""
        self.counters.count(fault.code)
        passed_over = self.log.ask((fault.code, fault.closing), self.clock.now_s())
        if passed_over is not None:
            _log.info("the front refused", code=fault.code, detail=fault.detail, more=passed_over)


class FrontSession(ABC):
    """One WebSocket of the front."""

    def __init__(self, hall: Hall, socket: WebSocket) -> None:
        self.hall = hall
        self.front = hall.front
        self._socket = socket
        self._sender = Sender(socket)
        self.outbox = self._sender.outbox
        self._rate = RateLimit()
        self._malformed = 0
        self._greeted = asyncio.Event()

    @abstractmethod
    async def take(self, text: str | bytes) -> None:
        """Take one message.

        Raises:
            MalformedError, NotCalledError, FaultError: it is answered with an error.
        """

    @abstractmethod
    def let_go(self) -> None:
        """The connection is gone; may be called without a hello."""

    @property
    def address(self) -> str:
        """Where the connection comes from."""
        return self._socket.client.host if self._socket.client is not None else ""

    @property
    def greeted(self) -> bool:
        """True after a good hello."""
        return self._greeted.is_set()

    def greet(self, version: int) -> None:
        """Note that a hello was said; raises FaultError where it was said already, or wrongly."""
        if self.greeted:
            raise FaultError("malformed", "hello was said already")
        if version != PROTOCOL_VERSION:
            raise FaultError("version", f"this front speaks version {PROTOCOL_VERSION}")

    def settle(self) -> None:
        """Note that the hello was good."""
        self._greeted.set()
        settle_scope(self._socket.scope)

    def refuse(self, fault: FaultError) -> None:
        """Tell the page what was wrong, and close where that follows."""
        self.hall.note(fault)
        self._sender.refuse(fault)

    async def run(self) -> None:
        """Serve the socket until it closes."""
        headers = self._socket.headers
        if not self.hall.may_come_from(headers.get("origin"), headers.get("host", "")):
            self.hall.note(FaultError("origin", "a page of another origin"))
            await self._socket.close(_POLICY_VIOLATION)
            return
        await self._socket.accept()
        self._sender.start()
        try:
            await self._read()
        except WebSocketDisconnect:
            pass
        except Exception as error:  # noqa: BLE001 - the top line of a session: the others go on
            _log.error("a session of the front failed", exc_info=error)
            self._sender.refuse(FaultError("internal", "our fault; it is logged"))
        finally:
            self.let_go()
            await self._sender.finish(_OK_CLOSE)

    async def _read(self) -> None:
        """Read until the page is gone, reads nothing any more, or must go."""
        writer = self._sender.writer
        assert writer is not None
        reader = asyncio.create_task(self._take_all(), name="front reader")
        full = asyncio.create_task(self.outbox.overflowed.wait(), name="slow reader")
        late = asyncio.create_task(self._not_greeted(), name="hello due")
        try:
            await asyncio.wait((reader, writer, full, late), return_when=asyncio.FIRST_COMPLETED)
            if full.done() and not reader.done():
                fault = FaultError("slow_reader", "what is sent is not read")
                self.hall.note(fault)
                await self._sender.cut_off(fault)
            elif late.done() and not reader.done():
                self.refuse(FaultError("hello_first", "no hello within 5 s"))
        finally:
            for task in (reader, full, late):
                task.cancel()
            await asyncio.wait((reader, full, late))
        if not reader.cancelled():
            reader.result()

    async def _not_greeted(self) -> None:
        """Return when no hello came in time; never after one."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._greeted.wait(), _HELLO_S)
            await asyncio.Event().wait()

    async def _take_all(self) -> None:
        while True:
            message = await self._socket.receive()
            if message["type"] == "websocket.disconnect":
                raise WebSocketDisconnect(message.get("code", 1005))
            text: str | None = message.get("text")
            try:
                await self._take_one(text if text is not None else message["bytes"])
            except FaultError as fault:
                self.refuse(fault)
                if fault.closing:
                    return

    async def _take_one(self, text: str | bytes) -> None:
        if len(text) > MAX_MESSAGE_BYTES:
            raise FaultError("too_large", f"at most {MAX_MESSAGE_BYTES} bytes")
        if not self._rate.allow(self.hall.clock.now_s()):
            raise FaultError("rate", "at most 50 messages a second", closing=self._rate.exhausted)
        try:
            await self.take(text)
            self._malformed = 0
        except MalformedError as error:
            self._malformed += 1
            closing = self._malformed >= _MALFORMED_IN_A_ROW
            raise FaultError("malformed", str(error), closing=closing) from None
        except NotCalledError as error:
            raise FaultError(error.code, str(error)) from None

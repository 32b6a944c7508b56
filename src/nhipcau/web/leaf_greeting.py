"""What a page says to a leaf that the leaf answers by itself: that it stands ready here.

    knock ─▶ challenge, while the root is away (else the root's)
    warm  ─▶ admission by plan and copy of the log ─▶ warm place
    hello ─▶ Seating ─▶ root: this page moves here

Everything else is the root's to judge: ordinary pages are passed on unread.
"""

import asyncio
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import structlog
from pydantic import TypeAdapter, ValidationError
from starlette.websockets import WebSocket

from nhipcau.credentials.statements import Challenge
from nhipcau.mcu.admission import AdmissionError, Ticket, admit_shown
from nhipcau.mcu.endpoint import Arrival
from nhipcau.mcu.leaf import LeafNode
from nhipcau.mcu.leafchannel import LeafChannel, PageBox
from nhipcau.mcu.leafmedia import LeafMedia
from nhipcau.mcu.warm import WarmPlace, out_by
from nhipcau.ports.clock import Clock
from nhipcau.ports.messages import ConferencePlan
from nhipcau.ports.transport import SdpError
from nhipcau.ports.trunk import Seating
from nhipcau.web.faults import FaultError, QuietLog
from nhipcau.web.frames import Frames
from nhipcau.web.greeting import check_version, shown_by, standing_for
from nhipcau.web.knocks import settle_scope
from nhipcau.web.messages import (
    Answer,
    Hello,
    Knock,
    Leave,
    MalformedError,
    Ping,
    Warm,
    parse_message,
)
from nhipcau.web.ratelimit import HelloLimit, RateLimit

_log = structlog.get_logger()
_NONCE_BYTES = 18
# As at a root that does not reign: so long a hello is held while no root can be reached.
_ROOT_S = 2.0
_ROOT_POLL_S = 0.02
_CHALLENGE: TypeAdapter[Challenge] = TypeAdapter(Challenge)


@dataclass(frozen=True, slots=True)
class LeafDoor:
    """What a leaf's pages lean on."""

    leaf: LeafNode
    plan: Callable[[], ConferencePlan]
    warms: HelloLimit = field(default_factory=HelloLimit)
    log: QuietLog = field(default_factory=QuietLog)

    @property
    def clock(self) -> Clock:
        """The leaf's."""
        return self.leaf.clock

    def note(self, fault: FaultError) -> None:
        """Log a refusal, unless one of its kind has been logged a moment ago."""
        passed_over = self.log.ask(fault.code, self.clock.now_s())
        if passed_over is not None:
            _log.info(
                "warm page refused", code=fault.code, detail=fault.detail, passed_over=passed_over
            )


class LeafGreeting:
    """One page of a leaf before the root knows of it."""

    def __init__(self, door: LeafDoor, socket: WebSocket, box: PageBox, frames: Frames) -> None:
        self._door = door
        self._socket = socket
        self._box = box
        self._frames = frames
        self._rate = RateLimit()
        self._challenge: Challenge | None = None
        self._place: WarmPlace[LeafMedia] | None = None
        self._withdrawn = False

    @property
    def is_ours(self) -> bool:
        """True while the page stands ready, or is about to."""
        return self._withdrawn or (self._place is not None and not self._place.gone)

    @property
    def address(self) -> str:
        """Where the page comes from."""
        return self._socket.client.host if self._socket.client is not None else ""

    async def hear(self, text: str) -> LeafChannel | None:
        """Take a frame; return the page's channel when the root knows of it from now on."""
        try:
            return await self._hear(text)
        except FaultError as fault:
            self._door.note(fault)
            self._box.say(fault.answer())
            if fault.closing:
                self._box.part(fault.close_code)
            return None

    def withdraw(self, channel: LeafChannel) -> None:
        """Take a page back from the root, to which it has only knocked."""
        self._challenge, self._withdrawn = _read(channel.challenge), True
        self._door.leaf.close_channel(channel, 1000)

    def leave(self) -> None:
        """Give the warm place up; may be called twice."""
        if self._place is not None and not self._place.gone:
            self._door.leaf.warm.leave(self._place)

    async def _hear(self, text: str) -> LeafChannel | None:
        leaf, place = self._door.leaf, self._place
        kind = kind_of(text)
        if place is None and kind != "warm" and (kind != "knock" or leaf.is_up):
            channel = leaf.open_channel(self.address, self._box)
            leaf.hear(channel, text)
            return channel
        if not self._rate.allow(self._door.clock.now_s()):
            raise FaultError("rate", "at most 50 messages a second", closing=self._rate.exhausted)
        match self._parse(text):
            case Knock() as knock:
                self._knock(knock)
            case Warm() as warm:
                await self._warm(warm)
            case Answer() as answer if place is not None:
                await self._answer(place, answer)
            case Ping() as ping if place is not None:
                self._box.say({"type": "pong", "t": ping.t})
            case Leave() if place is not None:
                self._box.part(1000)
            case Hello() as hello if place is not None:
                return await self._move(place, hello)
            case _:
                raise FaultError("hello_first", "say hello first")
        return None

    def _parse(self, text: str) -> object:
        try:
            return parse_message(text)
        except MalformedError as error:
            raise FaultError("malformed", str(error)) from None

    def _knock(self, knock: Knock) -> None:
        check_version(knock.v)
        plan, at_ms = self._door.plan(), int(self._door.clock.wall_s() * 1000)
        nonce = secrets.token_urlsafe(_NONCE_BYTES)
        self._challenge = Challenge(nonce, plan.conference, plan.mcu, at_ms)
        self._box.say({"type": "challenge", **asdict(self._challenge)})

    async def _warm(self, warm: Warm) -> None:
        """Have a warm place, and offer its connection.

        Raises:
            FaultError: the page is not let in, or there is no connection for it.
        """
        check_version(warm.v)
        arrival = _arrival(warm, self.address)
        places = self._door.leaf.warm
        try:
            ticket = self._admitted(warm)
            self._check_rate(ticket, arrival)
            self.leave()
            place = self._place = places.take(ticket, arrival, self._box)
            self._withdrawn = False
        except AdmissionError as error:
            raise FaultError(error.code, str(error)) from None
        settle_scope(self._socket.scope)
        try:
            offer = await places.offer(place)
        except OSError:
            raise FaultError("internal", "the MCU has no media port now") from None
        if not place.gone:
            self._box.say({"type": "offer", "sdp": offer})

    def _admitted(self, warm: Warm) -> Ticket:
        """Return what a page is entitled to.

        Raises:
            AdmissionError: nothing here.
        """
        plan, challenge = self._door.plan(), self._challenge
        self._challenge = None
        ticket = admit_shown(plan, shown_by(warm, challenge), self._door.clock.wall_s())
        standing_for(ticket, plan.conference)
        if ticket.pin_record is not None:
            # Wrong ones are counted by the root alone.
            raise AdmissionError("pin_required", "here a guest shows its resume ticket")
        if warm.director:
            raise AdmissionError("not_allowed", "a view of one's own is had from the root MCU")
        why = out_by(plan, self._door.leaf.replica.state)(ticket)
        if why in ("removed", "revoked", "ended"):
            raise AdmissionError(why, "whoever showed this is out of the meeting")
        return ticket

    def _check_rate(self, ticket: Ticket, arrival: Arrival) -> None:
        watcher = None if arrival.kind == "site" else (ticket.role, arrival.address)
        retry_ms = self._door.warms.retry_ms((ticket.site, watcher), self._door.clock.now_s())
        if retry_ms is not None:
            detail = "it stands ready too often"
            raise FaultError("rate", detail, closing=True, retry_ms=retry_ms)

    async def _answer(self, place: WarmPlace[LeafMedia], answer: Answer) -> None:
        try:
            await self._door.leaf.warm.answer(place, answer.sdp)
        except SdpError as error:
            raise FaultError(error.code, str(error)) from None

    async def _move(self, place: WarmPlace[LeafMedia], hello: Hello) -> LeafChannel:
        """Bring a page that stood ready to the root.

        Raises:
            FaultError: `not_ready`: no root can be reached.
        """
        check_version(hello.v)
        if hello.token or hello.proof is not None:
            self.leave()
            channel = self._door.leaf.open_channel(self.address, self._box)
            self._door.leaf.hear(channel, hello.model_dump_json(exclude_none=True))
            return channel
        for _ in range(round(_ROOT_S / _ROOT_POLL_S)):
            if self._door.leaf.is_up and not place.gone:
                return self._door.leaf.seat(_seating(place, hello), place, self._box)
            await self._frames.waits_for(asyncio.Event(), _ROOT_POLL_S)
        raise FaultError("not_ready", "this MCU reaches no root now")


def kind_of(text: str) -> str:
    """Return the type of a message, "" where it has none."""
    try:
        said = json.loads(text)
    except ValueError:
        return ""
    return str(said.get("type", "")) if isinstance(said, dict) else ""


def _read(challenge: Mapping[str, Any] | None) -> Challenge | None:
    if challenge is None:
        return None
    try:
        said = {name: value for name, value in challenge.items() if name != "type"}
        return _CHALLENGE.validate_python(said)
    except ValidationError:
        return None


def _arrival(warm: Warm, address: str) -> Arrival:
    return Arrival(
        warm.kind,
        warm.capture,
        warm.agent,
        takeover=False,
        synthetic=warm.synthetic,
        director=warm.director,
        address=address,
    )


def _seating(place: WarmPlace[LeafMedia], hello: Hello) -> Seating:
    ticket = place.ticket
    return Seating(
        role=ticket.role.value,
        site=ticket.site,
        subtree=ticket.subtree,
        credential=ticket.credential,
        thumbprint=ticket.thumbprint,
        is_guest=ticket.is_guest,
        kind=hello.kind,
        capture=hello.capture,
        agent=hello.agent,
        synthetic=hello.synthetic,
        resumes=ticket.resumes,
        moves=True,
        takeover=hello.takeover,
        address=place.arrival.address,
    )

"""What a connection says before it has a seat: who it is, and whether it wants to sit or to wait.

    knock ─▶ challenge
    warm  ─▶ admission ─▶ warm place, no seat
    hello ─▶ admission, or what the warm place was admitted as ─▶ Entry

`signalling` seats whoever has an entry.
"""

from dataclasses import asdict, dataclass
from typing import NoReturn

from nhipcau.access.actions import Action
from nhipcau.credentials.statements import Challenge
from nhipcau.mcu.admission import AdmissionError, Proof, Shown, Ticket
from nhipcau.mcu.endpoint import Arrival, Outbox
from nhipcau.mcu.endpointmedia import EndpointMedia
from nhipcau.mcu.warm import WarmPlace
from nhipcau.ports.transport import SdpError
from nhipcau.quantities import ConferenceId
from nhipcau.web.asking import Standing, may, standing_of
from nhipcau.web.door import Door
from nhipcau.web.farsocket import SignalSocket
from nhipcau.web.faults import FaultError
from nhipcau.web.frames import Frames
from nhipcau.web.knocks import settle_scope
from nhipcau.web.messages import PROTOCOL_VERSION, Hello, Knock, Warm

_NOT_ALLOWED = "not_allowed"
# A standby is told within this time that it reigns, or somebody else does.
_REIGNS_S = 2.0


@dataclass(frozen=True, slots=True)
class Entry:
    """Who is to be seated, and the connection that it has here already, if it was warm."""

    ticket: Ticket
    arrival: Arrival
    place: WarmPlace[EndpointMedia] | None = None


class Greeting:
    """One connection before its seat.

    Attributes:
        place: its warm place, None while it has none.
    """

    def __init__(self, door: Door, socket: SignalSocket, outbox: Outbox) -> None:
        self._door = door
        self._socket = socket
        self._outbox = outbox
        self._challenge: Challenge | None = None
        self.place: WarmPlace[EndpointMedia] | None = None

    @property
    def address(self) -> str:
        """Where the connection comes from."""
        return self._socket.client.host if self._socket.client is not None else ""

    def knock(self, knock: Knock) -> None:
        """Give a device what it is to sign; the last one counts, and only on this connection.

        Raises:
            FaultError: `version`, or this MCU has no conference.
        """
        check_version(knock.v)
        try:
            challenge = self._challenge = self._door.desk.challenge()
        except AdmissionError as error:
            raise FaultError(error.code, str(error)) from None
        self._outbox.send({"type": "challenge", **asdict(challenge)})

    async def admit(self, hello: Hello, frames: Frames) -> Entry:
        """Return who is to be seated.

        Raises:
            FaultError: it is not let in, or this MCU does not decide for the conference now.
            WebSocketDisconnect: it has gone meanwhile.
        """
        check_version(hello.v)
        place = self.place
        if place is not None and not hello.token and hello.proof is None:
            entry = Entry(place.ticket, self._arrival(hello, moves=True), place)
        else:
            entry = Entry(await self._ticket(hello), self._arrival(hello))
        if not await frames.waits_for(self._door.reigning, _REIGNS_S):
            raise FaultError("not_ready", "this MCU does not decide for the meeting now")
        if place is not None and place.gone:
            raise FaultError("not_ready", "the warm connection is gone")
        # Whoever is in the seat already stays there when a newcomer comes too often.
        self._check_rate(entry.ticket, entry.arrival)
        return entry

    async def warm(self, warm: Warm) -> None:
        """Have a warm place, and offer its connection.

        Raises:
            FaultError: it is not let in, or there is no connection for it.
        """
        check_version(warm.v)
        ticket, arrival = await self._ticket(warm), self._arrival(warm)
        self._check_rate(ticket, arrival, "warm")
        try:
            standing_for(ticket, self._door.desk.state.conference)
            self.leave()
            place = self.place = self._door.desk.warm.take(ticket, arrival, self._outbox)
        except AdmissionError as error:
            self.turn_away(error)
        settle_scope(self._socket.scope)
        try:
            offer = await self._door.desk.warm.offer(place)
        except OSError:
            raise FaultError("internal", "the MCU has no media port now") from None
        if not place.gone:
            self._outbox.send({"type": "offer", "sdp": offer})

    async def answer(self, sdp: str) -> None:
        """Take the answer of a page that is warm.

        Raises:
            FaultError: it can't be used.
        """
        assert self.place is not None
        try:
            await self._door.desk.warm.answer(self.place, sdp)
        except SdpError as error:
            raise FaultError(error.code, str(error)) from None

    def leave(self) -> None:
        """Give the warm place up; may be called twice."""
        if self.place is not None and not self.place.gone:
            self._door.desk.warm.leave(self.place)

    def turn_away(self, error: AdmissionError) -> NoReturn:
        """Tell the audit who was not let in.

        Raises:
            FaultError: always.
        """
        self._door.desk.audit.turned_away(self.address, error.code)
        raise FaultError(error.code, str(error)) from None

    async def _ticket(self, said: Hello | Warm) -> Ticket:
        shown = shown_by(said, self._challenge)
        self._challenge = None
        try:
            return await self._door.desk.admission(shown)
        except AdmissionError as error:
            self.turn_away(error)

    def _arrival(self, said: Hello | Warm, *, moves: bool = False) -> Arrival:
        return Arrival(
            said.kind,
            said.capture,
            said.agent,
            isinstance(said, Hello) and said.takeover,
            said.synthetic,
            said.director,
            self.address,
            moves,
        )

    def _check_rate(self, ticket: Ticket, arrival: Arrival, *what: str) -> None:
        watcher = None if arrival.kind == "site" else (ticket.role, arrival.address)
        self._door.check_hello((*what, ticket.site, watcher))


def check_version(version: int) -> None:
    """Go on with a page that speaks our version.

    Raises:
        FaultError: `version`.
    """
    if version != PROTOCOL_VERSION:
        raise FaultError("version", f"this MCU speaks version {PROTOCOL_VERSION}")


def standing_for(ticket: Ticket, conference: ConferenceId) -> Standing:
    """Return who the bearer of a ticket is to the policy.

    Raises:
        AdmissionError: `not_allowed`: it may not come in at all.
    """
    standing = standing_of(ticket, conference)
    if not may(standing, Action.LIVE_ENTER):
        raise AdmissionError(_NOT_ALLOWED, "the policy lets nobody in by that")
    return standing


def shown_by(said: Hello | Warm, challenge: Challenge | None) -> Shown:
    """Return what a page shows."""
    proof = said.proof
    proven = None if proof is None else Proof(proof.device, proof.key, proof.signature)
    return Shown(said.token, proven, said.pin, challenge)

"""The desk: endpoints come, sit down, are connected, and go. All of it on the event loop.

hello ─▶ admission ─▶ seat in the conference ─▶ connection offered ─▶ answer ─▶ media up
"""

import asyncio
import secrets
from collections.abc import Callable

import structlog

from nhipcau.conference.commands import Command, RefusePin, Role, SiteJoined, SiteLeft, SiteLost
from nhipcau.conference.events import ConferenceEnded, CredentialBarred, Event, SiteRemoved
from nhipcau.conference.refusal import Outcome, Refusal, RefusalCode
from nhipcau.conference.state import ConferenceState, Presence
from nhipcau.conference.views import may_see
from nhipcau.credentials.statements import Challenge
from nhipcau.mcu.admission import (
    AdmissionError,
    Shown,
    Ticket,
    admit,
    admit_shown,
    chair_text,
    resume_text,
)
from nhipcau.mcu.asking import Asking
from nhipcau.mcu.capacity import Capacity
from nhipcau.mcu.endpoint import (
    CLOSE_ENDED,
    CLOSE_REMOVED,
    CLOSE_REPLACED,
    Arrival,
    Endpoint,
    Farewell,
    Outbox,
    Outgoing,
)
from nhipcau.mcu.endpointmedia import EndpointMedia
from nhipcau.mcu.engine import MediaEngine
from nhipcau.mcu.gathering import gathered
from nhipcau.mcu.host import ConferenceHost
from nhipcau.mcu.inspection import Inspections
from nhipcau.mcu.ladder import PROGRAM_VIEW, director_view
from nhipcau.mcu.linecare import LineCare
from nhipcau.mcu.liveaudit import LiveAudit
from nhipcau.mcu.lobby import check_pin
from nhipcau.mcu.trunk import Trunks
from nhipcau.mcu.uplink import Uplink
from nhipcau.mcu.wall import Wall
from nhipcau.mcu.warm import WarmPlace, WarmPlaces, check_arrival, out_by
from nhipcau.ports.clock import Clock
from nhipcau.ports.messages import ConferencePlan
from nhipcau.quantities import Bitrate, EndpointId, SiteId

_log = structlog.get_logger()
_NONCE_BYTES = 18


class OccupiedError(Exception):
    """Another endpoint is in the seat; a person must decide."""

    def __init__(self, agent: str, since_ms: int) -> None:
        super().__init__(agent)
        self.agent = agent
        self.since_ms = since_ms


class MovedError(Exception):
    """Whoever came belongs elsewhere now; `move` is what it is told."""

    def __init__(self, move: Outgoing) -> None:
        super().__init__("belongs elsewhere")
        self.move = move


class Desk:
    """Keeps the endpoints of one conference."""

    def __init__(
        self, host: ConferenceHost, engine: MediaEngine, clock: Clock, capacity: Capacity
    ) -> None:
        self._host = host
        self._engine = engine
        self._clock = clock
        self.capacity = capacity
        self.plan: ConferencePlan | None = None
        self.wall = Wall()
        self.inspections = Inspections()
        self.care = LineCare()
        self.asking = Asking()
        self.trunks = Trunks()
        self.warm: WarmPlaces[EndpointMedia] = WarmPlaces(engine, clock)
        self.endpoints: dict[EndpointId, Endpoint] = {}
        self.audit = LiveAudit(host, clock)
        # Where the bearer of a ticket belongs while the meeting is split; None: here.
        self.elsewhere: Callable[[Ticket], Outgoing | None] = lambda _: None
        self._pin_checks = asyncio.Lock()
        host.observe(self._put_out)

    @property
    def state(self) -> ConferenceState:
        """The conference as it stands."""
        return self._host.state

    def challenge(self) -> Challenge:
        """Return what a device is to sign, for one connection.

        Raises:
            AdmissionError: `wrong_conference`: there is none now.
        """
        if self.plan is None:
            raise AdmissionError("wrong_conference", "this MCU has no conference now")
        nonce = secrets.token_urlsafe(_NONCE_BYTES)
        # Downwards, so that no answer is too quick to come after the question.
        at_ms = int(self._clock.wall_s() * 1000)
        return Challenge(nonce, self.plan.conference, self.plan.mcu, at_ms)

    async def admission(self, shown: Shown) -> Ticket:
        """Return what an endpoint is entitled to by what it shows.

        Raises:
            AdmissionError: see `admission.admit_shown`, and `removed`, `pin_required`,
                `pin_wrong`, `pin_used_up`.
        """
        ticket = admit_shown(self.plan, shown, self._clock.wall_s())
        if self._host.state.is_barred(ticket.credential):
            raise AdmissionError("removed", "whoever showed this was removed from the meeting")
        if ticket.pin_record is not None and ticket.site is not None:
            async with self._pin_checks:
                self._note_pin(ticket.site, await check_pin(self._host.state, ticket, shown.pin))
        return ticket

    def resume_text(self, endpoint: Endpoint) -> str | None:
        """Return the resume ticket of an endpoint, None where it gets none."""
        return resume_text(self.plan, endpoint.ticket, self._clock.wall_s())

    def chair_text(self, endpoint: Endpoint) -> str | None:
        """Return the ticket of the chair's page, for the chairing room of a branch."""
        if endpoint.seat is None:
            return None
        return chair_text(self.plan, endpoint.ticket, self._clock.wall_s())

    def ticket(self, token: str) -> Ticket:
        """Return what a token entitles to.

        Raises:
            AdmissionError: see `admission.admit`.
        """
        return admit(self.plan, token, self._clock.wall_s())

    def enter(
        self,
        ticket: Ticket,
        arrival: Arrival,
        outbox: Outbox,
        place: WarmPlace[EndpointMedia] | None = None,
    ) -> Endpoint:
        """Seat an endpoint, with the connection that it has in its warm place.

        Raises:
            MovedError: it belongs to a branch of the meeting now.
            OccupiedError: another endpoint is in the seat and `takeover` is not asked for.
            AdmissionError: `ended`, `overloaded`, or a token that has no room but asks for a seat.
        """
        if self._host.state.ended_ms is not None:
            raise AdmissionError("ended", "the meeting is over")
        move = self.elsewhere(ticket)
        if move is not None:
            raise MovedError(move)
        if not self._was_in(ticket):
            runs = ticket.role is not Role.SITE
            full = self.capacity.refusal(len(self.endpoints), runs_the_meeting=runs)
            if full is not None:
                raise AdmissionError("overloaded", full)
        check_arrival(ticket, arrival)
        endpoint = Endpoint(
            place.id if place is not None else EndpointId(secrets.token_hex(8)),
            ticket,
            arrival,
            round(self._clock.wall_s() * 1000),
            outbox,
        )
        if endpoint.seat is not None:
            self._take_seat(endpoint, endpoint.seat)
        self.endpoints[endpoint.id] = endpoint
        self.audit.entered(endpoint)
        # Whoever was in the seat has gone by now: nobody is heard twice.
        media = self.warm.heat(place) if place is not None else None
        if media is not None:
            endpoint.media = media
            self._care_for(endpoint, media)
        return endpoint

    async def connect(self, endpoint: Endpoint) -> str:
        """Open the endpoint's connection and return the offer.

        Raises:
            TimeoutError: the transport did not gather its candidates.
        """
        watches = director_view(endpoint.id) if endpoint.arrival.director else PROGRAM_VIEW
        media = await asyncio.to_thread(self._engine.open, endpoint.id, endpoint.seat, watches)
        endpoint.media = media
        if endpoint.gone:
            self._close_media(endpoint)
        else:
            self._care_for(endpoint, media)
        return await gathered(media.connection)

    def _care_for(self, endpoint: Endpoint, media: EndpointMedia) -> None:
        line_bps = self._line_bps(endpoint.seat)
        self.care.begin(media, line_bps)
        self.asking.begin(endpoint.id, media.uplink, line_bps)

    def begin_far(self, endpoint: Endpoint) -> Bitrate | None:
        """Look after an endpoint whose connection is a leaf's; return its declared line rate."""
        line_bps = self._line_bps(endpoint.seat)
        self.asking.begin(endpoint.id, Uplink(), line_bps)
        return line_bps

    async def answer(self, endpoint: Endpoint, sdp: str) -> None:
        """Take the endpoint's answer.

        Raises:
            SdpError: it can't be used.
        """
        if endpoint.media is None or endpoint.gone:
            return
        await asyncio.to_thread(endpoint.media.connection.accept, sdp)
        self._engine.attach(endpoint.media)

    def leave(self, endpoint: Endpoint, *, on_purpose: bool, why: str = "") -> None:
        """Let an endpoint go; may be called twice. `why` is for the audit, where it is not that."""
        if endpoint.gone:
            return
        self._forget(endpoint)
        self.audit.left(endpoint, why or ("left" if on_purpose else "lost"))
        # First, so that a log that can't be written leaves no connection behind.
        self._close_media(endpoint)
        seat = endpoint.seat
        if seat is not None:
            make = SiteLeft if on_purpose else SiteLost
            self._host.command(make(seat, endpoint.id))

    def reap(self) -> None:
        """Let go the endpoints whose connection has failed; called every some 100 ms."""
        for endpoint in list(self.endpoints.values()):
            media = endpoint.media
            if media is not None and media.has_failed():
                _log.info("connection failed", endpoint=endpoint.id, site=endpoint.site)
                endpoint.outbox.send(Farewell(4000))
                self.leave(endpoint, on_purpose=False)

    def dismiss_unlisted(self) -> None:
        """Let go whoever is on the roster no more, after the plan has changed."""
        for endpoint in list(self.endpoints.values()):
            if endpoint.site is not None and endpoint.site not in self._host.state.sites:
                endpoint.outbox.send({"type": "ended"})
                endpoint.outbox.send(Farewell(CLOSE_ENDED))
                self.leave(endpoint, on_purpose=True, why="unlisted")
        self.warm.put_out(out_by(self.plan, self._host.state))

    def command(self, command: Command) -> Outcome:
        """Give a person's command to the conference."""
        return self._host.command(command)

    def media_of(self, site: SiteId) -> Endpoint | None:
        """Return the endpoint in the seat of `site`, None where the seat is empty."""
        row = self._host.state.sites.get(site)
        if row is None or row.endpoint is None:
            return None
        return self.endpoints.get(row.endpoint)

    def close(self) -> None:
        """Let everybody go without touching the conference: they will be back elsewhere."""
        for endpoint in list(self.endpoints.values()):
            endpoint.outbox.send(Farewell(1012))
            self._forget(endpoint)
            self._close_media(endpoint)
        self.warm.close()

    def look_after_lines(self) -> None:
        """Choose what each line gets; called once a second."""
        sharing = self._host.state.content is not None
        now_s = self._clock.now_s()
        self.care.tick(self.endpoints, now_s, sharing=sharing)
        self.asking.tick(self.care.strains(), now_s)

    def _was_in(self, ticket: Ticket) -> bool:
        """Return True for a room that comes back, after a fault or to a page loaded anew."""
        row = self._host.state.sites.get(ticket.site) if ticket.site is not None else None
        return row is not None and row.presence in (Presence.LOST, Presence.PRESENT)

    def _line_bps(self, seat: SiteId | None) -> Bitrate | None:
        """Return what the line of a room was declared to carry, None where nobody said."""
        sites = self.plan.sites if self.plan is not None else ()
        declared = next((one.line_bps for one in sites if one.site == seat), None)
        return Bitrate(declared) if declared is not None else None

    def whom_to_call(self, site: SiteId) -> str:
        """Return whom to call at a site, a name and a telephone number; "" where nobody said."""
        sites = self.plan.sites if self.plan is not None else ()
        return next((one.call for one in sites if one.site == site), "")

    def _take_seat(self, endpoint: Endpoint, seat: SiteId) -> None:
        arrival = endpoint.arrival
        older = self.media_of(seat)
        # A seat whose endpoint is not here any more is nobody's to give up, and a page that comes
        # from another MCU is the one that sits there.
        itself = older is not None and older.ticket.credential == endpoint.ticket.credential
        takeover = arrival.takeover or older is None or (arrival.moves and itself)
        join = SiteJoined(
            seat,
            endpoint.id,
            arrival.capture,
            arrival.synthetic,
            takeover=takeover,
            credential=endpoint.ticket.credential,
            resumes=endpoint.ticket.resumes,
        )
        outcome = self._host.command(join)
        if isinstance(outcome, Refusal):
            if outcome.code is RefusalCode.OCCUPIED and older is not None:
                raise OccupiedError(older.arrival.agent, older.since_ms)
            raise AdmissionError(outcome.code.value, outcome.detail)
        if older is not None:
            self._replace(older, endpoint)

    def _replace(self, older: Endpoint, newer: Endpoint) -> None:
        older.outbox.send({"type": "replaced", "agent": newer.arrival.agent})
        older.outbox.send(Farewell(CLOSE_REPLACED))
        self._forget(older)
        self.audit.left(older, "replaced")
        self._close_media(older)

    def dismiss_revoked(self) -> None:
        """Let go the devices and guests that the changed plan does not admit any more."""
        plan = self.plan
        if plan is None:
            return
        self.warm.put_out(out_by(plan, self._host.state))
        gone = {f"device:{device}" for device in plan.revoked}
        for endpoint in list(self.endpoints.values()):
            if endpoint.ticket.credential in gone:
                self._dismiss(endpoint, "revoked")
                self.leave(endpoint, on_purpose=True, why="revoked")

    def _put_out(self, state: ConferenceState, events: tuple[Event, ...]) -> None:
        """Let go whoever was removed, by seat and by credential; at the end of all everybody."""
        if any(isinstance(event, ConferenceEnded | CredentialBarred) for event in events):
            self.warm.put_out(out_by(self.plan, state))
        if any(isinstance(event, ConferenceEnded) for event in events):
            self._end_all()
            return
        seats = {event.site for event in events if isinstance(event, SiteRemoved)}
        barred = {e.credential for e in events if isinstance(e, CredentialBarred)}
        for endpoint in list(self.endpoints.values()) if seats or barred else ():
            if endpoint.seat in seats or endpoint.ticket.credential in barred:
                self._dismiss(endpoint, "removed")
                self._forget(endpoint)
                self.audit.left(endpoint, "removed")
                self._close_media(endpoint)

    def _end_all(self) -> None:
        for endpoint in list(self.endpoints.values()):
            endpoint.outbox.send({"type": "ended"})
            endpoint.outbox.send(Farewell(CLOSE_ENDED))
            self._forget(endpoint)
            self.audit.left(endpoint, "ended")
            self._close_media(endpoint)

    def _dismiss(self, endpoint: Endpoint, code: str) -> None:
        endpoint.outbox.send({"type": "removed", "code": code})
        endpoint.outbox.send(Farewell(CLOSE_REMOVED))

    def _note_pin(self, site: SiteId, verdict: str) -> None:
        if verdict == "pin_wrong":
            self._host.command(RefusePin(site))
        if verdict:
            raise AdmissionError(verdict, "the PIN is needed, wrong, or was wrong too often")

    def layouts(self) -> tuple[str, ...]:
        """Return the names of the layouts that this conference knows."""
        return self._host.state.layouts

    def may_see(self, endpoint: Endpoint, site: SiteId) -> bool:
        """Return True when `site` is on the roster that this endpoint is shown."""
        return may_see(self._host.state, endpoint.actor(), site)

    def _forget(self, endpoint: Endpoint) -> None:
        endpoint.gone = True
        self.wall.forget(endpoint.id, endpoint.seat)
        self.inspections.forget(endpoint.id)
        self.care.forget(endpoint.id)
        self.asking.forget(endpoint.id)
        self.endpoints.pop(endpoint.id, None)

    def _close_media(self, endpoint: Endpoint) -> None:
        if endpoint.media is not None:
            self._engine.close(endpoint.media)

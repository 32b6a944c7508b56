"""Warm places: pages that work at another MCU and have their six lines here already (ADR 0025).

    warm  ─▶ admitted ─▶ WarmPlace ─▶ offer, answer ─▶ cold: connected, and nothing is sent
    hello ─▶ its seat ─▶ heat: the lines are the endpoint's

The conference knows nothing of them. All of it runs on the event loop, at a root and at a leaf.
"""

import asyncio
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import structlog

from nhipcau.conference.commands import Role
from nhipcau.conference.state import ConferenceState, Presence, SiteState
from nhipcau.mcu.admission import AdmissionError, Ticket
from nhipcau.mcu.endpoint import CLOSE_ENDED, CLOSE_REMOVED, CLOSE_REPLACED, Arrival
from nhipcau.mcu.gathering import gathered
from nhipcau.mcu.ladder import PROGRAM_VIEW, director_view
from nhipcau.ports.clock import Clock
from nhipcau.ports.messages import ConferencePlan
from nhipcau.ports.transport import Connection
from nhipcau.quantities import EndpointId, SiteId, ViewId

_log = structlog.get_logger()
# As many as an MCU carries endpoints: all of another one's may come.
MOST_PLACES = 600
# Pages that watch may share a link; so many of one are as many screens as a desk has.
_MOST_WATCHERS = 8
_REAP_S = 0.2
_BEAT_EVERY = 5
_FAILED = 4000


class WarmMedia(Protocol):
    """A connection as warm places know it."""

    cold: bool

    @property
    def connection(self) -> Connection:
        """Its transport."""
        ...

    def has_failed(self) -> bool:
        """Return True when it will not come up again."""
        ...


class WarmEngine[M: WarmMedia](Protocol):
    """What makes connections: a root's engine, or a leaf's."""

    def open(self, endpoint: EndpointId, seat: SiteId | None, watches: ViewId = ...) -> M:
        """Return a new connection (may block)."""
        ...

    def attach(self, media: M) -> None:
        """Begin to look after one that has its answer."""
        ...

    def heat(self, media: M) -> None:
        """Send to it from now on."""
        ...

    def close(self, media: M) -> None:
        """Let it go."""
        ...


class WarmPage(Protocol):
    """The page behind a warm place."""

    def say(self, message: Mapping[str, Any]) -> None:
        """Queue a message."""
        ...

    def spare(self, message: Mapping[str, Any]) -> bool:
        """Queue what can be spared; return False when it was let go."""
        ...

    def part(self, close_code: int) -> None:
        """Queue the end."""
        ...


@dataclass(slots=True, eq=False)
class WarmPlace[M: WarmMedia]:
    """One warm connection; `id` is its endpoint's when it takes its seat."""

    id: EndpointId
    ticket: Ticket
    arrival: Arrival
    page: WarmPage
    media: M | None = None
    gone: bool = False

    @property
    def seat(self) -> SiteId | None:
        """The site whose room it is, None for a page that only watches."""
        return self.ticket.site if self.arrival.kind == "site" else None


class WarmPlaces[M: WarmMedia]:
    """The warm places of one conference at one MCU."""

    def __init__(self, engine: WarmEngine[M], clock: Clock) -> None:
        self._engine = engine
        self._clock = clock
        self.all: dict[EndpointId, WarmPlace[M]] = {}

    def take(self, ticket: Ticket, arrival: Arrival, page: WarmPage) -> WarmPlace[M]:
        """Have a place for whoever was admitted; it replaces an older one of the same room.

        Raises:
            AdmissionError: `overloaded`; or what could not take a seat either.
        """
        check_arrival(ticket, arrival)
        like = [one for one in self.all.values() if _stands_for(one, ticket, arrival)]
        most = 1 if arrival.kind == "site" else _MOST_WATCHERS
        for older in like[: max(len(like) - most + 1, 0)]:
            self._end(older, CLOSE_REPLACED)
        if len(self.all) >= MOST_PLACES:
            raise AdmissionError("overloaded", f"{MOST_PLACES} warm connections are all it keeps")
        place = WarmPlace[M](EndpointId(secrets.token_hex(8)), ticket, arrival, page)
        self.all[place.id] = place
        return place

    async def offer(self, place: WarmPlace[M]) -> str:
        """Open the connection of a place and return the offer.

        Raises:
            OSError: it can't be had (`TimeoutError`: in time).
        """
        watches = director_view(place.id) if place.arrival.director else PROGRAM_VIEW
        media = await asyncio.to_thread(self._engine.open, place.id, place.seat, watches)
        media.cold = True
        if place.gone:
            self._engine.close(media)
        else:
            place.media = media
        return await gathered(media.connection)

    async def answer(self, place: WarmPlace[M], sdp: str) -> None:
        """Take the answer of a place's page.

        Raises:
            SdpError: it can't be used.
        """
        media = place.media
        if media is not None:
            await asyncio.to_thread(media.connection.accept, sdp)
            if not place.gone:
                self._engine.attach(media)

    def heat(self, place: WarmPlace[M]) -> M | None:
        """Give the place up for a seat; return its connection, which is sent to from now on."""
        media = place.media
        self.all.pop(place.id, None)
        place.gone, place.media = True, None
        if media is not None:
            self._engine.heat(media)
        return media

    def leave(self, place: WarmPlace[M]) -> None:
        """Let a place go whose page has gone; may be called twice."""
        place.gone = True
        self.all.pop(place.id, None)
        media, place.media = place.media, None
        if media is not None:
            self._engine.close(media)

    def put_out(self, why_out: Callable[[Ticket], str | None]) -> None:
        """Let those go of whom `why_out` says why: `ended`, `unlisted`, `removed`, `revoked`."""
        for place in list(self.all.values()):
            why = why_out(place.ticket)
            if why in ("ended", "unlisted"):
                place.page.say({"type": "ended"})
                self._end(place, CLOSE_ENDED)
            elif why is not None:
                place.page.say({"type": "removed", "code": why})
                self._end(place, CLOSE_REMOVED)

    async def run(self) -> None:
        """Beat once a second and let failed connections go, until cancelled."""
        turn = 0
        while True:
            await asyncio.sleep(_REAP_S)
            turn += 1
            beat = {"type": "beat", "t": round(self._clock.wall_s() * 1000)}
            for place in list(self.all.values()):
                if place.media is not None and place.media.has_failed():
                    _log.info("warm connection failed", site=place.ticket.site)
                    self._end(place, _FAILED)
                elif turn % _BEAT_EVERY == 0:
                    place.page.spare(beat)

    def close(self) -> None:
        """Let everybody go."""
        for place in list(self.all.values()):
            self._end(place, 1012)

    def _end(self, place: WarmPlace[M], close_code: int) -> None:
        place.page.part(close_code)
        self.leave(place)


def check_arrival(ticket: Ticket, arrival: Arrival) -> None:
    """Go on with a page whose ticket is good for what it asks.

    Raises:
        AdmissionError: it is not.
    """
    if arrival.kind == "site" and ticket.site is None:
        raise AdmissionError("unknown_site", "the link is not for a room")
    if arrival.kind != "site" and ticket.is_guest:
        raise AdmissionError("not_allowed", "a guest can't watch without a seat")
    if arrival.director and ticket.role is Role.SITE:
        raise AdmissionError("not_allowed", "a room has no director's view")


def out_by(plan: ConferencePlan | None, state: ConferenceState) -> Callable[[Ticket], str | None]:
    """Return what says why the bearer of a ticket is out of this meeting; None: it is not."""
    revoked = {f"device:{device}" for device in plan.revoked} if plan is not None else set()
    barred = set(plan.barred) if plan is not None else set()

    def why_out(ticket: Ticket) -> str | None:
        if state.ended_ms is not None:
            return "ended"
        if ticket.credential in revoked:
            return "revoked"
        if ticket.credential in barred or state.is_barred(ticket.credential):
            return "removed"
        if plan is None or ticket.site is None:
            return None
        return None if any(one.site == ticket.site for one in plan.sites) else "unlisted"

    return why_out


def _stands_for[M: WarmMedia](place: WarmPlace[M], ticket: Ticket, arrival: Arrival) -> bool:
    older = place.ticket
    same = (older.credential, older.site) == (ticket.credential, ticket.site)
    return same and place.arrival.kind == arrival.kind


def was_in[M: WarmMedia](state: ConferenceState, place: WarmPlace[M]) -> SiteState | None:
    """Return the row of a room that is, or was a moment ago, in the meeting by the same credential.

    What everybody in the meeting sees and hears it has seen and heard already.
    """
    row = state.sites.get(place.seat) if place.seat is not None else None
    if row is None or row.presence not in (Presence.PRESENT, Presence.LOST):
        return None
    return row if row.credential == place.ticket.credential else None

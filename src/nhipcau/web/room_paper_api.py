"""The API by which rooms fetch papers beforehand, by signature and ticket.

POST /api/v1/room/papers                                 what a room may fetch, and has
GET  /api/v1/papers/{sha256}?ticket=                     at a quarter of its line, in ranges
"""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from nhipcau.office.planning.errors import MissingError
from nhipcau.office.planning.fetching import Offer, line_of, offers, read_ticket
from nhipcau.office.planning.receipts import note_receipts
from nhipcau.planning.pacing import papers_bps
from nhipcau.web.device_api import recognised
from nhipcau.web.file_answer import answer_file
from nhipcau.web.plan_parts import PlanningParts, in_thread
from nhipcau.web.ranges import Part
from nhipcau.web.room_parts import RoomParts
from nhipcau.web.room_schema import SignedIn


class HeldIn(SignedIn):
    """A room asks for its papers, and says which files it holds, by their SHA-256."""

    held: list[Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]] = Field(
        default_factory=list, max_length=500
    )


class OfferOut(BaseModel):
    """A paper of a room's meeting: fetched from `url`, in ranges, until the ticket in it ends, and
    kept until `keep_until_ms`. `url` is null for a restricted one, which no room gets.
    """

    meeting: str
    meeting_title: str
    paper: str
    title: str
    restricted: bool
    sha256: str
    size: int
    pages: int
    keep_until_ms: int
    url: str | None


class OffersOut(BaseModel):
    """What a room may fetch, and how fast it is sent."""

    rate_bps: int
    papers: list[OfferOut]


def add_room_papers(router: APIRouter, parts: PlanningParts, rooms: RoomParts) -> None:
    """Add the routes of rooms."""
    desk = parts.desk

    @router.post("/room/papers")
    async def for_room(body: HeldIn) -> OffersOut:
        """Return the approved papers of the coming meetings of the room that signed this."""
        device = await recognised(rooms, body)
        site = device.site
        found = await in_thread(lambda: offers(desk, site, parts.secret))
        await in_thread(lambda: note_receipts(desk, device, body.held, found))
        line = await in_thread(lambda: line_of(desk, site))
        return OffersOut(rate_bps=papers_bps(line), papers=[_offer_out(one) for one in found])

    @router.head("/papers/{sha256}", response_class=Response, include_in_schema=False)
    @router.get("/papers/{sha256}", response_class=Response)
    async def for_ticket(
        sha256: str, request: Request, ticket: Annotated[str, Query(max_length=300)] = ""
    ) -> Response:
        """Return the PDF that a ticket opens, or a range of it, at a quarter of the room's line."""
        site = read_ticket(parts.secret, ticket, sha256, desk.clock.wall_s())
        found = await in_thread(lambda: offers(desk, site, parts.secret))
        free = (one.file for one in found if one.ticket)
        file = next((one for one in free if one.sha256 == sha256), None)
        if file is None:
            raise MissingError("Tài liệu không còn được phát cho phòng này.")
        line = await in_thread(lambda: line_of(desk, site))

        async def paced(part: Part) -> AsyncIterator[bytes]:
            async for data in parts.pacer.send(sha256, part, site, line):
                # A room that broke off and comes again must not share its line with itself.
                if await request.is_disconnected():
                    return
                yield data

        return answer_file(request, (sha256, file.size), paced)


def _offer_out(one: Offer) -> OfferOut:
    return OfferOut(
        meeting=one.meeting,
        meeting_title=one.meeting_title,
        paper=one.file.paper,
        title=one.title,
        restricted=one.restricted,
        sha256=one.file.sha256,
        size=one.file.size,
        pages=one.file.pages,
        keep_until_ms=one.until_s * 1000,
        url=f"/api/v1/papers/{one.file.sha256}?ticket={one.ticket}" if one.ticket else None,
    )

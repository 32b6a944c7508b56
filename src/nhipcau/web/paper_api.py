"""The API of papers: uploaded as PDFs, approved by the chair, fetched by rooms beforehand.

    GET  /api/v1/meetings/{id}/papers                        rows and their files
    PUT  /api/v1/meetings/{id}/papers/{paper}/file           the PDF itself
    POST /api/v1/meetings/{id}/papers/{paper}/approval       the chair's, of the file that it saw
    GET  /api/v1/meetings/{id}/papers/{paper}/file           for people who are signed in
    POST /api/v1/room/papers                                 what a room may fetch, with tickets
    GET  /api/v1/papers/{sha256}?ticket=                     for rooms: a quarter of their line

Both ways of fetching take ranges; the ETag is the SHA-256 of the file.
"""

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from nhipcau.office.planning.errors import MissingError
from nhipcau.office.planning.fetching import Offer, line_of, offers, read_ticket
from nhipcau.office.planning.papers import (
    MAX_PAPER_BYTES,
    PaperFile,
    Upload,
    approve_paper,
    open_paper,
    paper_files,
    upload_paper,
)
from nhipcau.office.planning.reading import read_meeting
from nhipcau.planning.pacing import papers_bps
from nhipcau.ports.vault import TooLargeError
from nhipcau.web.device_api import recognised
from nhipcau.web.plan_out import SignedOut, signed_out
from nhipcau.web.plan_parts import PROBLEMS, AuthorHere, PlanningParts, in_thread
from nhipcau.web.problems import problem
from nhipcau.web.ranges import Part, RangeError, asked_part
from nhipcau.web.room_parts import RoomParts
from nhipcau.web.room_schema import SignedIn

_PDF = "application/pdf"
_BODY = {
    "requestBody": {
        "required": True,
        "content": {_PDF: {"schema": {"type": "string", "format": "binary"}}},
    }
}
_READ_BYTES = 256 * 1024
_Send = Callable[[Part], Iterator[bytes] | AsyncIterator[bytes]]


class PaperFileOut(BaseModel):
    """The file of a paper; `approved` is null until the chair has approved this very file."""

    sha256: str
    size: int
    pages: int
    name: str
    uploaded: SignedOut
    approved: SignedOut | None


class PaperOut(BaseModel):
    """A paper of a meeting; `restricted` holds personal data: not shown, not recorded."""

    id: str
    title: str
    by: str
    restricted: bool
    file: PaperFileOut | None


class ApprovalIn(BaseModel):
    """The SHA-256 of the file that the chair saw."""

    model_config = ConfigDict(extra="forbid")

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class OfferOut(BaseModel):
    """A paper that a room may fetch: from `url`, in ranges, until the ticket in it ends."""

    meeting: str
    meeting_title: str
    paper: str
    title: str
    restricted: bool
    sha256: str
    size: int
    pages: int
    url: str


class OffersOut(BaseModel):
    """What a room may fetch, and how fast it is sent."""

    rate_bps: int
    papers: list[OfferOut]


def paper_router(parts: PlanningParts) -> APIRouter:
    """Return the routes of papers."""
    router = APIRouter(prefix="/api/v1", tags=["papers"], responses=PROBLEMS)
    _add_people(router, parts)
    _add_fetching(router, parts)
    if parts.rooms is not None:
        _add_rooms(router, parts, parts.rooms)
    return router


def _add_people(router: APIRouter, parts: PlanningParts) -> None:
    desk = parts.desk

    @router.get("/meetings/{plan}/papers")
    def papers(plan: str, author: AuthorHere) -> list[PaperOut]:
        """Return the papers of a meeting and their files."""
        sheet, files = read_meeting(desk, author, plan), paper_files(desk, plan)
        return [
            PaperOut(
                id=row.id,
                title=row.title,
                by=row.by,
                restricted=row.restricted,
                file=_file_out(files.get(row.id)),
            )
            for row in sheet.plan.papers
        ]

    @router.put("/meetings/{plan}/papers/{paper}/file", openapi_extra=_BODY)
    async def upload(
        plan: str,
        paper: str,
        request: Request,
        author: AuthorHere,
        name: Annotated[str, Query(max_length=200, description="What the file is called.")] = "",
    ) -> PaperFileOut:
        """Upload the PDF of a paper; a new one takes the approval of the old one away."""
        declared = request.headers.get("content-length", "0")
        if declared.isdigit() and int(declared) > MAX_PAPER_BYTES:
            raise TooLargeError(f"Tệp lớn hơn {MAX_PAPER_BYTES >> 20} MB.")
        data = await _body(request)
        chunks = [bytes(data)]
        file = await in_thread(
            lambda: upload_paper(desk, author, plan, Upload(paper, name, chunks))
        )
        out = _file_out(file)
        assert out is not None
        return out

    @router.post("/meetings/{plan}/papers/{paper}/approval")
    def approve(plan: str, paper: str, body: ApprovalIn, author: AuthorHere) -> PaperFileOut:
        """Approve the file of a paper, as the chair."""
        out = _file_out(approve_paper(desk, author, plan, paper, body.sha256))
        assert out is not None
        return out


def _add_fetching(router: APIRouter, parts: PlanningParts) -> None:
    desk = parts.desk

    @router.api_route(
        "/meetings/{plan}/papers/{paper}/file", methods=["GET", "HEAD"], response_class=Response
    )
    def fetch(plan: str, paper: str, request: Request, author: AuthorHere) -> Response:
        """Return the PDF of a paper, or a range of it."""
        file = open_paper(desk, author, plan, paper)

        def whole(part: Part) -> Iterator[bytes]:
            at = part.first
            while at <= part.last:
                data = desk.vault.read(file.sha256, at, min(_READ_BYTES, part.last + 1 - at))
                yield data
                at += len(data)

        return _answer(request, (file.sha256, file.size), whole)


def _add_rooms(router: APIRouter, parts: PlanningParts, rooms: RoomParts) -> None:
    desk = parts.desk

    @router.post("/room/papers")
    async def for_room(body: SignedIn) -> OffersOut:
        """Return the approved papers of the coming meetings of the room that signed this."""
        site = (await recognised(rooms, body)).site
        found = await in_thread(lambda: offers(desk, site, parts.secret))
        line = await in_thread(lambda: line_of(desk, site))
        return OffersOut(rate_bps=papers_bps(line), papers=[_offer_out(one) for one in found])

    @router.api_route("/papers/{sha256}", methods=["GET", "HEAD"], response_class=Response)
    async def for_ticket(
        sha256: str, request: Request, ticket: Annotated[str, Query(max_length=300)] = ""
    ) -> Response:
        """Return the PDF that a ticket opens, or a range of it, at a quarter of the room's line."""
        site = read_ticket(parts.secret, ticket, sha256, desk.clock.wall_s())
        found = await in_thread(lambda: offers(desk, site, parts.secret))
        file = next((one.file for one in found if one.file.sha256 == sha256), None)
        if file is None:
            raise MissingError("Tài liệu không còn được phát cho phòng này.")
        line = await in_thread(lambda: line_of(desk, site))

        def paced(part: Part) -> AsyncIterator[bytes]:
            return parts.pacer.send(sha256, part, site, line)

        return _answer(request, (sha256, file.size), paced)


def _answer(request: Request, file: tuple[str, int], send: _Send) -> Response:
    """Answer with a file or a range of it. Source: RFC 9110 §13.2.2 (order of the conditions)."""
    sha256, size = file
    mark = f'"{sha256}"'
    headers = {
        "ETag": mark,
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-cache",
        "X-Content-Type-Options": "nosniff",
        "Content-Disposition": "inline",
        "Content-Security-Policy": "sandbox",
    }
    if mark in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    fresh = request.headers.get("if-range", mark) == mark
    try:
        part = asked_part(request.headers.get("range"), size, fresh=fresh)
    except RangeError as error:
        answer = problem(416, "the range lies behind the file")
        answer.headers["Content-Range"] = str(error)
        return answer
    headers["Content-Length"] = str(part.length)
    if not part.whole:
        headers["Content-Range"] = f"bytes {part.first}-{part.last}/{size}"
    status = 200 if part.whole else 206
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers, media_type=_PDF)
    return StreamingResponse(send(part), status_code=status, headers=headers, media_type=_PDF)


async def _body(request: Request) -> bytearray:
    data = bytearray()
    async for chunk in request.stream():
        data += chunk
        if len(data) > MAX_PAPER_BYTES:
            raise TooLargeError(f"Tệp lớn hơn {MAX_PAPER_BYTES >> 20} MB.")
    return data


def _file_out(file: PaperFile | None) -> PaperFileOut | None:
    if file is None:
        return None
    return PaperFileOut(
        sha256=file.sha256,
        size=file.size,
        pages=file.pages,
        name=file.name,
        uploaded=signed_out(file.uploaded),
        approved=None if file.approved is None else signed_out(file.approved),
    )


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
        url=f"/api/v1/papers/{one.file.sha256}?ticket={one.ticket}",
    )

"""The API of papers: uploaded as PDFs, approved by the chair, fetched by rooms beforehand.

    GET  /api/v1/meetings/{id}/papers                        rows and their files
    PUT  /api/v1/meetings/{id}/papers/{paper}/file           the PDF itself
    POST /api/v1/meetings/{id}/papers/{paper}/approval       the chair's, of the file that it saw
    GET  /api/v1/meetings/{id}/papers/{paper}/file           for people who are signed in
    GET  /api/v1/meetings/{id}/papers/{paper}/rooms          which rooms have it

Fetching takes ranges; the ETag is the SHA-256 of the file. What rooms do is `room_paper_api`'s.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from nhipcau.office.planning.desk import Desk
from nhipcau.office.planning.papers import (
    MAX_PAPER_BYTES,
    PaperFile,
    Upload,
    approve_paper,
    open_paper,
    paper_files,
    upload_paper,
)
from nhipcau.office.planning.reading import Sheet, read_meeting
from nhipcau.office.planning.receipts import (
    RoomReceipt,
    receipt_counts,
    receipts,
)
from nhipcau.org.units import UnitId
from nhipcau.ports.vault import TooLargeError
from nhipcau.web.file_answer import answer_file
from nhipcau.web.plan_out import SignedOut, signed_out
from nhipcau.web.plan_parts import PROBLEMS, AuthorHere, PlanningParts, in_thread
from nhipcau.web.ranges import Part
from nhipcau.web.room_paper_api import add_room_papers

_PDF = "application/pdf"
_BODY = {
    "requestBody": {
        "required": True,
        "content": {_PDF: {"schema": {"type": "string", "format": "binary"}}},
    }
}
_READ_BYTES = 256 * 1024


class PaperFileOut(BaseModel):
    """The file of a paper; `approved` is null until the chair has approved this very file."""

    sha256: str
    size: int
    pages: int
    name: str
    uploaded: SignedOut
    approved: SignedOut | None


class PaperOut(BaseModel):
    """A paper of a meeting; `restricted` holds personal data: not shown, not recorded, not sent to
    rooms. `rooms` is how many have its file.
    """

    id: str
    title: str
    by: str
    restricted: bool
    file: PaperFileOut | None
    rooms: int


class PaperRoomOut(BaseModel):
    """A room of the meeting: whose it is, how many others sit there, the unit above, since when it
    has the file.
    """

    site: str
    name: str
    others: int
    parent: str
    at: datetime | None


class ApprovalIn(BaseModel):
    """The SHA-256 of the file that the chair saw."""

    model_config = ConfigDict(extra="forbid")

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


def paper_router(parts: PlanningParts) -> APIRouter:
    """Return the routes of papers."""
    router = APIRouter(prefix="/api/v1", tags=["papers"], responses=PROBLEMS)
    _add_people(router, parts)
    _add_fetching(router, parts)
    if parts.rooms is not None:
        add_room_papers(router, parts, parts.rooms)
    return router


def _add_people(router: APIRouter, parts: PlanningParts) -> None:
    desk = parts.desk

    @router.get("/meetings/{plan}/papers")
    def papers(plan: str, author: AuthorHere) -> list[PaperOut]:
        """Return the papers of a meeting and their files."""
        sheet, files = read_meeting(desk, author, plan), paper_files(desk, plan)
        count = receipt_counts(desk, sheet, files)
        return [
            PaperOut(
                id=row.id,
                title=row.title,
                by=row.by,
                restricted=row.restricted,
                file=_file_out(files.get(row.id)),
                rooms=count.get(row.id, 0),
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

    @router.head(
        "/meetings/{plan}/papers/{paper}/file", response_class=Response, include_in_schema=False
    )
    @router.get("/meetings/{plan}/papers/{paper}/file", response_class=Response)
    def fetch(plan: str, paper: str, request: Request, author: AuthorHere) -> Response:
        """Return the PDF of a paper, or a range of it."""
        file = open_paper(desk, author, plan, paper)

        def whole(part: Part) -> Iterator[bytes]:
            at = part.first
            while at <= part.last:
                data = desk.vault.read(file.sha256, at, min(_READ_BYTES, part.last + 1 - at))
                yield data
                at += len(data)

        return answer_file(request, (file.sha256, file.size), whole)

    @router.get("/meetings/{plan}/papers/{paper}/rooms")
    def rooms(plan: str, paper: str, author: AuthorHere) -> list[PaperRoomOut]:
        """Return every room of the meeting, and since when it has the file of a paper."""
        sheet, file = read_meeting(desk, author, plan), open_paper(desk, author, plan, paper)
        return [_room_out(desk, sheet, one) for one in receipts(desk, sheet, file)]


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


def _room_out(desk: Desk, sheet: Sheet, one: RoomReceipt) -> PaperRoomOut:
    units = sheet.checked.invitation.view.units
    seated = [units[UnitId(unit)] for unit in one.units]
    above = seated[0].parent
    return PaperRoomOut(
        site=one.site,
        name=seated[0].name,
        others=len(seated) - 1,
        parent="" if above is None else units[above].name,
        at=None if one.at_s is None else desk.at(one.at_s).replace(microsecond=0),
    )

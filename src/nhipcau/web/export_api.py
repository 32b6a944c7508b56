"""The API of papers: a meeting's invitation, run sheet, responsibility table, calendar file.

    GET /api/v1/meetings/{id}/exports/{invitation│run-sheet│responsibilities}.{docx│pdf}
    GET /api/v1/meetings/{id}/exports/meeting.ics

What is in force is printed; with `edition` what was approved at that time; a draft is marked.
Functions without `async` run in worker threads, because setting type takes some tenths of a second.
"""

from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from nhipcau.access.actions import Action
from nhipcau.access.policy import allows
from nhipcau.office.exporting import Exporter, ExportKind, UnknownEditionError
from nhipcau.office.exports import UnreadyError
from nhipcau.ports.papers import PaperFormat
from nhipcau.ports.plans import UnknownPlanError
from nhipcau.web.gate import CallerHere
from nhipcau.web.locating import hidden
from nhipcau.web.problems import Problem

_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "ics": "text/calendar; charset=utf-8",
}
_PROBLEMS: dict[int | str, dict[str, object]] = {
    status: {"model": Problem, "description": what}
    for status, what in (
        (401, "Not signed in"),
        (404, "No such meeting in one's subtree, or not approved so often"),
        (409, "No host or no day is chosen yet"),
        (503, "The database can't be reached"),
    )
}
_FILES: dict[int | str, dict[str, object]] = {
    200: {
        "description": "The file",
        "content": {
            kind.partition(";")[0]: {"schema": {"type": "string", "format": "binary"}}
            for kind in _TYPES.values()
        },
    }
}


class ExportFile(StrEnum):
    """What can be fetched."""

    INVITATION_DOCX = "invitation.docx"
    INVITATION_PDF = "invitation.pdf"
    RUN_SHEET_DOCX = "run-sheet.docx"
    RUN_SHEET_PDF = "run-sheet.pdf"
    RESPONSIBILITIES_DOCX = "responsibilities.docx"
    RESPONSIBILITIES_PDF = "responsibilities.pdf"
    CALENDAR = "meeting.ics"


def export_router(exporter: Exporter) -> APIRouter:
    """Return the routes of papers."""
    router = APIRouter(prefix="/api/v1", tags=["meetings"], responses={**_FILES, **_PROBLEMS})

    @router.get("/meetings/{plan}/exports/{file}", response_class=Response)
    def export(
        plan: str,
        file: ExportFile,
        caller: CallerHere,
        edition: Annotated[
            int | None, Query(ge=1, description="As approved the 1st, 2nd, … time.")
        ] = None,
    ) -> Response:
        """Return a paper of a meeting in which a unit of one's subtree takes part, as a file."""
        try:
            if not allows(caller.actor, Action.MEETINGS_READ, exporter.target(plan)):
                raise hidden()
            data = _print(exporter, plan, file, edition)
        except UnknownPlanError:
            raise hidden() from None
        except UnknownEditionError as error:
            raise HTTPException(404, str(error)) from None
        except UnreadyError as error:
            raise HTTPException(409, str(error)) from None
        return Response(data, media_type=_TYPES[_ending(file)], headers=_headers(file))

    return router


def _print(exporter: Exporter, meeting: str, file: ExportFile, edition: int | None) -> bytes:
    if file is ExportFile.CALENDAR:
        return exporter.calendar(meeting)
    kind, _, form = file.value.rpartition(".")
    return exporter.paper(meeting, ExportKind(kind), PaperFormat(form), edition)


def _ending(file: ExportFile) -> str:
    return file.value.rpartition(".")[2]


def _headers(file: ExportFile) -> dict[str, str]:
    """Return headers: telephone numbers are in it, so no cache keeps it."""
    return {
        "Content-Disposition": f'attachment; filename="{file.value}"',
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }

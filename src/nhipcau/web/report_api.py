"""The API of reports: what became of meetings, from their event logs.

    GET /api/v1/reports                          conferences of which one may read a report
    GET /api/v1/reports/{conference}             the report, for the page
    GET /api/v1/reports/{conference}/{table}     report.docx, report.pdf, attendance.csv, …

Only those whose meeting it was may read it, and their auditors. Also a meeting that goes on has
one; so has a conference that nobody planned. Functions without `async` run in worker threads.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import BaseModel

from nhipcau.office.reporting import (
    MeetingBehind,
    Reports,
    find_meeting,
    host_name,
    list_reports,
    print_report,
    report_of,
    report_table,
)
from nhipcau.ports.eventstore import KeptLog
from nhipcau.ports.papers import PaperFormat
from nhipcau.quantities import ConferenceId
from nhipcau.report.report import Report
from nhipcau.report.worded import TableKey
from nhipcau.web.plan_parts import PROBLEMS, AuthorHere

_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "csv": "text/csv; charset=utf-8",
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

_Branch = Annotated[
    str, Query(max_length=100, description='Of the log; "": the one that goes on the longest.')
]


class ReportFile(StrEnum):
    """What can be fetched: the paper, or one of its tables."""

    REPORT_DOCX = "report.docx"
    REPORT_PDF = "report.pdf"
    ATTENDANCE = "attendance.csv"
    CUES = "cues.csv"
    SPEAKING = "speaking.csv"
    REQUESTS = "requests.csv"
    VOTES = "votes.csv"
    BALLOTS = "ballots.csv"
    INCIDENTS = "incidents.csv"
    SESSIONS = "sessions.csv"
    SAVINGS = "savings.csv"
    DRILLS = "drills.csv"
    DRILLED_SITES = "drilled-sites.csv"


class LogOut(BaseModel):
    """A log: `branch` is "" for the conference's own; moments since 1970-01-01 UTC."""

    branch: str
    mcu: str
    events: int
    begun_ms: int
    last_ms: int
    digest: str


class ListedOut(BaseModel):
    """A conference of which there is a report; `planned`: there is a plan of that id."""

    conference: str
    title: str
    host: str
    planned: bool
    log: LogOut


class ReportOut(BaseModel):
    """A report with what stands around it.

    `others` are further logs of the conference, of another MCU or begun anew; `levels` are names of
    levels by their keys; `trouble` says why rates or distances can't be used, "" if they can.
    """

    report: Report
    host: str
    planned: bool
    zone: str
    levels: Mapping[str, str]
    log: LogOut
    others: list[LogOut]
    trouble: str


def report_router(reports: Reports) -> APIRouter:
    """Return the routes of reports."""
    router = APIRouter(prefix="/api/v1", tags=["reports"], responses=PROBLEMS)

    @router.get("/reports")
    def listed(author: AuthorHere) -> list[ListedOut]:
        """Return the conferences of which one may read a report, the youngest first."""
        return [
            ListedOut(
                conference=one.log.key.conference,
                title=one.title,
                host=one.host,
                planned=one.planned,
                log=_log_out(one.log),
            )
            for one in list_reports(reports, author)
        ]

    @router.get("/reports/{conference}")
    def report(conference: str, author: AuthorHere, branch: _Branch = "") -> ReportOut:
        """Return a report."""
        behind = find_meeting(reports, author, ConferenceId(conference), branch)
        return ReportOut(
            report=report_of(reports, behind),
            host=host_name(behind),
            planned=behind.sheet is not None,
            zone=behind.zone,
            levels=behind.language.levels,
            log=_log_out(behind.log),
            others=[_log_out(log) for log in behind.others],
            trouble=reports.yardstick().trouble,
        )

    @router.get("/reports/{conference}/{table}", response_class=Response, responses=_FILES)
    def report_file(
        conference: str, table: ReportFile, author: AuthorHere, branch: _Branch = ""
    ) -> Response:
        """Return a report on paper, or one of its tables as CSV."""
        behind = find_meeting(reports, author, ConferenceId(conference), branch)
        name, _, ending = table.value.rpartition(".")
        data = _print(reports, behind, name, ending)
        return Response(data, media_type=_TYPES[ending], headers=_headers(table.value))

    return router


def _print(reports: Reports, behind: MeetingBehind, name: str, ending: str) -> bytes:
    made = report_of(reports, behind)
    if ending == "csv":
        return report_table(behind, made, TableKey(name))
    return print_report(reports, behind, made, PaperFormat(ending))


def _log_out(log: KeptLog) -> LogOut:
    return LogOut(
        branch=log.key.branch,
        mcu=log.mcu,
        events=log.head.number,
        begun_ms=log.begun_ms,
        last_ms=log.last_ms,
        digest=log.head.digest,
    )


def _headers(name: str) -> dict[str, str]:
    """Return headers: who was where is in it, so no cache keeps it."""
    return {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }

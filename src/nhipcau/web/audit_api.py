"""The API of the audit log. It is read and never written: nothing here changes anything.

    GET /api/v1/audit                 deeds, the newest first, page by page
    GET /api/v1/audit/export.csv      the same as a file, up to 50,000 of them
    GET /api/v1/audit/chains          the chains of all processes
    GET /api/v1/audit/standing        whether they stand: every hash and signature looked at

Only who reaches the whole tree reads it, because deeds of all units stand in it beside each other.
Functions without `async` run in worker threads, because the database blocks.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from nhipcau.access.actions import Action
from nhipcau.audit.entry import Verdict
from nhipcau.audit.query import AuditQuery, AuditRecord, Place
from nhipcau.office.auditlog import AuditLog, ChainState
from nhipcau.office.people.parts import Deed, People, record
from nhipcau.web.gate import CallerHere
from nhipcau.web.problems import Problem

EXPORT_LIMIT = 50_000
_PROBLEMS: dict[int | str, dict[str, object]] = {
    status: {"model": Problem, "description": what}
    for status, what in (
        (401, "Not signed in"),
        (403, "Not an auditor or administrator of the whole tree"),
        (422, "The request is not as the API describes it"),
        (503, "The database can't be reached"),
    )
}
_CSV: dict[int | str, dict[str, object]] = {
    200: {"description": "The file", "content": {"text/csv": {"schema": {"type": "string"}}}}
}
# What a table program would take for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class AuditAsked(BaseModel):
    """Which deeds."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    since: AwareDatetime | None = Field(default=None, description="From this moment on.")
    until: AwareDatetime | None = Field(default=None, description="Until before this moment.")
    who: str = Field(default="", max_length=200, description="Part of an id or a name.")
    action: str = Field(
        default="", max_length=64, description="`live.floor`; with a dot at its end all below it."
    )
    on: str = Field(default="", max_length=200, description="Part of what it was done on.")
    outcome: Verdict | None = Field(default=None, description="What became of it.")


class AuditPageAsked(AuditAsked):
    """Which deeds, and which page of them."""

    before: str = Field(default="", max_length=250, description="`next` of the page before.")
    limit: int = Field(default=50, ge=1, le=500)


class DeedOut(BaseModel):
    """One deed. `row` and `hash` say where it stands in which chain."""

    at: datetime
    who: str
    name: str
    address: str
    page: str
    action: str
    on: str
    verdict: Verdict
    outcome: str
    more: dict[str, str]
    chain: str
    row: int
    hash: str
    process: str


class DeedsOut(BaseModel):
    """A page of deeds, and what to ask for the next one; None: that was all."""

    deeds: list[DeedOut]
    next: str | None


class ChainOut(BaseModel):
    """A chain: who writes it since when, how long it is, when it was last signed and cut."""

    chain: str
    process: str
    begun: datetime
    last: int
    signed: datetime | None
    cut: datetime | None
    key: str


class StandingOut(BaseModel):
    """Whether the audit stands: what was looked at when, and one line for each finding."""

    stands: bool
    at: datetime
    chains: int
    rows: int
    checkpoints: int
    findings: list[str]


def audit_router(log: AuditLog, people: People) -> APIRouter:
    """Return the routes below /api/v1/audit."""
    router = APIRouter(prefix="/api/v1/audit", tags=["audit"], responses=_PROBLEMS)
    _add_deeds(router, log, people)
    _add_chains(router, log)
    return router


def _add_deeds(router: APIRouter, log: AuditLog, people: People) -> None:
    @router.get("")
    def deeds(asked: Annotated[AuditPageAsked, Query()]) -> DeedsOut:
        """Return deeds, the newest first."""
        query = _query(asked, limit=asked.limit + 1, before=_place(asked.before))
        found = log.store.search(query)
        page = found[: asked.limit]
        more = len(found) > len(page)
        return DeedsOut(
            deeds=[_deed_out(one) for one in page],
            next=_cursor(page[-1].place) if more else None,
        )

    @router.get("/export.csv", response_class=StreamingResponse, responses=_CSV)
    def export(asked: Annotated[AuditAsked, Query()], caller: CallerHere) -> StreamingResponse:
        """Return deeds as a CSV file for table programs, the newest first; that is a deed, too."""
        filters = {name: str(value) for name, value in asked.model_dump(exclude_none=True).items()}
        told = {name: value for name, value in filters.items() if value}
        record(people, caller, Deed(f"{Action.AUDIT_READ.value}.export", "audit", more=told))
        lines = _csv(log.every(_query(asked, limit=EXPORT_LIMIT)))
        name = f"nhat-ky-kiem-toan-{datetime.now(UTC):%Y-%m-%d}.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return StreamingResponse(lines, media_type="text/csv; charset=utf-8", headers=headers)


def _add_chains(router: APIRouter, log: AuditLog) -> None:
    @router.get("/chains")
    def chains() -> list[ChainOut]:
        """Return the chains of all processes, the youngest first."""
        return [_chain_out(state) for state in log.chains()]

    @router.get("/standing")
    def standing() -> StandingOut:
        """Look at every row, hash and signature, once a minute at most."""
        found = log.standing()
        return StandingOut(
            stands=not found.findings,
            at=_moment(found.at_s),
            chains=found.chains,
            rows=found.rows,
            checkpoints=found.checkpoints,
            findings=list(found.findings),
        )


def _query(asked: AuditAsked, *, limit: int, before: Place | None = None) -> AuditQuery:
    return AuditQuery(
        from_us=_us(asked.since),
        until_us=_us(asked.until),
        who=asked.who.strip(),
        action=asked.action.strip(),
        on=asked.on.strip(),
        verdict=asked.outcome,
        before=before,
        limit=limit,
    )


def _us(moment: datetime | None) -> int | None:
    return None if moment is None else round(moment.timestamp() * 1_000_000)


def _cursor(place: Place) -> str:
    return f"{place.at_us}~{place.number}~{place.chain}"


def _place(cursor: str) -> Place | None:
    """Return the place that a cursor names.

    Raises:
        HTTPException: 422: it is none of ours.
    """
    if not cursor:
        return None
    match cursor.split("~", 2):
        case [at_us, number, chain] if _is_number(at_us) and _is_number(number):
            return Place(int(at_us), chain, int(number))
    raise HTTPException(422, "`before` is none that a page has named")


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 18


def _deed_out(found: AuditRecord) -> DeedOut:
    entry = found.entry
    return DeedOut(
        at=_moment(entry.at_s),
        who=entry.who,
        name=entry.name,
        address=entry.address,
        page=entry.page,
        action=entry.action,
        on=entry.on,
        verdict=entry.verdict(),
        outcome=entry.outcome,
        more=dict(entry.more),
        chain=found.place.chain,
        row=found.place.number,
        hash=found.hash,
        process=found.process,
    )


def _chain_out(state: ChainState) -> ChainOut:
    begin = state.kept.begin
    return ChainOut(
        chain=begin.chain,
        process=begin.process,
        begun=_moment(begin.at_s),
        last=state.last,
        signed=None if state.signed is None else state.signed.at,
        cut=None if state.cut is None else state.cut.at,
        key=begin.key,
    )


def _moment(at_s: float) -> datetime:
    return datetime.fromtimestamp(at_s, UTC)


def _csv(found: Iterable[AuditRecord]) -> Iterator[str]:
    """Yield the lines of a CSV file; the mark at its head makes table programs read UTF-8."""
    yield "\ufeff" + _csv_line([name for name in DeedOut.model_fields if name != "verdict"])
    for one in found:
        deed = _deed_out(one)
        more = "; ".join(f"{name}={value}" for name, value in deed.more.items())
        cells = deed.model_copy(update={"at": deed.at.isoformat(), "more": more})
        yield _csv_line(
            [getattr(cells, name) for name in DeedOut.model_fields if name != "verdict"]
        )


def _csv_line(cells: Iterable[object]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow([_cell(str(cell)) for cell in cells])
    return line.getvalue()


def _cell(text: str) -> str:
    """Return a cell that no table program takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text

"""What the APIs of planning share: the desk, who calls, revisions in headers, problems."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Header, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from nhipcau.audit.entry import AuditEntry
from nhipcau.office.people.knowing import Known
from nhipcau.office.planning import errors as why
from nhipcau.office.planning.desk import Author, Desk
from nhipcau.planning.booking import ClashError
from nhipcau.planning.editing import ConflictError
from nhipcau.planning.life import LifeError
from nhipcau.ports.cabinet import StaleCardError
from nhipcau.ports.plans import PlanRecord
from nhipcau.ports.vault import TooLargeError, VaultError
from nhipcau.web.gate import CallerHere, caller_of, status_of
from nhipcau.web.paced import Pacer
from nhipcau.web.plan_out import clash_out, problem_out
from nhipcau.web.problems import MEDIA_TYPE, Problem, problem
from nhipcau.web.room_parts import RoomParts
from nhipcau.web.routes import deed_of

_TAG = re.compile(r'(?:W/)?"(\d{1,9})"')
SCHEMES = "urn:nhipcau:problem:"


@dataclass(frozen=True, slots=True)
class PlanningParts:
    """What the APIs of planning lean on.

    Attributes:
        desk: the verbs' desk.
        secret: of the office; signs tickets for papers.
        publish: tells the MCUs of a meeting's approved version; returns why it could not, or "".
        room_for: refuses a meeting that is to start and for which its MCU has no place.
        rooms: knows the devices of rooms; None: no room fetches papers.
        pacer: paces what rooms fetch.
    """

    desk: Desk
    secret: bytes = field(repr=False)
    publish: Callable[[PlanRecord], Awaitable[str]]
    room_for: Callable[[str], Awaitable[None]]
    rooms: RoomParts | None
    pacer: Pacer


def _author(caller: CallerHere, request: Request) -> Author:
    known: Known | None = request.state.known
    return Author(caller.actor, caller.address, "" if known is None else known.account.name)


AuthorHere = Annotated[Author, Depends(_author)]


class PlanProblem(Problem):
    """A problem of planning; `type` is `urn:nhipcau:problem:` and one of the codes.

    `frozen`, `outdated` (with `revision`: what it is now), `conflict` (with `conflicts`: each part
    as both had seen it, as it is, and as was wanted), `unfit` (with `problems`), `clash` (with
    `clashes`), `life`, `no_place`, `bad_request` (with `errors`), `bad_paper`, `bad_ticket`,
    `missing`, `not_allowed`.
    """

    revision: int | None = None
    conflicts: list[dict[str, Any]] | None = None
    problems: list[dict[str, Any]] | None = None
    clashes: list[dict[str, Any]] | None = None


def _seen(if_match: Annotated[str | None, Header()] = None) -> int:
    """Return the revision that If-Match names.

    Raises:
        HTTPException: 428: none is named; 400: it is no revision of ours.
    """
    if if_match is None:
        raise HTTPException(428, 'say which revision you saw: If-Match: "12"')
    found = _TAG.fullmatch(if_match.strip())
    if found is None:
        raise HTTPException(400, 'If-Match must be one revision, like "12"')
    return int(found.group(1))


Seen = Annotated[int, Depends(_seen)]


def tag(revision: int) -> dict[str, str]:
    """Return the ETag of a revision."""
    return {"ETag": f'"{revision}"', "Cache-Control": "private, no-store"}


PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": PlanProblem, "description": what}
    for status, what in (
        (401, "Not signed in"),
        (403, "Not allowed"),
        (404, "No such meeting, or none that one may know of"),
        (409, "It can't be so now: frozen, outdated, conflict, unfit, clash, life, no_place"),
        (422, "Not as the API describes it, a state secret, or no PDF"),
        (428, "If-Match is missing"),
        (503, "The database can't be reached"),
    )
}


def answer_planning_errors(app: FastAPI, desk: Desk) -> None:
    """Make the verbs' errors problems; refusals of what would change something are recorded."""

    @app.exception_handler(why.PlanningError)
    async def planning_error(request: Request, error: why.PlanningError) -> JSONResponse:
        if isinstance(error, why.NotAllowedError):
            if request.method not in ("GET", "HEAD"):
                await run_in_threadpool(_record, desk, request, error)
            return _told(status_of(error.refused), "not_allowed", str(error))
        return _planning(error)

    @app.exception_handler(ConflictError)
    async def conflict(_request: Request, error: ConflictError) -> JSONResponse:
        text = "Người khác vừa sửa cùng chỗ này; chưa ghi gì, cả hai bản ở đây."
        return _told(409, "conflict", text, conflicts=[one._asdict() for one in error.conflicts])

    @app.exception_handler(ClashError)
    async def clash(_request: Request, error: ClashError) -> JSONResponse:
        found = [clash_out(one).model_dump(mode="json") for one in error.clashes]
        text = f"{len(found)} chỗ bị trùng; chưa đặt phòng nào."
        return _told(409, "clash", text, clashes=found)

    @app.exception_handler(LifeError)
    async def life(_request: Request, error: LifeError) -> JSONResponse:
        return _told(409, "life", str(error))

    @app.exception_handler(StaleCardError)
    async def stale(_request: Request, error: StaleCardError) -> JSONResponse:
        revision = 0 if error.now is None else error.now.revision
        text = "Người khác vừa sửa: hãy tải lại rồi sửa tiếp."
        return _told(409, "outdated", text, revision=revision)

    @app.exception_handler(VaultError)
    async def vault(_request: Request, error: VaultError) -> JSONResponse:
        status = 413 if isinstance(error, TooLargeError) else 503
        return problem(status, str(error))


# Those that say no more than their text.
_PLAIN: Mapping[type[why.PlanningError], tuple[int, str]] = {
    why.BadTicketError: (401, "bad_ticket"),
    why.MissingError: (404, "missing"),
    why.NoPlaceError: (409, "no_place"),
    why.BadPaperError: (422, "bad_paper"),
}


def _planning(error: why.PlanningError) -> JSONResponse:
    match error:
        case why.FrozenError():
            return _told(409, "frozen", str(error), revision=error.revision)
        case why.OutdatedError():
            return _told(409, "outdated", str(error), revision=error.revision)
        case why.UnfitError():
            found = [problem_out(one).model_dump(mode="json") for one in error.problems]
            return _told(409, "unfit", str(error), problems=found)
        case why.BadRequestError():
            return _told(422, "bad_request", str(error), errors=list(error.errors))
    status, code = _PLAIN.get(type(error), (409, "refused"))
    return _told(status, code, str(error))


def _told(status: int, code: str, detail: str, **more: Any) -> JSONResponse:
    plain = problem(status, detail)
    body = PlanProblem.model_validate_json(bytes(plain.body)).model_copy(
        update={"type": SCHEMES + code, **more}
    )
    return JSONResponse(
        body.model_dump(exclude_none=True), status_code=status, media_type=MEDIA_TYPE
    )


def _record(desk: Desk, request: Request, error: why.NotAllowedError) -> None:
    if desk.trail is None:
        return
    caller = caller_of(request)
    author = Author(caller.actor, caller.address)
    deed = deed_of(request.method, request.scope["route"].path)
    more: Mapping[str, str] = {"method": request.method}
    desk.trail.record(
        AuditEntry(
            desk.clock.wall_s(),
            author.account,
            author.actor.name,
            author.address,
            "" if deed is None else deed.value,
            request.url.path,
            error.refused.cause.value,
            more,
        )
    )


async def in_thread[T](work: Callable[[], T]) -> T:
    """Run blocking work beside the event loop."""
    return await asyncio.to_thread(work)

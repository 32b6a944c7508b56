"""The verbs' errors as problems, each with its status; refusals also go to the audit."""

import math

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse

from nhipcau.office.hashing import BusyError
from nhipcau.office.people.errors import (
    ConflictError,
    InvalidError,
    NotAllowedError,
    PeopleError,
    SeparationError,
    TooSoonError,
    UnknownError,
    WrongError,
)
from nhipcau.office.people.parts import Deed, People, record
from nhipcau.web.gate import caller_of, status_of
from nhipcau.web.problems import Problem, problem
from nhipcau.web.routes import deed_of

Responses = dict[int | str, dict[str, object]]
_STATUS: dict[type[PeopleError], int] = {
    SeparationError: 403,
    WrongError: 401,
    TooSoonError: 429,
    UnknownError: 404,
    ConflictError: 409,
    InvalidError: 422,
}
_RECORDED = (NotAllowedError, SeparationError, UnknownError)

# What any route behind the gate may answer.
GATED: Responses = {
    status: {"model": Problem, "description": what}
    for status, what in (
        (401, "Not signed in, or a step of the sign-in is due"),
        (403, "Not allowed, or from another site's page"),
        (415, "A body that is no JSON"),
        (503, "The database can't be reached, or too much at once"),
    )
}


def problems(**more: str) -> Responses:
    """Return what a route may answer besides: `problems(_404="No such account")`."""
    return {
        **GATED,
        **{
            int(status.strip("_")): {"model": Problem, "description": what}
            for status, what in more.items()
        },
    }


def answer_people_errors(app: FastAPI, people: People) -> None:
    """Make the verbs' errors problems."""

    @app.exception_handler(PeopleError)
    async def people_error(request: Request, error: PeopleError) -> JSONResponse:
        if isinstance(error, _RECORDED):
            await run_in_threadpool(_record, people, request, error)
        if isinstance(error, NotAllowedError):
            return problem(status_of(error.refused), str(error))
        answer = problem(_STATUS[type(error)], str(error))
        if isinstance(error, TooSoonError):
            answer.headers["Retry-After"] = str(math.ceil(error.retry_s))
        return answer

    @app.exception_handler(BusyError)
    async def busy_error(_request: Request, error: BusyError) -> JSONResponse:
        return problem(503, str(error))


def _record(people: People, request: Request, error: PeopleError) -> None:
    deed = deed_of(request.method, request.scope["route"].path)
    cause = error.refused.cause.value if isinstance(error, NotAllowedError) else "refused"
    outcome = "unknown" if isinstance(error, UnknownError) else cause
    record(people, caller_of(request), Deed(deed or "", request.url.path, outcome))

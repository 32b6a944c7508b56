"""The API of reforms: look at a table of successions, apply it, take it back.

    POST /api/v1/reforms?on=2025-07-01              a dry run: who is new, gone, renamed, …, by name
    POST /api/v1/reforms?on=…&dry_run=false         applied, all of it or nothing
    GET  /api/v1/reforms                            all of them, with their numbers
    GET  /api/v1/reforms/{number}/table             the table as it was given
    POST /api/v1/reforms/{number}/undo              taken back, or refused with every reason

Functions without `async` run in worker threads, because the database blocks.
"""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from nhipcau.access.actions import Action
from nhipcau.office.people.parts import Deed
from nhipcau.office.reforms import EmptyReformError, Reforms
from nhipcau.org.csvtable import UnitFileError
from nhipcau.org.importplan import ImportOrder
from nhipcau.org.undoing import BuiltUponError
from nhipcau.ports.reforms import UnknownReformError
from nhipcau.ports.tree import StaleTreeError
from nhipcau.web.gate import note
from nhipcau.web.problems import Problem, problem
from nhipcau.web.reform_schema import (
    AppliedReformOut,
    BadTable,
    ReformOut,
    applied_out,
    bad_lines,
    reform_out,
)
from nhipcau.web.tree_api import CSV_BODY, Responses, csv_body


class ReformQuery(BaseModel):
    """How to apply. Changes nothing unless asked with `dry_run=false`."""

    model_config = ConfigDict(extra="forbid")

    on: date = Field(description="From which day on it holds.")
    dry_run: bool = True
    act: str = Field(default="", max_length=300, description="The paper that says so.")
    file: str = Field(default="", max_length=255, description="What the table is called.")
    revision: int | None = Field(default=None, description="Refused if the tree has moved on.")


class UndoBody(BaseModel):
    """Takes a reform back; says its number once more, so that no stray request does it."""

    model_config = ConfigDict(extra="forbid")

    number: int


def reform_router(reforms: Reforms) -> APIRouter:
    """Return the routes below /api/v1/reforms."""
    router = APIRouter(prefix="/api/v1/reforms", tags=["units"])
    _add_reading(router, reforms)
    _add_applying(router, reforms)
    _add_undoing(router, reforms)
    return router


def _refusals(*known: tuple[int, str]) -> Responses:
    return {status: {"model": Problem, "description": what} for status, what in known}


_BAD_TABLE: Responses = {
    422: {"model": BadTable, "description": "Bad lines, each in `lines`; nothing was applied"}
}


def _add_reading(router: APIRouter, reforms: Reforms) -> None:
    @router.get("")
    def all_reforms() -> list[AppliedReformOut]:
        """Return every reform, the oldest first, those taken back among them."""
        return [applied_out(one) for one in reforms.all()]

    @router.get("/{number}/table", responses=_refusals((404, "No such reform")))
    def table(number: int) -> Response:
        """Return the table of a reform as it was given."""
        try:
            return Response(reforms.table(number), media_type="text/csv; charset=utf-8")
        except UnknownReformError as error:
            raise HTTPException(404, str(error)) from None


def _add_applying(router: APIRouter, reforms: Reforms) -> None:
    refused = _refusals(
        (401, "Not signed in"),
        (403, "Not an administrator of the whole tree"),
        (409, "The tree has moved on, or the table changes nothing"),
        (413, "Too large"),
        (415, "Not text/csv"),
    )

    @router.post(
        "", responses={**refused, **_BAD_TABLE}, openapi_extra=CSV_BODY, response_model=ReformOut
    )
    async def reform(
        request: Request, query: Annotated[ReformQuery, Query()]
    ) -> ReformOut | JSONResponse:
        """Say by name what a table of successions would do; with `dry_run=false`, do it."""
        data = await csv_body(request)
        try:
            return await run_in_threadpool(_apply, reforms, data, query, request)
        except UnitFileError as error:
            return bad_lines(error)
        except StaleTreeError as error:
            return problem(409, f"{error}: look at the reform again")
        except EmptyReformError as error:
            return problem(409, str(error))


def _apply(reforms: Reforms, data: bytes, query: ReformQuery, request: Request) -> ReformOut:
    plan = reforms.plan(data, ImportOrder(query.on, query.act, whole=False))
    if query.revision is not None and query.revision != plan.plan.revision:
        raise StaleTreeError(f"the tree has revision {plan.plan.revision}, not {query.revision}")
    number = None if query.dry_run else reforms.apply(plan, query.file, data)
    if number is not None:
        more = {"act": query.act, "day": str(query.on), "file": query.file}
        note(request, Deed(Action.UNITS_IMPORT, f"reform:{number}", more=more))
    return reform_out(plan, number)


def _add_undoing(router: APIRouter, reforms: Reforms) -> None:
    refused = _refusals(
        (401, "Not signed in"),
        (403, "Not an administrator of the whole tree"),
        (404, "No such reform in force"),
        (409, "Something was built on it, each in `errors`, or the tree has moved on"),
        (415, "Not application/json"),
    )

    @router.post("/{number}/undo", responses=refused, response_model=AppliedReformOut)
    def undo(number: int, body: UndoBody, request: Request) -> AppliedReformOut | JSONResponse:
        """Take a reform back as if it had never been, while nothing was built on it."""
        if body.number != number:
            raise HTTPException(422, f"the body names reform {body.number}, the path {number}")
        return _undo(reforms, number, request)


def _undo(reforms: Reforms, number: int, request: Request) -> AppliedReformOut | JSONResponse:
    try:
        reforms.take_back(number)
        note(request, Deed("units.undo", f"reform:{number}"))
        return next(applied_out(one) for one in reforms.all() if one.number == number)
    except UnknownReformError as error:
        return problem(404, str(error))
    except BuiltUponError as error:
        detail = f"{len(error.reasons)} things were built on it; nothing was taken back"
        return problem(409, detail, list(error.reasons))
    except StaleTreeError as error:
        return problem(409, f"{error}: try again")

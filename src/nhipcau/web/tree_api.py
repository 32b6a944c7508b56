"""The API of units, levels, places and sites. Every list can be asked as of a day.

Functions without `async` run in worker threads, because the database blocks.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, FastAPI, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from nhipcau.access.actions import Action
from nhipcau.office.lines import lines_seen
from nhipcau.office.people.parts import Deed
from nhipcau.office.tree import UnitQuery, UnitTree, apply_units, plan_units, search_units
from nhipcau.org.csvtable import MAX_FILE_BYTES, UnitFileError
from nhipcau.org.importplan import ImportOrder
from nhipcau.org.units import UnitId
from nhipcau.org.view import TreeView
from nhipcau.ports.tree import StaleTreeError, StoreError, UnfitValueError
from nhipcau.web.gate import CallerHere, note
from nhipcau.web.problems import Problem, problem
from nhipcau.web.tree_schema import (
    ImportOut,
    LevelOut,
    PlaceOut,
    SiteOut,
    SiteUnitOut,
    UnitHistoryOut,
    UnitsOut,
    history_out,
    import_out,
    unit_out,
)

MAX_LIMIT = 1000
Responses = dict[int | str, dict[str, object]]
_AsOf = Annotated[date | None, Query(description="The day; today in Vietnam if left out.")]
CSV_BODY = {
    "requestBody": {
        "required": True,
        "content": {"text/csv": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@dataclass(frozen=True, slots=True)
class TreeParts:
    """What this API leans on: the tree, and what day it is in Vietnam."""

    units: UnitTree
    today: Callable[[], date]


class UnitsQuery(BaseModel):
    """Which units to list."""

    as_of: date | None = Field(default=None, description="The day; today if left out.")
    parent: str | None = Field(default=None, max_length=36, description="Only directly below it.")
    within: str | None = Field(default=None, max_length=36, description="Only it and all below.")
    top: bool = Field(default=False, description="Only units that stand below none.")
    level: str = Field(default="", max_length=50, description="Only units of this level, by key.")
    search: str = Field(default="", max_length=200, description="Part of a name or a code.")
    limit: int = Field(default=100, ge=1, le=MAX_LIMIT)
    offset: int = Field(default=0, ge=0, le=1_000_000)


class ImportQuery(BaseModel):
    """How to import. Changes nothing unless asked with `dry_run=false`."""

    model_config = ConfigDict(extra="forbid")

    dry_run: bool = True
    day: date | None = Field(default=None, description="From which day on; today if left out.")
    act: str = Field(default="", max_length=300, description="The paper that says so.")
    whole: bool = Field(default=True, description="The file is the whole tree; else changes only.")
    revision: int | None = Field(default=None, description="Refused if the tree has moved on.")


def tree_router(parts: TreeParts) -> APIRouter:
    """Return the routes below /api/v1."""
    router = APIRouter(prefix="/api/v1", tags=["units"])
    _add_units(router, parts)
    _add_places(router, parts)
    _add_import(router, parts)
    return router


def answer_store_errors(app: FastAPI) -> None:
    """Make a database that can't be reached a problem (503), what it can't keep another (422)."""

    @app.exception_handler(StoreError)
    async def store_error(_request: Request, error: StoreError) -> JSONResponse:
        return problem(422 if isinstance(error, UnfitValueError) else 503, str(error))


def _add_units(router: APIRouter, parts: TreeParts) -> None:
    missing: Responses = {404: {"model": Problem}}

    @router.get("/units", responses=missing)
    def units(query: Annotated[UnitsQuery, Query()]) -> UnitsOut:
        """Return units in the order of the tree; with a search, the closest names first."""
        tree = parts.units.current()
        view = tree.as_of(query.as_of or parts.today())
        page = search_units(view, _wanted(view, query))
        return UnitsOut(
            as_of=view.day,
            revision=tree.record.revision,
            total=page.total,
            units=[unit_out(view, unit) for unit in page.units],
        )

    @router.get("/units/{unit}", responses=missing)
    def unit(unit: str, as_of: _AsOf = None) -> UnitHistoryOut:
        """Return a unit: as it was on the day, and all that it ever was."""
        tree = parts.units.current()
        if unit not in tree.units:
            raise HTTPException(404, f"no unit has the id {unit!r}")
        return history_out(tree, UnitId(unit), as_of or parts.today())

    @router.get("/levels")
    def levels(as_of: _AsOf = None) -> list[LevelOut]:
        """Return the levels from the top, with how many units each has on the day."""
        view = parts.units.current().as_of(as_of or parts.today())
        return [
            LevelOut(
                key=level.key,
                name=level.name,
                rank=level.rank,
                units=view.level_counts[level.key],
            )
            for level in view.levels
        ]


def _wanted(view: TreeView, query: UnitsQuery) -> UnitQuery:
    """Return what is asked of the tree.

    Raises:
        HTTPException: there is no such unit on that day.
    """
    parent = None if query.parent is None else UnitId(query.parent)
    within = None if query.within is None else UnitId(query.within)
    for unit in (parent, within):
        if unit is not None and unit not in view.units:
            raise HTTPException(404, f"no unit has the id {unit!r} on {view.day}")
    top = query.top and parent is None
    return UnitQuery(query.search, parent, within, top, query.level, query.limit, query.offset)


def _add_places(router: APIRouter, parts: TreeParts) -> None:
    @router.get("/places")
    def places(caller: CallerHere) -> list[PlaceOut]:
        """Return the buildings of one's subtree; a telecom operator those on its own lines."""
        tree = parts.units.current()
        seen = lines_seen(tree, tree.as_of(parts.today()), caller.actor)
        return [PlaceOut.model_validate(one, from_attributes=True) for one in seen]

    @router.get("/sites")
    def sites(as_of: _AsOf = None) -> list[SiteOut]:
        """Return every site, and whose it was on the day: nobody's, if its unit ended."""
        tree = parts.units.current()
        holders = tree.as_of(as_of or parts.today()).units_of_sites
        return [
            SiteOut(
                id=site.id,
                place=site.place,
                units=[
                    SiteUnitOut(unit=one.unit, seat=one.seat) for one in holders.get(site.id, ())
                ],
            )
            for site in tree.sites.values()
        ]


def _add_import(router: APIRouter, parts: TreeParts) -> None:
    refused: Responses = {
        status: {"model": Problem, "description": what}
        for status, what in (
            (401, "Not signed in"),
            (403, "Not an administrator of the whole tree"),
            (409, "The tree has moved on"),
            (413, "Too large"),
            (415, "Not text/csv"),
            (422, "Bad lines, each in `errors`; nothing was imported"),
        )
    }

    @router.post(
        "/units/import", responses=refused, openapi_extra=CSV_BODY, response_model=ImportOut
    )
    async def import_units(
        request: Request, query: Annotated[ImportQuery, Query()]
    ) -> ImportOut | JSONResponse:
        """Look at what a CSV file of units would change; with `dry_run=false`, change it."""
        data = await csv_body(request)
        try:
            return await run_in_threadpool(_import, parts, data, query, request)
        except UnitFileError as error:
            lines = [str(line) for line in error.problems]
            return problem(422, f"{len(lines)} lines are bad; nothing was imported", lines)
        except StaleTreeError as error:
            return problem(409, f"{error}: look at the import again")


def _import(parts: TreeParts, data: bytes, query: ImportQuery, request: Request) -> ImportOut:
    order = ImportOrder(query.day or parts.today(), query.act, query.whole)
    plan = plan_units(parts.units, data, order)
    if query.revision is not None and query.revision != plan.revision:
        raise StaleTreeError(f"the tree has revision {plan.revision}, not {query.revision}")
    if not query.dry_run:
        apply_units(parts.units, plan)
        more = {"act": query.act, "day": str(order.day)}
        note(request, Deed(Action.UNITS_IMPORT, "units", more=more))
    return import_out(plan, dry_run=query.dry_run)


async def csv_body(request: Request) -> bytes:
    """Return the body.

    Raises:
        HTTPException: it is larger than any file of units.
    """
    data = bytearray()
    async for chunk in request.stream():
        data += chunk
        if len(data) > MAX_FILE_BYTES:
            raise HTTPException(413, f"the file is larger than {MAX_FILE_BYTES >> 20} MB")
    return bytes(data)

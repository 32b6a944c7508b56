"""What the API says of reforms."""

from datetime import date, datetime

from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from nhipcau.org.csvtable import UnitFileError
from nhipcau.org.importplan import UnitChange
from nhipcau.org.reform import Passage, ReformPlan
from nhipcau.org.units import UnitVersion
from nhipcau.ports.reforms import AppliedReform
from nhipcau.web.problems import MEDIA_TYPE, Problem


class NamedUnit(BaseModel):
    """A unit by its code and its full name on one day."""

    id: str
    code: str
    name: str


class PassageOut(BaseModel):
    """A unit, and those that it came from or went to; the main heir first."""

    unit: NamedUnit
    others: list[NamedUnit]


class ChangedOut(BaseModel):
    """A unit that goes on under another name or code."""

    before: NamedUnit
    after: NamedUnit


class MovedOut(BaseModel):
    """A unit that hangs elsewhere: the names of the units above it."""

    unit: NamedUnit
    before: str
    after: str


class LeftSiteOut(BaseModel):
    """A room whose unit ends without an heir; it and its place stay."""

    site: str
    place: str
    unit: NamedUnit


class BadLineOut(BaseModel):
    """What is wrong on one line of a table; `code` is for translations."""

    line: int
    code: str
    detail: str


class BadTable(Problem):
    """A table that can't be taken: every bad line of it, in `errors` once more as text."""

    lines: list[BadLineOut] = Field(default_factory=list)


class ReformOut(BaseModel):
    """What a reform does by name. `number` is null for a dry run."""

    number: int | None
    revision: int
    day: date
    act: str
    new: list[PassageOut]
    gone: list[PassageOut]
    renamed: list[ChangedOut]
    recoded: list[ChangedOut]
    moved: list[MovedOut]
    merged: list[PassageOut]
    split: list[PassageOut]
    left_sites: list[LeftSiteOut]


class AppliedReformOut(BaseModel):
    """A reform of the list."""

    number: int
    day: date
    act: str
    file: str
    at: datetime
    undone_at: datetime | None


def reform_out(reform: ReformPlan, number: int | None) -> ReformOut:
    """Return what a reform does, or with a number did."""
    report = reform.report
    return ReformOut(
        number=number,
        revision=reform.plan.revision,
        day=reform.change.day,
        act=reform.change.act,
        new=[_passage(one) for one in report.new],
        gone=[_passage(one) for one in report.gone],
        renamed=[_changed(one) for one in report.renamed],
        recoded=[_changed(one) for one in report.recoded],
        moved=[
            MovedOut(unit=_unit(one.unit), before=one.before, after=one.after)
            for one in report.moved
        ],
        merged=[_passage(one) for one in report.merged],
        split=[_passage(one) for one in report.split],
        left_sites=[
            LeftSiteOut(site=one.site, place=one.place, unit=_unit(one.unit)) for one in report.left
        ],
    )


def bad_lines(error: UnitFileError) -> JSONResponse:
    """Return the answer to a table with bad lines."""
    lines = [BadLineOut(line=one.line, code=one.code, detail=one.detail) for one in error.problems]
    body = BadTable(
        title="Unprocessable Content",
        status=422,
        detail=f"{len(lines)} lines are bad; nothing was applied",
        errors=[str(one) for one in error.problems],
        lines=lines,
    )
    return JSONResponse(body.model_dump(), status_code=422, media_type=MEDIA_TYPE)


def applied_out(reform: AppliedReform) -> AppliedReformOut:
    """Return a reform of the list."""
    return AppliedReformOut.model_validate(reform, from_attributes=True)


def _unit(version: UnitVersion) -> NamedUnit:
    return NamedUnit(id=version.unit, code=version.code, name=version.name)


def _passage(passage: Passage) -> PassageOut:
    return PassageOut(unit=_unit(passage.unit), others=[_unit(one) for one in passage.others])


def _changed(change: UnitChange) -> ChangedOut:
    return ChangedOut(before=_unit(change.before), after=_unit(change.after))

"""The API of what goes with a plan: duties, whom to call, lead times, attendance.

GET /api/v1/meetings/{id}/duties, /calls, /deadlines, /attendance
PUT /api/v1/meetings/{id}/duties/{task}/check, /invitation, /attendance/{unit}
"""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from nhipcau.office.planning.calling import Calls, calls
from nhipcau.office.planning.contacts import Contact
from nhipcau.office.planning.desk import Author
from nhipcau.office.planning.duties import (
    Answered,
    Check,
    Duty,
    Reply,
    answers_for,
    check_off,
    confirm_attendance,
    duties,
    lead_times,
    mark_invited,
    replies,
)
from nhipcau.office.planning.reading import Sheet, read_meeting
from nhipcau.org.units import UnitId
from nhipcau.planning.plan import Role
from nhipcau.web.foresight_api import add_foresight
from nhipcau.web.plan_out import SignedOut, signed_out
from nhipcau.web.plan_parts import PROBLEMS, AuthorHere, PlanningParts


class DutyContactOut(BaseModel):
    """A unit of a duty, and whom to call there."""

    unit: str
    name: str
    contacts: list[Contact]


class DutyCheckOut(BaseModel):
    """A task checked off: by which unit for its own part ("": as a whole), by whom and when."""

    unit: str
    by: SignedOut


class DutyOut(BaseModel):
    """A row of the responsibility table. `more` is how many units there are beside those shown."""

    task: str
    phase: str
    text: str
    who: str
    parties: list[str]
    day: date | None
    begins: datetime | None
    ends: datetime | None
    at_latest: bool
    units: list[DutyContactOut]
    more: int
    checks: list[DutyCheckOut]


class CallsOut(BaseModel):
    """Whom to call for a party; `more` is how many units there are beside those shown."""

    party: str
    units: list[DutyContactOut]
    more: int


class CheckIn(BaseModel):
    """Checked off, or no longer; `unit` for its own part."""

    model_config = ConfigDict(extra="forbid")

    done: bool
    unit: str = Field(default="", max_length=36)
    note: str = Field(default="", max_length=500)


class DeadlineOut(BaseModel):
    """A lead time: `standing` is done, late, pending, soon, overdue or excepted (urgent)."""

    key: str
    name: str
    name_en: str
    source: str
    days: int
    due: date
    done: date | None
    standing: str


class InvitationIn(BaseModel):
    """The invitation was issued under this number."""

    model_config = ConfigDict(extra="forbid")

    number: str = Field(max_length=100)


class ReplyIn(BaseModel):
    """What a unit answers to its invitation."""

    model_config = ConfigDict(extra="forbid")

    coming: bool
    delegates: list[str] = Field(default=[], max_length=50)
    note: str = Field(default="", max_length=500)


class ReplyOut(ReplyIn):
    """The answer, by whom and when."""

    by: SignedOut


class InvitedOut(BaseModel):
    """A unit that takes part, what it answered, and whether the reader answers for it."""

    unit: str
    name: str
    level: str
    role: Role
    site: str | None
    reply: ReplyOut | None
    may_answer: bool


class AttendanceOut(BaseModel):
    """A part of those who take part; the counts are of all."""

    total: int
    coming: int
    not_coming: int
    units: list[InvitedOut]


class PageQuery(BaseModel):
    """Which part of a list."""

    limit: int = Field(default=200, ge=1, le=1000)
    offset: int = Field(default=0, ge=0, le=1_000_000)


def duty_router(parts: PlanningParts) -> APIRouter:
    """Return the routes of duties, lead times, attendance, load and clashes."""
    router = APIRouter(prefix="/api/v1/meetings/{plan}", tags=["meetings"], responses=PROBLEMS)
    _add_duties(router, parts)
    _add_deadlines(router, parts)
    _add_attendance(router, parts)
    add_foresight(router, parts)
    return router


def _add_duties(router: APIRouter, parts: PlanningParts) -> None:
    desk = parts.desk

    @router.get("/duties")
    def table(plan: str, author: AuthorHere) -> list[DutyOut]:
        """Return the responsibility table: task, phase, parties, contacts, who checked it off."""
        sheet = read_meeting(desk, author, plan)
        return [_duty(sheet, one) for one in duties(desk, sheet)]

    @router.get("/calls")
    def whom(plan: str, author: AuthorHere) -> list[CallsOut]:
        """Return whom to call for each party: the contacts of the units it stands for."""
        sheet = read_meeting(desk, author, plan)
        return [_calls(sheet, party, one) for party, one in calls(desk, sheet).items()]

    @router.put("/duties/{task}/check", status_code=204)
    def check(plan: str, task: str, body: CheckIn, author: AuthorHere) -> Response:
        """Check a task off, with time and by whom, or take that back."""
        check_off(desk, author, plan, Check(task, body.done, body.unit, body.note))
        return Response(status_code=204)


def _add_deadlines(router: APIRouter, parts: PlanningParts) -> None:
    desk = parts.desk

    @router.get("/deadlines")
    def watched(plan: str, author: AuthorHere) -> list[DeadlineOut]:
        """Return the lead times and how they stand today."""
        sheet = read_meeting(desk, author, plan)
        return [
            DeadlineOut(
                key=one.rule.key,
                name=one.rule.name,
                name_en=one.rule.name_en,
                source=one.rule.source,
                days=one.rule.days,
                due=one.due,
                done=one.done,
                standing=one.standing.value,
            )
            for one in lead_times(desk, sheet)
        ]

    @router.put("/invitation", status_code=204)
    def invited(plan: str, body: InvitationIn, author: AuthorHere) -> Response:
        """Write down that the invitation was issued."""
        mark_invited(desk, author, plan, body.number)
        return Response(status_code=204)


def _add_attendance(router: APIRouter, parts: PlanningParts) -> None:
    desk = parts.desk

    @router.get("/attendance")
    def attendance(
        plan: str, author: AuthorHere, query: Annotated[PageQuery, Query()]
    ) -> AttendanceOut:
        """Return who takes part, in the order of the tree, and what each answered."""
        sheet = read_meeting(desk, author, plan)
        answers = replies(desk, sheet)
        units = list(sheet.checked.invitation.units)
        shown = units[query.offset : query.offset + query.limit]
        coming = sum(one.reply.coming for one in answers.values())
        return AttendanceOut(
            total=len(units),
            coming=coming,
            not_coming=len(answers) - coming,
            units=[_invited(sheet, unit, answers.get(unit), author) for unit in shown],
        )

    @router.put("/attendance/{unit}", status_code=204)
    def confirm(plan: str, unit: str, body: ReplyIn, author: AuthorHere) -> Response:
        """Answer for a unit."""
        reply = Reply(unit, body.coming, tuple(body.delegates), body.note)
        confirm_attendance(desk, author, plan, reply)
        return Response(status_code=204)


def _calls(sheet: Sheet, party: str, found: Calls) -> CallsOut:
    units = [
        DutyContactOut(unit=unit, name=_name(sheet, unit), contacts=list(contacts))
        for unit, contacts in found.units.items()
    ]
    return CallsOut(party=party, units=units, more=found.more)


def _duty(sheet: Sheet, one: Duty) -> DutyOut:
    due, task = one.due, one.task
    return DutyOut(
        task=task.id,
        phase=task.phase.value,
        text=task.text,
        who=task.who,
        parties=list(task.parties),
        day=None if due is None else due.day,
        begins=None if due is None else due.begins,
        ends=None if due is None else due.ends,
        at_latest=task.due is not None and task.due.at_latest,
        units=[
            DutyContactOut(
                unit=unit, name=_name(sheet, unit), contacts=list(one.contacts.get(unit, ()))
            )
            for unit in one.units
        ],
        more=one.more,
        checks=[
            DutyCheckOut(unit=unit, by=signed_out(signed)) for unit, signed in one.checks.items()
        ],
    )


def _name(sheet: Sheet, unit: str) -> str:
    version = sheet.checked.invitation.view.units.get(UnitId(unit))
    return "" if version is None else version.name


def _invited(sheet: Sheet, unit: UnitId, answer: Answered | None, author: Author) -> InvitedOut:
    who = sheet.checked.invitation
    tenure = next(iter(who.view.tenures(unit)), None)
    reply = None
    if answer is not None:
        said = answer.reply
        reply = ReplyOut(
            coming=said.coming,
            delegates=list(said.delegates),
            note=said.note,
            by=signed_out(answer.signed),
        )
    return InvitedOut(
        unit=unit,
        name=_name(sheet, unit),
        level=who.view.units[unit].level,
        role=who.units[unit].role,
        site=None if tenure is None else tenure.site,
        reply=reply,
        may_answer=answers_for(author, sheet, unit),
    )

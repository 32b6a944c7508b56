"""The API of meetings and their plans.

    GET   /api/v1/meetings                     the list
    POST  /api/v1/meetings                     a new one: empty, a copy, or from a template
    GET   /api/v1/meetings/{id}?edition=       one plan, with times and problems
    PATCH /api/v1/meetings/{id}                edits of its parts; If-Match names what was seen
    POST  /api/v1/meetings/{id}/steps          submit, approve, revise, start, …
    GET   /api/v1/meetings/{id}/history, /differences

Functions without `async` run in worker threads, because the database blocks.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from nhipcau.office.planning.desk import Author, Desk
from nhipcau.office.planning.duties import next_deadline
from nhipcau.office.planning.founding import Founding, found_meeting
from nhipcau.office.planning.living import Wish, may_step, take_step
from nhipcau.office.planning.reading import (
    differences,
    history,
    lay_out,
    list_meetings,
    read_meeting,
    rights,
)
from nhipcau.office.planning.writing import edit_meeting
from nhipcau.planning.editing import Change
from nhipcau.planning.life import State, Step
from nhipcau.planning.plan import LocalMoment
from nhipcau.ports.plans import PlanRecord
from nhipcau.web.plan_out import (
    EditedOut,
    FieldChangeOut,
    HeadsOut,
    PartChangeOut,
    PlanOut,
    WrittenOut,
    head_out,
    plan_out,
    signed_out,
)
from nhipcau.web.plan_parts import (
    PROBLEMS,
    AuthorHere,
    PlanningParts,
    Seen,
    in_thread,
    tag,
)

_PUBLISHED = frozenset({Step.APPROVE, Step.START, Step.DISCARD, Step.END, Step.CANCEL})


class NewMeeting(BaseModel):
    """How a meeting begins; at most one of `from_meeting` and `from_template`."""

    model_config = ConfigDict(extra="forbid")

    host: str = Field(max_length=36, description="The unit that chairs, by its id.")
    title: str | None = Field(default=None, max_length=500)
    kind: str | None = Field(default=None, max_length=50)
    starts: LocalMoment | None = Field(default=None, description="Local time of the meeting.")
    from_meeting: str = Field(default="", max_length=64)
    from_template: str = Field(default="", max_length=64)
    rehearsal: bool = Field(
        default=False, description="It is the general rehearsal of `from_meeting`."
    )


class Edits(BaseModel):
    """Changes, one after another; all of them are written or none.

    `set` writes a field of the header (`header/title`) or a row (`cues/c7`; the value without
    `id` and `place`; a row that is not there comes into being, after the row `after` or at the
    end). `move` lets a row stand after another (`after` null: first). `remove` takes it away.
    """

    model_config = ConfigDict(extra="forbid")

    changes: list[Change] = Field(min_length=1, max_length=500)


class StepIn(BaseModel):
    """A step in the life of a meeting. `seal` makes sure that one approves what one saw."""

    model_config = ConfigDict(extra="forbid")

    step: Step
    note: str = Field(default="", max_length=1000)
    seal: str = Field(default="", max_length=64)


class SteppedOut(BaseModel):
    """The plan after a step; `briefing` says why the MCUs could not be told, "" when they were."""

    plan: PlanOut
    briefing: str


class ListQuery(BaseModel):
    """Which meetings to list."""

    state: State | None = None
    limit: int = Field(default=100, ge=1, le=500)
    offset: int = Field(default=0, ge=0, le=1_000_000)


_Edition = Annotated[
    int | None, Query(ge=1, description="As approved the 1st, 2nd, … time; left out: the newest.")
]


def plan_router(parts: PlanningParts) -> APIRouter:
    """Return the routes of meetings and their plans."""
    router = APIRouter(prefix="/api/v1/meetings", tags=["meetings"], responses=PROBLEMS)
    _add_reading(router, parts)
    _add_writing(router, parts)
    _add_looking_back(router, parts)
    return router


def _add_reading(router: APIRouter, parts: PlanningParts) -> None:
    desk = parts.desk

    @router.get("")
    def meetings(author: AuthorHere, query: Annotated[ListQuery, Query()]) -> HeadsOut:
        """Return the meetings that one writes or takes part in: those without a day first, then
        the latest first.
        """
        found = list_meetings(desk, author)
        if query.state is not None:
            found = [head for head in found if head.state is query.state]
        view = desk.view()
        shown = found[query.offset : query.offset + query.limit]
        heads = []
        for head in shown:
            sheet = read_meeting(desk, author, head.id)
            heads.append(head_out(view, head, sheet, next_deadline(desk, sheet)))
        return HeadsOut(total=len(found), meetings=heads)

    @router.get("/{plan}")
    def meeting(
        plan: str, author: AuthorHere, response: Response, edition: _Edition = None
    ) -> PlanOut:
        """Return a plan; its ETag is the revision. Who only takes part gets what was approved."""
        sheet = read_meeting(desk, author, plan, edition)
        response.headers.update(tag(sheet.head.revision))
        return plan_out(sheet, rights(desk, author, sheet))


def _add_writing(router: APIRouter, parts: PlanningParts) -> None:
    desk = parts.desk

    @router.post("", status_code=201)
    def found(body: NewMeeting, author: AuthorHere, response: Response) -> PlanOut:
        """Found a meeting: a draft."""
        founding = Founding(
            body.host,
            body.title,
            body.kind,
            body.starts,
            body.from_meeting,
            body.from_template,
            rehearsal=body.rehearsal,
        )
        record = found_meeting(desk, author, founding)
        response.headers.update(tag(record.head.revision))
        response.headers["Location"] = f"/api/v1/meetings/{record.head.id}"
        return _shown(desk, author, record)

    @router.patch("/{plan}")
    def edit(
        plan: str, body: Edits, author: AuthorHere, seen: Seen, response: Response
    ) -> EditedOut:
        """Write to a draft. If-Match names the revision that the page shows: what others wrote
        since is merged where it is another part, and refused with both texts where it is the same.
        """
        edited = edit_meeting(desk, author, plan, seen, body.changes)
        response.headers.update(tag(edited.record.head.revision))
        shown = _shown(desk, author, edited.record)
        return EditedOut(merged=edited.merged, parts=list(edited.parts), plan=shown)

    @router.post("/{plan}/steps")
    async def step(
        plan: str, body: StepIn, author: AuthorHere, seen: Seen, response: Response
    ) -> SteppedOut:
        """Take a step: submitting books rooms and MCUs, approving freezes the plan, starting
        opens it on its MCU, ending ends it there, too.
        """
        wish = Wish(body.step, seen, body.note, body.seal)
        if body.step is Step.START:
            await in_thread(lambda: may_step(desk, author, plan, body.step))
            await parts.room_for(plan)
        record = await in_thread(lambda: take_step(desk, author, plan, wish))
        why = await parts.publish(record) if body.step in _PUBLISHED else ""
        response.headers.update(tag(record.head.revision))
        shown = await in_thread(lambda: _shown(desk, author, record))
        return SteppedOut(plan=shown, briefing=why)


def _add_looking_back(router: APIRouter, parts: PlanningParts) -> None:
    desk = parts.desk

    @router.get("/{plan}/history")
    def written(plan: str, author: AuthorHere) -> list[WrittenOut]:
        """Return every revision, oldest first: who did what to which parts."""
        return [
            WrittenOut(
                revision=one.revision,
                step=one.step,
                note=one.note,
                by=signed_out(one.signed),
                parts=list(one.edit.after),
            )
            for one in history(desk, author, plan)
        ]

    @router.get("/{plan}/differences")
    def compared(
        plan: str,
        author: AuthorHere,
        before: Annotated[int, Query(ge=1, description="An approved version.")],
        after: Annotated[
            int | None, Query(ge=1, description="Another one; left out: the newest revision.")
        ] = None,
    ) -> list[PartChangeOut]:
        """Return what changed between two versions, part by part and field by field."""
        return [
            PartChangeOut(
                part=one.part,
                kind=one.kind,
                label=one.label,
                moved=one.moved,
                fields=[_field(*change) for change in one.fields],
            )
            for one in differences(desk, author, plan, before, after)
        ]


def _shown(desk: Desk, author: Author, record: PlanRecord) -> PlanOut:
    sheet = lay_out(desk, record)
    return plan_out(sheet, rights(desk, author, sheet))


def _field(name: str, before: Any, after: Any) -> FieldChangeOut:
    return FieldChangeOut(field=name, before=before, after=after)

"""A meeting is founded: empty, from a plan, from a template, or as a copy of another one."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from nhipcau.access.actions import Action
from nhipcau.office.planning.desk import Author, Desk, require, target
from nhipcau.office.planning.errors import BadRequestError, MissingError
from nhipcau.office.planning.reading import read_meeting
from nhipcau.office.planning.rehearsing import note_rehearsal
from nhipcau.org.units import UnitId
from nhipcau.planning.editing import Edit
from nhipcau.planning.life import State
from nhipcau.planning.parts import REHEARSES, PartError, parts_of, plan_of
from nhipcau.planning.plan import MAX_TITLE, Header, Plan
from nhipcau.planning.timeline import span
from nhipcau.ports.plans import PlanHead, PlanRecord, Signature, Written

# What a copy does not take along: these are answered anew for each meeting.
_ASKED_ANEW: Mapping[str, Any] = {"secret": None, REHEARSES: ""}
_REHEARSAL = "Tổng duyệt: "


@dataclass(frozen=True, slots=True)
class Founding:
    """How a meeting begins.

    Attributes:
        host: the unit that chairs.
        title, kind, starts: of the header; None leaves what the model has.
        meeting, template: the model: a meeting that is copied, or a template; "": none.
        id: of the new meeting; "": a new one is made.
        rehearsal: it is the general rehearsal of `meeting`.
    """

    host: str
    title: str | None = None
    kind: str | None = None
    starts: datetime | None = None
    meeting: str = ""
    template: str = ""
    id: str = ""
    rehearsal: bool = False


def found_meeting(desk: Desk, author: Author, founding: Founding) -> PlanRecord:
    """Found a meeting; return it.

    Raises:
        NotAllowedError: the author writes no meetings of that host.
        MissingError: there is no such meeting or template to copy.
        BadRequestError: there is no such unit; a title or time that is none; a rehearsal of
            nothing, or of a rehearsal.
    """
    view = desk.view(Header(starts=founding.starts))
    if UnitId(founding.host) not in view.units:
        raise BadRequestError("Chưa chọn cơ quan chủ trì, hoặc không có đơn vị này.")
    require(author, Action.MEETINGS_CHANGE, target(view, [founding.host]))
    model, note = _model(desk, author, founding)
    asked = _rehearsed(model, founding) if founding.rehearsal else _ASKED_ANEW
    changes: dict[str, Any] = {"header/host": founding.host, **_header(asked)}
    given = {"title": founding.title, "kind": founding.kind, "starts": founding.starts}
    changes |= _header({name: value for name, value in given.items() if value is not None})
    try:
        plan = plan_of({**model, **changes})
    except PartError as error:
        raise BadRequestError("Không lập được cuộc họp.", error.errors) from None
    record = keep_plan(desk, author, plan, note=note, meeting=founding.id)
    if founding.rehearsal:
        note_rehearsal(desk, author, founding.meeting, record.head.id)
    return record


def _rehearsed(model: Mapping[str, Any], founding: Founding) -> Mapping[str, Any]:
    """Return what the header of a rehearsal has; it is called at short notice.

    Raises:
        BadRequestError: there is nothing to rehearse.
    """
    if not founding.meeting:
        raise BadRequestError("Chưa chọn cuộc họp để tổng duyệt.")
    if model.get(f"header/{REHEARSES}"):
        raise BadRequestError("Đây đã là một buổi tổng duyệt.")
    title = f"{_REHEARSAL}{model['header/title']}"[:MAX_TITLE]
    return {REHEARSES: founding.meeting, "title": title, "urgent": True}


def keep_plan(
    desk: Desk, author: Author, plan: Plan, *, note: str = "", meeting: str = ""
) -> PlanRecord:
    """Keep a plan as a new meeting, a draft; asks nobody.

    Raises:
        StoreError: it can't be kept.
    """
    signed = desk.signature(author)
    head = PlanHead(
        id=meeting or desk.new_id(),
        revision=1,
        state=State.DRAFT,
        opened=1,
        editions=0,
        **head_of(plan),
        created=signed,
    )
    parts = parts_of(plan)
    record = PlanRecord(head, parts)
    before = dict.fromkeys(parts)
    desk.plans.create(record, Written(1, "create", note, Edit(before, parts), signed))
    desk.note(author, Action.MEETINGS_CHANGE, f"meeting:{head.id}", {"step": "create"})
    return record


def head_of(plan: Plan) -> dict[str, Any]:
    """Return those fields of a head that the plan says."""
    time, header = span(plan), plan.header
    return {
        "title": header.title,
        "kind": header.kind,
        "host": header.host,
        "starts_s": None if time is None else time.starts.timestamp(),
        "ends_s": None if time is None else time.ends.timestamp(),
    }


def next_record(record: PlanRecord, parts: Mapping[str, Any], **head: Any) -> PlanRecord:
    """Return the next revision of a meeting, its head filled in from its parts."""
    told = {**head_of(plan_of(parts)), "revision": record.head.revision + 1, **head}
    return PlanRecord(replace(record.head, **told), parts, record.editions)


def written(record: PlanRecord, step: str, edit: Edit, signed: Signature, note: str) -> Written:
    """Return what made a record."""
    return Written(record.head.revision, step, note, edit, signed)


def _header(values: Mapping[str, Any]) -> dict[str, Any]:
    return {f"header/{name}": value for name, value in values.items()}


def _model(desk: Desk, author: Author, founding: Founding) -> tuple[Mapping[str, Any], str]:
    if founding.meeting:
        sheet = read_meeting(desk, author, founding.meeting)
        return sheet.parts, f"sao từ {founding.meeting}"
    if founding.template:
        card = desk.cabinet.card("template", founding.template)
        if card is None:
            raise MissingError(f"Không có mẫu {founding.template!r}.")
        return card.value["parts"], f"theo mẫu {card.value['name']}"
    return parts_of(Plan(header=Header())), ""

"""Who does what, whom to call for it, what is done: the responsibility table and the lead times.

What is done is kept beside the plan, not in it: a frozen plan is checked off, too.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from nhipcau.access.actions import Action
from nhipcau.access.policy import allows
from nhipcau.office.planning.calling import stands_for
from nhipcau.office.planning.contacts import Contact, contacts_of
from nhipcau.office.planning.desk import Author, Desk, require, target
from nhipcau.office.planning.errors import BadRequestError, MissingError
from nhipcau.office.planning.papers import paper_files
from nhipcau.office.planning.reading import Sheet, host_target, lay_out, load, read_meeting
from nhipcau.org.units import UnitId
from nhipcau.planning.leadtimes import Deadline, DueTime, Standing, deadlines, due_time
from nhipcau.planning.life import State
from nhipcau.planning.plan import Task
from nhipcau.ports.cabinet import Card
from nhipcau.ports.plans import Signature

_DRAWER = "mark"
# Of a level's hundred units a table shows the first few.
_SHOWN_UNITS = 12
_TO_COME = frozenset({State.DRAFT, State.SUBMITTED, State.APPROVED})
_KEPT = frozenset({Standing.DONE, Standing.LATE, Standing.EXCEPTED})


@dataclass(frozen=True, slots=True)
class Duty:
    """A row of the responsibility table, ready to be shown.

    Attributes:
        task: the row.
        due: when, on the meeting's calendar.
        units: the units whose part it is, the first of them; `more` is how many others.
        contacts: of those units.
        checks: who checked it off; by unit, "" for the whole task.
    """

    task: Task
    due: DueTime | None
    units: tuple[str, ...]
    more: int
    contacts: Mapping[str, tuple[Contact, ...]]
    checks: Mapping[str, Signature]


def duties(desk: Desk, sheet: Sheet) -> list[Duty]:
    """Return the responsibility table of a meeting; asks nobody."""
    opening = sheet.plan.header.opening()
    parts = {task.id: _units(desk, sheet, task) for task in sheet.plan.tasks}
    shown = {task: units[:_SHOWN_UNITS] for task, units in parts.items()}
    known = contacts_of(desk, {unit for units in shown.values() for unit in units})
    checks = _checks(desk, sheet.head.id)
    return [
        Duty(
            task=task,
            due=None if task.due is None or not opening else _due(desk, task, opening),
            units=tuple(shown[task.id]),
            more=len(parts[task.id]) - len(shown[task.id]),
            contacts={unit: known[unit] for unit in shown[task.id] if unit in known},
            checks=checks.get(task.id, {}),
        )
        for task in sheet.plan.tasks
    ]


def _due(desk: Desk, task: Task, opening: datetime) -> DueTime:
    assert task.due is not None
    return due_time(task.due, opening, desk.calendar)


def _units(desk: Desk, sheet: Sheet, task: Task) -> list[str]:
    """Return the units that a task names, else those that its parties stand for."""
    if task.units:
        return list(task.units)
    found = dict[str, None]()
    for party in task.parties:
        found |= dict.fromkeys(stands_for(desk, sheet, party))
    return list(found)


@dataclass(frozen=True, slots=True)
class Check:
    """A task checked off, or no longer; by a unit for its own part, or ("") as a whole."""

    task: str
    done: bool
    unit: str = ""
    note: str = ""


def check_off(desk: Desk, author: Author, meeting: str, check: Check) -> None:
    """Check a task off, with time and by whom, or take that back.

    Raises:
        MissingError: there is no such meeting or task.
        NotAllowedError: it is not the author's to check off.
    """
    sheet = lay_out(desk, load(desk, meeting))
    unit = check.unit or sheet.plan.header.host
    require(author, Action.TASKS_CHECK, target(sheet.checked.invitation.view, [unit], meeting))
    if all(task.id != check.task for task in sheet.plan.tasks):
        raise MissingError(f"Không có việc {check.task!r}.")
    _known_unit(sheet, check.unit)
    key = f"{meeting}/task/{check.task}/{check.unit}"
    if check.done:
        _mark(desk, author, key, {"note": check.note[:500]})
    else:
        desk.cabinet.remove(_DRAWER, key, None)
    more = {"task": check.task, "unit": check.unit, "done": str(check.done)}
    desk.note(author, Action.TASKS_CHECK, f"meeting:{meeting}", more)


def mark_invited(desk: Desk, author: Author, meeting: str, number: str) -> None:
    """Write down that the invitation was issued, and under which number.

    Raises:
        MissingError: there is no such meeting.
        NotAllowedError: the author does not write it.
    """
    sheet = read_meeting(desk, author, meeting)
    require(author, Action.MEETINGS_CHANGE, host_target(desk, sheet))
    if not sheet.head.editions:
        raise BadRequestError("Chưa duyệt kịch bản, chưa phát hành giấy mời được.")
    _mark(desk, author, f"{meeting}/invited", {"number": number[:100]})
    desk.note(author, Action.MEETINGS_CHANGE, f"meeting:{meeting}", {"step": "invited"})


def invited(desk: Desk, meeting: str) -> tuple[str, float] | None:
    """Return the number of a meeting's invitation and when it was issued; asks nobody."""
    card = desk.cabinet.card(_DRAWER, f"{meeting}/invited")
    return None if card is None else (card.value["number"], card.signed.at_s)


@dataclass(frozen=True, slots=True)
class Reply:
    """What a unit answers to its invitation."""

    unit: str
    coming: bool
    delegates: tuple[str, ...] = ()
    note: str = ""


def answers_for(author: Author, sheet: Sheet, unit: str) -> bool:
    """Return True when the author may answer the invitation for a unit."""
    on = target(sheet.checked.invitation.view, [unit], sheet.head.id)
    return allows(author.actor, Action.ATTENDANCE_CONFIRM, on)


def confirm_attendance(desk: Desk, author: Author, meeting: str, reply: Reply) -> None:
    """Write down whether a unit comes, and with whom.

    Raises:
        MissingError: there is no such meeting, or the unit is not invited.
        NotAllowedError: the author does not answer for the unit.
    """
    sheet = read_meeting(desk, author, meeting)
    who = sheet.checked.invitation
    if not who.has(reply.unit):
        raise MissingError("Đơn vị không có trong thành phần tham dự.")
    require(author, Action.ATTENDANCE_CONFIRM, target(who.view, [reply.unit], meeting))
    value = {
        "coming": reply.coming,
        "delegates": [name[:200] for name in reply.delegates[:50]],
        "note": reply.note[:500],
    }
    _mark(desk, author, f"{meeting}/attending/{reply.unit}", value)
    more = {"unit": reply.unit, "coming": str(reply.coming)}
    desk.note(author, Action.ATTENDANCE_CONFIRM, f"meeting:{meeting}", more)


@dataclass(frozen=True, slots=True)
class Answered:
    """A unit's answer, and who gave it."""

    reply: Reply
    signed: Signature


def replies(desk: Desk, sheet: Sheet) -> dict[str, Answered]:
    """Return the answers of those who are invited, by unit; asks nobody."""
    prefix = f"{sheet.head.id}/attending/"
    found = {}
    for card in desk.cabinet.cards(_DRAWER, prefix):
        unit, value = card.key.removeprefix(prefix), card.value
        if sheet.checked.invitation.has(unit):
            reply = Reply(unit, value["coming"], tuple(value["delegates"]), value["note"])
            found[unit] = Answered(reply, card.signed)
    return found


def lead_times(desk: Desk, sheet: Sheet) -> tuple[Deadline, ...]:
    """Return the lead times of a meeting and how they stand; asks nobody."""
    zone = ZoneInfo(sheet.plan.header.zone)
    done: dict[str, date] = {}
    issued = invited(desk, sheet.head.id)
    if issued is not None:
        done["invitation"] = _day(issued[1], zone)
    files = paper_files(desk, sheet.head.id)
    approved = [files[paper.id].approved for paper in sheet.plan.papers if paper.id in files]
    if len(approved) == len(sheet.plan.papers):
        signed = [one.at_s for one in approved if one is not None]
        if len(signed) == len(approved):
            done["papers"] = _day(max(signed, default=sheet.head.created.at_s), zone)
    answers = replies(desk, sheet)
    if answers and len(answers) == len(sheet.checked.invitation.units):
        done["attendance"] = _day(max(one.signed.at_s for one in answers.values()), zone)
    today = desk.now(sheet.plan.header.zone).date()
    return deadlines(sheet.plan, desk.rules, desk.calendar, done, today)


def next_deadline(desk: Desk, sheet: Sheet) -> Deadline | None:
    """Return the lead time of a meeting to come that is to be kept next; None: all were."""
    if sheet.head.state not in _TO_COME:
        return None
    left = [one for one in lead_times(desk, sheet) if one.standing not in _KEPT]
    return min(left, key=lambda one: one.due, default=None)


def _day(at_s: float, zone: ZoneInfo) -> date:
    return datetime.fromtimestamp(at_s, UTC).astimezone(zone).date()


def _checks(desk: Desk, meeting: str) -> dict[str, dict[str, Signature]]:
    found: dict[str, dict[str, Signature]] = {}
    prefix = f"{meeting}/task/"
    for card in desk.cabinet.cards(_DRAWER, prefix):
        task, _, unit = card.key.removeprefix(prefix).partition("/")
        found.setdefault(task, {})[unit] = card.signed
    return found


def _mark(desk: Desk, author: Author, key: str, value: object) -> None:
    desk.cabinet.put(_DRAWER, Card(key, 0, value, desk.signature(author)), None)


def _known_unit(sheet: Sheet, unit: str) -> None:
    if unit and UnitId(unit) not in sheet.checked.invitation.view.units:
        raise MissingError(f"Không có đơn vị {unit!r}.")

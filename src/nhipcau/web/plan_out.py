"""What the API says of a meeting's plan."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from nhipcau.access.actions import Action
from nhipcau.office.planning.reading import Sheet
from nhipcau.org.units import UnitId
from nhipcau.org.view import TreeView
from nhipcau.planning.booking import Clash
from nhipcau.planning.leadtimes import Deadline
from nhipcau.planning.plan import Case, Cue, Header, Paper, Pick, Plan, StandIn, Task
from nhipcau.planning.problems import Problem, Severity
from nhipcau.planning.timeline import Slot, clock_text
from nhipcau.ports.plans import PlanHead, Signature


class SignedOut(BaseModel):
    """Who and when: account, its name on that day, time with its zone."""

    account: str
    name: str
    at: datetime


class NextOut(BaseModel):
    """The lead time that is due next; `standing` is late, pending, soon or overdue."""

    key: str
    name: str
    name_en: str
    due: date
    standing: str


class HeadOut(BaseModel):
    """A meeting in a list. Times have the zone of Vietnam.

    `errors` keep it from being submitted; `warnings` are worth a look; `next` is the lead time
    that is to be kept next. All three are null, 0 or of the newest version, as the reader sees it.
    """

    id: str
    title: str
    kind: str
    host: str
    host_name: str
    state: str
    revision: int
    editions: int
    starts: datetime | None
    ends: datetime | None
    created: SignedOut
    sites: int
    errors: int
    warnings: int
    next: NextOut | None


class HeadsOut(BaseModel):
    """A part of the list of meetings; `total` is the length of the whole list."""

    total: int
    meetings: list[HeadOut]


class EditionOut(BaseModel):
    """What was approved: its number, the SHA-256 of its content, by whom and when."""

    number: int
    revision: int
    seal: str
    approved: SignedOut


class TimeOut(BaseModel):
    """A cue in time. `begins` and `ends` are times of day in the meeting's zone; `gap_min` is how
    much later it begins than the one before ends, negative where they overlap; `turns` is when
    each of its turns begins, null where that can't be said.
    """

    cue: str
    begins: str
    ends: str
    starts_at: datetime | None
    minutes: int
    gap_min: int
    turns: list[str | None]


class PlanProblemOut(BaseModel):
    """Something wrong or worth a look. `part` is where ("cues/c7"; "cues" for the whole table),
    `field` which field of it; `severity` is error (can't be submitted), warning or note; `text` is
    the sentence in Vietnamese, `code` and `values` are for other languages.
    """

    part: str
    code: str
    severity: str
    field: str
    text: str
    values: Mapping[str, str]


class ClashOut(BaseModel):
    """What is booked already: a site or an MCU, and by which meeting."""

    kind: str
    what: str
    name: str
    meeting: str
    title: str
    starts: datetime
    ends: datetime
    text: str


class UnitNameOut(BaseModel):
    """What a unit was called on the meeting's day."""

    name: str
    display_name: str
    level: str


class CountOut(BaseModel):
    """How many take part, and the limit of sites."""

    units: int
    sites: int
    guests: int
    site_limit: int


class PlanOut(BaseModel):
    """A meeting's plan: the newest version, or (`edition`) one that was approved.

    `revision` is its ETag. `seal` is the SHA-256 of this content. `steps` is what can be done
    next; `may` is what the reader is allowed to do to it ("meetings.change"), whatever its state.
    `names` holds every unit that the plan names, as it was called on the meeting's day.
    Rows stand in their order.
    """

    id: str
    revision: int
    state: str
    edition: int | None
    seal: str
    steps: list[str]
    may: list[str]
    editions: list[EditionOut]
    created: SignedOut
    header: Header
    participants: list[Pick]
    cues: list[Cue]
    tasks: list[Task]
    cases: list[Case]
    papers: list[Paper]
    standins: list[StandIn]
    times: list[TimeOut]
    ends: str | None
    problems: list[PlanProblemOut]
    count: CountOut
    names: dict[str, UnitNameOut]


class EditedOut(BaseModel):
    """What became of an edit: `merged` when others had written since what the page saw, `parts`
    that changed by it, and the plan after it.
    """

    merged: bool
    parts: list[str]
    plan: PlanOut


class FieldChangeOut(BaseModel):
    """One field before and after."""

    field: str
    before: Any
    after: Any


class PartChangeOut(BaseModel):
    """What became of a part: added, removed, changed, or moved."""

    part: str
    kind: str
    label: str
    moved: bool
    fields: list[FieldChangeOut]


class WrittenOut(BaseModel):
    """One revision: what was done (`edit`, `create`, or a step), by whom, and to which parts."""

    revision: int
    step: str
    note: str
    by: SignedOut
    parts: list[str]


def signed_out(signed: Signature, zone: str = "Asia/Ho_Chi_Minh") -> SignedOut:
    """Return a signature."""
    at = datetime.fromtimestamp(signed.at_s, UTC).astimezone(ZoneInfo(zone))
    return SignedOut(account=signed.account, name=signed.name, at=at.replace(microsecond=0))


def head_out(view: TreeView, head: PlanHead, sheet: Sheet, due: Deadline | None) -> HeadOut:
    """Return a meeting of a list; its host is called as today, `due` is its next deadline."""
    found = Counter(one.severity for one in sheet.checked.problems)
    host = view.units.get(UnitId(head.host))
    return HeadOut(
        id=head.id,
        title=head.title,
        kind=head.kind,
        host=head.host,
        host_name="" if host is None else host.name,
        state=head.state.value,
        revision=head.revision,
        editions=head.editions,
        starts=_moment(head.starts_s),
        ends=_moment(head.ends_s),
        created=signed_out(head.created),
        sites=len(sheet.checked.invitation.sites),
        errors=found[Severity.ERROR],
        warnings=found[Severity.WARNING],
        next=None if due is None else _next_out(due),
    )


def _next_out(one: Deadline) -> NextOut:
    rule = one.rule
    return NextOut(
        key=rule.key,
        name=rule.name,
        name_en=rule.name_en,
        due=one.due,
        standing=one.standing.value,
    )


def problem_out(one: Problem) -> PlanProblemOut:
    """Return a problem."""
    return PlanProblemOut(
        part=one.part,
        code=one.code,
        severity=one.severity.value,
        field=one.field,
        text=one.text,
        values=one.values,
    )


def clash_out(one: Clash) -> ClashOut:
    """Return a clash."""
    return ClashOut.model_validate(one, from_attributes=True)


def plan_out(sheet: Sheet, may: Iterable[Action]) -> PlanOut:
    """Return a meeting's plan, as it is shown to somebody who may do such deeds to it."""
    plan, who, slots = sheet.plan, sheet.checked.invitation, sheet.slots
    zone = plan.header.zone
    return PlanOut(
        id=sheet.head.id,
        revision=sheet.head.revision,
        state=sheet.head.state.value,
        edition=None if sheet.edition is None else sheet.edition.number,
        seal=sheet.seal,
        steps=[step.value for step in sheet.steps],
        may=[deed.value for deed in may],
        editions=[
            EditionOut(
                number=one.number,
                revision=one.revision,
                seal=one.seal,
                approved=signed_out(one.signed, zone),
            )
            for one in sheet.record.editions
        ],
        created=signed_out(sheet.head.created, zone),
        header=plan.header,
        participants=list(plan.participants),
        cues=list(plan.cues),
        tasks=list(plan.tasks),
        cases=list(plan.cases),
        papers=list(plan.papers),
        standins=list(plan.standins),
        times=[_time_out(plan.header, slot) for slot in slots],
        ends=clock_text(slots[-1].ends_min) if slots else None,
        problems=[problem_out(one) for one in sheet.checked.problems],
        count=CountOut(
            units=len(who.units),
            sites=len(who.sites),
            guests=len(who.guests),
            site_limit=plan.header.site_limit,
        ),
        names=_names(plan, who.view),
    )


def _time_out(header: Header, slot: Slot) -> TimeOut:
    opening, starts_at = header.opening(), None
    if opening is not None:
        midnight = opening.replace(hour=0, minute=0, second=0, microsecond=0)
        starts_at = midnight + timedelta(minutes=slot.begins_min)
    return TimeOut(
        cue=slot.cue,
        begins=clock_text(slot.begins_min),
        ends=clock_text(slot.ends_min),
        starts_at=starts_at,
        minutes=slot.ends_min - slot.begins_min,
        gap_min=slot.gap_min,
        turns=[None if one is None else clock_text(one) for one in slot.turns_min],
    )


def _names(plan: Plan, view: TreeView) -> dict[str, UnitNameOut]:
    found = {}
    for unit in dict.fromkeys(_named(plan)):
        version = view.units.get(UnitId(unit))
        if version is not None:
            found[unit] = UnitNameOut(
                name=version.name,
                display_name=view.display_names[version.unit],
                level=version.level,
            )
    return found


def _named(plan: Plan) -> Iterator[str]:
    yield plan.header.host
    for pick in plan.participants:
        yield pick.unit
    for cue in plan.cues:
        for turn in cue.turns:
            yield turn.unit
        if cue.ballot is not None:
            yield from cue.ballot.delegations
    for task in plan.tasks:
        yield from task.units


def _moment(at_s: float | None) -> datetime | None:
    if at_s is None:
        return None
    return datetime.fromtimestamp(at_s, UTC).astimezone(ZoneInfo("Asia/Ho_Chi_Minh"))

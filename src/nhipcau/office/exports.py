"""A plan as the official papers of its meeting: what they say, in the names of its day.

Plan, TreeView ── MeetingPapers ─┬─ .invitation() ─┐
                                 ├─ .run_sheet() ──┼──▶ PaperPress ──▶ DOCX, PDF
                                 ├─ .responsibilities() ┘
                                 └─ .calendar() ──────▶ .ics
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from nhipcau.office.letterhead import agency_of, is_area, letterhead_of, signature_of
from nhipcau.org.units import UnitId
from nhipcau.org.view import TreeView
from nhipcau.planning.inviting import Invitation as Invited
from nhipcau.planning.inviting import invite
from nhipcau.planning.leadtimes import due_time
from nhipcau.planning.plan import Case, Cue, Due, Phase, Plan, Task
from nhipcau.planning.rules import Rules
from nhipcau.planning.timeline import Slot, clock_text, span, timeline
from nhipcau.planning.workdays import WorkCalendar
from nhipcau.ports.papers import (
    BackupCase,
    CalendarEntry,
    DrillLine,
    Duty,
    DutyPhase,
    Invitation,
    InvitedGroup,
    Letterhead,
    PaperFrame,
    Responsibilities,
    RunItem,
    RunSheet,
)

_PHASES = {
    Phase.BEFORE: "Trước hội nghị",
    Phase.DURING: "Trong hội nghị",
    Phase.AFTER: "Sau hội nghị",
}
# So many units are named in an invitation; of more, only their kinds and how many.
_NAMED_AT_MOST = 20
# A number of the register, with the symbol that somebody wrote behind it.
_NUMBER = re.compile(r"\s*(\d{1,6})(?:\s*/\s*(\S.{0,50}?))?\s*")


@dataclass(frozen=True, slots=True)
class Issue:
    """Under which number ("27/GM-UBND") and on which day the invitation was issued."""

    number: str
    day: date


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a plan is when its papers are printed.

    Attributes:
        meeting: the meeting's id.
        version: of the plan; 0 is the first that was approved.
        approval: a line that says who approved it and when; empty: a draft.
        signed: the day of the papers; None: left open, to be written by hand.
        changed: when this version was made, with its zone.
        contacts: name and telephone number of a unit's contact, by unit.
        done: when a task was checked off, in words, by task.
        url: of the meeting's page; empty: none.
        cancelled: the meeting does not take place.
        issue: of this version's invitation; None: not yet.
        drills: of the backup plan, in rehearsals.
    """

    meeting: str
    changed: datetime
    version: int = 0
    approval: str = ""
    signed: date | None = None
    contacts: Mapping[str, str] = field(default_factory=dict)
    done: Mapping[str, str] = field(default_factory=dict)
    url: str = ""
    cancelled: bool = False
    issue: Issue | None = None
    drills: tuple[DrillLine, ...] = ()


class UnreadyError(Exception):
    """The plan lacks what every paper must say: its host or its day."""


class MeetingPapers:
    """Words the papers of one plan.

    Args:
        plan: the plan.
        view: the tree of the meeting's day.
        rules: names of parties, lead times.
        calendar: working days.
        standing: how far the plan is.

    Raises:
        UnreadyError: no host or no day is chosen, or the host was not there on that day.
    """

    def __init__(
        self,
        plan: Plan,
        view: TreeView,
        rules: Rules,
        calendar: WorkCalendar,
        standing: Standing,
    ) -> None:
        header = plan.header
        opening = header.opening()
        if opening is None or header.host not in view.units:
            raise UnreadyError("choose who chairs and when the meeting opens, then print")
        self._plan, self._view, self._rules = plan, view, rules
        self._calendar, self._standing = calendar, standing
        self._opening: datetime = opening
        self._host = UnitId(header.host)
        self._invited: Invited = invite(plan.participants, view)
        self._slots: Mapping[str, Slot] = {slot.cue: slot for slot in timeline(plan)}

    def invitation(self) -> Invitation:
        """Return the invitation."""
        header = self._plan.header
        return Invitation(
            frame=self._issued(self._frame("GM", tuple(self._recipients()))),
            host=agency_of(self._view, self._host),
            chair=self._chair(),
            begins=self._opening,
            venue=self._venue(),
            groups=tuple(self._groups()),
            summary=(f"Nội dung: {_stop(header.summary)}",) if header.summary else (),
            requests=tuple(self._requests()),
        )

    def run_sheet(self) -> RunSheet:
        """Return the run sheet with the backup plan."""
        plan = self._plan
        return RunSheet(
            frame=self._frame("KB", ()),
            facts=tuple(self._facts()),
            items=tuple(self._item(number, cue) for number, cue in enumerate(plan.cues)),
            papers=tuple(_paper_line(one.id, one.title, one.restricted) for one in plan.papers),
            cases=tuple(self._case(one) for one in plan.cases),
            drills=self._standing.drills,
        )

    def responsibilities(self) -> Responsibilities:
        """Return the responsibility table."""
        tasks = self._plan.tasks
        phases = (
            DutyPhase(name, tuple(self._duty(task) for task in tasks if task.phase is phase))
            for phase, name in _PHASES.items()
        )
        return Responsibilities(
            frame=self._frame("PC", ()),
            facts=tuple(self._facts()),
            phases=tuple(phase for phase in phases if phase.duties),
        )

    def calendar(self) -> CalendarEntry:
        """Return the meeting for people's calendars; the same meeting keeps its UID for ever."""
        whole, header = span(self._plan), self._plan.header
        return CalendarEntry(
            uid=f"{self._standing.meeting}@nhipcau",
            version=self._standing.version,
            changed=self._standing.changed,
            title=header.title,
            begins=self._opening,
            ends=self._opening if whole is None else max(whole.ends, self._opening),
            venue=self._venue(),
            organizer=agency_of(self._view, self._host),
            details=header.summary,
            url=self._standing.url,
            cancelled=self._standing.cancelled,
        )

    def _frame(self, kind: str, recipients: tuple[str, ...]) -> PaperFrame:
        header, standing = self._plan.header, self._standing
        head = letterhead_of(self._view, self._host, kind, standing.signed)
        return PaperFrame(
            letterhead=head if standing.approval else _as_draft(head),
            title=header.title,
            signature=signature_of(self._view, self._host, header.signer),
            recipients=recipients,
            approval=standing.approval,
        )

    def _issued(self, frame: PaperFrame) -> PaperFrame:
        """Return the frame under the number and the day of its issue, where it was issued."""
        issue, head = self._standing.issue, frame.letterhead
        found = None if issue is None else _NUMBER.fullmatch(issue.number)
        if issue is None or found is None:
            return frame
        symbol = found[2] or head.symbol
        numbered = replace(head, number=int(found[1]), symbol=symbol, day=issue.day)
        return replace(frame, letterhead=numbered)

    def _chair(self) -> str:
        version = self._view.units[self._host]
        office = "Chủ tịch" if is_area(version) else "Thủ trưởng"
        return f"{office} {agency_of(self._view, self._host)}"

    def _venue(self) -> str:
        venue = self._plan.header.venue or agency_of(self._view, self._host)
        others = len(self._invited.sites) - 1
        return f"{venue} (điểm cầu trung tâm) và {others} điểm cầu thành phần" if others else venue

    def _facts(self) -> Iterator[tuple[str, str]]:
        whole = span(self._plan)
        day = f"{self._opening:%d/%m/%Y}"
        ends = "" if whole is None else f" đến {whole.ends:%H:%M}"
        yield "Thời gian", f"{self._opening:%H:%M}{ends}, ngày {day}"
        yield "Địa điểm", self._venue()
        yield "Chủ trì", self._chair()

    def _groups(self) -> Iterator[InvitedGroup]:
        """Yield who is invited: those in the chair's room, then level by level, then guests."""
        home = self._view.home(self._host)
        here: list[UnitId] = []
        there: dict[str, list[UnitId]] = {}
        for unit in self._invited.units:
            seats = self._view.tenures(unit)
            if seats and seats[0].site == home:
                here.append(unit)
            else:
                there.setdefault(self._view.units[unit].level, []).append(unit)
        who = [f"Lãnh đạo {agency_of(self._view, one)}" for one in here if one == self._host]
        who += [f"Lãnh đạo {_joined(self._names(here))}"] if self._names(here) else []
        if who:
            yield InvitedGroup("Tại điểm cầu trung tâm", tuple(who))
        for level in self._view.levels:
            units = there.get(level.key)
            if units:
                where = f"Tại điểm cầu {level.name[:1].lower()}{level.name[1:]}"
                yield InvitedGroup(where, (self._level_words(units),))
        guests = tuple(one.name for one in self._invited.guests.values() if one.name)
        if guests:
            yield InvitedGroup("Khách mời", guests)

    def _names(self, units: Sequence[UnitId]) -> list[str]:
        return [self._view.units[one].name for one in units if one != self._host]

    def _level_words(self, units: Sequence[UnitId]) -> str:
        versions = [self._view.units[one] for one in units]
        leaders = "Lãnh đạo Ủy ban nhân dân" if is_area(versions[0]) else "Lãnh đạo"
        if len(versions) <= _NAMED_AT_MOST:
            areas = is_area(versions[0])
            lead = [one.name[:1].lower() + one.name[1:] if areas else one.name for one in versions]
            return f"{leaders} {_joined(lead)}"
        kinds: dict[str, int] = {}
        for one in versions:
            kinds[one.type.lower() or "đơn vị"] = kinds.get(one.type.lower() or "đơn vị", 0) + 1
        counted = _joined([f"{count} {kind}" for kind, count in kinds.items()])
        return f"{leaders} {counted} ({len(versions)} điểm cầu)"

    def _recipients(self) -> Iterator[str]:
        yield "Như thành phần mời"
        yield "Thường trực " + agency_of(self._view, self._host)
        yield "Lưu: VT"

    def _requests(self) -> Iterator[str]:
        if not self._plan.header.urgent:
            for key, words in (
                ("attendance", "Đề nghị các đơn vị xác nhận tham dự trên hệ thống chậm nhất ngày"),
                ("papers", "Tài liệu họp được đăng tải trên hệ thống chậm nhất ngày"),
            ):
                lead = self._rules.leads.get(key)
                if lead is not None:
                    day = self._calendar.shift(self._opening.date(), lead.days)
                    yield f"{words} {day:%d/%m/%Y}."
        yield "Đề nghị các điểm cầu bố trí phòng họp, cán bộ kỹ thuật và thử kết nối trước giờ họp"

    def _item(self, number: int, cue: Cue) -> RunItem:
        slot = self._slots[cue.id]
        return RunItem(
            number=str(number),
            time=clock_text(slot.begins_min),
            minutes=str(slot.ends_min - slot.begins_min),
            content=cue.title,
            speakers=cue.who
            or _joined([self._speaker(one.unit, one.speaker) for one in cue.turns]),
            layout=cue.picture or cue.layout,
            papers=", ".join(cue.papers),
            technicians=cue.note,
        )

    def _speaker(self, unit: str, speaker: str) -> str:
        version = self._view.units.get(UnitId(unit))
        return ", ".join(part for part in (speaker, version.name if version else "") if part)

    def _case(self, one: Case) -> BackupCase:
        call = ", ".join(self._parties(one.call))
        return BackupCase(
            one.trigger, one.action, one.within, one.who, one.announce, one.decides, call
        )

    def _parties(self, keys: Sequence[str]) -> list[str]:
        return [self._rules.parties[key].name for key in keys if key in self._rules.parties]

    def _duty(self, task: Task) -> Duty:
        parties = self._parties(task.parties)
        contacts = [self._standing.contacts.get(unit, "") for unit in task.units]
        return Duty(
            task=task.text,
            due="" if task.due is None else self._due_words(task.due),
            party=task.who or "; ".join(parties),
            contact="\n".join(one for one in contacts if one),
            done=self._standing.done.get(task.id, ""),
        )

    def _due_words(self, due: Due) -> str:
        time = due_time(due, self._opening, self._calendar)
        hours = [f"{one:%H:%M}" for one in (time.begins, time.ends) if one is not None]
        words = (
            f"{' đến '.join(hours)} ngày {time.day:%d/%m/%Y}" if hours else f"{time.day:%d/%m/%Y}"
        )
        return f"Chậm nhất {words}" if due.at_latest else words


def _as_draft(head: Letterhead) -> Letterhead:
    return replace(head, draft=True)


def _paper_line(key: str, title: str, restricted: bool) -> str:
    secret = " (không trình chiếu, không ghi hình)" if restricted else ""
    return f"{key}: {title}{secret}"


def _joined(words: Sequence[str]) -> str:
    """Return words as a sentence lists them: "a, b và c"."""
    return " và ".join(part for part in (", ".join(words[:-1]), *words[-1:]) if part)


def _stop(text: str) -> str:
    return f"{text.rstrip('.;')}."

"""The papers port: what a meeting's official papers say, and who sets them in type.

    Invitation │ RunSheet │ Responsibilities │ MeetingReport
                                       └──▶ PaperPress.print ──▶ bytes of a DOCX or a PDF
    CalendarEntry ──▶ PaperPress.calendar ──▶ bytes of an .ics file

Everything is ready to be read: names are those of the meeting's day, nothing is looked up here.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from nhipcau.report.worded import WordTable


class PaperFormat(StrEnum):
    """In what a paper is handed out."""

    DOCX = "docx"
    PDF = "pdf"


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What stands above a paper and below it.

    Attributes:
        agency: who issues it, one line each: "Ủy ban nhân dân", "tỉnh Khánh Hòa".
        parent_agency: the agency above it, where the form names it.
        place: "Khánh Hòa".
        symbol: behind the number: "GM-UBND".
        number: of the year's register; None: left open, to be written by hand.
        day: when it was signed; None: left open.
        draft: marked as a draft, because it was not approved.
    """

    agency: tuple[str, ...]
    place: str
    symbol: str
    parent_agency: str = ""
    number: int | None = None
    day: date | None = None
    draft: bool = False


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signs: authority and office, one line each, and the name."""

    authority: tuple[str, ...]
    name: str = ""


@dataclass(frozen=True, slots=True)
class PaperFrame:
    """What all papers of a meeting share.

    Attributes:
        letterhead: above.
        title: the meeting's title, as the abstract says it.
        signature: below, right.
        recipients: below, left, without dash and semicolon; the last is the register.
        approval: a line that says of which version the paper is and who approved it.
    """

    letterhead: Letterhead
    title: str
    signature: Signature
    recipients: tuple[str, ...] = ()
    approval: str = ""


@dataclass(frozen=True, slots=True)
class InvitedGroup:
    """Who is invited to one kind of room.

    Attributes:
        where: "Tại điểm cầu trung tâm", with the room.
        who: one line each, without dash and semicolon.
    """

    where: str
    who: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Invitation:
    """Giấy mời họp.

    Attributes:
        frame: around it.
        host: who invites: "Ủy ban nhân dân tỉnh Khánh Hòa".
        chair: who chairs.
        begins: when the meeting opens; any zone, said as it stands.
        venue: the central site.
        groups: who is invited.
        summary: what the meeting is about, one paragraph each.
        requests: what everybody is asked to do, one paragraph each.
    """

    frame: PaperFrame
    host: str
    chair: str
    begins: datetime
    venue: str
    groups: tuple[InvitedGroup, ...]
    summary: tuple[str, ...] = ()
    requests: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RunItem:
    """A row of the run sheet; everything in words."""

    number: str
    time: str
    minutes: str
    content: str
    speakers: str
    layout: str
    papers: str
    technicians: str


@dataclass(frozen=True, slots=True)
class BackupCase:
    """A row of the backup plan; everything in words. `call` is whom to call."""

    trigger: str
    action: str
    within: str
    who: str
    announce: str
    decides: str = ""
    call: str = ""


@dataclass(frozen=True, slots=True)
class DrillLine:
    """A drill of the backup plan; everything in words.

    Attributes:
        when, deed, by: when it was, what was done, who did it.
        sites: how many of the sites that it struck have reported.
        sound, picture: seconds until they were back, at 95 of 100 sites and at the last.
        goal: seconds.
        verdict: whether it was met.
    """

    when: str
    deed: str
    by: str
    sites: str
    sound: str
    picture: str
    goal: str
    verdict: str


@dataclass(frozen=True, slots=True)
class RunSheet:
    """Kịch bản hội nghị, with the backup plan and the list of its papers.

    Attributes:
        frame: around it.
        facts: pairs such as ("Thời gian", "08 giờ 00 ngày 25 tháng 01 năm 2024").
        items: in their order.
        papers: "TL1. Báo cáo …", one line each.
        cases: of the backup plan.
        drills: of it, in rehearsals.
    """

    frame: PaperFrame
    facts: tuple[tuple[str, str], ...]
    items: tuple[RunItem, ...]
    papers: tuple[str, ...] = ()
    cases: tuple[BackupCase, ...] = ()
    drills: tuple[DrillLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Duty:
    """A row of the responsibility table; everything in words.

    Attributes:
        task: what is to be done.
        due: by when.
        party: whose part it is.
        contact: name and telephone number.
        done: when it was checked off; empty: not yet.
    """

    task: str
    due: str
    party: str
    contact: str = ""
    done: str = ""


@dataclass(frozen=True, slots=True)
class DutyPhase:
    """The duties of one phase, under its name: "Trước hội nghị"."""

    name: str
    duties: tuple[Duty, ...]


@dataclass(frozen=True, slots=True)
class Responsibilities:
    """Bảng phân công nhiệm vụ.

    Attributes:
        frame: around it.
        facts: as in a run sheet.
        phases: before, during, after.
    """

    frame: PaperFrame
    facts: tuple[tuple[str, str], ...]
    phases: tuple[DutyPhase, ...]


@dataclass(frozen=True, slots=True)
class MeetingReport:
    """Báo cáo diễn biến cuộc họp.

    Attributes:
        frame: around it.
        facts: as in a run sheet.
        tables: each under its title; what a table without rows says stands in its place.
    """

    frame: PaperFrame
    facts: tuple[tuple[str, str], ...]
    tables: tuple[WordTable, ...]


Paper = Invitation | RunSheet | Responsibilities | MeetingReport


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """A meeting for people's calendars.

    Attributes:
        uid: of the meeting for ever, so that a new version replaces the old one.
        version: goes up with every version that was approved; 0 is the first.
        changed: when this version was made; with its zone.
        title: the meeting's.
        begins, ends: with their zone, an IANA name such as Asia/Ho_Chi_Minh.
        venue: the central site.
        organizer: who invites.
        organizer_email: where answers go; empty: nowhere.
        details: a few lines.
        url: of the meeting's page; empty: none.
        cancelled: True when it does not take place.
    """

    uid: str
    version: int
    changed: datetime
    title: str
    begins: datetime
    ends: datetime
    venue: str
    organizer: str
    organizer_email: str = ""
    details: str = ""
    url: str = ""
    cancelled: bool = False


class PaperPress(Protocol):
    """Sets papers in type. Calls block for some tenths of a second; any thread, several at once."""

    def print(self, paper: Paper, form: PaperFormat) -> bytes:
        """Return a paper as a file."""
        ...

    def calendar(self, entry: CalendarEntry) -> bytes:
        """Return a calendar file with this one entry.

        Raises:
            ValueError: a time has no zone, or it ends before it begins.
        """
        ...

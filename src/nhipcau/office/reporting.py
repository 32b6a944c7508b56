"""Reports of meetings: from the gathered event logs, the plan and the tree of the meeting's day.

    EventStore.read ─▶ events ─┐
    plan, answers, roads, rates ┴─▶ make_report ─▶ page (JSON), paper (DOCX, PDF), tables (CSV)

Also of a conference that nobody planned; then the room that chaired it says whose it is.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from nhipcau.access.actions import Action
from nhipcau.access.actor import Target
from nhipcau.access.policy import allows
from nhipcau.conference.events import ConferenceOpened, Event
from nhipcau.conference.misfit import EventError
from nhipcau.conference.wire import WireError, load_event
from nhipcau.office.letterhead import agency_of, letterhead_of, signature_of
from nhipcau.office.planning.desk import Author, Desk, target
from nhipcau.office.planning.duties import replies
from nhipcau.office.planning.errors import MissingError, PlanningError
from nhipcau.office.planning.reading import Sheet, lay_out
from nhipcau.org.units import UnitId
from nhipcau.org.view import TreeView
from nhipcau.ports.eventstore import EventStore, KeptLog
from nhipcau.ports.papers import Letterhead, MeetingReport, PaperFormat, PaperFrame, PaperPress
from nhipcau.ports.papers import Signature as Signing
from nhipcau.ports.plans import UnknownPlanError
from nhipcau.quantities import ConferenceId, SiteId
from nhipcau.report.report import Aside, Report, make_report
from nhipcau.report.roads import NO_ROADS, Roads
from nhipcau.report.savings import Rates
from nhipcau.report.sheetfile import csv_of
from nhipcau.report.tables import facts_of, tables_of
from nhipcau.report.worded import Language, TableKey
from nhipcau.report.words import day, moment

_ZONE = "Asia/Ho_Chi_Minh"
_MISSING = "Không có báo cáo của cuộc họp này."
_DIGITS_SHOWN = 16


class UnreadableLogError(PlanningError):
    """An event of the log can't be read by this version of the program, or does not fit."""


@dataclass(frozen=True, slots=True)
class Yardstick:
    """What an installation reckons savings with; `trouble` says which file can't be used."""

    rates: Rates | None = None
    roads: Roads = NO_ROADS
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Reports:
    """What the verbs lean on.

    Attributes:
        desk: plans, tree and clock.
        store: the gathered logs.
        press: sets paper.
        yardstick: reads rates and distances.
    """

    desk: Desk
    store: EventStore
    press: PaperPress
    yardstick: Callable[[], Yardstick]


@dataclass(frozen=True)
class MeetingBehind:
    """The meeting behind a log.

    Attributes:
        log: which is read.
        others: what other logs of the conference there are.
        sheet: its plan; None: nobody planned it.
        view: the tree of its day.
        host: the unit whose meeting it is; "": nobody knows.
    """

    log: KeptLog
    others: tuple[KeptLog, ...]
    sheet: Sheet | None
    view: TreeView
    host: str

    @property
    def zone(self) -> str:
        """The zone of its clocks."""
        return _ZONE if self.sheet is None else self.sheet.plan.header.zone

    @property
    def language(self) -> Language:
        """What words need beside the report."""
        levels = {level.key: level.name for level in self.view.levels}
        return Language(ZoneInfo(self.zone), levels)


@dataclass(frozen=True, slots=True)
class Listed:
    """A conference of which there is a report."""

    log: KeptLog
    title: str
    host: str
    planned: bool


def list_reports(reports: Reports, author: Author) -> list[Listed]:
    """Return the conferences of which the author may read a report, the youngest first.

    Raises:
        StoreError: a store can't be reached, as with every other verb.
    """
    hosts = {head.id: head.host for head in reports.desk.plans.heads()}
    found = []
    for conference, logs in _by_conference(reports.store.logs()).items():
        log = max(logs, key=_reach)
        view = _view_of(reports.desk, log)
        host = hosts.get(conference) or _holder(view, log)
        if allows(author.actor, Action.REPORTS_READ, target(view, [host], conference)):
            opened = _opening(log)
            title = opened.title if opened is not None else str(conference)
            found.append(Listed(log, title, _agency(view, host), conference in hosts))
    return found


def find_meeting(
    reports: Reports, author: Author, conference: ConferenceId, branch: str = ""
) -> MeetingBehind:
    """Return the meeting behind a log.

    Args:
        reports: what to lean on.
        author: who asks.
        conference: its id, which is the meeting's.
        branch: of the log; "": the one that goes on the longest.

    Raises:
        MissingError: there is no such log, or the author may not know of it.
    """
    logs = reports.store.logs(conference)
    if not logs or (branch and all(log.key.branch != branch for log in logs)):
        raise MissingError(_MISSING)
    behind = _behind(reports, conference, logs, branch)
    if not allows(author.actor, Action.REPORTS_READ, _target(behind)):
        raise MissingError(_MISSING)
    return behind


def report_of(reports: Reports, behind: MeetingBehind) -> Report:
    """Return a meeting's report.

    Raises:
        UnreadableLogError: an event can't be read, or does not fit.
    """
    yardstick = reports.yardstick()
    aside = Aside(
        delegates=_delegates(reports, behind),
        roads=yardstick.roads.with_shared(_buildings(reports.desk)),
        rates=yardstick.rates,
        branches=tuple(_branches(reports, behind.log.key.conference)),
    )
    return _read(reports, behind.log, aside)


def _branches(reports: Reports, conference: ConferenceId) -> Iterator[Report]:
    """Yield the reports of what a meeting split into, in the order in which they began."""
    below = _by_conference(reports.store.logs(conference, below=True))
    logs = [max(kept, key=_reach) for kept in below.values()]
    for log in sorted(logs, key=lambda one: (one.begun_ms, one.key)):
        yield _read(reports, log, Aside())


def _read(reports: Reports, log: KeptLog, aside: Aside) -> Report:
    records = reports.store.read(log.key)
    try:
        return make_report([load_event(record) for record in records], aside)
    except (WireError, EventError) as error:
        raise UnreadableLogError(f"Nhật ký sự kiện không đọc được: {error}") from error


def _reach(log: KeptLog) -> tuple[int, bool]:
    """Return what the log has more of that a report is made from: the one that goes on longest."""
    return log.last_ms, log.key.branch == ""


def print_report(
    reports: Reports, behind: MeetingBehind, report: Report, form: PaperFormat
) -> bytes:
    """Return a report on paper."""
    tables = tuple(one for one in tables_of(report, behind.language) if one.printed)
    facts = facts_of(report, behind.language)
    return reports.press.print(MeetingReport(_frame(behind, report), facts, tables), form)


def report_table(behind: MeetingBehind, report: Report, key: TableKey) -> bytes:
    """Return one table of a report as CSV."""
    return next(csv_of(one) for one in tables_of(report, behind.language) if one.key is key)


def _behind(
    reports: Reports, conference: ConferenceId, logs: list[KeptLog], branch: str
) -> MeetingBehind:
    named = [log for log in logs if log.key.branch == branch] if branch else logs
    log = max(named, key=_reach)
    others = tuple(one for one in logs if one is not log)
    sheet = _sheet(reports.desk, conference)
    if sheet is not None:
        view, host = sheet.checked.scene.view, sheet.plan.header.host
        return MeetingBehind(log, others, sheet, view, host)
    view = _view_of(reports.desk, log)
    return MeetingBehind(log, others, None, view, _holder(view, log))


def _sheet(desk: Desk, conference: ConferenceId) -> Sheet | None:
    """Return the plan that was in force last; None where there is none."""
    try:
        record = desk.plans.load(conference)
    except UnknownPlanError:
        return None
    return lay_out(desk, record, record.editions[-1] if record.editions else None)


def _target(behind: MeetingBehind) -> Target:
    """Return what the policy is asked about: whose meeting it was, not who took part."""
    return target(behind.view, [behind.host], behind.log.key.conference)


def _by_conference(logs: list[KeptLog]) -> Mapping[ConferenceId, list[KeptLog]]:
    found: dict[ConferenceId, list[KeptLog]] = defaultdict(list)
    for log in logs:
        found[log.key.conference].append(log)
    return found


def _opening(log: KeptLog) -> ConferenceOpened | None:
    try:
        event: Event = load_event(log.opening)
    except WireError:
        return None
    return event if isinstance(event, ConferenceOpened) else None


def _view_of(desk: Desk, log: KeptLog) -> TreeView:
    """Return the tree of the day of a log."""
    at = moment(log.last_ms, ZoneInfo(_ZONE))
    return desk.units.current().as_of(desk.now().date() if at is None else at.date())


def _holder(view: TreeView, log: KeptLog) -> str:
    """Return the unit whose room chaired a conference; "": nobody knows."""
    opened = _opening(log)
    tenures = () if opened is None else view.units_of_sites.get(opened.chair_site, ())
    return next((one.unit for one in tenures if not one.seat), "")


def _agency(view: TreeView, unit: str) -> str:
    return agency_of(view, UnitId(unit)) if unit in view.units else ""


def host_name(behind: MeetingBehind) -> str:
    """Return whose meeting it was, in words; "": nobody knows."""
    return _agency(behind.view, behind.host)


def _delegates(reports: Reports, behind: MeetingBehind) -> dict[SiteId, int]:
    """Return how many people were to come to each site, by the answers to the invitation.

    A unit that named nobody has not said how many come.
    """
    if behind.sheet is None:
        return {}
    found: dict[SiteId, int] = {}
    for unit, answered in replies(reports.desk, behind.sheet).items():
        seats = behind.view.tenures(UnitId(unit))
        if answered.reply.coming and answered.reply.delegates and seats:
            site = seats[0].site
            found[site] = found.get(site, 0) + len(answered.reply.delegates)
    return found


def _buildings(desk: Desk) -> Iterator[list[SiteId]]:
    """Yield the rooms of each building that has several."""
    rooms: dict[str, list[SiteId]] = defaultdict(list)
    for site in desk.units.current().sites.values():
        rooms[site.place].append(site.id)
    return (shared for shared in rooms.values() if len(shared) > 1)


def _frame(behind: MeetingBehind, report: Report) -> PaperFrame:
    """Return the frame of the paper; it says from which events it was made."""
    head = behind.log.head
    made = (
        f"Lập từ nhật ký sự kiện của cuộc họp: {head.number} sự kiện đến "
        f"{day(report.ended_ms, behind.language.zone)}, SHA-256 {head.digest[:_DIGITS_SHOWN]}…"
    )
    if behind.host not in behind.view.units:
        return PaperFrame(
            Letterhead((report.chair or report.title,), "", "BC"),
            report.title,
            Signing(("Người lập báo cáo",)),
            (),
            made,
        )
    unit = UnitId(behind.host)
    at = moment(report.ended_ms, behind.language.zone)
    letterhead = letterhead_of(behind.view, unit, "BC", None if at is None else at.date())
    signer = "" if behind.sheet is None else behind.sheet.plan.header.signer
    return PaperFrame(
        letterhead=letterhead if report.over else replace(letterhead, draft=True),
        title=report.title,
        signature=signature_of(behind.view, unit, signer),
        recipients=(f"Thường trực {agency_of(behind.view, unit)}", "Lưu: VT"),
        approval=made,
    )

"""Printing the papers of a kept meeting: what was approved, or its draft marked as one.

PlanStore.load ── edition in force │ draft ──▶ MeetingPapers ──▶ PaperPress ──▶ Export
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from nhipcau.access.actor import Target
from nhipcau.office.exports import Issue, MeetingPapers, Standing
from nhipcau.office.people.parts import target_of
from nhipcau.office.tree import UnitTree
from nhipcau.org.units import UnitId
from nhipcau.org.view import TreeView
from nhipcau.planning.inviting import invite
from nhipcau.planning.life import State
from nhipcau.planning.parts import plan_of
from nhipcau.planning.plan import Plan
from nhipcau.planning.rules import Rules
from nhipcau.planning.workdays import WorkCalendar
from nhipcau.ports.papers import DrillLine, PaperFormat, PaperPress
from nhipcau.ports.plans import Edition, PlanRecord, PlanStore, Signature
from nhipcau.quantities import ConferenceId


class ExportKind(StrEnum):
    """Which paper."""

    INVITATION = "invitation"
    RUN_SHEET = "run-sheet"
    RESPONSIBILITIES = "responsibilities"


class UnknownEditionError(Exception):
    """The meeting was never approved in that version."""


@dataclass(frozen=True, slots=True)
class Marks:
    """What stands beside a plan.

    Attributes:
        contacts: name and telephone number, by unit.
        done: when tasks were checked off, by task.
        invited: number of the invitation, and when it was issued; None: not yet.
        drills: of the backup plan.
    """

    contacts: Mapping[str, str] = field(default_factory=dict)
    done: Mapping[str, str] = field(default_factory=dict)
    invited: tuple[str, float] | None = None
    drills: tuple[DrillLine, ...] = ()


def no_marks(_meeting: str) -> Marks:
    """Return nothing beside the plan."""
    return Marks()


@dataclass(frozen=True, slots=True)
class Almanac:
    """What every plan is read with: names of parties and lead times, and the working days."""

    rules: Rules
    calendar: WorkCalendar


class Exporter:
    """Prints papers. Its calls block; they may come from any thread, several at once.

    Args:
        plans: the meetings.
        units: the tree, for the names of a meeting's day.
        press: sets them in type.
        almanac: rules and working days.
        marks: what stands beside the plan of a meeting.
    """

    def __init__(
        self,
        plans: PlanStore,
        units: UnitTree,
        press: PaperPress,
        almanac: Almanac,
        marks: Callable[[str], Marks] = no_marks,
    ) -> None:
        self._plans = plans
        self._units = units
        self._press = press
        self._almanac = almanac
        self._marks = marks

    def target(self, meeting: str) -> Target:
        """Return a meeting as the policy is asked about it: all who take part, and all above them.

        Raises:
            UnknownPlanError: there is no such meeting.
            StoreError: the store can't be reached.
        """
        plan = plan_of(self._plans.load(meeting).parts)
        view = self._view(plan)
        units = {plan.header.host, *invite(plan.participants, view).units} - {""}
        above = (target_of(view, unit).units for unit in units)
        return Target(frozenset().union(*above), meeting=ConferenceId(meeting))

    def paper(
        self, meeting: str, kind: ExportKind, form: PaperFormat, edition: int | None = None
    ) -> bytes:
        """Return a paper as a file.

        Args:
            meeting: its id.
            kind: which paper.
            form: DOCX or PDF.
            edition: as it was approved the first, second, … time; None: what is in force, and
                while nothing is, the draft.

        Raises:
            UnknownPlanError: there is no such meeting.
            UnknownEditionError: it was not approved so often.
            UnreadyError: no host or no day is chosen.
            StoreError: the store can't be reached.
        """
        papers = self._papers(self._plans.load(meeting), edition)
        match kind:
            case ExportKind.INVITATION:
                return self._press.print(papers.invitation(), form)
            case ExportKind.RUN_SHEET:
                return self._press.print(papers.run_sheet(), form)
            case ExportKind.RESPONSIBILITIES:
                return self._press.print(papers.responsibilities(), form)

    def calendar(self, meeting: str) -> bytes:
        """Return the meeting as a calendar file; a cancelled one cancels the entry.

        Raises:
            UnknownPlanError: there is no such meeting.
            UnreadyError: no host or no day is chosen.
            StoreError: the store can't be reached.
        """
        return self._press.calendar(self._papers(self._plans.load(meeting), None).calendar())

    def _papers(self, record: PlanRecord, number: int | None) -> MeetingPapers:
        edition = _edition(record, number)
        plan = plan_of(record.parts if edition is None else edition.parts)
        view = self._view(plan)
        return MeetingPapers(
            plan,
            view,
            self._almanac.rules,
            self._almanac.calendar,
            self._standing(record, edition, plan, view),
        )

    def _view(self, plan: Plan) -> TreeView:
        tree, starts = self._units.current(), plan.header.starts
        # Without a day nothing is printed; any day will do to say so.
        return tree.as_of(datetime.min.date() if starts is None else starts.date())

    def _standing(
        self, record: PlanRecord, edition: Edition | None, plan: Plan, view: TreeView
    ) -> Standing:
        zone = ZoneInfo(plan.header.zone)
        marks = self._marks(record.head.id)
        known = {**self._contacts(view, plan), **marks.contacts}
        cancelled = record.head.state is State.CANCELLED
        if edition is None:
            changed = _moment(self._last(record), zone)
            version = record.head.editions + cancelled
            return Standing(
                record.head.id,
                changed,
                version,
                contacts=known,
                done=marks.done,
                cancelled=cancelled,
                drills=marks.drills,
            )
        signed = _moment(edition.signed, zone)
        return Standing(
            meeting=record.head.id,
            changed=_moment(self._last(record), zone) if cancelled else signed,
            version=edition.number - 1 + cancelled,
            approval=_approval(edition, signed),
            signed=signed.date(),
            contacts=known,
            done=marks.done,
            cancelled=cancelled,
            issue=_issue(record, edition, marks.invited, zone),
            drills=marks.drills,
        )

    def _contacts(self, view: TreeView, plan: Plan) -> Mapping[str, str]:
        """Return whom to call in the buildings of the units that the tasks name."""
        tree, found = self._units.current(), {}
        for unit in {unit for task in plan.tasks for unit in task.units}:
            home = view.home(UnitId(unit))
            if home is not None:
                found[unit] = tree.places[tree.sites[home].place].contact
        return found

    def _last(self, record: PlanRecord) -> Signature:
        written = self._plans.since(record.head.id, record.head.revision - 1)
        return written[-1].signed if written else record.head.created


def _issue(
    record: PlanRecord, edition: Edition, invited: tuple[str, float] | None, zone: ZoneInfo
) -> Issue | None:
    """Return the issue of the invitation where it was this version's: the last approved by then."""
    if invited is None:
        return None
    number, at_s = invited
    approved = [one for one in record.editions if one.signed.at_s <= at_s]
    if not approved or approved[-1].number != edition.number:
        return None
    return Issue(number, datetime.fromtimestamp(at_s, UTC).astimezone(zone).date())


def _edition(record: PlanRecord, number: int | None) -> Edition | None:
    """Return the edition to be printed; None for the draft.

    Raises:
        UnknownEditionError: there is none of this number.
    """
    if number is not None:
        for edition in record.editions:
            if edition.number == number:
                return edition
        raise UnknownEditionError(f"the meeting has no approved version {number}")
    drafting = record.head.state in (State.DRAFT, State.SUBMITTED)
    return None if drafting or not record.editions else record.editions[-1]


def _moment(signature: Signature, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(signature.at_s, zone)


def _approval(edition: Edition, at: datetime) -> str:
    return (
        f"Phiên bản {edition.number}, {edition.signed.name} duyệt lúc {at:%H:%M} "
        f"ngày {at:%d/%m/%Y}. Mã kiểm tra (SHA-256): {edition.seal}."
    )

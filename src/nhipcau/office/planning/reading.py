"""A meeting laid on its day, as pages show it: who takes part, times, problems, differences."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from nhipcau.access.actions import Action
from nhipcau.access.actor import Target
from nhipcau.access.policy import Cause, Refused, allows, decide
from nhipcau.office.planning.desk import Author, Desk, target
from nhipcau.office.planning.errors import MissingError, NotAllowedError
from nhipcau.office.planning.inventory import mcus
from nhipcau.org.view import TreeView
from nhipcau.planning.checks import Checked, Scene
from nhipcau.planning.comparing import PartChange, compare
from nhipcau.planning.editing import rewind
from nhipcau.planning.life import State, Step, steps_from
from nhipcau.planning.parts import plan_of, seal
from nhipcau.planning.plan import Plan
from nhipcau.planning.timeline import Slot, timeline
from nhipcau.ports.plans import Edition, PlanHead, PlanRecord, UnknownPlanError, Written

# Who only takes part sees a meeting from its approval on.
_FOR_PARTICIPANTS = frozenset({State.APPROVED, State.LIVE, State.ENDED})
# What a page offers or leaves out by who is asking.
_DEEDS = (
    Action.MEETINGS_READ,
    Action.MEETINGS_CHANGE,
    Action.MEETINGS_APPROVE,
    Action.MEETINGS_RUN,
    Action.TASKS_CHECK,
    Action.ATTENDANCE_CONFIRM,
    Action.PAPERS_CHANGE,
    Action.PAPERS_APPROVE,
    Action.GUESTS_INVITE,
)


@dataclass(frozen=True)
class Sheet:
    """One version of a meeting: the newest, or one that was approved.

    Attributes:
        record: the meeting.
        parts: of this version.
        edition: which approved version it is; None: the newest.
        checked: the plan, who takes part, what is wrong.
    """

    record: PlanRecord
    parts: Mapping[str, Any]
    edition: Edition | None
    checked: Checked

    @property
    def head(self) -> PlanHead:
        """The meeting's head."""
        return self.record.head

    @property
    def plan(self) -> Plan:
        """The plan of this version."""
        return self.checked.plan

    @cached_property
    def slots(self) -> tuple[Slot, ...]:
        """Every cue in time."""
        return timeline(self.plan)

    @cached_property
    def seal(self) -> str:
        """SHA-256 of the content."""
        return seal(self.parts) if self.edition is None else self.edition.seal

    @property
    def steps(self) -> tuple[Step, ...]:
        """What can be done next with the meeting."""
        return steps_from(self.head.state, self.head.editions)


def lay_out(desk: Desk, record: PlanRecord, edition: Edition | None = None) -> Sheet:
    """Return a version of a meeting laid on its day; asks nobody."""
    parts = record.parts if edition is None else edition.parts
    plan = plan_of(parts)
    names = frozenset(mcu.name for mcu in mcus(desk))
    scene = Scene(desk.view(plan.header), desk.rules, desk.layouts, names)
    return Sheet(record, parts, edition, Checked(plan, scene))


def load(desk: Desk, meeting: str) -> PlanRecord:
    """Return a meeting as it is kept; asks nobody.

    Raises:
        MissingError: there is none of that id.
    """
    try:
        return desk.plans.load(meeting)
    except UnknownPlanError:
        raise MissingError(f"Không có cuộc họp {meeting!r}.") from None


def host_target(desk: Desk, sheet: Sheet) -> Target:
    """Return the meeting as those who write it are asked about it: its host."""
    return target(sheet.checked.scene.view, [sheet.plan.header.host], sheet.head.id)


def read_meeting(desk: Desk, author: Author, meeting: str, edition: int | None = None) -> Sheet:
    """Return a meeting: the newest version, or one that was approved.

    Who takes part but does not write it sees what was approved, and nothing else.

    Raises:
        MissingError: there is none, or the author may not know of it.
    """
    record = load(desk, meeting)
    sheet = lay_out(desk, record, _edition(record, edition))
    if allows(author.actor, Action.MEETINGS_READ, host_target(desk, sheet)):
        return sheet
    last = sheet if edition is not None else _last_approved(desk, record)
    if last is None or not _takes_part(author, last):
        raise MissingError(f"Không có cuộc họp {meeting!r}.")
    return last


def _last_approved(desk: Desk, record: PlanRecord) -> Sheet | None:
    return lay_out(desk, record, record.editions[-1]) if record.editions else None


def _takes_part(author: Author, sheet: Sheet) -> bool:
    who = sheet.checked.invitation
    seats = [guest.unit for guest in who.guests.values()]
    on = target(who.view, [*who.units, *seats], sheet.head.id)
    return allows(author.actor, Action.MEETINGS_READ, on)


def rights(desk: Desk, author: Author, sheet: Sheet) -> tuple[Action, ...]:
    """Return what the author may do to the meeting, whatever state it is in."""
    on = host_target(desk, sheet)
    return tuple(deed for deed in _DEEDS if allows(author.actor, deed, on))


def require_of(desk: Desk, author: Author, action: Action, sheet: Sheet) -> None:
    """Go on only if the author may do it to the meeting.

    Raises:
        MissingError: no, and it may not know of the meeting either.
        NotAllowedError: no.
    """
    decision = decide(author.actor, action, host_target(desk, sheet))
    if isinstance(decision, Refused):
        if decision.cause is Cause.OUTSIDE and not _may_read(desk, author, sheet.head.id):
            raise MissingError(f"Không có cuộc họp {sheet.head.id!r}.")
        raise NotAllowedError(decision)


def list_meetings(desk: Desk, author: Author) -> list[PlanHead]:
    """Return the meetings that the author writes or takes part in."""
    view = desk.view()
    return [head for head in desk.plans.heads() if _is_listed(desk, author, view, head)]


def _is_listed(desk: Desk, author: Author, view: TreeView, head: PlanHead) -> bool:
    if allows(author.actor, Action.MEETINGS_READ, target(view, [head.host], head.id)):
        return True
    return head.state in _FOR_PARTICIPANTS and _may_read(desk, author, head.id)


def _may_read(desk: Desk, author: Author, meeting: str) -> bool:
    try:
        read_meeting(desk, author, meeting)
    except (MissingError, NotAllowedError):
        return False
    return True


def _edition(record: PlanRecord, number: int | None) -> Edition | None:
    if number is None:
        return None
    found = next((one for one in record.editions if one.number == number), None)
    if found is None:
        raise MissingError(f"Cuộc họp chưa có lần duyệt {number}.")
    return found


def differences(
    desk: Desk, author: Author, meeting: str, before: int, after: int | None
) -> tuple[PartChange, ...]:
    """Return what changed between two approved versions; `after` None: up to the newest.

    Raises:
        MissingError: there is no such meeting or version, or the author may not know of it.
    """
    later = read_meeting(desk, author, meeting, after)
    earlier = _edition(later.record, before)
    return compare({} if earlier is None else earlier.parts, later.parts)


def history(desk: Desk, author: Author, meeting: str) -> tuple[Written, ...]:
    """Return everything that was written to a meeting, oldest first.

    Raises:
        MissingError: there is none, or the author may not know of it.
    """
    sheet = read_meeting(desk, author, meeting)
    if not allows(author.actor, Action.MEETINGS_READ, host_target(desk, sheet)):
        raise MissingError(f"Không có cuộc họp {meeting!r}.")
    return desk.plans.since(meeting, 0)


def parts_at(desk: Desk, record: PlanRecord, revision: int) -> dict[str, Any]:
    """Return the parts of a meeting as they were at a revision."""
    since = desk.plans.since(record.head.id, revision)
    return rewind(record.parts, [one.edit for one in since])

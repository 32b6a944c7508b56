"""A draft is written: each edit names the revision that its author saw.

edit ─ draft? ─ saw this draft? ─▶ made on what was seen ─▶ merged with what came since ─▶ kept
         no: FrozenError   no: OutdatedError                    same part: ConflictError
"""

from collections.abc import Sequence
from dataclasses import dataclass

from nhipcau.access.actions import Action
from nhipcau.office.planning.desk import Author, Desk, require, target
from nhipcau.office.planning.errors import BadRequestError, FrozenError, OutdatedError
from nhipcau.office.planning.founding import next_record, written
from nhipcau.office.planning.reading import lay_out, load, require_of
from nhipcau.planning.editing import (
    Change,
    Edit,
    SecretError,
    apply_edit,
    edit_parts,
    merge_edit,
    rewind,
)
from nhipcau.planning.life import State
from nhipcau.planning.parts import PartError, plan_of
from nhipcau.ports.plans import PlanRecord, StalePlanError

# Others may write between our look and our writing; so often in a row is no coincidence.
_TRIES = 8


@dataclass(frozen=True, slots=True)
class Edited:
    """What became of an edit.

    Attributes:
        record: the meeting after it.
        merged: True when others had written since what the author saw; their parts stand, too.
        parts: the parts that changed by it.
    """

    record: PlanRecord
    merged: bool
    parts: tuple[str, ...]


def edit_meeting(
    desk: Desk, author: Author, meeting: str, seen: int, changes: Sequence[Change]
) -> Edited:
    """Write changes to a draft.

    Args:
        desk: what to lean on.
        author: who writes.
        meeting: which.
        seen: the revision that the author's page shows.
        changes: one after another; all of them or none.

    Raises:
        MissingError: there is no such meeting, or the author may not know of it.
        NotAllowedError: the author does not write meetings of its host, or of the new one.
        FrozenError: it is no draft.
        OutdatedError: the draft was begun after what the author saw.
        BadRequestError: a change is not as the plan's schema says, or of a state secret.
        ConflictError: somebody else changed the same parts.
    """
    for _ in range(_TRIES):
        try:
            return _edit(desk, author, load(desk, meeting), (seen, changes))
        except StalePlanError:
            continue
    raise OutdatedError(seen, load(desk, meeting).head.revision)


def _edit(
    desk: Desk, author: Author, record: PlanRecord, wanted: tuple[int, Sequence[Change]]
) -> Edited:
    (seen, changes), head = wanted, record.head
    require_of(desk, author, Action.MEETINGS_CHANGE, lay_out(desk, record))
    if head.state is not State.DRAFT:
        raise FrozenError(head.state, head.revision)
    if not head.opened <= seen <= head.revision:
        raise OutdatedError(seen, head.revision)
    since = [one.edit for one in desk.plans.since(head.id, seen)] if seen < head.revision else []
    try:
        edit = merge_edit(since, edit_parts(rewind(record.parts, since), changes))
        parts = apply_edit(record.parts, edit)
        plan = plan_of(parts)
    except SecretError as error:
        raise BadRequestError(str(error)) from None
    except PartError as error:
        raise BadRequestError("Có thay đổi không hợp lệ; chưa ghi gì.", error.errors) from None
    if not edit.after:
        return Edited(record, bool(since), ())
    if plan.header.host != head.host:
        require(author, Action.MEETINGS_CHANGE, target(desk.view(plan.header), [plan.header.host]))
    made = next_record(record, parts)
    desk.plans.record(made, written(made, "edit", edit, desk.signature(author), ""))
    _note(desk, author, head.id, edit)
    return Edited(made, bool(since), tuple(edit.after))


def _note(desk: Desk, author: Author, meeting: str, edit: Edit) -> None:
    more = {"step": "edit", "parts": ", ".join(edit.after)[:500]}
    desk.note(author, Action.MEETINGS_CHANGE, f"meeting:{meeting}", more)

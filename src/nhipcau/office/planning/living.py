"""A meeting moves on in its life: submitted, approved, revised, started, ended, cancelled.

Submitting books the rooms and the MCUs with it, or is refused by name. Approving freezes the plan:
account, time, and the SHA-256 of its canonical content.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from nhipcau.access.actions import Action
from nhipcau.access.actor import Actor, ActorKind
from nhipcau.office.planning.desk import Author, Desk
from nhipcau.office.planning.errors import BadRequestError, OutdatedError, UnfitError
from nhipcau.office.planning.founding import next_record, written
from nhipcau.office.planning.lineup import limits, reservation
from nhipcau.office.planning.reading import Sheet, lay_out, load, require_of
from nhipcau.planning.checks import errors
from nhipcau.planning.editing import Edit, difference
from nhipcau.planning.life import LifeError, State, Step, next_state
from nhipcau.planning.parts import seal
from nhipcau.ports.plans import Booking, Edition, PlanRecord, StalePlanError

_DEEDS: Mapping[Step, Action] = MappingProxyType(
    {
        Step.SUBMIT: Action.MEETINGS_CHANGE,
        Step.REVISE: Action.MEETINGS_CHANGE,
        Step.DISCARD: Action.MEETINGS_CHANGE,
        Step.CANCEL: Action.MEETINGS_CHANGE,
        Step.SEND_BACK: Action.MEETINGS_APPROVE,
        Step.APPROVE: Action.MEETINGS_APPROVE,
        Step.START: Action.MEETINGS_RUN,
        Step.END: Action.MEETINGS_RUN,
    }
)
_LONGEST_NOTE = 1000
# Who writes down what was done where the meeting was held.
_MCU = Author(Actor(ActorKind.MCU, name="MCU"), "bus")


@dataclass(frozen=True, slots=True)
class Wish:
    """A step that somebody wants to take.

    Attributes:
        step: which.
        seen: the revision that the author's page shows.
        note: why, in words.
        seal: of the content that the author saw; "" trusts the revision.
    """

    step: Step
    seen: int
    note: str = ""
    seal: str = ""


def take_step(desk: Desk, author: Author, meeting: str, wish: Wish) -> PlanRecord:
    """Take a step in the life of a meeting; return the meeting after it.

    Raises:
        MissingError: there is no such meeting, or the author may not know of it.
        NotAllowedError: the author may not take it.
        OutdatedError: the meeting is no longer what the author saw.
        LifeError: it can't be taken from there.
        UnfitError: the plan has errors.
        ClashError: a room or an MCU is taken.
    """
    record = load(desk, meeting)
    sheet = lay_out(desk, record)
    require_of(desk, author, _DEEDS[wish.step], sheet)
    if len(wish.note) > _LONGEST_NOTE:
        raise BadRequestError(f"Lý do dài hơn {_LONGEST_NOTE} chữ.")
    state = next_state(record.head.state, wish.step, record.head.editions)
    if wish.seen != record.head.revision or wish.seal not in ("", sheet.seal):
        raise OutdatedError(wish.seen, record.head.revision)
    made, edit, booking = _taken(desk, author, sheet, (wish.step, state))
    told = written(made, wish.step.value, edit, desk.signature(author), wish.note)
    try:
        desk.plans.record(made, told, booking)
    except StalePlanError:
        raise OutdatedError(wish.seen, load(desk, meeting).head.revision) from None
    more = {"step": wish.step.value, "seal": seal(made.parts)}
    desk.note(author, _DEEDS[wish.step], f"meeting:{meeting}", more)
    return made


def may_step(desk: Desk, author: Author, meeting: str, step: Step) -> None:
    """Go on only if the author may take a step.

    Raises:
        MissingError: there is no such meeting, or the author may not know of it.
        NotAllowedError: the author may not take it.
    """
    require_of(desk, author, _DEEDS[step], lay_out(desk, load(desk, meeting)))


def hear_end(desk: Desk, meeting: str) -> PlanRecord | None:
    """Let a meeting be over because it was ended where it was held; None: the office knew.

    One that nobody had started began with its plan.

    Raises:
        UnknownPlanError: no such meeting was planned.
        StalePlanError: somebody else wrote to it meanwhile: hear it again.
    """
    record, moved = desk.plans.load(meeting), False
    for step in (Step.START, Step.END):
        try:
            state = next_state(record.head.state, step, record.head.editions)
        except LifeError:
            continue
        made, edit, booking = _taken(desk, _MCU, lay_out(desk, record), (step, state))
        told = written(made, step.value, edit, desk.signature(_MCU), "")
        desk.plans.record(made, told, booking)
        desk.note(_MCU, _DEEDS[step], f"meeting:{meeting}", {"step": step.value})
        record, moved = made, True
    return record if moved else None


def _taken(
    desk: Desk, author: Author, sheet: Sheet, move: tuple[Step, State]
) -> tuple[PlanRecord, Edit, Booking | None]:
    """Return the meeting after the step, what it did to the parts, and what to book."""
    (step, state), record = move, sheet.record
    parts: Mapping[str, Any] = record.parts
    booking: Booking | None = None
    head: dict[str, Any] = {"state": state}
    editions = record.editions
    match step:
        case Step.SUBMIT:
            _must_fit(sheet)
            booking = Booking(reservation(desk, sheet), limits(desk, sheet))
        case Step.APPROVE:
            _must_fit(sheet)
            number = record.head.editions + 1
            revision = record.head.revision + 1
            signed = desk.signature(author)
            editions = (*editions, Edition(number, revision, sheet.seal, signed, parts))
            head["editions"] = number
        case Step.REVISE | Step.SEND_BACK:
            head["opened"] = record.head.revision + 1
        case Step.DISCARD:
            parts = editions[-1].parts
            approved = lay_out(desk, record, editions[-1])
            booking = Booking(reservation(desk, approved), limits(desk, approved))
        case Step.CANCEL | Step.END:
            booking = Booking(None, limits(desk, sheet))
        case Step.START:
            pass
    made = replace(next_record(record, parts, **head), editions=editions)
    return made, difference(record.parts, parts), booking


def _must_fit(sheet: Sheet) -> None:
    found = errors(sheet.checked.problems)
    if found:
        raise UnfitError(found)

"""The plan store port: meetings with all their edits, what was approved, and what is booked.

A meeting is its newest parts; every earlier revision can be worked out by taking edits back.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from nhipcau.planning.booking import Limits, Reservation
from nhipcau.planning.editing import Edit
from nhipcau.planning.life import State
from nhipcau.planning.timeline import Span


class StalePlanError(Exception):
    """Somebody else wrote to the meeting meanwhile: load it again and look again."""


class UnknownPlanError(Exception):
    """No meeting has that id."""


@dataclass(frozen=True, slots=True)
class Signature:
    """Who did something, and when: account, its name on that day, seconds since 1970 UTC."""

    account: str
    name: str
    at_s: float


@dataclass(frozen=True, slots=True)
class Edition:
    """What was approved, and stands still since.

    Attributes:
        number: 1, 2, …
        revision: of the meeting when it was approved.
        seal: SHA-256 of its canonical content.
        signed: by whom and when.
        parts: the content.
    """

    number: int
    revision: int
    seal: str
    signed: Signature
    parts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PlanHead:
    """What a list of meetings shows.

    Attributes:
        id: the meeting, and later its conference.
        revision: goes up by one with everything written to the meeting.
        state: where it is in its life.
        opened: the revision with which the present draft began; an edit that saw an older one saw
            something that has been approved since.
        editions: how often it was approved.
        title, kind, host: from the header.
        starts_s, ends_s: seconds since 1970 UTC; None while no day is chosen.
        created: by whom and when.
    """

    id: str
    revision: int
    state: State
    opened: int
    editions: int
    title: str
    kind: str
    host: str
    starts_s: float | None
    ends_s: float | None
    created: Signature


@dataclass(frozen=True, slots=True)
class PlanRecord:
    """A meeting: its head, its newest parts, and what was approved, oldest first."""

    head: PlanHead
    parts: Mapping[str, Any]
    editions: tuple[Edition, ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """One thing that was written to a meeting.

    Attributes:
        revision: which it made.
        step: "edit", or a step of its life.
        note: why, in words.
        edit: what it did to the parts.
        signed: by whom and when.
    """

    revision: int
    step: str
    note: str
    edit: Edit
    signed: Signature


@dataclass(frozen=True, slots=True)
class Booking:
    """Rooms and MCUs to be booked along with what is written; the old ones of the meeting go.

    Attributes:
        reservation: None lets go of all that the meeting has booked.
        limits: by which a clash is told.
    """

    reservation: Reservation | None
    limits: Limits


class PlanStore(Protocol):
    """Keeps meetings. Calls block and may come from any thread, several at once.

    Every method raises StoreError when the store can't be reached.
    """

    def create(self, record: PlanRecord, written: Written) -> None:
        """Keep a new meeting, and what founded it; its revision is 1."""
        ...

    def heads(self) -> tuple[PlanHead, ...]:
        """Return all meetings, the ones that begin last first, those without a day before them."""
        ...

    def load(self, meeting: str) -> PlanRecord:
        """Return a meeting as it is now.

        Raises:
            UnknownPlanError: there is none of that id.
        """
        ...

    def since(self, meeting: str, revision: int) -> tuple[Written, ...]:
        """Return what was written after a revision, oldest first."""
        ...

    def record(self, record: PlanRecord, written: Written, booking: Booking | None = None) -> None:
        """Write a meeting anew with what made it so, and book along with it: all or nothing.

        Args:
            record: as it is to be; its revision is one more than what is kept, and its editions
                are those that are kept and perhaps one more.
            written: what made it so.
            booking: what to book; None leaves what is booked.

        Raises:
            StalePlanError: the store has another revision than the one before.
            ClashError: something that is to be booked is taken; nothing was written.
        """
        ...

    def reservations(self, span: Span) -> tuple[Reservation, ...]:
        """Return what is booked for some of this time."""
        ...

"""The in-memory twins of the plan store and the cabinet."""

from collections.abc import Collection
from dataclasses import replace
from threading import Lock

from nhipcau.planning.booking import ClashError, Reservation, clashes
from nhipcau.planning.timeline import Span
from nhipcau.ports.cabinet import Card, StaleCardError
from nhipcau.ports.plans import (
    Booking,
    PlanHead,
    PlanRecord,
    StalePlanError,
    UnknownPlanError,
    Written,
)


class MemoryPlanStore:
    """A `PlanStore` that forgets."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._records: dict[str, PlanRecord] = {}
        self._written: dict[str, tuple[Written, ...]] = {}
        self._booked: dict[str, Reservation] = {}

    def create(self, record: PlanRecord, written: Written) -> None:
        """Keep a new meeting."""
        with self._lock:
            self._records[record.head.id] = record
            self._written[record.head.id] = (written,)

    def heads(self) -> tuple[PlanHead, ...]:
        """Return all meetings, those without a day first, then the ones that begin last."""
        heads = sorted((record.head for record in self._records.values()), key=lambda one: one.id)
        return tuple(sorted(heads, key=_standing))

    def load(self, meeting: str) -> PlanRecord:
        """Return a meeting as it is now.

        Raises:
            UnknownPlanError: there is none of that id.
        """
        try:
            return self._records[meeting]
        except KeyError:
            raise UnknownPlanError(meeting) from None

    def since(self, meeting: str, revision: int) -> tuple[Written, ...]:
        """Return what was written after a revision, oldest first."""
        found = self._written.get(meeting, ())
        return tuple(written for written in found if written.revision > revision)

    def record(self, record: PlanRecord, written: Written, booking: Booking | None = None) -> None:
        """Write a meeting anew and book along with it, or do nothing.

        Raises:
            StalePlanError: the store has another revision than the one before.
            ClashError: something that is to be booked is taken.
        """
        meeting = record.head.id
        with self._lock:
            there = self._records.get(meeting)
            if there is None or there.head.revision != record.head.revision - 1:
                before = record.head.revision - 1
                raise StalePlanError(f"the meeting no longer has revision {before}")
            if booking is not None:
                self._book(meeting, booking)
            self._records[meeting] = record
            self._written[meeting] += (written,)

    def reservations(self, span: Span) -> tuple[Reservation, ...]:
        """Return what is booked for some of this time."""
        found = [
            one
            for one in self._booked.values()
            if one.starts < span.ends and one.ends > span.starts
        ]
        return tuple(sorted(found, key=lambda one: one.starts))

    def _book(self, meeting: str, booking: Booking) -> None:
        mine = booking.reservation
        if mine is None:
            self._booked.pop(meeting, None)
            return
        found = clashes(mine, self._booked.values(), booking.limits)
        if found:
            raise ClashError(found)
        self._booked[meeting] = mine


def _standing(head: PlanHead) -> tuple[bool, float]:
    return head.starts_s is not None, -(head.starts_s or 0.0)


class MemoryCabinet:
    """A `Cabinet` that forgets."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._cards: dict[tuple[str, str], Card] = {}

    def cards(self, drawer: str, prefix: str = "") -> tuple[Card, ...]:
        """Return the documents of a drawer whose keys begin so, by their keys."""
        found = [
            card
            for (name, key), card in list(self._cards.items())
            if name == drawer and key.startswith(prefix)
        ]
        return tuple(sorted(found, key=lambda card: card.key))

    def some(self, drawer: str, keys: Collection[str]) -> tuple[Card, ...]:
        """Return those of some documents that are there, by their keys."""
        wanted = set(keys)
        return tuple(card for card in self.cards(drawer) if card.key in wanted)

    def card(self, drawer: str, key: str) -> Card | None:
        """Return one document; None where there is none."""
        return self._cards.get((drawer, key))

    def put(self, drawer: str, card: Card, after: int | None) -> Card:
        """Write a document; return it with its new revision.

        Raises:
            StaleCardError: another revision is there; nothing was written.
        """
        with self._lock:
            there = self._cards.get((drawer, card.key))
            revision = 0 if there is None else there.revision
            if after is not None and after != revision:
                raise StaleCardError(there)
            made = replace(card, revision=revision + 1)
            self._cards[drawer, card.key] = made
            return made

    def remove(self, drawer: str, key: str, after: int | None) -> None:
        """Take a document away.

        Raises:
            StaleCardError: another revision is there; nothing was removed.
        """
        with self._lock:
            there = self._cards.get((drawer, key))
            if after is not None and (there is None or there.revision != after):
                raise StaleCardError(there)
            self._cards.pop((drawer, key), None)

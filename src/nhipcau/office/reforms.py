"""Reforms of the units at work: look at a table of successions, apply it, take it back.

bytes ── plan ──▶ ReformPlan ── apply ──▶ number          number ── take_back ──▶ tree of before
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from nhipcau.office.meetings import MeetingBook
from nhipcau.office.tree import UnitTree
from nhipcau.org.importplan import ImportOrder
from nhipcau.org.reform import ReformPlan, plan_reform
from nhipcau.org.undoing import BuiltUponError, begun_units, undone
from nhipcau.org.units import UnitId
from nhipcau.planning.life import State
from nhipcau.ports.clock import Clock
from nhipcau.ports.plans import PlanStore
from nhipcau.ports.reforms import AppliedReform, ReformNote, ReformStore
from nhipcau.quantities import SiteId


@dataclass(frozen=True, slots=True)
class CameWith:
    """The units and sites that were not there before a reform."""

    units: frozenset[UnitId]
    sites: frozenset[SiteId]


# Says, one sentence each, what outside the tree was built on these units and sites.
Builders = Callable[[CameWith], Iterable[str]]


def nobody(_came: CameWith) -> Iterable[str]:
    """Return nothing: there is nothing outside the tree that could name a unit."""
    return ()


def naming_meetings(book: MeetingBook, came: CameWith) -> Iterator[str]:
    """Yield one sentence for each planned meeting in which a site that came takes part."""
    for meeting in book.all():
        for site in meeting.sites:
            if site.site in came.sites:
                yield f"{site.name}, which came with it, takes part in {meeting.title}"


def naming_plans(plans: PlanStore, came: CameWith) -> Iterator[str]:
    """Yield one sentence for each planned meeting whose plan names a unit that came.

    Raises:
        StoreError: the store can't be reached.
    """
    for head in plans.heads():
        if head.state is not State.CANCELLED:
            named = came.units.intersection(_words(dict(plans.load(head.id).parts)))
            if named:
                yield f"the plan of {head.title} names units that came with it: {len(named)}"


def _words(value: object) -> Iterator[UnitId]:
    """Yield every text within a JSON value; an id of a unit is like no other text."""
    if isinstance(value, str):
        yield UnitId(value)
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _words(one)
    elif isinstance(value, Sequence):
        for one in value:
            yield from _words(one)


class EmptyReformError(Exception):
    """A reform that changes nothing is not recorded."""


class Reforms:
    """Applies reforms and takes them back. Its calls block; they may come from any thread.

    Args:
        units: the tree.
        store: where reforms are kept, in the tree's own database.
        clock: says when.
        builders: what outside the tree stands on units and sites.
    """

    def __init__(
        self, units: UnitTree, store: ReformStore, clock: Clock, builders: Builders = nobody
    ) -> None:
        self._units = units
        self._store = store
        self._clock = clock
        self._builders = builders

    def plan(self, data: bytes, order: ImportOrder) -> ReformPlan:
        """Return what a table of successions would do; changes nothing.

        Raises:
            UnitFileError: a line is bad; it lists every one.
            StoreError: the store can't be reached.
        """
        return plan_reform(self._units.current(), data, order, self._units.new_id)

    def apply(self, reform: ReformPlan, file: str, table: bytes) -> int:
        """Do what was planned, all of it or nothing; return the number by which it is known.

        Args:
            reform: the plan.
            file: what the table was called, kept beside it.
            table: the table from which the plan was made.

        Raises:
            StaleTreeError: the tree has changed since the plan was made.
            EmptyReformError: it would change nothing.
            StoreError: the store can't be reached.
        """
        if reform.plan.is_empty:
            raise EmptyReformError("the table changes nothing: every unit is already as it says")
        note = ReformNote(file, table.decode("utf-8-sig"), self._now())
        return self._store.record_reform(reform.change, reform.plan.revision, note)

    def all(self) -> tuple[AppliedReform, ...]:
        """Return every reform, the oldest first, those taken back among them.

        Raises:
            StoreError: the store can't be reached.
        """
        return self._store.reforms()

    def table(self, number: int) -> str:
        """Return the table of a reform as it was given.

        Raises:
            UnknownReformError: there is none of this number.
            StoreError: the store can't be reached.
        """
        return self._store.table_of(number)

    def take_back(self, number: int) -> int:
        """Remove a reform as if it had never been; return the new revision of the tree.

        Raises:
            UnknownReformError: no reform in force has this number.
            BuiltUponError: something was built on it; it says what.
            StaleTreeError: the tree has changed meanwhile.
            StoreError: the store can't be reached.
        """
        change = self._store.change_of(number)
        record = self._units.current().record
        came = CameWith(begun_units(record, change), frozenset(site.id for site in change.sites))
        reasons = list(self._builders(came))
        try:
            undone(record, change)
        except BuiltUponError as error:
            reasons = [*error.reasons, *reasons]
        if reasons:
            raise BuiltUponError(reasons)
        return self._store.take_back(number, record.revision, self._now())

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock.wall_s(), UTC)

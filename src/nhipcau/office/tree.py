"""The tree of units at work: load, search, look at an import, apply it.

store ── current ──▶ Tree ── as_of, search ──▶ what pages show
                      └──── plan_units ──▶ ImportPlan ── apply_units ──▶ store
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from threading import Lock

from nhipcau.org.importplan import ImportOrder, ImportPlan, plan_import
from nhipcau.org.record import TreeChange
from nhipcau.org.tree import Tree
from nhipcau.org.unitfile import read_units
from nhipcau.org.units import Level, UnitId, UnitVersion
from nhipcau.org.view import TreeView
from nhipcau.ports.clock import Clock
from nhipcau.ports.tree import StaleTreeError, TreeStore

# Papers come into force at midnight in Hà Nội, wherever the machine's clock stands.
VIETNAM = timezone(timedelta(hours=7))


def today(clock: Clock) -> date:
    """Return the day in Vietnam."""
    return datetime.fromtimestamp(clock.wall_s(), UTC).astimezone(VIETNAM).date()


class UnitTree:
    """The newest tree of a store, loaded again only when it has changed.

    Its calls block; they may come from any thread, several at once.

    Args:
        store: where the tree is kept.
        new_id: gives ids of new units and places; never the same twice.
    """

    def __init__(self, store: TreeStore, new_id: Callable[[], str]) -> None:
        self.store = store
        self.new_id = new_id
        self._loading = Lock()
        self._newest = Tree(store.load())

    def current(self) -> Tree:
        """Return the tree as the store has it now.

        Raises:
            StoreError: the store can't be reached.
        """
        revision = self.store.revision()
        if self._newest.record.revision == revision:
            return self._newest
        with self._loading:
            if self._newest.record.revision != revision:
                self._newest = Tree(self.store.load())
            return self._newest


def found_levels(units: UnitTree, levels: Sequence[Level], day: date) -> None:
    """Give a tree that has no levels yet these; one that has some keeps its own.

    Raises:
        StoreError: the store can't be reached.
    """
    tree = units.current()
    if tree.levels:
        return
    try:
        units.store.record(TreeChange(day=day, levels=tuple(levels)), tree.record.revision)
    except StaleTreeError:
        # Another process has just founded them.
        return


def plan_units(units: UnitTree, data: bytes, order: ImportOrder) -> ImportPlan:
    """Return what a file of units would change; changes nothing.

    Raises:
        UnitFileError: a line is bad; it lists every one.
        StoreError: the store can't be reached.
    """
    tree = units.current()
    return plan_import(tree, read_units(data, tree.levels), order, units.new_id)


def apply_units(units: UnitTree, plan: ImportPlan) -> Tree:
    """Do what was planned, all of it or nothing; return the tree after it.

    Raises:
        StaleTreeError: the tree has changed since the plan was made.
        StoreError: the store can't be reached.
    """
    if not plan.is_empty:
        units.store.record(plan.change, plan.revision)
    return units.current()


@dataclass(frozen=True, slots=True)
class UnitQuery:
    """Which units to list.

    Attributes:
        text: part of a name or a code; accents and case don't count.
        parent: only units directly below this one.
        within: only this unit and all below it.
        top: only units that stand below none.
        level: only units of this level; "": of any.
        limit, offset: which part of the list.
    """

    text: str = ""
    parent: UnitId | None = None
    within: UnitId | None = None
    top: bool = False
    level: str = ""
    limit: int = 100
    offset: int = 0


@dataclass(frozen=True, slots=True)
class UnitPage:
    """A part of a list, and how long the whole list is."""

    total: int
    units: tuple[UnitVersion, ...]


def search_units(view: TreeView, query: UnitQuery) -> UnitPage:
    """Return the units of one day that fit, in the order of the tree, the closest names first."""
    found = _found(view, query)
    if query.within is not None:
        family = {unit.unit for unit in view.subtree(query.within)}
        found = tuple(unit for unit in found if unit.unit in family)
    if query.level:
        found = tuple(unit for unit in found if unit.level == query.level)
    return UnitPage(len(found), found[query.offset : query.offset + query.limit])


def _found(view: TreeView, query: UnitQuery) -> tuple[UnitVersion, ...]:
    if query.text.strip():
        found = view.find(query.text)
        if query.top or query.parent is not None:
            found = tuple(unit for unit in found if unit.parent == query.parent)
        return found
    if query.top or query.parent is not None:
        return view.children(query.parent)
    return tuple(view.subtree())

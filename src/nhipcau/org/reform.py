"""A reform of units: what a table of successions would do, told by name before it is done.

bytes ── plan_reform ──▶ ReformPlan ─┬─ .report   who is new, gone, renamed, moved, merged, split
                                     └─ .change   what storage records, all of it or nothing
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from nhipcau.org.importplan import ImportOrder, ImportPlan, UnitChange, plan_import
from nhipcau.org.record import TreeChange
from nhipcau.org.successionfile import as_unit_file, read_succession
from nhipcau.org.tree import Tree
from nhipcau.org.units import Succession, UnitId, UnitVersion
from nhipcau.quantities import SiteId


@dataclass(frozen=True, slots=True)
class Passage:
    """A unit and the units that it came from, or went to; the main heir first."""

    unit: UnitVersion
    others: tuple[UnitVersion, ...]


@dataclass(frozen=True, slots=True)
class Move:
    """A unit that hangs elsewhere: its names, and those of the units above it."""

    unit: UnitVersion
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class LeftSite:
    """A room whose unit ends without an heir; it and its place stay."""

    site: SiteId
    place: str
    unit: UnitVersion


@dataclass(frozen=True, slots=True)
class ReformReport:
    """What a reform does, each unit by name, in the order of the tree or of the table.

    Attributes:
        new: units that begin, and whom they follow: nobody, where they come from outside the tree.
        gone: units that end, and who follows them: nobody, where they are abolished.
        renamed: units that go on under another name.
        recoded: units that go on under another official code.
        moved: units that go on below another unit.
        merged: units of which several became one, and those.
        split: units of which one became several, and those.
        left: rooms without an heir.
    """

    new: tuple[Passage, ...]
    gone: tuple[Passage, ...]
    renamed: tuple[UnitChange, ...]
    recoded: tuple[UnitChange, ...]
    moved: tuple[Move, ...]
    merged: tuple[Passage, ...]
    split: tuple[Passage, ...]
    left: tuple[LeftSite, ...]


@dataclass(frozen=True, slots=True)
class ReformPlan:
    """A reform looked at: the plan that does it, and what it does by name."""

    plan: ImportPlan
    report: ReformReport

    @property
    def change(self) -> TreeChange:
        """What to record."""
        return self.plan.change


def plan_reform(
    tree: Tree, data: bytes, order: ImportOrder, new_id: Callable[[], str]
) -> ReformPlan:
    """Return what a table of successions would do; changes nothing.

    Args:
        tree: the tree until then.
        data: the table; see `successionfile` for its columns.
        order: from which day on, by which act; `whole` is not asked.
        new_id: gives the id of a new unit or place.

    Raises:
        UnitFileError: a line is bad by itself or does not fit the tree; it lists every one.
    """
    file = as_unit_file(read_succession(data, tree.levels), tree.as_of(order.day))
    plan = plan_import(tree, file, ImportOrder(order.day, order.act, whole=False), new_id)
    return ReformPlan(plan, _Telling(tree, plan).report())


class _Telling:
    """Puts a plan into names."""

    def __init__(self, tree: Tree, plan: ImportPlan) -> None:
        self._tree = tree
        self._plan = plan
        self._before: Mapping[UnitId, UnitVersion] = tree.as_of(plan.change.day).units
        self._after = {**self._before, **{one.unit: one for one in plan.change.opened}}
        self._to: dict[UnitId, list[Succession]] = {}
        self._from: dict[UnitId, list[Succession]] = {}
        for edge in plan.change.successions:
            if edge.new is not None and edge.new != edge.old:
                self._to.setdefault(edge.old, []).append(edge)
                self._from.setdefault(edge.new, []).append(edge)

    def report(self) -> ReformReport:
        plan = self._plan
        changed = plan.changed
        return ReformReport(
            new=tuple(Passage(one, self._origins(one.unit)) for one in plan.new),
            gone=tuple(Passage(one, self._heirs(one.unit)) for one in plan.gone),
            renamed=tuple(one for one in changed if "name" in one.fields),
            recoded=tuple(one for one in changed if "code" in one.fields),
            moved=tuple(self._move(one) for one in changed if "parent" in one.fields),
            merged=tuple(self._merged()),
            split=tuple(self._split()),
            left=tuple(self._left()),
        )

    def _origins(self, unit: UnitId) -> tuple[UnitVersion, ...]:
        return tuple(self._before[edge.old] for edge in self._from.get(unit, ()))

    def _heirs(self, unit: UnitId) -> tuple[UnitVersion, ...]:
        edges = sorted(self._to.get(unit, ()), key=lambda edge: not edge.main)
        return tuple(self._after[edge.new] for edge in edges if edge.new is not None)

    def _itself(self, unit: UnitId, of: Mapping[UnitId, UnitVersion]) -> tuple[UnitVersion, ...]:
        return (of[unit],) if unit in of else ()

    def _merged(self) -> Iterable[Passage]:
        for unit in self._from:
            origins = (*self._itself(unit, self._before), *self._origins(unit))
            if len(origins) > 1:
                yield Passage(self._after[unit], origins)

    def _split(self) -> Iterable[Passage]:
        ending = {one.unit for one in self._plan.gone}
        for unit in self._to:
            own = () if unit in ending else self._itself(unit, self._after)
            heirs = (*own, *self._heirs(unit))
            if len(heirs) > 1:
                yield Passage(self._before[unit], heirs)

    def _move(self, change: UnitChange) -> Move:
        return Move(
            unit=change.after,
            before=self._name(change.before.parent, self._before),
            after=self._name(change.after.parent, self._after),
        )

    @staticmethod
    def _name(unit: UnitId | None, of: Mapping[UnitId, UnitVersion]) -> str:
        return "" if unit is None else of[unit].name

    def _left(self) -> Iterable[LeftSite]:
        holders = self._tree.as_of(self._plan.change.day).units_of_sites
        for site in self._plan.left_sites:
            place = self._tree.places[self._tree.sites[site].place]
            yield LeftSite(site, place.name, self._before[holders[site][0].unit])

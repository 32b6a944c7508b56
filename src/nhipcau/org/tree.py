"""The tree of units through all time, sound by construction.

TreeRecord ──▶ Tree ── as_of(day) ──▶ TreeView
"""

from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType

from nhipcau.org.names import search_key
from nhipcau.org.places import Place, PlaceId, Site
from nhipcau.org.record import TreeRecord
from nhipcau.org.soundness import faults
from nhipcau.org.units import Level, Succession, Unit, UnitId, UnitVersion, gather_units
from nhipcau.org.view import TreeView
from nhipcau.quantities import SiteId

# Today, the day of a meeting, the days of a reform under preparation.
_VIEWS_KEPT = 8


class TreeError(ValueError):
    """The record is no sound tree; `faults` says why, one sentence each."""

    def __init__(self, found: Iterable[str]) -> None:
        self.faults = tuple(found)
        super().__init__("; ".join(self.faults))


class Tree:
    """All units through all time. Never changes; may be shared by threads.

    Raises:
        TreeError: two versions of a unit, or two units of one code, hold on one day; a unit is
            above itself, hangs below a lower level or below nothing; something names what is not
            there.
    """

    def __init__(self, record: TreeRecord) -> None:
        self.record = record
        self.levels: tuple[Level, ...] = tuple(sorted(record.levels, key=lambda one: one.rank))
        try:
            units = gather_units(record.versions)
        except ValueError as error:
            raise TreeError([str(error)]) from error
        self.units: Mapping[UnitId, Unit] = MappingProxyType(units)
        found = tuple(dict.fromkeys(faults(record, units)))
        if found:
            raise TreeError(found)
        self.places: Mapping[PlaceId, Place] = {place.id: place for place in record.places}
        self.sites: Mapping[SiteId, Site] = {site.id: site for site in record.sites}
        words = {word for version in record.versions for word in (version.name, version.type)}
        self._keys = {word: search_key(word) for word in words}
        self._ordered = self._in_order(record.versions)
        self._views: dict[date, TreeView] = {}
        self._heirs = _by_old(record.successions)

    def _in_order(self, versions: Iterable[UnitVersion]) -> tuple[UnitVersion, ...]:
        ranks = {level.key: level.rank for level in self.levels}
        return tuple(sorted(versions, key=lambda one: (ranks[one.level], one.code, one.valid_from)))

    def as_of(self, day: date) -> TreeView:
        """Return the tree as it stood on `day`; the views of the last few days asked are kept."""
        view = self._views.get(day)
        if view is None:
            view = TreeView(
                day,
                self.levels,
                tuple(version for version in self._ordered if version.holds_on(day)),
                self._keys,
                tuple(tenure for tenure in self.record.tenures if tenure.holds_on(day)),
            )
            # Swapped whole, so that threads never meet a half-changed one.
            kept = list(self._views.items())[1 - _VIEWS_KEPT :]
            self._views = dict([*kept, (day, view)])
        return view

    def heirs(self, unit: UnitId) -> tuple[Succession, ...]:
        """Return what became of `unit`, in the order of the days."""
        return self._heirs.get(unit, ())

    def origins(self, unit: UnitId) -> tuple[Succession, ...]:
        """Return which other units `unit` came from."""
        return tuple(one for one in self.record.successions if one.new == unit and one.old != unit)

    def heirs_on(self, unit: UnitId, day: date) -> tuple[UnitVersion, ...]:
        """Return who stands for `unit` on a later `day`, over any number of steps.

        The unit itself while it lives, else its heirs and theirs, the main ones first; nobody when
        all of them were abolished.
        """
        view, found = self.as_of(day), dict[UnitId, UnitVersion]()
        waiting, seen = [unit], {unit}
        while waiting:
            step = waiting.pop(0)
            if step in view.units:
                found[step] = view.units[step]
                continue
            edges = [one for one in self.heirs(step) if one.day <= day]
            for edge in sorted(edges, key=lambda one: not one.main):
                if edge.new is not None and edge.new not in seen:
                    seen.add(edge.new)
                    waiting.append(edge.new)
        return tuple(found.values())


def _by_old(successions: Iterable[Succession]) -> dict[UnitId, tuple[Succession, ...]]:
    found: dict[UnitId, list[Succession]] = {}
    for succession in sorted(successions, key=lambda one: one.day):
        found.setdefault(succession.old, []).append(succession)
    return {unit: tuple(edges) for unit, edges in found.items()}

"""Who takes part: the lines of the list of participants, laid on the tree of the meeting's day.

picks + TreeView ── invite ──▶ units with their roles ──▶ sites

A unit picked by itself keeps its own role within a level or a subtree. A unit that two levels or
subtrees pick, or that stands in the list twice, is invited twice, which is told at once.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from nhipcau.org.units import UnitId
from nhipcau.org.view import TreeView
from nhipcau.planning.plan import Pick, PickKind, Role
from nhipcau.quantities import SiteId


class Invited(NamedTuple):
    """A unit that takes part: its role and the lines that invite it, the deciding one first."""

    unit: UnitId
    role: Role
    picks: tuple[str, ...]


@dataclass(frozen=True)
class Invitation:
    """Who takes part.

    Attributes:
        units: by their ids, in the order of the tree.
        guests: lines of guests.
        unknown: lines that pick nothing that is there on the day.
        twice: units that two lines invite, with those lines.
        view: the tree of the day.
    """

    units: Mapping[UnitId, Invited]
    guests: Mapping[str, Pick]
    unknown: tuple[str, ...]
    twice: Mapping[UnitId, tuple[str, ...]]
    view: TreeView

    @cached_property
    def sites(self) -> Mapping[SiteId, tuple[UnitId, ...]]:
        """The rooms of those who take part, in the order of the tree, with who sits there."""
        found: dict[SiteId, list[UnitId]] = {}
        seats = [UnitId(guest.unit) for guest in self.guests.values() if guest.unit]
        for unit in (*self.units, *seats):
            for tenure in self.view.tenures(unit)[:1]:
                found.setdefault(tenure.site, []).append(unit)
        return {site: tuple(units) for site, units in found.items()}

    @cached_property
    def roomless(self) -> tuple[UnitId, ...]:
        """Units without any room to sit in."""
        return tuple(unit for unit in self.units if not self.view.tenures(unit))

    @cached_property
    def chairs(self) -> tuple[UnitId, ...]:
        """The units that chair; there should be one."""
        return tuple(one.unit for one in self.units.values() if one.role is Role.CHAIR)

    def has(self, unit: str) -> bool:
        """Return True when the unit takes part."""
        return unit in self.units


def invite(picks: Iterable[Pick], view: TreeView) -> Invitation:
    """Return who takes part on the day of `view`."""
    groups: dict[UnitId, list[Pick]] = {}
    singles: dict[UnitId, list[Pick]] = {}
    guests: dict[str, Pick] = {}
    unknown: list[str] = []
    for pick in picks:
        if pick.kind is PickKind.GUEST:
            guests[pick.id] = pick
            unknown += [pick.id] if pick.unit and pick.unit not in view.units else []
            continue
        units = _picked(pick, view)
        unknown += [] if units else [pick.id]
        into = singles if pick.kind is PickKind.UNIT else groups
        for unit in units:
            into.setdefault(unit, []).append(pick)
    chosen = {**groups, **singles}
    found = {
        unit: _invited(unit, [*singles.get(unit, ()), *groups.get(unit, ())])
        for unit in (version.unit for version in view.subtree())
        if unit in chosen
    }
    twice = {
        unit: tuple(pick.id for pick in lines)
        for table in (singles, groups)
        for unit, lines in table.items()
        if len(lines) > 1
    }
    return Invitation(found, guests, tuple(unknown), twice, view)


def _invited(unit: UnitId, lines: list[Pick]) -> Invited:
    return Invited(unit, lines[0].role, tuple(pick.id for pick in lines))


def _picked(pick: Pick, view: TreeView) -> list[UnitId]:
    if pick.kind is PickKind.LEVEL:
        return [one.unit for one in view.units.values() if one.level == pick.level]
    if pick.unit not in view.units:
        return []
    if pick.kind is PickKind.UNIT:
        return [UnitId(pick.unit)]
    return [one.unit for one in view.subtree(UnitId(pick.unit))]

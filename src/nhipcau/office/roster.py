"""From the tree of units to the sites of a meeting, in the order in which they are called.

The host first, then level by level as the tree goes down: the hall, the districts, and the
communes district by district.
"""

from datetime import date

from nhipcau.org.display import full_names
from nhipcau.org.tree import Tree
from nhipcau.org.units import UnitId
from nhipcau.org.view import TreeView
from nhipcau.ports.messages import PlannedSite
from nhipcau.quantities import SiteId


def roster(tree: Tree, day: date) -> tuple[PlannedSite, ...]:
    """Return one site for each unit that has a room of its own on that day.

    A site's parent is that of the nearest unit above that has a room, too. Its line is that of the
    place where it stands, as it is declared now.
    """
    view = tree.as_of(day)
    homes = {unit: home for unit in view.units if (home := view.home(unit)) is not None}
    names = full_names(view.units.values())
    return tuple(
        PlannedSite(
            site=homes[version.unit],
            name=names[version.unit],
            level=version.level,
            parent=_site_above(view, homes, version.parent),
            line_bps=tree.places[tree.sites[homes[version.unit]].place].line_bps,
        )
        for version in view.subtree()
        if version.unit in homes
    )


def _site_above(view: TreeView, homes: dict[UnitId, SiteId], unit: UnitId | None) -> SiteId | None:
    while unit is not None and unit not in homes:
        unit = view.units[unit].parent
    return None if unit is None else homes[unit]

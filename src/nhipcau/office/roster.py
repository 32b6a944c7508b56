"""From the tree of units to the sites of a meeting, in the order in which they are called.

The host first, then level by level as the tree goes down, each level in the order of the file: the
hall, the districts, and the communes district by district.
"""

from collections.abc import Sequence

from nhipcau.org.units import Unit, display_names
from nhipcau.ports.messages import PlannedSite
from nhipcau.quantities import SiteId


def roster(units: Sequence[Unit]) -> tuple[PlannedSite, ...]:
    """Return one site for each unit; in the demo a site has its unit's code."""
    names = display_names(units)
    depth = _depths(units)
    order = sorted(range(len(units)), key=lambda index: (depth[units[index].code], index))
    return tuple(
        PlannedSite(
            site=SiteId(unit.code),
            name=names[unit.code],
            level=unit.level,
            parent=SiteId(unit.parent) if unit.parent else None,
        )
        for unit in (units[index] for index in order)
    )


def _depths(units: Sequence[Unit]) -> dict[str, int]:
    depths: dict[str, int] = {}
    parents = {unit.code: unit.parent for unit in units}
    for code, parent in parents.items():
        steps, above = 0, parent
        while above:
            steps, above = steps + 1, parents.get(above)
        depths[code] = steps
    return depths

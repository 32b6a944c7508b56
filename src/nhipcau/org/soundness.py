"""What must hold of the tree on every day, checked once for all days.

Looks at each version where something begins, not at each day: on a day on which nothing begins no
circle can close.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from nhipcau.org.record import TreeRecord
from nhipcau.org.units import Level, Unit, UnitId, UnitVersion


def faults(record: TreeRecord, units: Mapping[UnitId, Unit]) -> Iterator[str]:
    """Yield one sentence for each fault of the tree; nothing when it is sound."""
    levels = {level.key: level for level in record.levels}
    shown = [version for unit in units.values() for version in unit.versions if _is_shown(version)]
    yield from _code_faults(shown)
    for version in shown:
        yield from _level_faults(version, levels)
        yield from _parent_faults(version, units, levels)
        if _closes_circle(version, units):
            yield f"{version.name} is above itself from {version.valid_from} on"
    for succession in record.successions:
        for unit in (succession.old, succession.new):
            if unit is not None and unit not in units:
                yield f"a succession of {succession.day} names the unknown unit {unit}"
    yield from _site_faults(record, units)


def _is_shown(version: UnitVersion) -> bool:
    return version.valid_to != version.valid_from


def _code_faults(versions: Iterable[UnitVersion]) -> Iterator[str]:
    by_code = sorted(versions, key=lambda version: (version.code, version.valid_from))
    for earlier, later in pairwise(by_code):
        overlaps = earlier.valid_to is None or later.valid_from < earlier.valid_to
        if earlier.code == later.code and earlier.unit != later.unit and overlaps:
            yield (
                f"{earlier.name} and {later.name} both have the code {later.code} "
                f"on {later.valid_from}"
            )


def _level_faults(version: UnitVersion, levels: Mapping[str, Level]) -> Iterator[str]:
    if version.level not in levels:
        yield f"{version.name} is of the unknown level {version.level}"


def _parent_faults(
    version: UnitVersion, units: Mapping[UnitId, Unit], levels: Mapping[str, Level]
) -> Iterator[str]:
    """Yield where the unit above is missing on some day, or is of a lower level."""
    if version.parent is None:
        return
    parent = units.get(version.parent)
    covered = version.valid_from
    for above in parent.versions if parent else ():
        if above.holds_on(covered):
            if _is_lower(above.level, version.level, levels):
                yield f"{version.name} stands below {above.name}, which is of a lower level"
            if above.valid_to is None:
                return
            covered = above.valid_to
    if version.valid_to is None or covered < version.valid_to:
        yield f"{version.name} has no unit above it from {covered} on"


def _is_lower(left: str, right: str, levels: Mapping[str, Level]) -> bool:
    return left in levels and right in levels and levels[left].rank > levels[right].rank


def _closes_circle(version: UnitVersion, units: Mapping[UnitId, Unit]) -> bool:
    day, seen, step = version.valid_from, {version.unit}, version.parent
    while step is not None and step in units:
        if step == version.unit:
            return True
        above = None if step in seen else units[step].on(day)
        seen.add(step)
        step = above.parent if above is not None else None
    return False


def _site_faults(record: TreeRecord, units: Mapping[UnitId, Unit]) -> Iterator[str]:
    places = {place.id for place in record.places}
    sites = {site.id for site in record.sites}
    for site in record.sites:
        if site.place not in places:
            yield f"site {site.id} stands at the unknown place {site.place}"
    for tenure in record.tenures:
        if tenure.site not in sites or tenure.unit not in units:
            yield f"a tenure ties the unknown site {tenure.site} or unit {tenure.unit}"

"""All that is known of the tree, and one change of it: what storage keeps and hands back.

TreeRecord ── change_record(record, TreeChange) ──▶ TreeRecord

A change only ever closes open versions and adds new ones, so that every past day stays readable.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from nhipcau.org.places import Place, Site, Tenure
from nhipcau.org.units import Level, Succession, UnitId, UnitVersion
from nhipcau.quantities import SiteId


@dataclass(frozen=True, slots=True)
class TreeRecord:
    """Everything, in the order in which it came.

    Attributes:
        revision: goes up by one with everything written; 0 is the empty tree.
    """

    revision: int = 0
    levels: tuple[Level, ...] = ()
    versions: tuple[UnitVersion, ...] = ()
    successions: tuple[Succession, ...] = ()
    places: tuple[Place, ...] = ()
    sites: tuple[Site, ...] = ()
    tenures: tuple[Tenure, ...] = ()


@dataclass(frozen=True, slots=True)
class TreeChange:
    """What comes into force on one day, as one.

    Attributes:
        day: from which day on.
        act: the paper that says so.
        levels: added, or put in the place of those with the same key.
        closed: units whose open version ends on `day`.
        opened: versions that begin on `day`.
        successions: who follows whom.
        places: added, or put in the place of those with the same id.
        sites: added.
        closed_tenures: pairs of site and unit whose open tenure ends on `day`.
        tenures: those that begin on `day`.
    """

    day: date
    act: str = ""
    levels: tuple[Level, ...] = ()
    closed: tuple[UnitId, ...] = ()
    opened: tuple[UnitVersion, ...] = ()
    successions: tuple[Succession, ...] = ()
    places: tuple[Place, ...] = ()
    sites: tuple[Site, ...] = ()
    closed_tenures: tuple[tuple[SiteId, UnitId], ...] = ()
    tenures: tuple[Tenure, ...] = ()


def change_record(record: TreeRecord, change: TreeChange) -> TreeRecord:
    """Return the record after the change, one revision on.

    Raises:
        ValueError: a version would end before it began (the change's day lies in the past of what
            it closes).
    """
    levels = {level.key: level for level in (*record.levels, *change.levels)}
    places = {place.id: place for place in (*record.places, *change.places)}
    return TreeRecord(
        revision=record.revision + 1,
        levels=tuple(levels.values()),
        versions=(*_closed(record.versions, set(change.closed), change.day), *change.opened),
        successions=(*record.successions, *change.successions),
        places=tuple(places.values()),
        sites=(*record.sites, *change.sites),
        tenures=(*_ended(record.tenures, set(change.closed_tenures), change.day), *change.tenures),
    )


def _closed(
    versions: Iterable[UnitVersion], units: Collection[UnitId], day: date
) -> Iterator[UnitVersion]:
    for version in versions:
        if version.valid_to is None and version.unit in units:
            yield replace(version, valid_to=day)
        else:
            yield version


def _ended(
    tenures: Iterable[Tenure], pairs: Collection[tuple[SiteId, UnitId]], day: date
) -> Iterator[Tenure]:
    for tenure in tenures:
        if tenure.valid_to is None and (tenure.site, tenure.unit) in pairs:
            yield replace(tenure, valid_to=day)
        else:
            yield tenure

"""Taking a change of the tree back, as if it had never been, while nothing was built on it.

TreeRecord, TreeChange ── undone ──▶ TreeRecord (that of before, one revision on) or BuiltUponError
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from nhipcau.org.places import Tenure
from nhipcau.org.record import TreeChange, TreeRecord
from nhipcau.org.tree import Tree, TreeError
from nhipcau.org.units import UnitId, UnitVersion

# More reasons say nothing new, and an answer must stay readable.
MAX_REASONS = 100


class BuiltUponError(Exception):
    """A change can't be taken back; `reasons` say what was built on it, one sentence each."""

    def __init__(self, reasons: Iterable[str]) -> None:
        self.reasons: tuple[str, ...] = tuple(dict.fromkeys(reasons))[:MAX_REASONS]
        super().__init__("\n".join(self.reasons))


def undone(record: TreeRecord, change: TreeChange) -> TreeRecord:
    """Return the record without the change, one revision on.

    What was recorded since and does not touch the change stays.

    Args:
        record: everything, the change among it.
        change: as it was recorded; its places and sites came with it.

    Raises:
        BuiltUponError: something that was recorded since stands on the change.
    """
    reasons = tuple(_built_upon(record, change))
    if reasons:
        raise BuiltUponError(reasons)
    gone_sites = {site.id for site in change.sites}
    gone_places = {place.id for place in change.places}
    before = replace(
        record,
        revision=record.revision + 1,
        versions=_versions_before(record.versions, change),
        successions=_without(record.successions, change.successions),
        places=tuple(place for place in record.places if place.id not in gone_places),
        sites=tuple(site for site in record.sites if site.id not in gone_sites),
        tenures=_tenures_before(record.tenures, change),
    )
    try:
        Tree(before)
    except TreeError as error:
        raise BuiltUponError(f"without it {fault}" for fault in error.faults) from error
    return before


def begun_units(record: TreeRecord, change: TreeChange) -> frozenset[UnitId]:
    """Return the units that were not there before the change."""
    opened = set(change.opened)
    known = {one.unit for one in record.versions if _as_opened(one) not in opened}
    return frozenset({one.unit for one in opened} - known)


def _built_upon(record: TreeRecord, change: TreeChange) -> Iterator[str]:
    begun = begun_units(record, change)
    names = {one.unit: one.name for one in change.opened}
    opened = set(change.opened)
    for version in record.versions:
        if _as_opened(version) in opened:
            if version.valid_to is not None:
                yield f"{version.name} has changed again on {version.valid_to}"
        elif version.parent in begun:
            yield f"{version.name} was put below {names[version.parent]}, which came with it"
    for edge in _without(record.successions, change.successions):
        for unit in (edge.old, edge.new):
            if unit in begun:
                yield f"{names[unit]}, which came with it, is in a succession of {edge.day}"
    yield from _rooms_built_upon(record, change, begun)


def _rooms_built_upon(
    record: TreeRecord, change: TreeChange, begun: frozenset[UnitId]
) -> Iterator[str]:
    opened = set(change.tenures)
    sites = {site.id for site in change.sites}
    places = {place.id for place in change.places}
    for tenure in record.tenures:
        if _as_begun(tenure) in opened:
            if tenure.valid_to is not None:
                yield f"the room {tenure.site} has changed hands again on {tenure.valid_to}"
        elif tenure.site in sites or tenure.unit in begun:
            yield f"the room {tenure.site} was given to a unit on {tenure.valid_from}"
    for site in record.sites:
        if site.place in places and site.id not in sites:
            yield f"the room {site.id} was put into a building that came with it"


def _as_opened(version: UnitVersion) -> UnitVersion:
    return replace(version, valid_to=None)


def _as_begun(tenure: Tenure) -> Tenure:
    return replace(tenure, valid_to=None)


def _versions_before(
    versions: Sequence[UnitVersion], change: TreeChange
) -> tuple[UnitVersion, ...]:
    opened, closed = set(change.opened), set(change.closed)
    kept = [one for one in versions if _as_opened(one) not in opened]
    return _reopened(
        kept, lambda one: one.valid_to == change.day and one.unit in closed, lambda one: one.unit
    )


def _tenures_before(tenures: Sequence[Tenure], change: TreeChange) -> tuple[Tenure, ...]:
    opened, closed = set(change.tenures), set(change.closed_tenures)
    kept = [one for one in tenures if _as_begun(one) not in opened]
    return _reopened(
        kept,
        lambda one: one.valid_to == change.day and (one.site, one.unit) in closed,
        lambda one: (one.site, one.unit),
    )


def _reopened[T: (UnitVersion, Tenure)](
    kept: Sequence[T], was_closed: Callable[[T], bool], of: Callable[[T], object]
) -> tuple[T, ...]:
    """Return what is kept, with the last closed one of each unit or tenure open again."""
    last = {of(one): number for number, one in enumerate(kept) if was_closed(one)}
    again = set(last.values())
    return tuple(
        replace(one, valid_to=None) if number in again else one for number, one in enumerate(kept)
    )


def _without[T](all_of_them: Sequence[T], taken: Iterable[T]) -> tuple[T, ...]:
    """Return a sequence without some of its members, each as often as it is named."""
    left = Counter(taken)
    kept = []
    for one in all_of_them:
        if left[one] > 0:
            left[one] -= 1
        else:
            kept.append(one)
    return tuple(kept)

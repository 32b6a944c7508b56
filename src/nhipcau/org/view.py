"""The tree as it stood on one day: frozen, quick to walk and to search."""

from collections import Counter, deque
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cached_property
from types import MappingProxyType

from nhipcau.org.display import display_names
from nhipcau.org.names import search_key
from nhipcau.org.places import Tenure
from nhipcau.org.units import Level, UnitId, UnitVersion
from nhipcau.quantities import SiteId


class TreeView:
    """One day's tree. Siblings stand by level and code; never changes, may be shared by threads.

    Args:
        day: the day.
        levels: from the top.
        versions: those that hold on the day, by level and code.
        keys: search key of each name, made once for all days.
        tenures: those that hold on the day.
    """

    def __init__(
        self,
        day: date,
        levels: tuple[Level, ...],
        versions: tuple[UnitVersion, ...],
        keys: Mapping[str, str],
        tenures: tuple[Tenure, ...],
    ) -> None:
        self.day = day
        self.levels = levels
        self.units: Mapping[UnitId, UnitVersion] = MappingProxyType(
            {version.unit: version for version in versions}
        )
        self._keys = keys
        self._children: dict[UnitId | None, list[UnitVersion]] = {}
        for version in versions:
            self._children.setdefault(version.parent, []).append(version)
        self._tenures = tenures

    def __len__(self) -> int:
        """Return how many units there were."""
        return len(self.units)

    @property
    def roots(self) -> tuple[UnitVersion, ...]:
        """The units without a parent."""
        return self.children(None)

    def children(self, unit: UnitId | None) -> tuple[UnitVersion, ...]:
        """Return the units directly below `unit` (None: the roots)."""
        return tuple(self._children.get(unit, ()))

    def subtree(self, unit: UnitId | None = None) -> Iterator[UnitVersion]:
        """Yield `unit` and all below it, level by level; without `unit`, the whole tree.

        That is the order in which sites are called: the hall, the districts, and the communes
        district by district.

        Raises:
            KeyError: there was no such unit on the day.
        """
        waiting = deque(self.roots if unit is None else (self.units[unit],))
        while waiting:
            version = waiting.popleft()
            yield version
            waiting.extend(self._children.get(version.unit, ()))

    def path(self, unit: UnitId) -> tuple[UnitVersion, ...]:
        """Return the units from the root down to `unit`, which is the last.

        Raises:
            KeyError: there was no such unit on the day.
        """
        above: list[UnitVersion] = []
        step: UnitId | None = unit
        while step is not None:
            above.append(self.units[step])
            step = above[-1].parent
        return tuple(reversed(above))

    @cached_property
    def level_counts(self) -> Mapping[str, int]:
        """How many units each level has, from the top; a level without units counts 0."""
        counts = Counter(version.level for version in self.units.values())
        return MappingProxyType({level.key: counts[level.key] for level in self.levels})

    @cached_property
    def by_code(self) -> Mapping[str, UnitVersion]:
        """The units by the official code of the day; no two share one."""
        return MappingProxyType({version.code: version for version in self.units.values()})

    @cached_property
    def display_names(self) -> Mapping[UnitId, str]:
        """The shortest name of each unit that tells it apart from all others."""
        return MappingProxyType(display_names(self.units.values()))

    def find(self, text: str) -> tuple[UnitVersion, ...]:
        """Return the units whose name or code holds `text`; accents and case don't count.

        First the unit of exactly this code, then names that begin with the text (their type
        aside), then the others; each in the order of the tree. Without text: all units.
        """
        key = search_key(text)
        if not key:
            return tuple(self.units.values())
        groups: tuple[list[UnitVersion], ...] = ([], [], [])
        for version in self.units.values():
            name = self._keys[version.name]
            if version.code.casefold() == key:
                groups[0].append(version)
            elif key in name:
                short = name.removeprefix(self._keys[version.type]).lstrip()
                groups[1 if short.startswith(key) or name.startswith(key) else 2].append(version)
            elif version.code.casefold().startswith(key):
                groups[2].append(version)
        return (*groups[0], *groups[1], *groups[2])

    @cached_property
    def _sites(self) -> Mapping[UnitId, tuple[Tenure, ...]]:
        found: dict[UnitId, list[Tenure]] = {}
        for tenure in sorted(self._tenures, key=lambda one: (one.seat, one.valid_from, one.site)):
            found.setdefault(tenure.unit, []).append(tenure)
        return {unit: tuple(tenures) for unit, tenures in found.items()}

    def tenures(self, unit: UnitId) -> tuple[Tenure, ...]:
        """Return the sites that `unit` has: its own first, the one it had longest before others."""
        return self._sites.get(unit, ())

    def home(self, unit: UnitId) -> SiteId | None:
        """Return the site of its own from which `unit` takes part; None where it has none."""
        first = next(iter(self.tenures(unit)), None)
        return None if first is None or first.seat else first.site

    @cached_property
    def units_of_sites(self) -> Mapping[SiteId, tuple[Tenure, ...]]:
        """Who has each site: the unit whose room it is first, then those with a seat in it."""
        found: dict[SiteId, list[Tenure]] = {}
        for tenure in sorted(self._tenures, key=lambda one: (one.seat, one.valid_from)):
            found.setdefault(tenure.site, []).append(tenure)
        return MappingProxyType({site: tuple(tenures) for site, tenures in found.items()})

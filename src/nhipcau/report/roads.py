"""How far it is from one room to another by road.

    distances.csv: site,to,km ─▶ Roads ─▶ the shortest way, over as many roads as it takes

A row is a road between two rooms, by the codes of their sites; so a commune needs one to its
district and the district one to the province. It holds both ways, and after a reform as before,
because rooms stay where they stand.
"""

import csv
import heapq
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from nhipcau.quantities import SiteId

COLUMNS = ("site", "to", "km")
# Further than any two rooms of one province could be.
_FURTHEST_KM = 5_000


class BadDistancesError(Exception):
    """The file can't be used; every bad line is named."""


@dataclass(frozen=True, slots=True)
class Roads:
    """Roads between rooms: for each room its neighbours and how many kilometres away they are."""

    neighbours: Mapping[SiteId, Mapping[SiteId, float]] = field(default_factory=dict)

    def from_room(self, home: SiteId) -> dict[SiteId, float]:
        """Return the kilometres to every room that can be reached from `home`, itself included."""
        found: dict[SiteId, float] = {}
        ways = [(0.0, home)]
        while ways:
            km, site = heapq.heappop(ways)
            if site in found:
                continue
            found[site] = km
            for other, more in self.neighbours.get(site, {}).items():
                if other not in found:
                    heapq.heappush(ways, (km + more, other))
        return found

    def with_shared(self, places: Iterable[Iterable[SiteId]]) -> "Roads":
        """Return them with no way at all between rooms of one building."""
        near = {site: dict(others) for site, others in self.neighbours.items()}
        for rooms in places:
            first, *others = rooms
            for other in others:
                near.setdefault(first, {})[other] = near.setdefault(other, {})[first] = 0.0
        return Roads(near)


NO_ROADS = Roads()


def read_roads(data: bytes) -> Roads:
    """Return the roads of a CSV file in UTF-8 with the columns site, to, km.

    Raises:
        BadDistancesError: it is no such file; every bad line is named.
    """
    try:
        rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadDistancesError(f"no CSV in UTF-8: {error}") from error
    if not rows or tuple(cell.strip() for cell in rows[0]) != COLUMNS:
        raise BadDistancesError(f"line 1: the columns must be {','.join(COLUMNS)}")
    near: dict[SiteId, dict[SiteId, float]] = {}
    problems = []
    for number, row in enumerate(rows[1:], 2):
        cells = [cell.strip() for cell in row]
        km = _kilometres(cells[2]) if len(cells) == len(COLUMNS) else None
        if not any(cells):
            continue
        if km is None or not cells[0] or not cells[1]:
            problems.append(f"line {number}: not a site, another, and kilometres")
            continue
        one, other = SiteId(cells[0]), SiteId(cells[1])
        near.setdefault(one, {})[other] = near.setdefault(other, {})[one] = km
    if problems:
        raise BadDistancesError("; ".join(problems[:20]))
    return Roads(near)


def _kilometres(cell: str) -> float | None:
    try:
        km = float(cell.replace(",", "."))
    except ValueError:
        return None
    return km if 0 <= km <= _FURTHEST_KM else None

"""What an import means for places and sites.

A new unit gets a room of its own, unless it inherits one, sits in another's, or has none. The room
of a unit that ends goes to its main heir; without one it stays where it stands, with its place.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from nhipcau.org.csvtable import LineProblem
from nhipcau.org.matching import Match
from nhipcau.org.names import tidy
from nhipcau.org.places import Place, PlaceId, Site, Tenure
from nhipcau.org.standing import Standing
from nhipcau.org.tree import Tree
from nhipcau.org.unitfile import UnitRow
from nhipcau.org.units import Succession, UnitId
from nhipcau.quantities import Bitrate, SiteId

NO_SITE = "none"
_BPS_PER_KBPS = 1000


@dataclass(frozen=True, slots=True)
class SitePlan:
    """Places and sites that come, and tenures that end and begin."""

    places: tuple[Place, ...]
    sites: tuple[Site, ...]
    closed: tuple[tuple[SiteId, UnitId], ...]
    tenures: tuple[Tenure, ...]
    left: tuple[SiteId, ...]


class SitePlanner:
    """Works out the sites of one import.

    Args:
        tree: all that is there.
        standing: the file in its tree.
        day: from which day on.
        new_id: gives the id of a new place.
    """

    def __init__(
        self, tree: Tree, standing: Standing, day: date, new_id: Callable[[], str]
    ) -> None:
        self._tree = tree
        self._standing = standing
        self._day = day
        self._new_id = new_id
        self._named: dict[str, PlaceId] = {
            tidy(place.name): place.id for place in reversed(tuple(tree.places.values()))
        }
        self._places: dict[PlaceId, Place] = {}
        self._sites: dict[SiteId, Site] = {}
        self._tenures: dict[tuple[SiteId, UnitId], Tenure] = {}
        self._homes: dict[UnitId, SiteId] = {}
        self._seated: set[UnitId] = set()

    def plan(self, successions: Iterable[Succession], problems: list[LineProblem]) -> SitePlan:
        """Return the plan; a row that can't be followed goes to `problems`."""
        heirs = {one.old: one.new for one in successions if one.main and one.new is not None}
        closed, left = self._pass_on(heirs)
        for match in self._standing.matches:
            self._note_home(match)
        for match in self._standing.matches:
            if not match.row.site and not self._is_housed(match.unit):
                self._open_site(match)
            self._update_place(match.row, self._homes.get(match.unit), problems)
        self._seat_all(problems)
        return SitePlan(
            tuple(self._places.values()),
            tuple(self._sites.values()),
            closed,
            tuple(self._tenures.values()),
            left,
        )

    def _pass_on(
        self, heirs: Mapping[UnitId, UnitId]
    ) -> tuple[tuple[tuple[SiteId, UnitId], ...], tuple[SiteId, ...]]:
        """Give the sites of units that end to their main heirs; return what ends, what is left."""
        closed: list[tuple[SiteId, UnitId]] = []
        left: list[SiteId] = []
        for version in self._standing.gone:
            for tenure in self._standing.today.tenures(version.unit):
                closed.append((tenure.site, version.unit))
                heir = heirs.get(version.unit)
                if heir is not None:
                    self._hold(tenure.site, heir, seat=tenure.seat)
                elif not tenure.seat:
                    left.append(tenure.site)
        return tuple(closed), tuple(left)

    def _hold(self, site: SiteId, unit: UnitId, *, seat: bool) -> None:
        has = {tenure.site for tenure in self._standing.today.tenures(unit)}
        if site not in has:
            self._tenures[site, unit] = Tenure(site, unit, seat, self._day)
        if seat:
            self._seated.add(unit)
        else:
            self._homes.setdefault(unit, site)

    def _note_home(self, match: Match) -> None:
        if match.before is None:
            return
        for tenure in self._standing.today.tenures(match.unit):
            if tenure.seat:
                self._seated.add(match.unit)
            else:
                self._homes[match.unit] = tenure.site
                return

    def _is_housed(self, unit: UnitId) -> bool:
        return unit in self._homes or unit in self._seated

    def _open_site(self, match: Match) -> None:
        row = match.row
        place = self._named.get(row.place) if row.place else None
        if place is None:
            place = PlaceId(self._new_id())
            self._places[place] = Place(place, row.place or f"Trụ sở {row.name}")
            if row.place:
                self._named[row.place] = place
        site = self._free_site_id(row.code)
        self._sites[site] = Site(site, place)
        self._hold(site, match.unit, seat=False)

    def _free_site_id(self, code: str) -> SiteId:
        """Return the unit's code as the site's id, or with a number where an old site bears it."""
        site, count = SiteId(code), 1
        while site in self._tree.sites or site in self._sites:
            count += 1
            site = SiteId(f"{code}-{count}")
        return site

    def _update_place(self, row: UnitRow, home: SiteId | None, problems: list[LineProblem]) -> None:
        """Write what the row says of its building; it can't move a room to another one."""
        if home is None:
            if row.place or row.line_kbps or row.line_operator or row.address or row.contact:
                detail = f"{row.name} has no room of its own whose place could be described"
                problems.append(LineProblem(row.line, "place", detail))
            return
        site = self._sites.get(home) or self._tree.sites[home]
        place = self._places.get(site.place) or self._tree.places[site.place]
        if row.place and row.place != tidy(place.name):
            detail = f"the room of {row.name} is at {place.name}: an import doesn't move rooms"
            problems.append(LineProblem(row.line, "place", detail))
        line_bps = Bitrate(int(row.line_kbps) * _BPS_PER_KBPS) if _is_number(row) else None
        after = replace(
            place,
            line_bps=place.line_bps if line_bps is None else line_bps,
            address=row.address or place.address,
            contact=row.contact or place.contact,
            line_operator=row.line_operator or place.line_operator,
        )
        if after != place:
            self._places[place.id] = after

    def _seat_all(self, problems: list[LineProblem]) -> None:
        """Seat the units whose row names the unit in whose room they sit."""
        units = {match.row.code: match.unit for match in self._standing.matches}
        for match in self._standing.matches:
            row = match.row
            if row.site in ("", NO_SITE) or match.unit in self._homes:
                continue
            host = units.get(row.site)
            if host is None and row.site in self._standing.today.by_code:
                host = self._standing.today.by_code[row.site].unit
            home = None if host is None else self._homes.get(host) or self._home_today(host)
            if home is None:
                detail = f"site names {row.site}, which is no unit with a room of its own"
                problems.append(LineProblem(row.line, "site", detail))
            else:
                self._hold(home, match.unit, seat=True)

    def _home_today(self, unit: UnitId) -> SiteId | None:
        return self._standing.today.home(unit)


def _is_number(row: UnitRow) -> bool:
    return row.line_kbps.isascii() and row.line_kbps.isdigit()

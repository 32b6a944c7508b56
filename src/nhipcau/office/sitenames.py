"""The sites of today and what they are called, looked up without walking the tree each time."""

from collections.abc import Mapping
from datetime import date

from nhipcau.office.roster import roster
from nhipcau.office.tree import UnitTree, today
from nhipcau.org.view import TreeView
from nhipcau.ports.clock import Clock
from nhipcau.ports.messages import PlannedSite
from nhipcau.quantities import SiteId


class SiteNames:
    """Sites by id. Its calls block; they may come from any thread."""

    def __init__(self, units: UnitTree, clock: Clock) -> None:
        self._units = units
        self._clock = clock
        self._made_of: tuple[int, date] | None = None
        self._sites: Mapping[SiteId, PlannedSite] = {}

    def view(self) -> TreeView:
        """Return the tree as it stands today.

        Raises:
            StoreError: the store can't be reached.
        """
        return self._units.current().as_of(today(self._clock))

    def find(self, site: SiteId) -> PlannedSite | None:
        """Return a site with its name of today, None where there is none of that id.

        Raises:
            StoreError: the store can't be reached.
        """
        return self.all().get(site)

    def all(self) -> Mapping[SiteId, PlannedSite]:
        """Return all sites of today, in the order of the tree; raises as `find`."""
        tree, day = self._units.current(), today(self._clock)
        made_of = (tree.record.revision, day)
        if made_of != self._made_of:
            self._sites = {one.site: one for one in roster(tree, day)}
            self._made_of = made_of
        return self._sites

"""Rooms under inspection: a technician looks at a room and hears its level, off the program.

console ─ test ─▶ Inspections ─▶ site is asked for picture and sound
                              └▶ its microphone is measured, never mixed
"""

from nhipcau.quantities import EndpointId, SiteId


class Inspections:
    """Which rooms are looked at, and by whom; nothing of it is part of the conference's record."""

    def __init__(self) -> None:
        self._by_site: dict[SiteId, set[EndpointId]] = {}
        self.sites: frozenset[SiteId] = frozenset()

    def begin(self, site: SiteId, inspector: EndpointId) -> None:
        """Look at `site` from now on."""
        self._by_site.setdefault(site, set()).add(inspector)
        self.sites = frozenset(self._by_site)

    def end(self, site: SiteId, inspector: EndpointId) -> None:
        """Look at it no longer; it goes on while another inspector does."""
        inspectors = self._by_site.get(site, set())
        inspectors.discard(inspector)
        if not inspectors:
            self._by_site.pop(site, None)
        self.sites = frozenset(self._by_site)

    def forget(self, inspector: EndpointId) -> None:
        """Take note that an inspector has gone."""
        for site in list(self._by_site):
            self.end(site, inspector)

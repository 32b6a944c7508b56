"""Who stands below whom. A site names its parent; how deep that goes, no code knows.

A parent need not be on the roster: a commune can meet without its district. Plans come from people,
so a circle of parents is possible, and ends the walk instead of the conference.
"""

from collections.abc import Iterator

from nhipcau.conference.state import ConferenceState
from nhipcau.quantities import SiteId


def ancestors(state: ConferenceState, site: SiteId) -> Iterator[SiteId]:
    """Yield the parent of `site`, then the parent's parent, and so on; each at most once.

    The last one may be missing from the roster, which is where the walk ends.
    """
    seen = {site}
    row = state.sites.get(site)
    while row is not None and row.parent is not None and row.parent not in seen:
        seen.add(row.parent)
        yield row.parent
        row = state.sites.get(row.parent)


def is_within(state: ConferenceState, site: SiteId, subtree: SiteId) -> bool:
    """Return True when `site` is `subtree` itself or stands below it."""
    return site == subtree or subtree in ancestors(state, site)


def asks_at(state: ConferenceState, site: SiteId) -> SiteId | None:
    """Return the parent that a request of `site` for the floor passes through now, or None.

    None: it goes straight to the chair, because the meeting is not set so, because `site` stands
    at the top or right below the chair, or because nobody is there to pass it on.
    """
    row = state.sites.get(site)
    if not state.hands_via_parent or row is None or site == state.chair_site:
        return None
    if row.parent is None or row.parent in (site, state.chair_site):
        return None
    return row.parent if state.is_present(row.parent) else None

"""How long each site has spoken: had the floor and was here. For the record, and for fairness.

event ─▶ who speaks before, who after ─▶ clocks started, stopped
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from nhipcau.quantities import SiteId


@dataclass(frozen=True, slots=True)
class SpeakingClock:
    """One site's: all turns that are over together, when the running one began, how many.

    A connection that is lost and comes back within a turn makes no second one.
    """

    spent_ms: int = 0
    since_ms: int | None = None
    turns: int = 0


Clocks = Mapping[SiteId, SpeakingClock]
NOT_SPOKEN = SpeakingClock()


def keep_time(clocks: Clocks, speaking: frozenset[SiteId], at_ms: int) -> Clocks:
    """Return the clocks when from `at_ms` on exactly these sites speak.

    A wall clock that was set back books nothing.
    """
    changed = dict(clocks)
    for site, clock in clocks.items():
        if clock.since_ms is not None and site not in speaking:
            spent = clock.spent_ms + max(0, at_ms - clock.since_ms)
            changed[site] = replace(clock, spent_ms=spent, since_ms=None)
    for site in speaking:
        clock = changed.get(site, NOT_SPOKEN)
        if clock.since_ms is None:
            changed[site] = replace(clock, since_ms=at_ms)
    return changed


def count_turn(clocks: Clocks, site: SiteId) -> Clocks:
    """Return the clocks when `site` has been given the floor once more."""
    clock = clocks.get(site, NOT_SPOKEN)
    return {**clocks, site: replace(clock, turns=clock.turns + 1)}

"""Drills: in a rehearsal an MCU is killed or a trunk cut, and every site says what it missed.

    DrillBegan ─▶ SitesDrilled, by the MCU that served them ─▶ SiteReported, once each ─▶ figures

A site reports the longest that its sound and its picture stayed away while the drill was on, in
milliseconds; nothing missed is 0. Whoever was at the MCU that is drilled, or everyone when it is
the root, is `struck` and held against the goal; from the others 0 is expected.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from nhipcau.quantities import McuName, SiteId

# Of issue 8: sound and picture are back within so many seconds, at 95 of 100 sites.
GOAL_LEAF_MS = 400
GOAL_ROOT_MS = 800
# A line that is cut is cut so long.
CUT_S = 10
# When sites report, counted from the beginning: all that a drill upsets has settled by then.
REPORT_AFTER_MS: Mapping[str, int] = {"kill": 8_000, "cut": 16_000}
# A page that comes back late still reports, and a new drill waits for it.
OPEN_MS = 45_000
MAX_DRILLS = 50
# What is longer is no pause in a meeting any more.
MAX_GAP_MS = 600_000
_SHARE = 0.95


class DrillKind(StrEnum):
    """What is done: the MCU's media process is killed, or its trunk is cut for some seconds."""

    KILL = "kill"
    CUT = "cut"


@dataclass(frozen=True, slots=True)
class Served:
    """The sites that an MCU serves when a drill begins; it may serve none."""

    mcu: McuName
    sites: tuple[SiteId, ...]


@dataclass(frozen=True, slots=True)
class SiteDrill:
    """What a site reported, and which MCU served it then."""

    mcu: McuName
    sound_ms: int
    picture_ms: int

    @property
    def worst_ms(self) -> int:
        """The longer of both pauses."""
        return max(self.sound_ms, self.picture_ms)


class Figures(NamedTuple):
    """What a drill comes to, of the sites that it struck; None until one has reported.

    `struck` and `reported` count them, `late` those over the goal, `others` the sites that it
    should not have struck and that missed something.
    """

    struck: int
    reported: int
    sound_p95_ms: int | None
    sound_max_ms: int | None
    picture_p95_ms: int | None
    picture_max_ms: int | None
    late: int
    others: int


@dataclass(frozen=True, slots=True)
class Drill:
    """One drill. `before` says which MCU served each site that was here when it began."""

    drill: int
    kind: DrillKind
    mcu: McuName
    root: bool
    by: str
    began_ms: int
    before: Mapping[SiteId, McuName] = field(default_factory=dict)
    reports: Mapping[SiteId, SiteDrill] = field(default_factory=dict)

    @property
    def goal_ms(self) -> int:
        """Within what sound and picture are to be back."""
        return GOAL_ROOT_MS if self.root else GOAL_LEAF_MS

    @property
    def report_at_ms(self) -> int:
        """When sites are to report."""
        return self.began_ms + REPORT_AFTER_MS[self.kind.value]

    def is_open(self, at_ms: int) -> bool:
        """Return True while sites may report."""
        return at_ms < self.began_ms + OPEN_MS

    def strikes(self, site: SiteId) -> bool:
        """Return True when the drill takes sound and picture from `site`."""
        served = self.before.get(site)
        return served is not None and (self.root or served == self.mcu)

    def figures(self) -> Figures:
        """Return what has come of it so far."""
        struck = [site for site in self.before if self.strikes(site)]
        told = [self.reports[site] for site in struck if site in self.reports]
        others = (one for site, one in self.reports.items() if not self.strikes(site))
        return Figures(
            struck=len(struck),
            reported=len(told),
            sound_p95_ms=percentile(one.sound_ms for one in told),
            sound_max_ms=max((one.sound_ms for one in told), default=None),
            picture_p95_ms=percentile(one.picture_ms for one in told),
            picture_max_ms=max((one.picture_ms for one in told), default=None),
            late=sum(one.worst_ms > self.goal_ms for one in told),
            others=sum(one.worst_ms > 0 for one in others),
        )


def percentile(values: Iterable[int], share: float = _SHARE) -> int | None:
    """Return the smallest value that `share` of all do not exceed, None of none.

    Source: the nearest-rank method.
    """
    ranked = sorted(values)
    if not ranked:
        return None
    rank = -(-len(ranked) * round(share * 100) // 100)
    return ranked[max(0, rank - 1)]

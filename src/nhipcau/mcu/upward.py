"""Whom a leaf may call now: its uplink all the time, those above it while that one is lost.

level 0   its uplink in the plan          called all the time
level 1   that one's uplink               called when nothing below has brought a root for a
…                                         moment, and until something below does
last      root and standby                for a leaf without an uplink these are level 0
"""

from nhipcau.mcu.leafallegiance import Allegiance
from nhipcau.ports.clock import Clock
from nhipcau.ports.messages import ConferencePlan
from nhipcau.ports.uplinks import uplinks_of
from nhipcau.quantities import McuName

# MCUs that start together have so long to find each other; who goes up at once comes back at once.
_FIRST_S = 2.0
# A trunk that breaks and comes back takes less.
_SOON_S = 0.2


class Upward:
    """One leaf's. On the event loop; asked often."""

    def __init__(self, name: McuName, allegiance: Allegiance, clock: Clock) -> None:
        """Have found nobody yet."""
        self._name = name
        self._allegiance = allegiance
        self._clock = clock
        self._away_s: float | None = clock.now_s()
        self._patience_s = _FIRST_S

    def may_call(self, plan: ConferencePlan, whom: McuName) -> bool:
        """Return True when a trunk to `whom` is of use now."""
        level = self._level(plan, whom)
        root = self._allegiance.root
        if root is not None:
            self._away_s, self._patience_s = None, _SOON_S
            return level <= self._level(plan, root.to)
        now_s = self._clock.now_s()
        if self._away_s is None:
            self._away_s = now_s
        return now_s - self._away_s >= level * self._patience_s

    def _level(self, plan: ConferencePlan, whom: McuName) -> int:
        above = uplinks_of(plan, self._name)
        return above.index(whom) if whom in above else len(above)

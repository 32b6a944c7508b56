"""Which MCUs make up a meeting, and who stands in for whom there. Pure.

    Serving (inventory and plan) + who is on ── placed ──▶ standby · leaves, each with its backup

A site whose MCU is off is at home at the root. The standby of a root serves nobody until it reigns,
so it stands in for no leaf and has no rooms of its own in the meeting.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from nhipcau.quantities import McuName, SiteId

NOBODY = McuName("")


@dataclass(frozen=True, slots=True)
class Serving:
    """Who is to serve a meeting, whoever of them may be on.

    Attributes:
        homes: the MCU that serves each site.
        standins: who stands in for an MCU, the preferred one first.
        room: how many sites each MCU carries.
        addressed: those that have an address in the inventory: they are meant to be on.
        uplinks: the MCU above another one, by the inventory; none: it hangs below nobody.
    """

    homes: Mapping[SiteId, McuName] = field(default_factory=dict)
    standins: Mapping[str, tuple[McuName, ...]] = field(default_factory=dict)
    room: Mapping[McuName, int] = field(default_factory=dict)
    addressed: frozenset[McuName] = frozenset()
    uplinks: Mapping[McuName, McuName] = field(default_factory=dict)

    def named(self) -> frozenset[McuName]:
        """Return every MCU that may get a part."""
        standins = (mcu for by in self.standins.values() for mcu in by)
        return frozenset((*self.homes.values(), *standins))


@dataclass(frozen=True, slots=True)
class Placed:
    """Who has a part in a meeting beside its root.

    Attributes:
        standby: follows the root, and reigns when that is lost; "": nobody does.
        leaves: those that have rooms there or stand in for one that has, each with who stands in
            for it; "": the root does.
    """

    standby: McuName = NOBODY
    leaves: Mapping[McuName, McuName] = field(default_factory=dict)


def placed(serving: Serving, root: McuName, on: Collection[McuName]) -> Placed:
    """Return who has a part in a meeting.

    Args:
        serving: who is to serve.
        root: who composes.
        on: the MCUs that are switched on.
    """
    sites = Counter(mcu for mcu in serving.homes.values() if mcu != root and mcu in on)
    standby = next(
        (
            mcu
            for mcu in serving.standins.get(root, ())
            if mcu in on and mcu != root and mcu not in sites
        ),
        NOBODY,
    )
    able = frozenset(on) - {standby}
    leaves = {leaf: _backup(serving, root, leaf, (sites, able)) for leaf in sites}
    # A spare that stands in for a leaf is a leaf without rooms.
    spares = {mcu: NOBODY for mcu in leaves.values() if mcu and mcu not in leaves}
    return Placed(standby, leaves | spares)


def uplink(serving: Serving, root: McuName, leaf: McuName, leaves: Collection[McuName]) -> McuName:
    """Return the leaf of a meeting below which another one hangs there; "": the root.

    An MCU that has no part in the meeting is passed over, upwards.
    """
    step, seen = serving.uplinks.get(leaf, NOBODY), {leaf, root}
    while step and step not in seen:
        if step in leaves:
            return step
        seen.add(step)
        step = serving.uplinks.get(step, NOBODY)
    return NOBODY


def _backup(
    serving: Serving,
    root: McuName,
    leaf: McuName,
    among: tuple[Counter[McuName], Collection[McuName]],
) -> McuName:
    sites, able = among
    for mcu in _others(serving, leaf):
        if mcu == root:
            return NOBODY
        room = serving.room.get(mcu)
        if mcu in able and (room is None or sites[leaf] + sites[mcu] <= room):
            return mcu
    return NOBODY


def _others(serving: Serving, leaf: McuName) -> Iterator[McuName]:
    return (mcu for mcu in serving.standins.get(leaf, ()) if mcu != leaf)

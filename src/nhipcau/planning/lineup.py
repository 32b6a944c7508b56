"""The line-up: which MCUs there are, what each can carry, and which sites it serves.

Trunks follow places and lines, not the tree: an MCU says whose rooms it serves, and any plan may
say otherwise.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from nhipcau.org.units import UnitId
from nhipcau.planning.inviting import Invitation
from nhipcau.quantities import Bitrate, McuName, SiteId

_GIGABIT = Bitrate(1_000_000_000)
_FAST = Bitrate(100_000_000)


@dataclass(frozen=True, slots=True)
class Mcu:
    """An MCU of the inventory.

    Attributes:
        name: unique in the system.
        title: what people call it.
        serves: the unit whose own and whose descendants' rooms it serves; empty: all the others'.
        uplink: the MCU above, to which its trunk leads; empty: it composes (root).
        cores: processor cores that it has.
        line_bps: what its line to the rooms carries.
        trunk_bps: what the trunk to its uplink carries.
        max_sites: how many sites may be booked on it at once.
        spare: it serves nobody until it stands in.
        backup: the MCU that stands in for it where a meeting names no other; empty: nobody in
            particular.
        url: how pages reach it; empty until it is switched on.
        front: how pages reach its front, where rooms wait to be called; empty: it has none.
    """

    name: McuName
    title: str
    serves: str = ""
    uplink: str = ""
    cores: float = 2.0
    line_bps: Bitrate = _GIGABIT
    trunk_bps: Bitrate = _FAST
    max_sites: int = 160
    spare: bool = False
    backup: str = ""
    url: str = ""
    front: str = ""

    def __post_init__(self) -> None:
        """Refuse what no machine is."""
        if not self.name or self.cores <= 0 or self.line_bps <= 0 or self.trunk_bps <= 0:
            raise ValueError(f"{self.name!r}: needs a name, cores and lines")
        if self.max_sites < 1:
            raise ValueError(f"{self.name}: carries at least one site")


def root_of(mcus: Iterable[Mcu], host: str = "") -> Mcu | None:
    """Return the MCU that composes: the host's own, else the one without an uplink."""
    working = [mcu for mcu in mcus if not mcu.spare]
    own = next((mcu for mcu in working if host and mcu.serves == host), None)
    return own or next((mcu for mcu in working if not mcu.uplink), None)


def working_root(mcus: Sequence[Mcu], host: str = "") -> Mcu | None:
    """Return the MCU that composes, or the nearest above it that is switched on; None: none is."""
    by_name = {mcu.name: mcu for mcu in mcus}
    step, seen = root_of(mcus, host), set[McuName]()
    while step is not None and step.name not in seen:
        if step.url:
            return step
        seen.add(step.name)
        step = by_name.get(McuName(step.uplink))
    return None


def stand_ins(
    mcus: Iterable[Mcu], named: Mapping[str, Sequence[str]]
) -> Mapping[str, tuple[McuName, ...]]:
    """Return who stands in for each MCU, in order of preference.

    Args:
        mcus: the inventory.
        named: what a meeting's own plan says; of an MCU that it does not name, the inventory does.
    """
    found = {str(mcu.name): (McuName(mcu.backup),) for mcu in mcus if mcu.backup}
    return found | {mcu: tuple(map(McuName, by)) for mcu, by in named.items()}


def homes(who: Invitation, mcus: Sequence[Mcu]) -> Mapping[SiteId, McuName]:
    """Return the MCU that serves each site: that of the nearest unit above which has one."""
    by_unit = {mcu.serves: mcu.name for mcu in mcus if mcu.serves and not mcu.spare}
    root = root_of(mcus)
    found: dict[SiteId, McuName] = {}
    for site, units in who.sites.items():
        holder = who.view.units_of_sites[site][0].unit if site in who.view.units_of_sites else None
        mcu = _serving(who, holder or units[0], by_unit)
        if mcu is None and root is not None:
            mcu = root.name
        if mcu is not None:
            found[site] = mcu
    return found


def _serving(who: Invitation, unit: UnitId, by_unit: Mapping[str, McuName]) -> McuName | None:
    step: UnitId | None = unit
    while step is not None:
        if step in by_unit:
            return by_unit[step]
        step = who.view.units[step].parent
    return None

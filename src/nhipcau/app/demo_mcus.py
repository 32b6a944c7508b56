"""The demo's MCUs: root, standby, then districts in the order in which they report.

    how many ─▶ posts ─▶ ports ─▶ settings ─▶ `nhipcau mcu` each ─▶ heard at the office

Each has its own data folder, its own ports, and gets into the bus by its own name.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nhipcau.app.demo_fleet import DISTRICTS
from nhipcau.app.demo_ports import host_of
from nhipcau.planning.placing import NOBODY
from nhipcau.quantities import McuName
from nhipcau.settings import BusSettings, DemoMcu, McuSettings, MediaPlace

MCU = McuName("mcu-tinh")
STANDBY = McuName("mcu-du-phong")
MOST_MCUS = 2 + len(DISTRICTS)
# How many meetings the province's MCU can host at once: its own, and one for each district. The
# one that stands in for it can do the same.
PLACES = 10
# The province's meeting, the district's own, one in which it stands in, and one to be cut off in.
_DISTRICT_PLACES = 4
# A warm process begins when the meeting is under way: several at once would be in its way.
_WARM_AFTER_S = 15.0


@dataclass(frozen=True, slots=True)
class Stand:
    """One MCU of the demo.

    Attributes:
        name: as the inventory has it.
        places: how many meetings it can host at once.
        backup: who stands in for it; "": the root.
        fronts: it has a front, where rooms wait to be called.
    """

    name: McuName
    places: int = _DISTRICT_PLACES
    backup: McuName = NOBODY
    fronts: bool = False

    @property
    def is_district(self) -> bool:
        """True for a district's MCU."""
        return self.name not in (MCU, STANDBY)

    @property
    def ports(self) -> int:
        """How many ports it needs."""
        return self.places + self.fronts


@dataclass(frozen=True, slots=True)
class Machine:
    """What an MCU of the demo runs on: its data folder, its address and ports, its bus."""

    folder: Path
    bind: str
    ports: Sequence[int]
    bus: BusSettings

    def url(self, port: int) -> str:
        """Return how pages reach one of its ports."""
        return f"http://{host_of(self.bind)}:{port}"


def stands(count: int) -> tuple[Stand, ...]:
    """Return the MCUs of a demo with so many of them, the root first."""
    root = Stand(MCU, PLACES, STANDBY if count > 1 else NOBODY, fronts=True)
    standby = [Stand(STANDBY, PLACES)][: count - 1]
    names = [McuName(f"mcu-{code}") for code in DISTRICTS[: max(0, count - 2)]]
    # Each district's neighbour in the order stands in for it; a district alone has the root.
    neighbours = [*names[1:], *names[:1]] if len(names) > 1 else [NOBODY] * len(names)
    districts = [Stand(name, backup=backup) for name, backup in zip(names, neighbours, strict=True)]
    return (root, *standby, *districts)


def mcu_settings(stand: Stand, machine: Machine, *, alone: bool) -> McuSettings:
    """Return the settings of one MCU; `alone`: there is no other in this demo."""
    places, fronts = machine.ports[: stand.places], machine.ports[stand.places :]
    settings = McuSettings(
        name=stand.name,
        bind=machine.bind,
        places=tuple(
            MediaPlace(port=port, media_port=port, public_url=machine.url(port)) for port in places
        ),
        front_port=fronts[0] if fronts else None,
        front_url=machine.url(fronts[0]) if fronts else "",
        data_dir=machine.folder,
        bus=machine.bus,
    )
    return settings if alone else settings.model_copy(update={"warm_after_s": _WARM_AFTER_S})


def inventory(stand: Stand, settings: McuSettings) -> DemoMcu:
    """Return what the office is told of an MCU that runs."""
    url = settings.places[0].public_url
    return DemoMcu(name=stand.name, url=url, front=settings.front_url, backup=stand.backup)

"""What the MCUs are told beforehand for an emergency: all sites, devices, telephones, fronts.

tree, devices, contacts, inventory, passes ─▶ Directory ─▶ registry, whenever it has changed
"""

import asyncio
import hashlib
import hmac
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import structlog

from nhipcau.credentials.keys import encode_bytes
from nhipcau.office.admitting import Doors, planned_device
from nhipcau.office.passes import Passes
from nhipcau.office.planning.briefing import whom_to_call
from nhipcau.office.planning.desk import Desk
from nhipcau.office.planning.inventory import mcus
from nhipcau.office.sitenames import SiteNames
from nhipcau.org.units import UnitId
from nhipcau.org.view import TreeView
from nhipcau.planning.lineup import Mcu
from nhipcau.ports.bus import BusError, Registry
from nhipcau.ports.devices import Device
from nhipcau.ports.directory import Directory, KnownDevice, KnownFront, KnownLevel
from nhipcau.ports.subjects import DIRECTORY
from nhipcau.ports.tree import StoreError
from nhipcau.quantities import SiteId

_log = structlog.get_logger()
# Trees, contacts and devices change a few times a day; an MCU may be told two seconds later.
_LOOK_S = 2.0
# A room waits at its own MCU, the one above, and some that stand in.
MOST_FRONTS = 4


@dataclass(frozen=True, slots=True)
class DirectoryMaker:
    """Works the directory out of what the office keeps. Blocks for the stores."""

    desk: Desk
    doors: Doors
    names: SiteNames
    passes: Passes
    token_public_key_pem: str

    def make(self) -> Directory:
        """Return the directory as it is now.

        Raises:
            StoreError: a store can't be reached.
        """
        sites, view = self.names.all(), self.names.view()
        holders = {site: view.units_of_sites[site][0].unit for site in sites}
        calls = whom_to_call(self.desk, set(holders.values()))
        devices = [one for one in self.doors.devices.devices() if one.site in sites]
        now_ms = round(self.desk.clock.wall_s() * 1000)
        return Directory(
            sites=tuple(
                one.model_copy(update={"call": calls.get(holders[site], "")})
                for site, one in sites.items()
            ),
            levels=tuple(KnownLevel(key=one.key, name=one.name) for one in view.levels),
            devices=tuple(_known(one, now_ms) for one in devices if not one.revoked_ms),
            revoked=tuple(one.device for one in devices if one.revoked_ms),
            token_public_key_pem=self.token_public_key_pem,
            emergency_key=self._secret(),
            origins=self.doors.origins,
            fronts=tuple(
                KnownFront(mcu=one.name, url=one.front) for one in mcus(self.desk) if one.front
            ),
            passes_revoked=self.passes.revoked(),
        )

    def fronts_of(self, site: SiteId) -> tuple[str, ...]:
        """Return the origins of the fronts at which a site's room waits, its own MCU's first."""
        return fronts_of(self.names.view(), site, mcus(self.desk))

    def _secret(self) -> str:
        # The same after a restart, and kept nowhere.
        derived = hmac.new(self.doors.secret, b"emergency conferences", hashlib.sha256)
        return encode_bytes(derived.digest())


@dataclass(slots=True)
class DirectoryPublisher:
    """Tells the MCUs of the directory whenever it has changed."""

    maker: DirectoryMaker
    registry: Registry
    _told: Directory | None = None
    _poked: asyncio.Event = field(default_factory=asyncio.Event)

    def poke(self) -> None:
        """Have it look now; on the event loop."""
        self._poked.set()

    def forget(self) -> None:
        """Take it that nobody was told: the registry may have been lost."""
        self._told = None

    async def run(self) -> None:
        """Publish until cancelled."""
        while True:
            self._poked.clear()
            try:
                await self.tell()
            except (BusError, StoreError, ValueError) as error:
                _log.warning("the MCUs were not told of the directory", error=str(error))
            try:
                await asyncio.wait_for(self._poked.wait(), _LOOK_S)
            except TimeoutError:
                continue

    async def tell(self) -> None:
        """Publish the directory if it has changed.

        Raises:
            BusError: the registry can't be reached.
            StoreError: a store can't be reached.
            ValueError: it is larger than the registry takes.
        """
        now = await asyncio.to_thread(self.maker.make)
        if now != self._told:
            await self.registry.put(DIRECTORY.pattern, now.model_dump_json().encode())
            self._told = now


def fronts_of(view: TreeView, site: SiteId, known: Iterable[Mcu]) -> tuple[str, ...]:
    """Return fronts in the order in which a room of `site` waits at them, each once.

    First that of the MCU which serves the nearest unit above, then the MCUs above it, then those
    that serve nobody in particular, then the spare ones.
    """
    all_mcus = [one for one in known if one.front]
    tenures = view.units_of_sites.get(site, ())
    above = list(_above(view, tenures[0].unit)) if tenures else []
    by_unit = {one.serves: one for one in all_mcus if one.serves and not one.spare}
    nearest = [by_unit[unit] for unit in above if unit in by_unit]
    general = [one for one in all_mcus if not one.serves and not one.spare]
    spare = [one for one in all_mcus if one.spare]
    ordered = dict.fromkeys(one.front for one in (*nearest, *general, *spare))
    return tuple(ordered)[:MOST_FRONTS]


def _above(view: TreeView, unit: UnitId) -> Iterator[UnitId]:
    step: UnitId | None = unit
    while step is not None and step in view.units:
        yield step
        step = view.units[step].parent


def _known(device: Device, now_ms: int) -> KnownDevice:
    planned = planned_device(device, now_ms)
    return KnownDevice(
        device=planned.device, site=planned.site, keys=planned.keys, policy=device.emergency
    )

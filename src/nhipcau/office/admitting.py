"""What the office tells the MCUs of who may come in: the part of a plan that is about doors.

The ticket key and the trunk key of a meeting follow from the office's secret and the meeting's id:
they are the same after a restart, and kept nowhere.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from nhipcau.credentials.keys import encode_bytes
from nhipcau.ports.devices import Device, DeviceStore
from nhipcau.ports.guests import Guest, GuestStore
from nhipcau.ports.messages import PlannedDevice, PlannedGuest, PlannedSite
from nhipcau.quantities import ConferenceId, SiteId

# How a guest's level is called where levels are listed; it is none of the tree's.
GUEST_LEVEL = "guest"


@dataclass(frozen=True, slots=True)
class Doors:
    """The stores and the secret behind every plan's doors.

    Attributes:
        devices, guests: who is enrolled, who is invited.
        secret: 32 random bytes of this office.
        origins: of the office's own pages, which dial the MCUs.
    """

    devices: DeviceStore
    guests: GuestStore
    secret: bytes = field(repr=False)
    origins: tuple[str, ...] = ()

    def of(
        self, meeting: ConferenceId, sites: tuple[PlannedSite, ...], now_ms: int
    ) -> Mapping[str, Any]:
        """Return the fields of a `ConferencePlan` that are about doors, `sites` with the guests.

        Blocks for the stores.

        Raises:
            StoreError: a store can't be reached.
        """
        listed = {planned.site for planned in sites}
        devices = [one for one in self.devices.devices() if one.site in listed]
        guests = [
            guest
            for guest in self.guests.guests(meeting)
            if guest.withdrawn_ms is None and guest.expires_ms > now_ms
        ]
        return {
            "sites": (*sites, *(_row(guest) for guest in guests)),
            "devices": tuple(planned_device(one, now_ms) for one in devices if not one.revoked_ms),
            "revoked": tuple(one.device for one in devices if one.revoked_ms),
            "guests": tuple(
                PlannedGuest(site=guest.site, pin=guest.pin, expires_s=guest.expires_ms // 1000)
                for guest in guests
            ),
            "ticket_key": self._derived("ticket key", meeting),
            "origins": self.origins,
        }

    def trunk_key(self, meeting: ConferenceId) -> str:
        """Return what the MCUs of a meeting prove to one another."""
        return self._derived("trunk key", meeting)

    def _derived(self, use: str, meeting: ConferenceId) -> str:
        said = f"{use}\n{meeting}".encode()
        return encode_bytes(hmac.new(self.secret, said, hashlib.sha256).digest())


def guest_name(agency: str, person: str) -> str:
    """Return what is burnt into a guest's tile."""
    return f"{agency} · {person}" if person else agency


def _row(guest: Guest) -> PlannedSite:
    name = guest_name(guest.agency, guest.person)
    return PlannedSite(site=SiteId(guest.site), name=name, level=GUEST_LEVEL)


def planned_device(device: Device, now_ms: int) -> PlannedDevice:
    """Return an enrolled device as MCUs are told of it, with the keys that are good now."""
    keys = [key for key in device.keys if key.until_ms is None or key.until_ms > now_ms]
    # The newest ones; a device that changed its key too often has no use for the others.
    newest = tuple(key.text for key in keys[-2:])
    return PlannedDevice(device=device.device, site=device.site, keys=newest)

"""The in-memory twins of the device store and of the guest store."""

from dataclasses import replace
from threading import Lock

from nhipcau.ports.devices import (
    CodeRefusedError,
    Device,
    PairingCode,
    StaleDeviceError,
    first_emergency_policy,
)
from nhipcau.ports.guests import Guest
from nhipcau.quantities import ConferenceId, DeviceId, SiteId


class MemoryDeviceStore:
    """A `DeviceStore` that forgets."""

    def __init__(self) -> None:
        self._codes: dict[str, PairingCode] = {}
        self._devices: dict[DeviceId, Device] = {}
        self._lock = Lock()

    def keep_code(self, code: PairingCode) -> None:
        """Keep a fresh code."""
        with self._lock:
            self._codes[code.hash] = code

    def enrol(self, code_hash: str, device: Device) -> Device:
        """Spend the code and keep the device.

        Raises:
            CodeRefusedError: the code is not good.
        """
        with self._lock:
            code = self._codes.get(code_hash)
            if code is None or code.expires_ms < device.created_ms:
                raise CodeRefusedError(code_hash)
            del self._codes[code_hash]
            policy = first_emergency_policy(code.join)
            enrolled = replace(device, site=code.site, join=code.join, emergency=policy)
            self._devices[device.device] = enrolled
            return enrolled

    def devices(self) -> tuple[Device, ...]:
        """Return all devices."""
        with self._lock:
            return tuple(self._devices.values())

    def change(self, before: Device, after: Device) -> None:
        """Keep `after` instead of `before`.

        Raises:
            StaleDeviceError: something else is kept.
        """
        with self._lock:
            kept = self._devices.get(before.device)
            if kept is None or replace(kept, seen_ms=before.seen_ms) != before:
                raise StaleDeviceError(before.device)
            self._devices[before.device] = replace(after, seen_ms=kept.seen_ms)

    def note_seen(self, device: DeviceId, at_ms: int) -> None:
        """Note when a device has shown itself."""
        with self._lock:
            if device in self._devices:
                self._devices[device] = replace(self._devices[device], seen_ms=at_ms)

    def close(self) -> None:
        """Do nothing."""


class MemoryGuestStore:
    """A `GuestStore` that forgets."""

    def __init__(self) -> None:
        self._guests: dict[SiteId, Guest] = {}
        self._lock = Lock()

    def add(self, guest: Guest) -> None:
        """Keep an invitation."""
        with self._lock:
            self._guests[guest.site] = guest

    def guests(self, meeting: ConferenceId) -> tuple[Guest, ...]:
        """Return the invitations to a meeting."""
        with self._lock:
            return tuple(guest for guest in self._guests.values() if guest.meeting == meeting)

    def withdraw(self, site: SiteId, at_ms: int) -> bool:
        """Note that an invitation is good no more."""
        with self._lock:
            guest = self._guests.get(site)
            if guest is None or guest.withdrawn_ms is not None:
                return False
            self._guests[site] = replace(guest, withdrawn_ms=at_ms)
            return True

    def close(self) -> None:
        """Do nothing."""

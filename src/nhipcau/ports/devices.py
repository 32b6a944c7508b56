"""The device store port: which browsers are enrolled as which rooms, and the codes that enrol."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from nhipcau.quantities import DeviceId, SiteId


class JoinPolicy(StrEnum):
    """What a room does when its meeting starts: go in by itself, or ring and ask."""

    ITSELF = "itself"
    ASK = "ask"


class EmergencyPolicy(StrEnum):
    """What a room does when it is called to an emergency meeting.

    It rings and asks; or goes in by itself unless it is in another meeting, where it asks; or goes
    in by itself from wherever it is.
    """

    ASK = "ask"
    ITSELF = "itself"
    MOVE = "move"


def first_emergency_policy(join: JoinPolicy) -> EmergencyPolicy:
    """Return what a fresh device does in an emergency: by itself where it joins so anyway."""
    return EmergencyPolicy.ITSELF if join is JoinPolicy.ITSELF else EmergencyPolicy.ASK


@dataclass(frozen=True, slots=True)
class PairingCode:
    """A code that enrols one device for one site; kept as a hash only (`credentials.codes`)."""

    hash: str
    site: SiteId
    join: JoinPolicy
    expires_ms: int


@dataclass(frozen=True, slots=True)
class DeviceKey:
    """One public key of a device; `until_ms` is set once a newer one follows it."""

    text: str
    since_ms: int
    until_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Device:
    """An enrolled browser. Times are milliseconds since 1970-01-01 UTC.

    `join` is for meetings that begin as planned, `emergency` for being called.
    """

    device: DeviceId
    site: SiteId
    name: str
    join: JoinPolicy
    created_ms: int
    seen_ms: int | None = None
    revoked_ms: int | None = None
    keys: tuple[DeviceKey, ...] = ()
    emergency: EmergencyPolicy = EmergencyPolicy.ASK


class CodeRefusedError(Exception):
    """There is no such code, it was used, or its time is over: nobody is told which."""


class StaleDeviceError(Exception):
    """Somebody else changed the device meanwhile, or there is none: look again."""


class DeviceStore(Protocol):
    """Keeps devices. Calls block and may come from any thread, several at once."""

    def keep_code(self, code: PairingCode) -> None:
        """Keep a fresh code; codes whose time was over before may be forgotten.

        Raises:
            StoreError: the store can't be reached, as with every other method.
        """
        ...

    def enrol(self, code_hash: str, device: Device) -> Device:
        """Spend the code and keep the device, or neither; return it with the code's site and join.

        Its emergency policy follows from `join` (`first_emergency_policy`).

        Raises:
            CodeRefusedError: the code is not good at `device.created_ms`.
        """
        ...

    def devices(self) -> tuple[Device, ...]:
        """Return all devices, the revoked too, the oldest first."""
        ...

    def change(self, before: Device, after: Device) -> None:
        """Keep `after` where `before` is what is kept now; when it was seen does not count.

        Raises:
            StaleDeviceError: something else is kept.
        """
        ...

    def note_seen(self, device: DeviceId, at_ms: int) -> None:
        """Note that a device has just shown itself; an unknown one is passed over."""
        ...

    def close(self) -> None:
        """Let go of it; may be called twice."""
        ...

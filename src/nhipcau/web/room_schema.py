"""What goes in and out of the API of devices and guests."""

from pydantic import BaseModel, ConfigDict, Field

from nhipcau.credentials.keys import MAX_KEY_TEXT, MAX_SIGNATURE_TEXT
from nhipcau.ports.devices import Device, EmergencyPolicy, JoinPolicy
from nhipcau.ports.guests import Guest
from nhipcau.ports.messages import PlannedSite

# The longest invitation: a week of meetings.
MAX_HOURS = 168


class _In(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class CodeIn(_In):
    """What the room will do when its meeting starts."""

    join: JoinPolicy = JoinPolicy.ASK


class CodeOut(BaseModel):
    """A pairing code; it is shown here and never again."""

    code: str
    site: str
    site_name: str
    expires_ms: int


class PairingIn(_In):
    """A room's page enrols itself; `signature` is of the code and the key."""

    code: str = Field(max_length=20)
    key: str = Field(max_length=MAX_KEY_TEXT)
    signature: str = Field(max_length=MAX_SIGNATURE_TEXT)
    name: str = Field(default="", max_length=80)


class SignedIn(_In):
    """A device says who it is; `at_ms` is its clock, and part of what it signed."""

    device: str = Field(max_length=64)
    at_ms: int = Field(ge=0, le=2**53)
    signature: str = Field(max_length=MAX_SIGNATURE_TEXT)


class RotationIn(SignedIn):
    """A new key, signed by the old one (`signature`) and by itself (`key_signature`)."""

    key: str = Field(max_length=MAX_KEY_TEXT)
    key_signature: str = Field(max_length=MAX_SIGNATURE_TEXT)


class DeviceOut(BaseModel):
    """An enrolled device."""

    device: str
    site: str
    site_name: str
    name: str
    join: JoinPolicy
    emergency: EmergencyPolicy
    created_ms: int
    seen_ms: int | None
    revoked_ms: int | None


class RoomOut(BaseModel):
    """A site that a device can be enrolled for."""

    site: str
    name: str
    level: str
    parent_name: str | None
    devices: int


class DeviceChange(_In):
    """What can be changed of a device: what it does when its meeting starts, and when called."""

    join: JoinPolicy | None = None
    emergency: EmergencyPolicy | None = None


class AgendaMeeting(BaseModel):
    """A meeting of the room's site; `mcus` are the pages' origins of those that run it."""

    meeting: str
    title: str
    chair_name: str
    starts_ms: int
    live: bool
    mcus: list[str]


class AgendaOut(BaseModel):
    """What a room's page shows before its meeting.

    `fronts` are the origins at which it waits to be called, its own MCU's first.
    """

    now_ms: int
    device: str
    site: str
    site_name: str
    parent_name: str | None
    join: JoinPolicy
    fronts: list[str]
    meetings: list[AgendaMeeting]


class GuestIn(_In):
    """Whom to invite, and for how long from now."""

    agency: str = Field(min_length=1, max_length=120)
    person: str = Field(default="", max_length=76)
    hours: float = Field(default=12, gt=0, le=MAX_HOURS)


class GuestOut(BaseModel):
    """An invitation."""

    site: str
    agency: str
    person: str
    created_ms: int
    expires_ms: int
    withdrawn_ms: int | None


class InvitationOut(GuestOut):
    """A fresh invitation; link and PIN are shown here and never again."""

    link: str
    pin: str


def device_out(device: Device, site: PlannedSite | None) -> DeviceOut:
    """Return a device as the API shows it."""
    return DeviceOut(
        device=device.device,
        site=device.site,
        site_name=site.name if site is not None else "",
        name=device.name,
        join=device.join,
        emergency=device.emergency,
        created_ms=device.created_ms,
        seen_ms=device.seen_ms,
        revoked_ms=device.revoked_ms,
    )


def guest_out(guest: Guest) -> GuestOut:
    """Return an invitation as the API shows it."""
    return GuestOut(
        site=guest.site,
        agency=guest.agency,
        person=guest.person,
        created_ms=guest.created_ms,
        expires_ms=guest.expires_ms,
        withdrawn_ms=guest.withdrawn_ms,
    )

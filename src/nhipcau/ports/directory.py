"""Frozen messages of the emergency: what every MCU knows beforehand, and what it calls rooms to.

registry  directory          Directory         office → MCUs, kept by each on its disk
registry  emergency.<mcu>    EmergencyCalls    MCU → MCUs: the conferences that it calls rooms to
"""

from pydantic import Field

from nhipcau.ports.devices import EmergencyPolicy
from nhipcau.ports.messages import Message, PlannedDevice, PlannedSite
from nhipcau.quantities import ConferenceId, DeviceId, McuName, SiteId

# A conference that somebody forgot to end calls nobody any more, and its tickets are over.
CALL_LIFETIME_S = 12 * 3600


class KnownDevice(PlannedDevice):
    """An enrolled device and what it does when its room is called."""

    policy: EmergencyPolicy = EmergencyPolicy.ASK


class KnownLevel(Message):
    """A level of the tree, its key and what people call it."""

    key: str = Field(max_length=50)
    name: str = Field(max_length=200)


class KnownFront(Message):
    """Where pages reach an MCU's front: `https://host:port`."""

    mcu: McuName
    url: str = Field(max_length=300)


class Directory(Message):
    """All that an MCU must know to call rooms together without asking anybody.

    Attributes:
        sites: all of today, in calling order, parents before children.
        levels: from the top.
        devices, revoked: as in a plan, of all sites.
        token_public_key_pem: by which a pass is checked.
        emergency_key: 32 bytes in base64url, a secret of the MCUs, from which the keys of an
            emergency conference follow.
        origins: of the office's pages.
        fronts: of all MCUs that have one.
        passes_revoked: ids of passes that are good no more.
    """

    sites: tuple[PlannedSite, ...] = Field(default=(), max_length=2000)
    levels: tuple[KnownLevel, ...] = Field(default=(), max_length=20)
    devices: tuple[KnownDevice, ...] = Field(default=(), max_length=4000)
    revoked: tuple[DeviceId, ...] = Field(default=(), max_length=4000)
    token_public_key_pem: str = ""
    emergency_key: str = Field(default="", repr=False)
    origins: tuple[str, ...] = Field(default=(), max_length=20)
    fronts: tuple[KnownFront, ...] = Field(default=(), max_length=50)
    passes_revoked: tuple[str, ...] = Field(default=(), max_length=2000)


class EmergencyCall(Message):
    """An emergency conference, and whom it calls.

    Attributes:
        url: of the pages of the media process that runs it.
        caller: the name of the chairing site.
        round: 1, and one more each time the same rooms are called again; a room rings anew.
        at_ms: when it was first called, since 1970-01-01 UTC.
    """

    conference: ConferenceId
    mcu: McuName
    url: str = Field(max_length=300)
    title: str = Field(max_length=500)
    caller: str = Field(max_length=200)
    chair_site: SiteId
    sites: tuple[SiteId, ...] = Field(max_length=2000)
    round: int = Field(default=1, ge=1)
    at_ms: int


class EmergencyCalls(Message):
    """All emergency conferences of one MCU that are not over."""

    calls: tuple[EmergencyCall, ...] = Field(default=(), max_length=16)

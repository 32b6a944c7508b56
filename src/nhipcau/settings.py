"""Frozen settings of each process, made once on the roof and handed down.

They travel between processes as one JSON line, so a child needs no environment of its own.
"""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from nhipcau.access.roles import Role
from nhipcau.quantities import ConferenceId, McuName
from nhipcau.rehearsal.spec import FleetSpec

__all__ = [
    "AuditSettings",
    "BusSettings",
    "DemoMcu",
    "DemoSettings",
    "FleetSpec",
    "McuSettings",
    "MediaPlace",
    "MediaSettings",
    "OfficeSettings",
]


class _Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class BusSettings(_Settings):
    """Where the bus is: a NATS URL, and the name and password that let us in; `domain`: of the hub
    that keeps the registry, where the URL is that of a leaf.
    """

    url: str
    user: str | None = None
    password: str | None = Field(default=None, repr=False)
    domain: str = ""


class AuditSettings(_Settings):
    """The audit.

    Attributes:
        syslog: where signed checkpoints go: /dev/log, udp://host:514 or tcp://host:601; `auto` is
            this machine's where there is one; empty: nowhere.
        keep_months: how long rows stay in the database; older ones are exported and cut.
    """

    syslog: str = "auto"
    keep_months: int = Field(default=12, ge=1, le=1200)


class MediaPlace(_Settings):
    """Where a media process of an MCU serves a conference.

    Attributes:
        port: signalling (TCP); 0 lets the system choose.
        media_port: the one UDP port of all endpoints.
        public_url: how pages reach it; empty: made of the MCU's address and port.
    """

    port: int = Field(ge=0, le=65535)
    media_port: int = Field(ge=1, le=65535)
    public_url: str = ""


class McuSettings(_Settings):
    """One MCU: it hosts as many conferences at once as it has places.

    Attributes:
        name: unique in the system; the plan names it.
        bind: address for signalling (TCP) and media (UDP).
        places: where its media processes serve, one conference in each.
        advertised: addresses put into candidates instead of `bind` (an MCU behind NAT).
        data_dir: what it hosts, event files, plans, certificates, audit.
        bus: where office and other MCUs are met.
        audit: where checkpoints go.
        front_port: of the front, where rooms wait to be called; None: this MCU has none, 0 lets
            the system choose.
        front_url: how pages reach the front; empty: made of bind and port.
        warm_after_s: how long after all its media processes are at work the next one is started
            that stands by for them, warm.
    """

    name: McuName
    bind: str = "127.0.0.1"
    places: tuple[MediaPlace, ...] = Field(min_length=1, max_length=200)
    advertised: tuple[str, ...] = ()
    data_dir: Path
    bus: BusSettings
    audit: AuditSettings = AuditSettings()
    front_port: int | None = Field(default=None, ge=0, le=65535)
    front_url: str = ""
    warm_after_s: float = Field(default=2.0, ge=0)

    def media(self, conference: ConferenceId, place: int) -> "MediaSettings":
        """Return the settings of the media process that serves a conference in a place."""
        return MediaSettings(
            name=self.name,
            conference=conference,
            bind=self.bind,
            place=self.places[place],
            urls=self.urls(),
            advertised=self.advertised,
            mcu_dir=self.data_dir,
            bus=self.bus,
            audit=self.audit,
        )

    def urls(self) -> tuple[str, ...]:
        """Return how pages reach each place; "" where only its process will know."""
        return tuple(
            one.public_url or (f"http://{self.bind}:{one.port}" if one.port else "")
            for one in self.places
        )


class MediaSettings(_Settings):
    """One media process of an MCU; the fields are the MCU's, `mcu_dir` is its data folder, `urls`
    are those of all its places.
    """

    name: McuName
    conference: ConferenceId
    bind: str
    place: MediaPlace
    urls: tuple[str, ...] = ()
    advertised: tuple[str, ...] = ()
    mcu_dir: Path
    bus: BusSettings
    audit: AuditSettings = AuditSettings()

    @property
    def data_dir(self) -> Path:
        """The conference's own folder: event file, last good plan, certificate."""
        return self.mcu_dir / "conferences" / self.conference


class OfficeSettings(_Settings):
    """The office.

    Attributes:
        bind: address of the web pages and the API.
        port: 0 lets the system choose.
        data_dir: the token key, and the database where no other is named.
        database_url: sqlite:///… or postgresql://…; empty: a SQLite file in `data_dir`.
        bus: where the MCUs are met.
        audit: where checkpoints go, and how long rows are kept.
        origins: from which its pages are loaded; empty: made of bind and port.
        demo: the meeting that a demo office plans at its start; None in production.
    """

    bind: str = "127.0.0.1"
    port: int = Field(ge=0, le=65535)
    data_dir: Path
    database_url: str = Field(default="", repr=False)
    bus: BusSettings
    audit: AuditSettings = AuditSettings()
    origins: tuple[str, ...] = ()
    demo: "DemoSettings | None" = None


class DemoSettings(_Settings):
    """What the demo's office does by itself: plan the first session and hand out its links.

    Attributes:
        conference: the session.
        mcus: those that run, the root first; the others of the province's inventory are off.
        accounts: the demo's people.
    """

    conference: ConferenceId
    mcus: tuple["DemoMcu", ...] = Field(min_length=1, max_length=20)
    accounts: tuple["DemoAccount", ...] = ()


class DemoMcu(_Settings):
    """An MCU of the demo that runs; `backup`: who stands in for it, "": the root."""

    name: McuName
    url: str
    front: str = ""
    backup: McuName = McuName("")


class DemoAccount(_Settings):
    """An account of the demo; all have fictitious names.

    Attributes:
        login, name: as people sign in, and as pages call them.
        password: the demo's, made anew at each start.
        secret: of the second factor, base32; empty where none is needed.
        roles: over `unit` and all below it.
        unit: official code.
        company: a telecom operator's.
    """

    login: str
    name: str
    password: str = Field(repr=False)
    secret: str = Field(default="", repr=False)
    roles: tuple[Role, ...]
    unit: str
    company: str = ""

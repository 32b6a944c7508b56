"""Frozen messages that cross the bus between office and MCU, validated on both sides.

registry  plan.<conference>     ConferencePlan      office → MCU, kept by the MCU on its disk
registry  barred.<conference>   BarredList          MCU → MCUs: who was removed, anywhere
subject   mcu.<name>.status     McuStatus           MCU → office, every second, of each conference
subject   mcu.<name>.hosting    McuHosting          MCU → office, every second: who is hosted where
request   audit.rows            AuditRows           every process → office, AuditTaken comes back
request   mcu.<name>.events     EventRows           MCU → office, EventsTaken comes back
"""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from nhipcau.quantities import ConferenceId, DeviceId, McuName, SiteId


class Message(BaseModel):
    """Base of all bus messages: frozen, and a field nobody knows is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class PlannedSite(Message):
    """A site of the plan's roster.

    `line_bps` is what its place's line was declared to carry; None where nobody said. `call` is
    whom to call there, a name and a telephone number; personal data, for those who run the meeting.
    `home` is the MCU that serves it, "" for the root.
    """

    site: SiteId
    name: str = Field(max_length=200)
    level: str = Field(max_length=50)
    parent: SiteId | None = None
    line_bps: int | None = Field(default=None, gt=0)
    call: str = Field(default="", max_length=200, repr=False)
    home: McuName = McuName("")


class PlannedDevice(Message):
    """A device that may take a site's seat; `keys` are two while one follows the other."""

    device: DeviceId
    site: SiteId
    keys: tuple[str, ...] = Field(max_length=4)


class PlannedGuest(Message):
    """An invitation: a site of this meeting only. `pin` is a slow hash (`credentials.codes`)."""

    site: SiteId
    pin: str
    expires_s: int


class PlannedTurn(Message):
    """Somebody speaks in a cue; `site` None: from no room of the roster."""

    turn: str = Field(max_length=20)
    site: SiteId | None = None
    speaker: str = Field(default="", max_length=200)
    minutes: int | None = Field(default=None, ge=0, le=1440)


class PlannedBallot(Message):
    """A vote: one answer for each delegation, which is a site of the roster."""

    question: str = Field(max_length=500)
    answers: tuple[Annotated[str, Field(max_length=200)], ...] = Field(min_length=2, max_length=10)
    delegations: tuple[SiteId, ...] = Field(max_length=800)


class PlannedCue(Message):
    """A step of the scenario; `planned_ms` since 1970-01-01 UTC, `fixed`: not before it.

    `split_level`: a split: sites of this level meet with those below them.
    """

    cue: str = Field(min_length=1, max_length=60)
    kind: str = Field(max_length=20)
    title: str = Field(default="", max_length=500)
    who: str = Field(default="", max_length=500)
    minutes: int = Field(default=0, ge=0, le=20_000)
    planned_ms: int = 0
    fixed: bool = False
    layout: str = Field(default="auto", max_length=50)
    turns: tuple[PlannedTurn, ...] = Field(default=(), max_length=200)
    ballot: PlannedBallot | None = None
    split_level: str = Field(default="", max_length=50)


class PlannedLeaf(Message):
    """An MCU that hangs below the root in this meeting; its rooms dial `url`, "": nobody knows yet.

    `backup` is the MCU of this plan that stands in for it; "": the root does. `uplink` is the leaf
    that it hangs below; "": the root itself.
    """

    mcu: McuName
    url: str = Field(default="", max_length=500)
    backup: McuName = McuName("")
    uplink: McuName = McuName("")


class CarriedSite(Message):
    """A site that was here when its MCU lost the meeting, and what it had on."""

    site: SiteId
    capture: bool
    synthetic: bool
    camera: bool
    mic: bool


class CarriedStep(Message):
    """The step that ran; moments since 1970-01-01 UTC, of the clock of the meeting's MCU."""

    cue: str = Field(max_length=60)
    turn: str = Field(max_length=20)
    first_ms: int
    since_ms: int
    spent_ms: int


class Carried(Message):
    """What a part of a meeting goes on with that was cut off from it, as of the last event known.

    Attributes:
        source: name of the site that chairs the meeting: from whom it is cut off.
        lost_ms: when it was.
        sites: who was here.
        floor, hands: of its own sites, in order.
        mics_locked, hands_via_parent, doors_ask, locked: as the meeting was led.
        step: what ran; None: nothing.
        extra: minutes added to a step of a cue.
        skipped: steps that are passed over.
    """

    source: str = Field(max_length=200)
    lost_ms: int
    sites: tuple[CarriedSite, ...] = Field(default=(), max_length=2000)
    floor: tuple[SiteId, ...] = Field(default=(), max_length=10)
    hands: tuple[SiteId, ...] = Field(default=(), max_length=2000)
    mics_locked: bool = False
    hands_via_parent: bool = False
    doors_ask: bool = False
    locked: bool = False
    step: CarriedStep | None = None
    extra: tuple[tuple[str, str, int], ...] = Field(default=(), max_length=2000)
    skipped: tuple[tuple[str, str], ...] = Field(default=(), max_length=2000)


class ConferencePlan(Message):
    """All that an MCU must know to run a conference without asking anybody.

    Attributes:
        devices: the enrolled devices of the roster's sites.
        revoked: devices that were revoked; a resume ticket does not help them.
        guests: the invitations; each is on the roster, too.
        ticket_key: signs resume tickets, 32 bytes in base64url, a secret of the plan's MCUs;
            "": none are given.
        tickets_end_s: when the meeting is over at the latest, and with it every ticket.
        origins: whose pages may open a signalling connection, beside the MCU's own.
        scenario: the approved cues, in order.
        opens_s: from when on rooms can come in, seconds since 1970-01-01 UTC; 0: at once.
        over: the meeting is ended or cancelled: whoever hosts it ends it.
        leaves: the MCUs below the root, `mcu`, near and far.
        root_url: where the leaves find the root.
        standby: the MCU that follows the root and reigns when it is lost; "": there is none. It
            serves no rooms until then.
        standby_url: where the leaves find it.
        trunk_key: what MCUs of this plan prove to one another; "": no trunk is taken.
        parent: the conference of which this is a branch; its links are good here, too.
        barred: credentials that were removed there.
        carried: what it begins with, where it is a part that was cut off from its parent.
        rehearsal: it is one (tổng duyệt): MCUs may be killed and trunks cut in it, to see what
            that costs.
    """

    conference: ConferenceId
    title: str = Field(max_length=500)
    mcu: McuName
    chair_site: SiteId
    layout: str
    sites: tuple[PlannedSite, ...] = Field(max_length=2000)
    token_public_key_pem: str
    devices: tuple[PlannedDevice, ...] = Field(default=(), max_length=4000)
    revoked: tuple[DeviceId, ...] = Field(default=(), max_length=4000)
    guests: tuple[PlannedGuest, ...] = Field(default=(), max_length=200)
    ticket_key: str = Field(default="", repr=False)
    tickets_end_s: int = 0
    origins: tuple[str, ...] = Field(default=(), max_length=20)
    scenario: tuple[PlannedCue, ...] = Field(default=(), max_length=300)
    opens_s: int = 0
    over: bool = False
    leaves: tuple[PlannedLeaf, ...] = Field(default=(), max_length=200)
    root_url: str = Field(default="", max_length=500)
    standby: McuName = McuName("")
    standby_url: str = Field(default="", max_length=500)
    trunk_key: str = Field(default="", max_length=100, repr=False)
    parent: ConferenceId | None = None
    barred: tuple[str, ...] = Field(default=(), max_length=4000)
    carried: Carried | None = None
    rehearsal: bool = False


class BarredEntry(Message):
    """A credential that was barred, or restored, and when."""

    credential: str = Field(max_length=200)
    site: SiteId
    barred: bool
    at_ms: int


class BarredList(Message):
    """All that the MCUs of a meeting know of who was removed; entries are merged, newest wins."""

    entries: tuple[BarredEntry, ...] = Field(default=(), max_length=4000)


class McuStatus(Message):
    """What a media process says of itself every second.

    `role` is its MCU's in the conference: `root`, `leaf` or `standby`; `sites_present` are all that
    a root or standby knows of, those that a leaf serves itself.
    """

    mcu: McuName
    pid: int
    url: str
    conference: ConferenceId | None
    role: str = Field(default="root", max_length=20)
    sites_present: int
    endpoints: int
    cpu_cores: float
    rss_mb: float


class HostedConference(Message):
    """A conference of an MCU. `standing`: `waiting` (no place is free), `hosted` or `ended`."""

    conference: ConferenceId
    standing: str = Field(max_length=20)
    url: str = Field(default="", max_length=500)


class McuHosting(Message):
    """Whom an MCU hosts, and how many places it has; `free` are those that nobody needs now."""

    mcu: McuName
    places: int
    free: int
    hosted: tuple[HostedConference, ...] = Field(default=(), max_length=500)


class AuditRows(Message):
    """Rows of one chain, in order, each as its hash and its body; none asks for the head.

    `signed` are checkpoints that were made beside the chain meanwhile.
    """

    chain: str = Field(max_length=150)
    rows: tuple[tuple[str, str], ...] = Field(default=(), max_length=5000)
    signed: tuple[str, ...] = Field(default=(), max_length=5000)


class AuditTaken(Message):
    """How far the office has a chain: -1 is nothing. `refused`: what it can't take, and why."""

    number: int
    refused: str = ""


class EventRows(Message):
    """Events of one log, in order, as they were written; none asks how far the office has it.

    `after` is the number of the event before the first, `digest` the running digest there
    (`conference.digest`): so the office sees whether they are of the log that it has.
    """

    conference: ConferenceId = Field(min_length=1, max_length=150)
    branch: str = Field(default="", max_length=100)
    after: int = Field(default=0, ge=0)
    digest: str = Field(default="", pattern=r"^([0-9a-f]{64})?$")
    records: tuple[str, ...] = Field(default=(), max_length=10_000)


class EventsTaken(Message):
    """How far the office has a log; 0 is nothing. `refused`: why it can't take what was sent."""

    number: int
    refused: str = ""

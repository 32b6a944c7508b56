"""Frozen messages that cross the bus between office and MCU, validated on both sides.

registry  plan.<conference>     ConferencePlan      office → MCU, kept by the MCU on its disk
subject   mcu.<name>.status     McuStatus           MCU → office, every second
"""

from pydantic import BaseModel, ConfigDict, Field

from nhipcau.quantities import ConferenceId, McuName, SiteId


class Message(BaseModel):
    """Base of all bus messages: frozen, and a field nobody knows is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class PlannedSite(Message):
    """A site of the plan's roster.

    `line_bps` is what its place's line was declared to carry; None where nobody said.
    """

    site: SiteId
    name: str = Field(max_length=200)
    level: str = Field(max_length=50)
    parent: SiteId | None = None
    line_bps: int | None = Field(default=None, gt=0)


class ConferencePlan(Message):
    """All that an MCU must know to run a conference without asking anybody."""

    conference: ConferenceId
    title: str = Field(max_length=500)
    mcu: McuName
    chair_site: SiteId
    layout: str
    sites: tuple[PlannedSite, ...] = Field(max_length=2000)
    token_public_key_pem: str


class McuStatus(Message):
    """What an MCU says of itself every second."""

    mcu: McuName
    pid: int
    url: str
    conference: ConferenceId | None
    sites_present: int
    endpoints: int
    cpu_cores: float
    rss_mb: float

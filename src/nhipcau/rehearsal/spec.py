"""What a fleet of synthetic sites is told: which sites, where they call, how they behave."""

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from nhipcau.quantities import SiteId
from nhipcau.rehearsal.device import RoomDevice
from nhipcau.rehearsal.line import LineProfile

# Far above any province; a fleet that large is split over processes long before.
_MAX_SITES = 2_000


class SiteSpec(BaseModel):
    """One synthetic site.

    Attributes:
        code: the site's id, in the demo its unit's code; gives its colour and its tone.
        name: written in large letters on its picture.
        url: the MCU's signalling address, `ws://…/signal` or `wss://…/signal`; "": a paired room
            that waits to be called to one.
        token: the join token of a room that comes by a link.
        device: of a room that is paired: it comes by proof of its key.
        fps: frames per second of its picture.
        flash_beep: flash and beep together every 2 s instead of its clock and tone.
        camera: the camera is switched on.
        mic: ask for the microphone once after joining.
        speaks_on_air: open the microphone when the site gets the floor, close it when it is over.
        line: how good its line is; None: as good as the machine's.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: Annotated[SiteId, Field(min_length=1, max_length=64)]
    name: str = Field(max_length=200)
    url: str = Field(default="", pattern=r"^$|^wss?://")
    token: str = Field(default="", max_length=4096)
    device: RoomDevice | None = None
    fps: int = Field(default=25, ge=5, le=30)
    flash_beep: bool = False
    camera: bool = True
    mic: bool = False
    speaks_on_air: bool = False
    line: LineProfile | None = None

    @model_validator(mode="after")
    def _has_a_way_in(self) -> "SiteSpec":
        if self.device is None and not (self.url and self.token):
            raise ValueError("a site comes by a link, or it is a device")
        return self


class FleetSpec(BaseModel):
    """All the synthetic sites of one process.

    Attributes:
        sites: at most 2,000, each code once.
        data: folder in which loops are kept between runs; made when it is missing.
        seed: of the random source that spreads reconnections and picks SSRCs.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    sites: tuple[SiteSpec, ...] = Field(max_length=_MAX_SITES)
    data: Path
    seed: int = 0

    @model_validator(mode="after")
    def _codes_are_unique(self) -> "FleetSpec":
        codes = [site.code for site in self.sites]
        if len(set(codes)) != len(codes):
            raise ValueError("a site's code is there twice")
        return self

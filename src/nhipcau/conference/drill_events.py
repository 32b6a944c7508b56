"""What took effect in a rehearsal's drills."""

from dataclasses import dataclass

from nhipcau.conference.drill import DrillKind
from nhipcau.conference.events import Event, SiteEvent
from nhipcau.quantities import McuName, SiteId


@dataclass(frozen=True, slots=True)
class RehearsalDeclared(Event):
    """This is a rehearsal (tổng duyệt), or (False) none any more: only in one there are drills."""

    on: bool


@dataclass(frozen=True, slots=True)
class DrillBegan(Event):
    """An MCU is being killed, or its trunk cut. `root`: it is the root; `by`: who pressed."""

    drill: int
    kind: DrillKind
    mcu: McuName
    root: bool
    by: str


@dataclass(frozen=True, slots=True)
class SitesDrilled(Event):
    """These sites were served by `mcu` when the drill began."""

    drill: int
    mcu: McuName
    sites: tuple[SiteId, ...]


@dataclass(frozen=True, slots=True)
class DrillReported(SiteEvent):
    """What the site missed in a drill; `mcu` serves it now."""

    drill: int
    mcu: McuName
    sound_ms: int
    picture_ms: int

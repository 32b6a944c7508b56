"""What may be asked of drills."""

from dataclasses import dataclass

from nhipcau.conference.actor import Actor
from nhipcau.conference.drill import DrillKind, Served
from nhipcau.quantities import McuName


@dataclass(frozen=True, slots=True)
class BeginDrill:
    """`drill`: the console has an MCU killed, or its trunk cut.

    `served` is who serves whom now, with the root, and nobody who can't be reached; `by`: the name
    of whoever pressed, "" where it is not known.
    """

    actor: Actor
    kind: DrillKind
    mcu: McuName
    root: McuName
    served: tuple[Served, ...]
    by: str = ""


@dataclass(frozen=True, slots=True)
class ReportDrill:
    """`drilled`: the actor's own seat says what it missed; `mcu` serves it now."""

    actor: Actor
    drill: int
    mcu: McuName
    sound_ms: int
    picture_ms: int


DrillCommand = BeginDrill | ReportDrill

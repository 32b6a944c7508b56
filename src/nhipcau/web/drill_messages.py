"""What may be said about drills; only in a rehearsal."""

from typing import Annotated, Literal

from pydantic import Field

from nhipcau.quantities import McuName
from nhipcau.web.message_parts import CommandId, Message

_GapMs = Annotated[int, Field(ge=0, le=3_600_000)]


class StartDrill(Message):
    """Console: kill this MCU's media process, or cut its trunk."""

    type: Literal["drill"]
    kind: Literal["kill", "cut"]
    mcu: Annotated[McuName, Field(min_length=1, max_length=60)]
    id: CommandId = None


class Drilled(Message):
    """A room: the longest that its sound and its picture stayed away in a drill."""

    type: Literal["drilled"]
    drill: int = Field(ge=1, le=1_000_000)
    sound_ms: _GapMs
    picture_ms: _GapMs
    id: CommandId = None


DrillMessage = StartDrill | Drilled

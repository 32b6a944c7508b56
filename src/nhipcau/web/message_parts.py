"""What signalling messages are made of."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from nhipcau.quantities import SiteId

CommandId = Annotated[int, Field(ge=0, le=2**53)] | None
Fraction = Annotated[float, Field(ge=0, le=1)]
Millis = Annotated[float, Field(ge=0, le=3_600_000)]
Code = Annotated[SiteId, Field(min_length=1, max_length=64)]


class Message(BaseModel):
    """Base of all messages: frozen, and a field nobody knows is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")

"""The schema of the two sockets of an MCU's front: what rooms say at `/bell`, and who calls them.

`docs/PROTOCOL.md` is the same for people.
"""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, ValidationError

from nhipcau.credentials.passes import MAX_PASS_TEXT
from nhipcau.quantities import ConferenceId
from nhipcau.web.message_parts import Code, CommandId, Message
from nhipcau.web.messages import DeviceProof, Knock, MalformedError

_Conference = Annotated[ConferenceId, Field(min_length=1, max_length=100)]
# A room that has put more calls aside than there can be.
_MOST_DECLINED = 64


class BellHello(Message):
    """A room's page proves which device it is, and says how it stands."""

    type: Literal["hello"]
    v: int
    proof: DeviceProof
    meeting: _Conference | None = None
    declined: tuple[_Conference, ...] = Field(default=(), max_length=_MOST_DECLINED)


class Standing(Message):
    """A room's page is in a meeting now, or in none, and has put these calls aside."""

    type: Literal["standing"]
    meeting: _Conference | None = None
    declined: tuple[_Conference, ...] = Field(default=(), max_length=_MOST_DECLINED)


class CallerHello(Message):
    """A leader's office shows its pass."""

    type: Literal["hello"]
    v: int
    text: str = Field(alias="pass", max_length=MAX_PASS_TEXT, repr=False)


class PressButton(Message):
    """The button: call these together now. All that is named; everybody where nothing is."""

    type: Literal["press"]
    title: str = Field(min_length=1, max_length=200)
    levels: Annotated[tuple[Annotated[str, Field(max_length=50)], ...], Field(max_length=20)] = ()
    below: Code | None = None
    sites: Annotated[tuple[Code, ...], Field(max_length=2000)] = ()
    id: CommandId = None


BellMessage = Knock | BellHello | Standing
CallerMessage = CallerHello | PressButton
_BELL: TypeAdapter[BellMessage] = TypeAdapter(Annotated[BellMessage, Field(discriminator="type")])
_CALLER: TypeAdapter[CallerMessage] = TypeAdapter(
    Annotated[CallerMessage, Field(discriminator="type")]
)


def parse_bell(text: str | bytes) -> BellMessage:
    """Return what a room's page says.

    Raises:
        MalformedError: not JSON, no such type, a field missing, wrong or unknown.
    """
    try:
        return _BELL.validate_json(text)
    except ValidationError as error:
        raise _malformed(error) from None


def parse_caller(text: str | bytes) -> CallerMessage:
    """Return what a calling office says; raises as `parse_bell`."""
    try:
        return _CALLER.validate_json(text)
    except ValidationError as error:
        raise _malformed(error) from None


def _malformed(error: ValidationError) -> MalformedError:
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    return MalformedError(f"{where}: {first['msg']}" if where else first["msg"])

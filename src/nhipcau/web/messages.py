"""The schema of signalling: what an endpoint may say to its MCU, checked at the door.

`docs/PROTOCOL.md` is the same for people. What the MCU says is built from frozen dataclasses and
plain dictionaries in `mcu.signalling`; it needs no checking.
"""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, ValidationError

from nhipcau.quantities import DeviceId
from nhipcau.web.drill_messages import DrillMessage
from nhipcau.web.message_parts import Code, CommandId, Fraction, Message, Millis
from nhipcau.web.roll_messages import RollMessage
from nhipcau.web.scenario_messages import ScenarioMessage
from nhipcau.web.vote_messages import Prompt, VoteMessage

PROTOCOL_VERSION = 1
# The largest answer seen from a browser is 9 kB; the rest is room for later m-lines.
MAX_MESSAGE_BYTES = 64 * 1024


class Knock(Message):
    """A device asks what to sign, before its `hello`."""

    type: Literal["knock"]
    v: int


class DeviceProof(Message):
    """A device's public key, and its signature of the challenge that it was given."""

    device: Annotated[DeviceId, Field(min_length=1, max_length=64)]
    key: str = Field(max_length=100)
    signature: str = Field(max_length=100)


class Introduction(Message):
    """Who is there, and with what right: a link's token, a ticket, a device's proof, a PIN."""

    v: int
    token: str = Field(default="", max_length=4096)
    proof: DeviceProof | None = None
    pin: str | None = Field(default=None, max_length=20)
    kind: Literal["site", "viewer"]
    capture: bool
    agent: str = Field(default="", max_length=200)
    synthetic: bool = False
    director: bool = False


class Hello(Introduction):
    """Take a seat, or watch."""

    type: Literal["hello"]
    takeover: bool = False


class Warm(Introduction):
    """Stand ready to take the seat here that one has at another MCU."""

    type: Literal["warm"]


class Answer(Message):
    """The SDP answer to the MCU's last offer."""

    type: Literal["answer"]
    sdp: str = Field(max_length=MAX_MESSAGE_BYTES)


class Mic(Message):
    """Open or close this site's microphone."""

    type: Literal["mic"]
    open: bool
    id: CommandId = None


class Camera(Message):
    """The room switched its camera."""

    type: Literal["camera"]
    on: bool
    id: CommandId = None


class Hand(Message):
    """Ask for the floor, or no longer."""

    type: Literal["hand"]
    up: bool
    id: CommandId = None


class Content(Message):
    """Share a screen, or stop."""

    type: Literal["content"]
    on: bool
    id: CommandId = None


class Report(Message):
    """What the page measured since its last report."""

    type: Literal["report"]
    rtt_ms: Millis | None = None
    loss_up: Fraction | None = None
    loss_down: Fraction | None = None
    jitter_ms: Millis | None = None
    fps: Annotated[float, Field(ge=0, le=1000)] | None = None
    freezes: Annotated[float, Field(ge=0, le=1e6)] | None = None
    width: Annotated[float, Field(ge=0, le=16384)] | None = None
    height: Annotated[float, Field(ge=0, le=16384)] | None = None
    sound_gap: Fraction | None = None


class Leave(Message):
    """This endpoint goes on purpose."""

    type: Literal["leave"]


class Ping(Message):
    """Answered by `pong`."""

    type: Literal["ping"]
    t: float


class GiveFloor(Message):
    """Chair: give the floor; `beside`: to a second site too."""

    type: Literal["give_floor"]
    site: Code
    beside: bool = False
    id: CommandId = None


class TakeFloor(Message):
    """Chair: take the floor back, from one site or from all."""

    type: Literal["take_floor"]
    site: Code | None = None
    id: CommandId = None


class Next(Message):
    """Chair: who speaks next, before any raised hand; without a site nobody is named any more."""

    type: Literal["next"]
    site: Code | None = None
    id: CommandId = None


class SetLayout(Message):
    """Chair: `auto` or a layout's name."""

    type: Literal["layout"]
    layout: str = Field(max_length=50)
    id: CommandId = None


class Mute(Message):
    """Chair, console, operator: close a site's microphone."""

    type: Literal["mute"]
    site: Code
    id: CommandId = None


class MuteAll(Message):
    """Chair: close all microphones but the floor's and the chair's."""

    type: Literal["mute_all"]
    locked: bool = False
    id: CommandId = None


class LowerHand(Message):
    """Chair, console, operator, parent site: take a request off the list."""

    type: Literal["lower_hand"]
    site: Code
    id: CommandId = None


class StopContent(Message):
    """Chair: end the shared screen."""

    type: Literal["stop_content"]
    id: CommandId = None


class Undo(Message):
    """Chair: take back the last command."""

    type: Literal["undo"]
    id: CommandId = None


class EndMeeting(Message):
    """Chair, console: the meeting is over, for everyone and for good."""

    type: Literal["end_meeting"]
    id: CommandId = None


class HandsViaParent(Message):
    """Chair: requests for the floor pass through the site's parent, or no longer."""

    type: Literal["hands_via_parent"]
    on: bool
    id: CommandId = None


class ForwardHand(Message):
    """Parent site or its operator: pass a request on to the chair."""

    type: Literal["forward_hand"]
    site: Code
    id: CommandId = None


class Doors(Message):
    """Chair, console: whoever joins from now on waits until admitted, or no longer."""

    type: Literal["doors"]
    ask: bool
    id: CommandId = None


class Admit(Message):
    """Chair, console, operator: let a waiting site in."""

    type: Literal["admit"]
    site: Code
    id: CommandId = None


class Remove(Message):
    """Chair, console: put a site out, or refuse it at the door; it stays out."""

    type: Literal["remove"]
    site: Code
    id: CommandId = None


class Restore(Message):
    """Chair, console: whoever was removed from this site may ask again."""

    type: Literal["restore"]
    site: Code
    id: CommandId = None


class Lock(Message):
    """Chair, console: nobody new comes in, or they may again."""

    type: Literal["lock"]
    on: bool
    id: CommandId = None


class ShowRoster(Message):
    """Chair, console: let a guest see who takes part, or no longer."""

    type: Literal["show_roster"]
    site: Code
    on: bool
    id: CommandId = None


class Look(Message):
    """Director: what this endpoint's own view shows."""

    type: Literal["look"]
    layout: str = Field(max_length=50)
    sites: Annotated[tuple[Code, ...], Field(max_length=36)]
    id: CommandId = None


class RoomTest(Message):
    """Console, operator: look at a room and measure it without putting it on air."""

    type: Literal["test"]
    site: Code
    on: bool
    id: CommandId = None


class WatchStills(Message):
    """Console, operator: send the still pictures of these sites from now on, and no others."""

    type: Literal["watch_stills"]
    sites: Annotated[tuple[Code, ...], Field(max_length=600)]


ClientMessage = (
    Knock
    | Hello
    | Warm
    | Answer
    | Mic
    | Camera
    | Hand
    | Content
    | Report
    | Leave
    | Ping
    | GiveFloor
    | TakeFloor
    | Next
    | SetLayout
    | Mute
    | MuteAll
    | LowerHand
    | StopContent
    | Undo
    | EndMeeting
    | HandsViaParent
    | ForwardHand
    | Doors
    | Admit
    | Remove
    | Restore
    | Lock
    | ShowRoster
    | Look
    | RoomTest
    | WatchStills
    | ScenarioMessage
    | VoteMessage
    | Prompt
    | RollMessage
    | DrillMessage
)
_ADAPTER: TypeAdapter[ClientMessage] = TypeAdapter(
    Annotated[ClientMessage, Field(discriminator="type")]
)


class MalformedError(Exception):
    """A message that the schema refuses; the text says what is wrong and where."""


def parse_message(text: str | bytes) -> ClientMessage:
    """Return the message in a text frame.

    Raises:
        MalformedError: not JSON, no such type, a field missing, wrong or unknown.
    """
    try:
        return _ADAPTER.validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise MalformedError(f"{where}: {first['msg']}" if where else first["msg"]) from None

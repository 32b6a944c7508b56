"""What a synthetic site hears from its MCU and says to it, as docs/PROTOCOL.md has it.

Only the fields that a site acts on are read: an MCU may say more. The schema of what an MCU accepts
is the MCU's own.
"""

import json
from collections.abc import Mapping
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from nhipcau.credentials import statements

PROTOCOL_VERSION = 1
_AGENT = "nhipcau synthetic site"


class Heard(BaseModel):
    """Base of what is heard; fields that a site does not act on are passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Welcome(Heard):
    """Admitted."""

    beat_ms: float = Field(gt=0, le=60_000)


class Offer(Heard):
    """The MCU's six media lines."""

    sdp: str


class Upstream(Heard):
    """Which media to send now; the picture's bounds are a tile's where an MCU names none."""

    camera: bool
    microphone: bool
    still_s: float = 0.0
    height: int = 360
    fps: int = 30
    max_bps: int = 400_000


class MicState(Heard):
    """This site's microphone, as the conference has it."""

    open: bool
    locked: bool


class State(Heard):
    """The conference as this site needs it."""

    tally: Literal["on_air", "next", "listen"]
    mic: MicState
    hand: int | None


class Refusal(Heard):
    """An `error`."""

    code: str
    detail: str = ""


class Challenge(Heard):
    """What a device is to sign."""

    nonce: str
    conference: str
    mcu: str
    at_ms: int

    def statement(self) -> statements.Challenge:
        """Return it as it is signed."""
        return statements.Challenge(self.nonce, self.conference, self.mcu, self.at_ms)


class Post(Heard):
    """A place where this site may be served; `url` is that of its pages."""

    mcu: str
    url: str = Field(pattern=r"^https?://", max_length=500)

    @property
    def signal_url(self) -> str:
        """Where its signalling is."""
        return f"ws{self.url.removeprefix('http')}/signal"

    @property
    def address(self) -> tuple[str, int]:
        """Its host and port."""
        parts = urlsplit(self.url)
        return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


class Posts(Heard):
    """Where this site is served, and where else it may be, in order of preference."""

    here: str
    epoch: int
    posts: tuple[Post, ...]

    def others(self) -> tuple[Post, ...]:
        """Return the posts where it is not."""
        return tuple(post for post in self.posts if post.mcu != self.here)


class DrillAsked(Heard):
    """A drill began so long ago; report what was missed since then after so many milliseconds."""

    drill: int
    age_ms: float
    report_in_ms: float


class Move(Heard):
    """This site belongs to another conference now; `url` is that of its pages."""

    type: Literal["move"] = "move"
    conference: str
    url: str = Field(pattern=r"^https?://", max_length=500)


class Notice(Heard):
    """A message whose type says it all, or that a site does not act on."""

    type: str


Incoming = (
    Welcome | Offer | Upstream | State | Refusal | Challenge | Posts | DrillAsked | Move | Notice
)

_SCHEMAS: dict[object, type[Incoming]] = {
    "welcome": Welcome,
    "offer": Offer,
    "upstream": Upstream,
    "state": State,
    "error": Refusal,
    "challenge": Challenge,
    "move": Move,
    "posts": Posts,
    "drill": DrillAsked,
}


class MalformedMessageError(ValueError):
    """The MCU said something that the protocol does not have."""


def parse_incoming(text: str | bytes) -> Incoming:
    """Return one message of an MCU.

    Raises:
        MalformedMessageError: not JSON, no `type`, or a field that we need is missing or wrong.
    """
    try:
        fields = json.loads(text)
        kind = fields["type"] if isinstance(fields, dict) else None
        return _SCHEMAS.get(kind, Notice).model_validate(fields)
    except (ValueError, KeyError, TypeError, ValidationError) as error:
        raise MalformedMessageError(str(error)) from None


def knock() -> str:
    """Return the first message of a device: it asks what to sign."""
    return json.dumps({"type": "knock", "v": PROTOCOL_VERSION})


def hello(token: str, proof: Mapping[str, str] | None = None) -> str:
    """Return the greeting of a synthetic site; it never takes a seat from anybody.

    Args:
        token: a link's; "" for a device, and where the site stands ready.
        proof: a device's.
    """
    return json.dumps({"type": "hello", **_introduction(token, proof), "takeover": False})


def warm(token: str, proof: Mapping[str, str] | None = None) -> str:
    """Return what a synthetic site says where it is to stand ready; arguments as of `hello`."""
    return json.dumps({"type": "warm", **_introduction(token, proof)})


def answer(sdp: str) -> str:
    """Return the answer to an offer."""
    return json.dumps({"type": "answer", "sdp": sdp})


def camera(on: bool) -> str:
    """Return what says that the room switched its camera."""
    return json.dumps({"type": "camera", "on": on})


def mic(is_open: bool) -> str:
    """Return what asks to open or close this site's microphone."""
    return json.dumps({"type": "mic", "open": is_open})


def hand(up: bool) -> str:
    """Return what asks for the floor, or no longer."""
    return json.dumps({"type": "hand", "up": up})


def drilled(drill: int, sound_ms: int, picture_ms: int) -> str:
    """Return what reports on a drill."""
    figures = {"sound_ms": sound_ms, "picture_ms": picture_ms}
    return json.dumps({"type": "drilled", "drill": drill, **figures})


def leave() -> str:
    """Return what says that this endpoint goes on purpose."""
    return json.dumps({"type": "leave"})


def _introduction(token: str, proof: Mapping[str, str] | None) -> Mapping[str, object]:
    shown: Mapping[str, object] = {"token": token} if proof is None else {"proof": proof}
    about = {"kind": "site", "capture": True, "agent": _AGENT, "synthetic": True}
    return {"v": PROTOCOL_VERSION, **shown, **about}

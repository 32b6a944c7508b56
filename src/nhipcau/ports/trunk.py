"""What two MCUs say to one another over a trunk: frozen messages, validated on both sides.

    leaf                                        root, or the other candidate
     │ hello: who I am, for which conference ──▶ │
     │ ◀────────── challenge: nonce and proof    │   both prove the plan's trunk key
     │ proof ──────────────────────────────────▶ │
     │ opened, said, closed ◀─────────────────▶  │   the signalling of each page, by channel
     │ ◀───────────────────────────── seated     │   make this page's media
     │ ◀── lane offer ── lane answer ──────────▶ │   media, see ADR 0023
     │ ◀── lend, lane over                       │
     │ in use: rungs ──────────────────────────▶ │
     │ have: so many events ───────────────────▶ │   the copy from which a leaf can go on
     │ ◀────────────────────────── events, anew  │
     │ ◀───────────────── reigns, from now on    │   who is root, see ADR 0025
     │ ◀── claim ── consented ─────────────────▶ │
     │ ◀─────────────────────────── drill        │   in a rehearsal: die, or cut the line
     │ beat ◀─────────────────────────────────▶  │

The two candidates for root hold the same trunk between them, with neither pages nor lanes: only
`reigns`, the copy of the events and beats go over it.

Binary frames are still pictures: the channel in four bytes, big-endian, and the JPEG.
"""

import hashlib
import hmac
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from nhipcau.quantities import ConferenceId, EndpointId, McuName, SiteId

TRUNK_VERSION = 2
# An SDP of six lines is 4 kB, a roster of 800 rows 200 kB.
MAX_TRUNK_MESSAGE_BYTES = 1 << 20

_Text = Annotated[str, Field(max_length=MAX_TRUNK_MESSAGE_BYTES)]
_Nonce = Annotated[str, Field(min_length=16, max_length=64)]
_Channel = Annotated[int, Field(ge=0, lt=1 << 32)]
_Lane = Annotated[int, Field(ge=0, lt=1 << 32)]
_Epoch = Annotated[int, Field(ge=1, lt=1 << 31)]


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TrunkHello(_Message):
    """A leaf calls a candidate for root, or one candidate the other.

    Attributes:
        url: how pages reach it.
        candidate: it is the other candidate.
        follows: the epoch of the root that it follows, or is.
        known: the highest epoch that it knows of, those included that it has only consented to.
        known_root: who is root of that, or wanted to be; "": it does not say.
    """

    type: Literal["hello"] = "hello"
    v: int
    mcu: McuName
    conference: ConferenceId
    url: str = Field(default="", max_length=500)
    nonce: _Nonce
    candidate: bool = False
    follows: _Epoch = 1
    known: _Epoch = 1
    known_root: McuName = McuName("")


class TrunkChallenge(_Message):
    """The nonce and epoch of who was called, whether it reigns, and its proof of all of it and of
    the caller's nonce.

    Each takeover raises the epoch; a leaf follows no root of a lower one than it has seen.
    """

    type: Literal["challenge"] = "challenge"
    nonce: _Nonce
    epoch: _Epoch
    reigns: bool = True
    proof: str = Field(default="", max_length=64)


class TrunkProof(_Message):
    """The leaf's proof of the root's nonce."""

    type: Literal["proof"] = "proof"
    proof: str = Field(max_length=64)


class Seating(_Message):
    """Who sits behind a channel: what it was admitted as, and how it came.

    `resumes`: by a resume ticket. `moves`: the leaf admitted it, it stood ready there and comes
    from another MCU; `takeover`: then also if another page is in its seat.
    """

    role: str = Field(max_length=20)
    site: SiteId | None
    subtree: SiteId | None
    credential: str = Field(max_length=200)
    thumbprint: str | None = None
    is_guest: bool = False
    bearer: str = Field(default="", max_length=200)
    kind: str = Field(max_length=20)
    capture: bool
    agent: str = Field(max_length=200)
    synthetic: bool = False
    resumes: bool = True
    moves: bool = False
    takeover: bool = True
    address: str = Field(max_length=100)


class Opened(_Message):
    """A page has called the leaf; `seated`: it was seated when the trunk was lost, or stood ready
    there; `at`: the leaf below that one which it has called in truth, "": none.
    """

    type: Literal["opened"] = "opened"
    channel: _Channel
    address: str = Field(max_length=100)
    seated: Seating | None = None
    at: McuName = McuName("")


class Said(_Message):
    """One text frame of a page's signalling, either way."""

    type: Literal["said"] = "said"
    channel: _Channel
    text: _Text


class Closed(_Message):
    """A page's signalling has ended, or is to end, with this close code."""

    type: Literal["closed"] = "closed"
    channel: _Channel
    code: int = Field(ge=1000, lt=5000)


class Seated(_Message):
    """The page of a channel is admitted: the leaf makes its connection, seat None: it watches."""

    type: Literal["seated"] = "seated"
    channel: _Channel
    endpoint: EndpointId
    line_bps: int | None
    seating: Seating


class LaneOffer(_Message):
    """A lane; `place`: of the rung that it carries in its ladder, None for a loan."""

    type: Literal["lane"] = "lane"
    lane: _Lane
    place: int | None = Field(ge=0, lt=16)
    sdp: _Text


class LaneAnswer(_Message):
    """The leaf's answer to the offer of a lane."""

    type: Literal["lane_answer"] = "lane_answer"
    lane: _Lane
    sdp: _Text


class Lend(_Message):
    """From now on this loan is the media of `site`."""

    type: Literal["lend"] = "lend"
    lane: _Lane
    site: SiteId


class LaneOver(_Message):
    """A lane is used no more, or has failed."""

    type: Literal["lane_over"] = "lane_over"
    lane: _Lane


class RungsInUse(_Message):
    """The places in the ladders that somebody behind the leaf is on or about to come to; of each
    site that is lent a loan the place in the program's that its line carries, for a return view.
    """

    type: Literal["rungs"] = "rungs"
    program: tuple[int, ...] = Field(max_length=16)
    content: tuple[int, ...] = Field(max_length=16)
    returns: dict[SiteId, Annotated[int, Field(ge=0, lt=16)]] = Field(
        default_factory=dict, max_length=2000
    )


class Lines(_Message):
    """On which rung the endpoints behind the leaf are, by endpoint."""

    type: Literal["lines"] = "lines"
    rungs: dict[EndpointId, str] = Field(max_length=2000)


class Have(_Message):
    """The leaf's copy of the event log: so many events, and their running digest."""

    type: Literal["have"] = "have"
    events: int = Field(ge=0)
    digest: str = Field(max_length=64)


class Events(_Message):
    """Events of the conference, as the log has them; the first one's number, from 1."""

    type: Literal["events"] = "events"
    first: int = Field(ge=1)
    records: tuple[_Text, ...] = Field(max_length=10_000)


class Anew(_Message):
    """The leaf's copy is of another log: it is to begin anew."""

    type: Literal["anew"] = "anew"


class Reigns(_Message):
    """From now on the sender is root, of this epoch; so many events its log has by now."""

    type: Literal["reigns"] = "reigns"
    epoch: _Epoch
    root: McuName
    events: int = Field(default=0, ge=0)


class Claim(_Message):
    """The sender has lost the root and wants to be it: does this leaf consent?"""

    type: Literal["claim"] = "claim"
    epoch: _Epoch
    root: McuName


class Consented(_Message):
    """A leaf's answer to a claim, and the highest epoch that it knew of before."""

    type: Literal["consented"] = "consented"
    epoch: _Epoch
    root: McuName
    given: bool
    known: int = Field(ge=0, lt=1 << 31)


class DrillOrder(_Message):
    """A rehearsal's drill: the leaf is to kill its media process, or to cut its line."""

    type: Literal["drill"] = "drill"
    drill: int = Field(ge=1)
    kind: Literal["kill", "cut"]


class TrunkBeat(_Message):
    """Still here."""

    type: Literal["beat"] = "beat"


TrunkMessage = (
    TrunkHello
    | TrunkChallenge
    | TrunkProof
    | Opened
    | Said
    | Closed
    | Seated
    | LaneOffer
    | LaneAnswer
    | Lend
    | LaneOver
    | RungsInUse
    | Lines
    | Have
    | Events
    | Anew
    | Reigns
    | Claim
    | Consented
    | DrillOrder
    | TrunkBeat
)

_ADAPTER: TypeAdapter[TrunkMessage] = TypeAdapter(
    Annotated[TrunkMessage, Field(discriminator="type")]
)


class TrunkError(Exception):
    """The other side of a trunk said something that it may not say."""


def parse_trunk(text: str | bytes) -> TrunkMessage:
    """Return the message of a text frame.

    Raises:
        TrunkError: it is none of ours, or too large.
    """
    if len(text) > MAX_TRUNK_MESSAGE_BYTES:
        raise TrunkError("a message is too large")
    try:
        return _ADAPTER.validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise TrunkError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None


def prove(key: str, side: str, hello: TrunkHello, challenge: TrunkChallenge) -> str:
    """Return the proof that `side` ("root" or "leaf") has the plan's trunk key.

    All that both have said of themselves, both nonces and the side go into it, so that no proof
    serves for another trunk, for another time, or for the other side. The challenge's own proof is
    no part of it.

    Source: RFC 2104 (HMAC), with SHA-256.
    """
    said = (*_spoken(hello), *_spoken(challenge))
    parts = ("nhipcau/trunk/2", side, *said)
    text = "".join(f"{len(part.encode())}:{part}\n" for part in parts)
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()


def proves(key: str, side: str, hello: TrunkHello, challenge: TrunkChallenge, proof: str) -> bool:
    """Return True when `proof` is what `side` must give; without a key nothing is proven."""
    expected = prove(key, side, hello, challenge)
    return bool(key) and hmac.compare_digest(expected.encode(), proof.encode())


def proven(key: str, hello: TrunkHello, challenge: TrunkChallenge) -> TrunkChallenge:
    """Return a challenge with the proof of who gives it."""
    return challenge.model_copy(update={"proof": prove(key, "root", hello, challenge)})


def _spoken(message: TrunkHello | TrunkChallenge) -> list[str]:
    return [str(value) for _, value in sorted(message.model_dump(exclude={"proof"}).items())]


def still_frame(channel: int, jpeg: bytes) -> bytes:
    """Return a still picture as a binary frame of a trunk."""
    return channel.to_bytes(4) + jpeg


def read_still(frame: bytes) -> tuple[int, bytes]:
    """Return channel and JPEG of a binary frame.

    Raises:
        TrunkError: it is too short.
    """
    if len(frame) < 4:
        raise TrunkError("a binary frame without a channel")
    return int.from_bytes(frame[:4]), frame[4:]

"""One page behind a leaf: its WebSocket here, its session at the root, its media here.

page ◀─▶ LeafChannel ◀─ text, stills, close ─▶ trunk ◀─▶ Session at the root
              └─ offer, answer, report ─▶ the leaf's own media
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from nhipcau.mcu.asking import NOTHING, Upstream
from nhipcau.mcu.box import Box
from nhipcau.mcu.leafmedia import LeafMedia
from nhipcau.mcu.warm import WarmPlace
from nhipcau.ports.trunk import Seated
from nhipcau.quantities import SiteId

# As at a root: half a minute of messages that nobody reads.
PAGE_LIMIT = 256
_STILLS_UP_TO = PAGE_LIMIT // 2


@dataclass(frozen=True, slots=True)
class HangUp:
    """The last thing a page hears: a close code, after the messages before it."""

    code: int


Frame = str | bytes | HangUp


class PageBox(Box[Frame]):
    """Frames on their way to a page; still pictures can be spared."""

    def __init__(self) -> None:
        super().__init__(PAGE_LIMIT, _STILLS_UP_TO)

    def say(self, message: Mapping[str, Any]) -> None:
        """Queue a message of the leaf's own."""
        self.send(_text(message))

    def spare(self, message: Mapping[str, Any]) -> bool:
        """Queue what can be spared; return False when it was let go."""
        return self.offer(_text(message))

    def part(self, close_code: int) -> None:
        """Queue the end."""
        self.send(HangUp(close_code))


@dataclass(slots=True)
class LeafChannel:
    """A page of a leaf. Owned by the event loop.

    Attributes:
        seated: as the root said last; None before it is admitted.
        again: it was seated when the trunk was lost; the welcome that comes is not news to it.
        media: its connection, from the moment it is offered.
        place: where it was warm before it came; its connection is there until it is seated.
        challenge: what the root gave it to sign last.
        report: what its page measured last.
        asked: what the root asks it to send; `told`: what it was told, after its line was asked.
    """

    number: int
    address: str
    box: PageBox
    seated: Seated | None = None
    again: bool = False
    media: LeafMedia | None = None
    place: WarmPlace[LeafMedia] | None = None
    challenge: Mapping[str, Any] | None = None
    report: Mapping[str, float | None] = field(default_factory=dict)
    asked: Upstream = NOTHING
    told: Upstream | None = None
    gone: bool = False

    @property
    def seat(self) -> SiteId | None:
        """The site whose room it is, None while it is not admitted and for a page that watches."""
        seated = self.seated
        if seated is None or seated.seating.kind != "site":
            return None
        return seated.seating.site


def _text(message: Mapping[str, Any]) -> str:
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"))

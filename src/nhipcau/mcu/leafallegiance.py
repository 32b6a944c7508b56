"""Whom a leaf follows: its trunks to the candidates for root, its voice in who reigns (ADR 0025).

    trunk up, reigns ─▶ of the highest epoch? ─▶ followed: seats are taken there, its lanes carried
                                └─ no ─▶ over: dialled anew, it then hears of the higher one
    claim ─▶ is our root lost? ─▶ consent, on disk before it is said

All of it runs on the event loop.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from nhipcau.mcu.leaflanes import LeafLanes
from nhipcau.mcu.succession import SILENCE_S, LeafVoice, Reign
from nhipcau.mcu.trunk import TrunkOutbox
from nhipcau.ports.clock import Clock
from nhipcau.ports.trunk import Claim, Consented
from nhipcau.quantities import McuName

# A leaf that has just begun has not lost a root that it has not found yet.
_FINDING_S = 1.0


@dataclass(slots=True, eq=False)
class TrunkEnd:
    """A leaf's end of one trunk.

    Attributes:
        to: the candidate at its other end.
        heard_s: when something was last heard over it.
        over: set when it is to be closed, and dialled anew.
    """

    to: McuName
    lanes: LeafLanes
    outbox: TrunkOutbox
    heard_s: float
    over: asyncio.Event = field(default_factory=asyncio.Event)


class Allegiance:
    """One leaf's.

    Attributes:
        voice: what it follows and has promised.
        root: its trunk to the root that it follows, while that is up.
    """

    def __init__(
        self, voice: LeafVoice, clock: Clock, keep: Callable[[LeafVoice], None] = lambda _: None
    ) -> None:
        """Begin with a voice from disk; `keep` puts it there, and returns when it is safe."""
        self.voice = voice
        self._clock = clock
        self._keep = keep
        self._began_s = clock.now_s()
        self._parted = False
        self.root: TrunkEnd | None = None

    @property
    def follows(self) -> int:
        """The epoch of the root that this leaf follows."""
        return self.voice.follows.epoch

    @property
    def known(self) -> Reign:
        """The highest that it knows of, those included that it has consented to."""
        voice = self.voice
        return max(voice.follows, voice.promised or voice.follows)

    def hear_reign(self, end: TrunkEnd, reign: Reign) -> TrunkEnd | None:
        """Take note that a candidate reigns; return the trunk that is left for it, if any.

        `root` is `end` from now on, unless that is an old root that has come back: its trunk is
        over.

        Raises:
            OSError: the disk refuses.
        """
        older = self.root
        if not self.voice.may_follow(reign):
            end.over.set()
            return None
        if reign != self.voice.follows:
            voice = self.voice.follow(reign)
            self._keep(voice)
            self.voice = voice
        self.root = end
        if older is None or older is end:
            return None
        older.over.set()
        return older

    def part(self, end: TrunkEnd) -> bool:
        """Take note that a trunk is down; return True when it was the root's."""
        if self.root is not end:
            return False
        self.root, self._parted = None, True
        return True

    def answer(self, claim: Claim) -> Consented:
        """Return what this leaf says to a claim; a consent is on disk by then.

        Raises:
            OSError: the disk refuses.
        """
        voice, said = self.voice.answer(Reign(claim.epoch, claim.root), lost=self.has_lost_root())
        if voice != self.voice:
            self._keep(voice)
            self.voice = voice
        return Consented(epoch=claim.epoch, root=claim.root, given=said.given, known=said.known)

    def has_lost_root(self) -> bool:
        """Return True when neither a beat nor a packet of media has come from it for a moment.

        A line that loses packets holds beats up, and media not.
        """
        now_s, root = self._clock.now_s(), self.root
        if root is None:
            return self._parted or now_s - self._began_s > _FINDING_S
        return now_s - max(root.heard_s, root.lanes.heard_s()) > SILENCE_S

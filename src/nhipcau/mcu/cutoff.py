"""When an MCU that has lost its root goes on by itself, and when it merges. Pure: what is seen and
the time come in, what to do goes out.

    together ─ trunk down ─▶ waiting ─ 2 s ─▶ apart: a conference of its own rooms
        ▲                      │ back: nothing happened      │ trunk back, and steady
        └──────────────────────┴──────────── merged ◀────────┘

The trunk is down when no root is followed over any; a standby that takes over in time is none.
"""

from dataclasses import dataclass, replace
from enum import Enum, auto

# A takeover of the root takes less, and so does a line that only blinks.
CUT_S = 2.0
# A line that comes back often breaks again at once.
STEADY_S = 0.3
# Rooms that are back in the meeting stay for a while, whatever the line does.
REST_S = 10.0
# A chair and somebody to meet with.
ROOMS_AT_LEAST = 2


class Deed(Enum):
    """What is to be done now."""

    NOTHING = auto()
    # Let a conference of our own rooms be hosted.
    BEGIN = auto()
    # End it: its rooms come back here, and so into the meeting.
    END = auto()


@dataclass(frozen=True, slots=True)
class Seen:
    """What is seen now.

    Attributes:
        up: a root is followed.
        over: the meeting is known to be over.
        has_branch: a conference of ours is hosted, or was and ended by itself.
        ended: it did.
        rooms: how many are here that could meet.
        known: something of the meeting was ever heard; else there is nothing to go on with.
    """

    up: bool
    over: bool = False
    has_branch: bool = False
    ended: bool = False
    rooms: int = 0
    known: bool = True


@dataclass(frozen=True, slots=True)
class Cutoff:
    """How an MCU stands to its root.

    Attributes:
        up: a root is followed.
        since_s: since when, or since when not; any steady clock.
        merged_s: when our conference was ended for the merge; None: it never was.
        closed: its own chair has ended it; there is no second one before the trunk was back.
    """

    since_s: float
    up: bool = False
    merged_s: float | None = None
    closed: bool = False

    def step(self, seen: Seen, now_s: float) -> "tuple[Cutoff, Deed]":
        """Return how it stands now, and what is to be done."""
        now = self._heard(seen, now_s)
        steady = now.up and now_s - now.since_s >= STEADY_S
        if seen.has_branch and (steady or seen.over):
            return replace(now, merged_s=now_s), Deed.END
        waits = seen.known and not seen.has_branch and not seen.over and not now.closed
        if waits and now.is_cut(now_s) and now._rested(now_s) and seen.rooms >= ROOMS_AT_LEAST:
            return now, Deed.BEGIN
        return now, Deed.NOTHING

    def is_cut(self, now_s: float) -> bool:
        """Return True once the root has been away for so long that rooms are told."""
        return not self.up and now_s - self.since_s >= CUT_S

    def _heard(self, seen: Seen, now_s: float) -> "Cutoff":
        closed = not seen.up and (self.closed or seen.ended)
        if seen.up == self.up:
            return replace(self, closed=closed)
        return replace(self, up=seen.up, since_s=now_s, closed=closed)

    def _rested(self, now_s: float) -> bool:
        return self.merged_s is None or now_s - self.merged_s >= REST_S

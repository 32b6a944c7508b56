"""Which pictures of an incoming stream could be shown, and when, without decoding one.

    last packet of a picture, what is missing ─▶ Showing ─▶ shown, times between them

A picture is shown when all of it has come and nothing before it is missing. After a hole that will
not be filled the last one stands until a key frame comes, as on a screen.
"""

from bisect import bisect_left, insort
from collections import deque

# Upper bounds of the histogram of gaps; the last bucket is open.
GAP_BOUNDS_S = (0.03, 0.06, 0.1, 0.2, 0.3, 0.4, 0.8, 2.0)
# Whole pictures that may wait for a hole: 10 s of them.
_MOST_WAITING = 256
# A late packet, a picture of a slow rung: nobody calls that a pause.
NO_PAUSE_S = 0.2
_KEPT_PAUSES = 64
# What has come so long before a moment was coming then.
_FLOWED_S = 0.5


class Gaps:
    """Times between events: a histogram by `GAP_BOUNDS_S`, the longest, and those that were marked:
    each the time in which a mark fell, None while it lasts or where nothing was before.
    """

    __slots__ = ("_first_s", "_marks", "_pauses", "counts", "last_s", "longest_s", "marked")

    def __init__(self) -> None:
        self.counts = [0] * (len(GAP_BOUNDS_S) + 1)
        self.last_s: float | None = None
        self.longest_s = 0.0
        self.marked: list[float | None] = []
        self._marks: list[int] = []
        self._first_s = float("inf")
        # From when until when; a new tuple for each, so that others may read.
        self._pauses: tuple[tuple[float, float], ...] = ()

    def mark(self) -> None:
        """Mark the time that lasts now."""
        self._marks.append(len(self.marked))
        self.marked.append(None)

    def note(self, now_s: float) -> None:
        """Take an event."""
        if self.last_s is not None:
            gap_s = now_s - self.last_s
            self.counts[bisect_left(GAP_BOUNDS_S, gap_s)] += 1
            self.longest_s = max(self.longest_s, gap_s)
            for place in self._marks:
                self.marked[place] = gap_s
            if gap_s > NO_PAUSE_S:
                self._pauses = (*self._pauses[1 - _KEPT_PAUSES :], (self.last_s, now_s))
        else:
            self._first_s = now_s
        self._marks.clear()
        self.last_s = now_s

    def missed_s(self, since_s: float, now_s: float) -> float:
        """Return the longest pause that was not over by `since_s`, one that lasts included; 0 where
        there was none (any thread).
        """
        pauses, last_s = self._pauses, self.last_s
        lasting = () if last_s is None or now_s - last_s <= NO_PAUSE_S else ((last_s, now_s),)
        found = (until - since for since, until in (*pauses, *lasting) if until > since_s)
        return max(found, default=0.0)

    def flowed(self, at_s: float) -> bool:
        """Return whether something came at that moment, or just before it (any thread)."""
        if self.last_s is None or self._first_s > at_s:
            return False
        pauses = (*self._pauses, (self.last_s, float("inf")))
        return not any(since + _FLOWED_S < at_s <= until for since, until in pauses)


class Showing:
    """The pictures of one stream. Indices are unwrapped sequence numbers."""

    __slots__ = ("_broken", "_waiting", "gaps", "shown")

    def __init__(self) -> None:
        self.gaps = Gaps()
        self.shown = 0
        self._waiting: deque[tuple[int, int]] = deque()
        self._broken = True

    def restart(self) -> None:
        """Expect another stream, which begins with a key frame; gaps go on."""
        self._waiting.clear()
        self._broken = True

    def lose(self) -> None:
        """Take that a packet will never come."""
        self._broken = True

    def whole(self, end: int, stamp: int) -> None:
        """Take the last packet of a picture.

        Args:
            end: its index.
            stamp: the picture's timestamp.
        """
        if self._waiting and end < self._waiting[-1][0]:
            insort(self._waiting, (end, stamp))
        else:
            self._waiting.append((end, stamp))
        if len(self._waiting) > _MOST_WAITING:
            self._waiting.popleft()
            self._broken = True

    def poll(self, missing: int | None, key_stamp: int, now_s: float) -> None:
        """Show what can be shown.

        Args:
            missing: the lowest index that is still waited for, None when none is.
            key_stamp: timestamp of the newest key frame.
            now_s: monotonic.
        """
        waiting = self._waiting
        while waiting and (missing is None or waiting[0][0] < missing):
            _, stamp = waiting.popleft()
            if self._broken and stamp != key_stamp:
                continue
            self._broken = False
            self.shown += 1
            self.gaps.note(now_s)

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


class Gaps:
    """Times between events: a histogram by `GAP_BOUNDS_S`, the longest, and those that were marked:
    each the time in which a mark fell, None while it lasts or where nothing was before.
    """

    __slots__ = ("_marks", "counts", "last_s", "longest_s", "marked")

    def __init__(self) -> None:
        self.counts = [0] * (len(GAP_BOUNDS_S) + 1)
        self.last_s: float | None = None
        self.longest_s = 0.0
        self.marked: list[float | None] = []
        self._marks: list[int] = []

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
        self._marks.clear()
        self.last_s = now_s


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

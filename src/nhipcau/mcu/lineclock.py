"""The clock of one of a leaf's picture lines, whichever root feeds it.

All rungs and loans of one root share one clock, so their timestamps are repeated as they are. When
another root takes its place, or the same one begins anew, its timestamps are moved so that they go
on with the time that passed: a room's receiver takes a step back for an old packet.
"""

from nhipcau.rtp.receiver import VIDEO_RATE_HZ

_MASK32, _HALF = 0xFFFFFFFF, 1 << 31


# Roots whose packets may still be on their way.
_KEPT = 4


class LineClock:
    """One thread at a time."""

    def __init__(self) -> None:
        self._shifts: dict[int, int] = {}
        self._last: int | None = None
        self._last_s = 0.0

    def shift(self, source: int, stamp: int, now_s: float) -> int:
        """Return what our timestamps are ahead of a source's, modulo 2^32.

        Args:
            source: SSRC of the packet.
            stamp: its timestamp, which counts when the source is a new one.
            now_s: monotonic seconds.
        """
        shift = self._shifts.get(source)
        if shift is None:
            shift = 0
            if self._last is not None:
                passed = max(1, round((now_s - self._last_s) * VIDEO_RATE_HZ))
                shift = self._last + passed - stamp & _MASK32
            self._shifts[source] = shift
            if len(self._shifts) > _KEPT:
                del self._shifts[next(iter(self._shifts))]
        return shift

    def ahead_of(self, source: int) -> int:
        """Return what our timestamps are ahead of a source's that has been repeated."""
        return self._shifts.get(source, 0)

    def note(self, stamp: int, now_s: float) -> None:
        """Note that a picture goes out with this timestamp of ours."""
        last = self._last
        if last is None or 0 < (stamp - last & _MASK32) < _HALF:
            self._last, self._last_s = stamp, now_s

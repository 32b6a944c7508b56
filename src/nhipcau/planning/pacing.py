"""How fast a room may fetch papers beforehand: a quarter of its line, all its requests together.

A token bucket by the site's declared line; the rest of the line stays free for whoever else is in
the building, and for a meeting that is on.
"""

from nhipcau.quantities import Bitrate

# Of the line; the share that a room may fill with papers.
PAPERS_SHARE = 0.25
# How long a room keeps papers after the planned end; a proposal: one day.
KEPT_AFTER_S = 24 * 3600
# Nobody said what the line carries: as a thin commune's, a proposal.
UNKNOWN_LINE_BPS = Bitrate(2_000_000)
# At most so much at once after a pause; half a second of the share, and one chunk at least.
_BURST_S = 0.5
CHUNK_BYTES = 16 * 1024


def papers_bps(line_bps: Bitrate | None) -> Bitrate:
    """Return how many bits a second of papers a line takes."""
    return Bitrate(int((line_bps or UNKNOWN_LINE_BPS) * PAPERS_SHARE))


class Bucket:
    """Lets so many bytes a second through; not safe for threads.

    Args:
        rate_bps: bits a second.
        now_s: monotonic seconds.
    """

    def __init__(self, rate_bps: Bitrate, now_s: float) -> None:
        self.rate_bps = rate_bps
        self._bytes_per_s = max(rate_bps / 8, 1.0)
        self._most = max(self._bytes_per_s * _BURST_S, CHUNK_BYTES)
        self._left = self._most
        self._at_s = now_s

    def take(self, count: int, now_s: float) -> float:
        """Take `count` bytes; return for how many seconds to wait before they may go out.

        What is taken is owed: whoever comes next waits for it, too, so that many requests of one
        room together are no faster than one.
        """
        self._left = min(self._most, self._left + (now_s - self._at_s) * self._bytes_per_s)
        self._at_s = now_s
        self._left -= count
        return max(0.0, -self._left / self._bytes_per_s)

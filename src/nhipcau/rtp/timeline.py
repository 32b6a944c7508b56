"""Media clocks: 32-bit RTP timestamps to a timeline that never jumps back, and to the wall clock.

    RTP timestamp ──▶ Timeline.stamp ──▶ EncodedFrame.timestamp       per access unit or packet
    SR (NTP, RTP) ──▶ Timeline.place ──▶ ClockMapping.ntp_s           lip-sync of one source

Source: RFC 3550 §5.1, §6.4.1 and §4 (NTP timestamps).
"""

from dataclasses import dataclass

from nhipcau.quantities import unwrap_timestamp

# Seconds from 1900-01-01 to 1970-01-01.
_NTP_TO_UNIX_S = 2_208_988_800
# A step this much off the time that passed is a new clock, not a pause or a late packet.
_JUMP_S = 5.0


def ntp_from_wall(wall_s: float) -> int:
    """Return seconds since 1970 as a 64-bit NTP timestamp."""
    return int((wall_s + _NTP_TO_UNIX_S) * (1 << 32)) & 0xFFFFFFFFFFFFFFFF


def wall_from_ntp(ntp: int) -> float:
    """Return a 64-bit NTP timestamp as seconds since 1970; exact to a microsecond."""
    return (ntp - (_NTP_TO_UNIX_S << 32)) / (1 << 32)


@dataclass(frozen=True, slots=True)
class ClockMapping:
    """One instant on a source's wall clock and on the timeline of its frames, from its last SR.

    The wall clock is the source's own and may be wrong by hours; only the difference between two
    streams of one source (one CNAME) means anything.
    """

    wall_s: float
    timestamp: int
    rate_hz: int

    def wall_at(self, timestamp: int) -> float:
        """Return when, on the source's wall clock, the frame stamped `timestamp` was captured."""
        return self.wall_s + (timestamp - self.timestamp) / self.rate_hz


class Timeline:
    """Unwrapped timestamps of one receiver, over wraps, new sources and jumps of their clocks.

    A jump (a new SSRC, a step back, a step that disagrees with the time that passed by 5 s) is
    bridged by the time that passed between the arrivals, so that whoever shows the frames sees
    neither a pause of years nor a step back.
    """

    def __init__(self, rate_hz: int) -> None:
        self.rate_hz = rate_hz
        self.jumps = 0
        self._raw = 0
        self._offset = 0
        self._last = 0
        self._arrived_s = 0.0
        self._running = False
        self._stamped = False

    def restart(self) -> None:
        """Take the next stamp as that of a new source."""
        self._running = False

    def stamp(self, raw: int, arrived_s: float) -> int:
        """Return the stamp on the timeline of the RTP timestamp `raw`, later than the last one.

        Args:
            raw: 32 bits.
            arrived_s: monotonic seconds when it arrived; measures how long a jump really was.
        """
        unwrapped = unwrap_timestamp(raw, self._raw) if self._running else raw
        step = unwrapped - self._raw
        elapsed = int((arrived_s - self._arrived_s) * self.rate_hz)
        if not self._running or abs(step - elapsed) > _JUMP_S * self.rate_hz:
            self._bridge(unwrapped, elapsed)
        self._raw = unwrapped
        self._arrived_s = arrived_s
        # Two units of one instant, or a step back of less than the jump: the next tick.
        self._last = max(unwrapped + self._offset, self._last + 1)
        return self._last

    def _bridge(self, unwrapped: int, elapsed: int) -> None:
        if self._stamped:
            self._offset = self._last + max(1, elapsed) - unwrapped
            self.jumps += self._running
        else:
            # The first stamp of all is kept as it is; `_last` lies below it.
            self._offset, self._last = 0, unwrapped - 1
            self._stamped = True
        self._running = True

    def place(self, raw: int) -> int | None:
        """Return where an SR's RTP timestamp lies on the timeline, None before the first stamp."""
        if not self._running:
            return None
        return unwrap_timestamp(raw, self._raw) + self._offset

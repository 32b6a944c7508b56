"""The one clock of a conference's media: program picture and sound are stamped from it.

    monotonic seconds ──▶ picture ticks (90 kHz), sound ticks (48 kHz), NTP time

Picture and sound share one zero and one NTP mapping, so that a receiver's lip sync sees what the
MCU meant, and a jump of the machine's wall clock moves nothing.
"""

from dataclasses import dataclass

PICTURE_HZ = 90_000
SOUND_HZ = 48_000
# Seconds from 1900-01-01 (NTP) to 1970-01-01 (Unix). Source: RFC 5905 §6.
_NTP_OFFSET_S = 2_208_988_800


@dataclass(frozen=True, slots=True)
class MediaClock:
    """Turns monotonic seconds into media time; frozen, shared by all threads.

    Attributes:
        zero_s: monotonic seconds at which both media clocks stood at 0.
        wall_zero_s: seconds since 1970 at that instant.
    """

    zero_s: float
    wall_zero_s: float

    def picture_ticks(self, now_s: float) -> int:
        """Return the 90 kHz timestamp of `now_s`, unwrapped."""
        return round((now_s - self.zero_s) * PICTURE_HZ)

    def sound_ticks(self, now_s: float) -> int:
        """Return the 48 kHz timestamp of `now_s`, unwrapped."""
        return round((now_s - self.zero_s) * SOUND_HZ)

    def ntp(self, now_s: float) -> int:
        """Return the 64-bit NTP timestamp of `now_s` (32.32 fixed point)."""
        return round((now_s - self.zero_s + self.wall_zero_s + _NTP_OFFSET_S) * (1 << 32))

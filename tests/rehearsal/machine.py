"""The real clock and the real codecs."""

import time

from nhipcau.codec.pyav import PyAvCodecs


class MachineClock:
    """Reads the machine."""

    def now_s(self) -> float:
        return time.monotonic()

    def wall_s(self) -> float:
        return time.time()


CLOCK = MachineClock()
CODECS = PyAvCodecs(CLOCK)

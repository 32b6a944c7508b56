"""Reading a stored sound at a speed that is not quite one, without a click between reads.

A source's crystal and ours differ by some hundred ppm. The reader takes 960 samples out while
moving 960·speed samples on, and keeps the fraction between two samples for the next read:

    stored   •   •   •   •   •   •      sample k at place k
    read       ×    ×    ×    ×         place = fraction + j·speed, j = 0 … 959
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from nhipcau.sound.block import BLOCK_SAMPLES, Samples

Wave = npt.NDArray[np.float32]

# One sample before a place and two after it take part in the curve through it.
TAPS_BEFORE = 1
TAPS_AFTER = 2

_STEPS = np.arange(BLOCK_SAMPLES, dtype=np.float64)
_HALF = np.float32(0.5)


class Read(NamedTuple):
    """960 samples, and how far the reading place moved: whole samples and the fraction left."""

    samples: Samples
    advance: int
    fraction: float


def reach(speed: float) -> int:
    """Return how many stored samples from the reading place on one read may touch."""
    return int(BLOCK_SAMPLES * speed) + 1 + TAPS_AFTER


def read_block(stored: Wave, fraction: float, speed: float) -> Read:
    """Return 960 samples read from `stored` at `speed`.

    Cubic (Catmull-Rom) interpolation: at 8 kHz it loses 0.3 dB between samples, where a straight
    line loses 1.2 dB and would make a drifting source audibly flutter.

    Args:
        stored: float32; index `TAPS_BEFORE` is the reading place; at least `TAPS_BEFORE` +
            `reach(speed)` samples.
        fraction: 0 ≤ fraction < 1, how far after the reading place the first sample lies.
        speed: stored samples per sample read, near 1.
    """
    places = _STEPS * speed
    places += fraction
    whole = places.astype(np.intp)
    places -= whole
    part = places.astype(np.float32)
    before = stored[:-3].take(whole)
    here = stored[1:-2].take(whole)
    after = stored[2:-1].take(whole)
    beyond = stored[3:].take(whole)
    samples = _cubic((before, here, after, beyond), part)
    end = BLOCK_SAMPLES * speed + fraction
    advance = int(end)
    return Read(samples, advance, end - advance)


def _cubic(taps: tuple[Wave, Wave, Wave, Wave], part: Wave) -> Samples:
    """Return the Catmull-Rom curve through the middle two taps at `part`, rounded to int16."""
    before, here, after, beyond = taps
    rise = after - here
    slope = after - before
    third = beyond - after
    third += here
    third -= before
    third *= _HALF
    third -= rise
    slope *= _HALF
    second = rise - slope
    second -= third
    curve = third
    curve *= part
    curve += second
    curve *= part
    curve += slope
    curve *= part
    curve += here
    np.rint(curve, out=curve)
    np.clip(curve, -32_768.0, 32_767.0, out=curve)
    return curve.astype(np.int16)

"""How loud a block is, in dBov, and a meter that moves like one.

0 dBov is a square wave at full scale; a sine at full scale is -3 dBov; digital silence is -127.

Source: RFC 6464 §3 and RFC 6465 §3 (audio level as -dBov, 0 to 127).
"""

import math

import numpy as np

from nhipcau.sound.block import RATE_HZ, PcmBlock, Samples

SILENCE_DBOV = -127.0

# The mean square of a square wave at full scale: the overload point that dBov counts down from.
_OVERLOAD_POWER = 32_768.0**2
# Mean squares below this are under -127 dBov.
_FLOOR_POWER = _OVERLOAD_POWER * 10 ** (SILENCE_DBOV / 10)
# A bar must follow a syllable's start at once, and fall slowly enough to be read.
_ATTACK_S = 0.02
_RELEASE_S = 0.3


def level_dbov(block: PcmBlock) -> float:
    """Return the root mean square level of `block` in dBov, from -127 to 0."""
    return power_dbov(mean_square(block.samples))


def mean_square(samples: Samples) -> float:
    """Return the mean square of int16 samples of any length; 0 where there are none."""
    if not len(samples):
        return 0.0
    wide = samples.astype(np.float32)
    return float(np.dot(wide, wide)) / len(wide)


def power_dbov(power: float) -> float:
    """Return a mean square (of int16 samples) in dBov, from -127 to 0."""
    if power <= _FLOOR_POWER:
        return SILENCE_DBOV
    return min(0.0, 10.0 * math.log10(power / _OVERLOAD_POWER))


class LevelMeter:
    """A smoothed level for a bar on a screen: up within 20 ms, down over 300 ms. One thread."""

    __slots__ = ("_power",)

    def __init__(self) -> None:
        self._power = 0.0

    @property
    def level_dbov(self) -> float:
        """The smoothed level, from -127 to 0."""
        return power_dbov(self._power)

    def push(self, block: PcmBlock) -> float:
        """Take the next block and return the smoothed level in dBov."""
        power = mean_square(block.samples)
        constant_s = _ATTACK_S if power > self._power else _RELEASE_S
        share = 1.0 - math.exp(-len(block.samples) / RATE_HZ / constant_s)
        self._power += (power - self._power) * share
        return power_dbov(self._power)

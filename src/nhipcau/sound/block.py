"""A block of sound: 20 ms of mono PCM at 48 kHz, the unit in which everything is mixed."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

RATE_HZ = 48_000
# 20 ms: the packet time that every browser sends and the usual one for Opus (RFC 7587 §4.2).
BLOCK_SAMPLES = 960

Samples = npt.NDArray[np.int16]


@dataclass(frozen=True, slots=True, eq=False)
class PcmBlock:
    """Mono sound.

    Attributes:
        samples: int16 of shape (960,) unless a decoder says otherwise; never written to again.
        pts: index of the first sample on the 48 kHz clock of whoever made the block.
    """

    samples: Samples
    pts: int


def silence(pts: int) -> PcmBlock:
    """Return 20 ms of digital silence at `pts`."""
    return PcmBlock(np.zeros(BLOCK_SAMPLES, np.int16), pts)

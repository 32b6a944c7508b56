"""A decoded picture: three planes of 4:2:0, BT.601 limited range, owned by whoever made it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Plane = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """One 4:2:0 picture of even width and height.

    Attributes:
        y: luma, uint8 of shape (height, width), 16 to 235.
        u: blue difference, uint8 of shape (height / 2, width / 2), 128 is neutral.
        v: red difference, the same shape as `u`.

    The planes may be views with a row stride; they are contiguous along a row. A reader never
    writes into them.
    """

    y: Plane
    u: Plane
    v: Plane

    @property
    def width(self) -> int:
        """Width in luma pixels."""
        return int(self.y.shape[1])

    @property
    def height(self) -> int:
        """Height in luma pixels."""
        return int(self.y.shape[0])


def solid(width: int, height: int, colour: tuple[int, int, int] = (16, 128, 128)) -> Picture:
    """Return a picture of one colour, given as (y, u, v); black unless told otherwise."""
    half = (height // 2, width // 2)
    return Picture(
        np.full((height, width), colour[0], np.uint8),
        np.full(half, colour[1], np.uint8),
        np.full(half, colour[2], np.uint8),
    )

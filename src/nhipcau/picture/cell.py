"""A rectangle on a canvas, in whole even pixels, so that 4:2:0 planes can be cut along it."""

from typing import NamedTuple


class Cell(NamedTuple):
    """Left, top, width and height in luma pixels, all even."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """The first column to the right of the cell."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """The first row below the cell."""
        return self.y + self.height


def even(value: float) -> int:
    """Return the even number nearest to `value`."""
    return 2 * round(value / 2)

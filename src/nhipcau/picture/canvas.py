"""The canvas of one view: planes that stay, into which tiles are copied.

Nothing is blended and nothing is allocated here: a paste is three slice copies, because the
composer does one for every tile 25 times a second.
"""

from nhipcau.picture.cell import Cell
from nhipcau.picture.colour import EMPTY, INK, Yuv, yuv
from nhipcau.picture.frame import Picture, solid

BACKGROUND = yuv(INK)
# The bars beside a narrow picture: the colour of an empty cell, so that the cell keeps its shape.
BARS = yuv(EMPTY)
# Seen from the end of a room on a 4×4 page, and still 1 px when the view is scaled to 180 lines.
FRAME_PX = 4


class Canvas:
    """A picture that can be written to. Used by one thread, the composer's."""

    __slots__ = ("_picture", "_u", "_v", "_y")

    def __init__(self, width: int, height: int, colour: Yuv = BACKGROUND) -> None:
        """Make a canvas of one colour.

        Raises:
            ValueError: a side is odd or not positive.
        """
        if width < 2 or height < 2 or width % 2 or height % 2:
            raise ValueError(f"a canvas of {width}x{height} is not even")
        self._picture = solid(width, height, colour)
        self._y, self._u, self._v = self._picture.y, self._picture.u, self._picture.v

    @property
    def picture(self) -> Picture:
        """The canvas itself, not a copy: whoever keeps it sees what is pasted later."""
        return self._picture

    @property
    def whole(self) -> Cell:
        """The cell that is the whole canvas."""
        return Cell(0, 0, self._picture.width, self._picture.height)

    def paste(self, cell: Cell, picture: Picture) -> None:
        """Copy `picture` into `cell`.

        Raises:
            ValueError: the picture's size is not the cell's, or the cell leaves the canvas.
        """
        x, y, width, height = cell
        if picture.y.shape != (height, width):
            raise ValueError(f"a {picture.width}x{picture.height} picture into {cell}")
        if x < 0 or y < 0:
            raise ValueError(f"{cell} leaves the canvas")
        # a slice that leaves the canvas is shorter than the picture, and NumPy refuses it
        self._y[y : y + height, x : x + width] = picture.y
        x, y, width, height = x >> 1, y >> 1, width >> 1, height >> 1
        self._u[y : y + height, x : x + width] = picture.u
        self._v[y : y + height, x : x + width] = picture.v

    def plate(self, cell: Cell, plate: Picture) -> None:
        """Copy a name plate to the bottom left of `cell`.

        Raises:
            ValueError: the plate is larger than the cell, or the cell leaves the canvas.
        """
        if plate.width > cell.width or plate.height > cell.height:
            raise ValueError(f"a {plate.width}x{plate.height} plate into {cell}")
        self.paste(Cell(cell.x, cell.bottom - plate.height, plate.width, plate.height), plate)

    def fill(self, cell: Cell, colour: Yuv = BACKGROUND) -> None:
        """Paint `cell` in one colour; what leaves the canvas is cut off."""
        x, y = max(cell.x, 0), max(cell.y, 0)
        right, bottom = max(cell.right, 0), max(cell.bottom, 0)
        self._y[y:bottom, x:right] = colour.y
        self._u[y >> 1 : bottom >> 1, x >> 1 : right >> 1] = colour.u
        self._v[y >> 1 : bottom >> 1, x >> 1 : right >> 1] = colour.v

    def bars(self, cell: Cell, inner: Cell, colour: Yuv = BARS) -> None:
        """Paint what of `cell` lies around `inner`: the bars of a letterbox."""
        self.fill(Cell(cell.x, cell.y, cell.width, inner.y - cell.y), colour)
        self.fill(Cell(cell.x, inner.bottom, cell.width, cell.bottom - inner.bottom), colour)
        self.fill(Cell(cell.x, inner.y, inner.x - cell.x, inner.height), colour)
        self.fill(Cell(inner.right, inner.y, cell.right - inner.right, inner.height), colour)

    def border(self, cell: Cell, colour: Yuv, thickness_px: int = FRAME_PX) -> None:
        """Paint a frame along the inner edge of `cell`.

        Args:
            cell: what to frame.
            colour: of the frame.
            thickness_px: even.
        """
        x, y, width, height = cell
        inner = Cell(
            x + thickness_px, y + thickness_px, width - 2 * thickness_px, height - 2 * thickness_px
        )
        self.bars(cell, inner, colour)

"""Letterboxing: the part of a cell that a source fills when its shape is kept.

16:9 cell, 4:3 source      16:9 cell, portrait source
┌──┬────────┬──┐           ┌─────┬──┬─────┐
│  │        │  │           │     │  │     │
└──┴────────┴──┘           └─────┴──┴─────┘
"""

from nhipcau.picture.cell import Cell, even

# Shapes that differ by less than this are stretched: nobody sees 3 %, everybody sees a hair line.
_TOLERANCE = 0.03


def fit(source_width: int, source_height: int, cell: Cell) -> Cell:
    """Return the even rectangle in the middle of `cell` that shows the whole source undistorted.

    Small sources are enlarged. The rectangle is at least 2×2.

    Args:
        source_width: in pixels, any number from 1.
        source_height: likewise.
        cell: where to fit it.

    Raises:
        ValueError: the source has no area.
    """
    if source_width < 1 or source_height < 1:
        raise ValueError(f"a source of {source_width}x{source_height} has no area")
    # how much wider the source is than the cell
    wider = source_width * cell.height / (source_height * cell.width)
    if abs(wider - 1) <= _TOLERANCE:
        return cell
    if wider > 1:
        height = max(2, even(cell.height / wider))
        return Cell(cell.x, cell.y + _half(cell.height - height), cell.width, height)
    width = max(2, even(cell.width * wider))
    return Cell(cell.x + _half(cell.width - width), cell.y, width, cell.height)


def _half(rest: int) -> int:
    """Return half of an even rest, rounded down to an even number."""
    return rest // 4 * 2

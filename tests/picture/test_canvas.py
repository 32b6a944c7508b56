"""The canvas: copies go where they belong and nowhere else."""

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhipcau.picture.canvas import BACKGROUND, BARS, Canvas
from nhipcau.picture.cell import Cell
from nhipcau.picture.colour import Yuv
from nhipcau.picture.fit import fit
from nhipcau.picture.frame import Picture, solid
from nhipcau.picture.layout import cells, shipped_layouts

RED = Yuv(81, 90, 240)


def is_only(picture: Picture, cell: Cell, inside: Yuv, outside: Yuv) -> bool:
    """Return True when `cell` has one colour and everything else the other."""
    for plane, shift, a, b in zip(
        (picture.y, picture.u, picture.v), (0, 1, 1), inside, outside, strict=True
    ):
        wanted = np.full(plane.shape, b, np.uint8)
        rows = slice(cell.y >> shift, cell.bottom >> shift)
        wanted[rows, cell.x >> shift : cell.right >> shift] = a
        if not np.array_equal(plane, wanted):
            return False
    return True


even = st.integers(0, 10).map(lambda half: 2 * half)


@given(even, even, st.integers(1, 10), st.integers(1, 10))
def test_a_picture_is_pasted_into_its_cell_only(x: int, y: int, w: int, h: int) -> None:
    canvas = Canvas(40, 40)
    cell = Cell(x, y, 2 * w, 2 * h)
    canvas.paste(cell, solid(cell.width, cell.height, RED))
    assert is_only(canvas.picture, cell, RED, BACKGROUND)
    canvas.fill(cell)
    canvas.fill(cell, RED)
    assert is_only(canvas.picture, cell, RED, BACKGROUND)


def test_a_tile_with_a_row_stride_is_copied_as_it_looks() -> None:
    wide = solid(64, 20)
    wide.y[:] = np.arange(64)
    cut = Picture(wide.y[:, 10:30], wide.u[:, 5:15], wide.v[:, 5:15])
    canvas = Canvas(40, 40)
    canvas.paste(Cell(4, 2, 20, 20), cut)
    assert canvas.picture.y[2, 4:24].tolist() == list(range(10, 30))


@pytest.mark.parametrize(
    ("cell", "size"),
    [
        (Cell(0, 0, 20, 20), (18, 20)),
        (Cell(30, 0, 20, 20), (20, 20)),
        (Cell(0, 30, 20, 20), (20, 20)),
        (Cell(-2, 0, 20, 20), (20, 20)),
        (Cell(0, 40, 20, 20), (20, 20)),
    ],
)
def test_a_picture_that_does_not_fit_is_refused(cell: Cell, size: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match=r"."):
        Canvas(40, 40).paste(cell, solid(*size))


def test_a_plate_lies_at_the_bottom_left_of_its_cell() -> None:
    canvas = Canvas(80, 60)
    canvas.plate(Cell(20, 10, 40, 40), solid(24, 8, RED))
    assert is_only(canvas.picture, Cell(20, 42, 24, 8), RED, BACKGROUND)
    with pytest.raises(ValueError, match="plate"):
        canvas.plate(Cell(20, 10, 20, 40), solid(24, 8, RED))


def test_bars_fill_a_cell_around_its_picture() -> None:
    for source in ((4, 3), (9, 16), (21, 9), (16, 9)):
        canvas = Canvas(80, 60)
        cell = Cell(10, 10, 64, 36)
        inner = fit(*source, cell)
        canvas.fill(cell, RED)
        canvas.bars(cell, inner)
        canvas.fill(inner, BARS)
        assert is_only(canvas.picture, cell, BARS, BACKGROUND)


def test_a_border_frames_its_cell_and_leaves_the_inside() -> None:
    canvas = Canvas(80, 60)
    cell = Cell(10, 10, 40, 30)
    canvas.border(cell, RED)
    canvas.fill(Cell(14, 14, 32, 22), RED)
    assert is_only(canvas.picture, cell, RED, BACKGROUND)
    canvas.fill(canvas.whole)
    canvas.border(cell, RED, 2)
    assert (canvas.picture.y == RED.y).sum() == 40 * 30 - 36 * 26


def test_the_picture_is_the_canvas_itself() -> None:
    canvas = Canvas(40, 40)
    seen = canvas.picture
    canvas.fill(canvas.whole, RED)
    assert is_only(seen, Cell(0, 0, 40, 40), RED, RED)


def test_an_odd_canvas_is_refused() -> None:
    with pytest.raises(ValueError, match="not even"):
        Canvas(41, 40)
    with pytest.raises(ValueError, match="not even"):
        Canvas(0, 40)


def test_sixteen_tiles_are_pasted_in_a_small_part_of_a_frame_time() -> None:
    canvas = Canvas(1_280, 720)
    tiles = [(c, solid(c.width, c.height)) for c in cells(shipped_layouts()["4x4"], 1_280, 720)]
    taken_s = []
    for _ in range(20):
        start_s = time.perf_counter()
        for cell, tile in tiles:
            canvas.paste(cell, tile)
        taken_s.append(time.perf_counter() - start_s)
    # 0.2 ms is usual; the bound only catches a copy per pixel
    assert min(taken_s) < 0.01

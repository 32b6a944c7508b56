"""Letterboxing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhipcau.picture.cell import Cell
from nhipcau.picture.fit import fit

TILE = Cell(320, 180, 320, 180)

even = st.integers(1, 500).map(lambda half: 2 * half)
any_cell = st.builds(Cell, even, even, even, even)


@given(st.integers(1, 8_000), st.integers(1, 8_000), any_cell)
def test_the_inner_rectangle_is_even_inside_and_centred(
    width: int, height: int, cell: Cell
) -> None:
    inner = fit(width, height, cell)
    assert not any(value % 2 for value in inner)
    assert inner.width >= 2 and inner.height >= 2
    assert cell.x <= inner.x and inner.right <= cell.right
    assert cell.y <= inner.y and inner.bottom <= cell.bottom
    assert inner.width == cell.width or inner.height == cell.height
    assert abs((inner.x - cell.x) - (cell.right - inner.right)) <= 2
    assert abs((inner.y - cell.y) - (cell.bottom - inner.bottom)) <= 2


@given(st.integers(1, 8_000), st.integers(1, 8_000))
def test_the_shape_is_kept_but_for_rounding_and_a_hair(width: int, height: int) -> None:
    cell = Cell(0, 0, 1_280, 720)
    inner = fit(width, height, cell)
    if min(inner.width, inner.height) > 100:
        assert inner.width / inner.height == pytest.approx(width / height, rel=0.035)


def test_a_source_of_the_same_shape_fills_its_cell_whatever_its_size() -> None:
    assert fit(16, 9, TILE) == fit(1_920, 1_080, TILE) == fit(1_920, 1_088, TILE) == TILE


def test_an_old_camera_stands_between_two_bars() -> None:
    assert fit(640, 480, TILE) == Cell(360, 180, 240, 180)


def test_a_telephone_held_upright_keeps_its_whole_height() -> None:
    assert fit(720, 1_280, TILE) == Cell(428, 180, 102, 180)


def test_a_wide_source_stands_between_bars_above_and_below() -> None:
    assert fit(2_560, 1_080, TILE) == Cell(320, 202, 320, 136)


def test_a_line_of_pixels_is_still_a_rectangle() -> None:
    assert fit(10_000, 1, TILE).height == 2
    assert fit(1, 10_000, TILE).width == 2


def test_a_source_without_area_is_refused() -> None:
    with pytest.raises(ValueError, match="no area"):
        fit(0, 480, TILE)

"""Plates and placeholders."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nhipcau.picture.cell import Cell
from nhipcau.picture.colour import INK, ON_AIR, yuv
from nhipcau.picture.frame import Picture
from nhipcau.picture.layout import cells, shipped_layouts
from nhipcau.picture.tile import Absence, TileArt
from tests.picture.test_lettering import names

TILE = Cell(0, 0, 316, 176)


def same(one: Picture, other: Picture) -> bool:
    """Return True when two pictures are equal, pixel for pixel."""
    return all(
        np.array_equal(a, b)
        for a, b in zip((one.y, one.u, one.v), (other.y, other.u, other.v), strict=True)
    )


def corner(picture: Picture) -> tuple[int, int, int]:
    """Return the colour of the first pixel."""
    return int(picture.y[0, 0]), int(picture.u[0, 0]), int(picture.v[0, 0])


@pytest.mark.parametrize("name", ["speaker", "1+2", "1+7", "1+8", "3x3", "4x4"])
def test_each_of_the_145_names_has_its_own_whole_plate_in_every_layout(name: str) -> None:
    art = TileArt()
    for cell in set(cells(shipped_layouts()[name], 1_280, 720)):
        plates = [art.plate(site, cell) for site in names()]
        for site, plate in zip(names(), plates, strict=True):
            assert plate.width < cell.width, f"{site} was cut"
            assert plate.height <= cell.height * 0.2
            assert plate.width % 2 == plate.height % 2 == 0
    distinct = {(plate.y.shape, plate.y.tobytes()) for plate in plates}
    assert len(distinct) == len(set(names()))


def test_a_plate_is_light_on_ink_and_red_for_who_has_the_floor() -> None:
    plain = TileArt().plate("Huyện Khánh Sơn", TILE)
    assert corner(plain) == pytest.approx(yuv(INK), abs=1)
    assert plain.y.max() > 220
    red = TileArt().plate("Huyện Khánh Sơn", TILE, on_air=True)
    assert corner(red) == pytest.approx(yuv(ON_AIR), abs=1)


def test_letters_and_their_marks_do_not_touch_the_edge_of_a_plate() -> None:
    for cell in (TILE, Cell(0, 0, 252, 140), Cell(0, 0, 1_280, 720)):
        plate = TileArt().plate("Ẳ Ẫ Ế Ỹ Ặ Ự Ợ g y q", cell)
        edge = np.concatenate((plate.y[0], plate.y[-1], plate.y[:, 0], plate.y[:, -1]))
        assert np.abs(edge.astype(int) - yuv(INK).y).max() <= 1


def test_a_name_that_is_too_long_is_cut_to_the_cell() -> None:
    plate = TileArt().plate("Ủy ban nhân dân " * 10, TILE)
    assert TILE.width * 0.8 < plate.width <= TILE.width


@pytest.mark.parametrize("why", list(Absence))
@pytest.mark.parametrize("cell", [TILE, Cell(0, 0, 1_280, 720), Cell(4, 6, 40, 200)])
def test_a_placeholder_has_the_size_of_its_cell(why: Absence, cell: Cell) -> None:
    picture = TileArt().placeholder(why, "Thành phố Nha Trang", cell)
    assert (picture.width, picture.height) == cell[2:]


def test_every_reason_and_every_name_looks_different() -> None:
    art = TileArt()
    drawn = [art.placeholder(why, "Xã Giang Ly", TILE) for why in Absence]
    drawn.append(art.placeholder(Absence.CAMERA_OFF, "Xã Cầu Bà", TILE))
    for index, one in enumerate(drawn):
        assert not any(same(one, other) for other in drawn[:index])


def test_a_lost_line_shows_a_pattern_and_a_camera_that_is_off_a_calm_panel() -> None:
    art = TileArt()
    lost = art.placeholder(Absence.NO_SIGNAL, "Xã Giang Ly", TILE)
    off = art.placeholder(Absence.CAMERA_OFF, "Xã Giang Ly", TILE)
    assert len(np.unique(lost.y[:10])) == 2
    assert len(np.unique(off.y[:10])) == 1


def test_what_was_drawn_is_drawn_once_and_the_store_stays_small() -> None:
    art = TileArt(cache_bytes=3 * TILE.width * TILE.height * 3 // 2)
    first = art.placeholder(Absence.NO_SIGNAL, "0", TILE)
    assert art.placeholder(Absence.NO_SIGNAL, "0", TILE) is first
    for number in range(1, 4):
        art.placeholder(Absence.NO_SIGNAL, str(number), TILE)
    again = art.placeholder(Absence.NO_SIGNAL, "0", TILE)
    assert again is not first
    assert same(again, first)


@settings(max_examples=50, deadline=None)
@given(
    st.text(max_size=60),
    st.integers(1, 200).map(lambda half: 2 * half),
    st.integers(1, 120).map(lambda half: 2 * half),
    st.sampled_from(list(Absence)),
)
def test_any_name_can_be_drawn_in_any_cell(
    name: str, width: int, height: int, why: Absence
) -> None:
    art = TileArt()
    cell = Cell(0, 0, width, height)
    plate = art.plate(name, cell)
    assert plate.width <= width
    assert plate.height <= height
    assert art.placeholder(why, name, cell).width == width

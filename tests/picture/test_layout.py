"""Layouts: geometry by property, and one clear error for every wrong entry."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhipcau.picture.layout import (
    Cell,
    Layout,
    LayoutError,
    Region,
    Role,
    cells,
    parse_layouts,
    shipped_layouts,
)

NAMES = ("speaker", "duo", "1+2", "1+7", "1+8", "2x2", "3x3", "4x4")
COUNTS = {"speaker": 1, "duo": 2, "2x2": 4, "3x3": 9, "4x4": 16, "1+2": 3, "1+7": 8, "1+8": 9}

even_sizes = st.tuples(st.integers(160, 1_920), st.integers(90, 1_080)).map(
    lambda size: (size[0] // 2 * 2, size[1] // 2 * 2)
)


@st.composite
def layouts(draw: st.DrawFn) -> Layout:
    """Draw a layout that cuts a grid at random places, like a guillotine."""
    columns, rows = draw(st.integers(1, 12)), draw(st.integers(1, 12))
    pieces = [(0, 0, columns, rows)]
    for _ in range(draw(st.integers(0, 8))):
        left, top, width, height = pieces.pop(draw(st.integers(0, len(pieces) - 1)))
        if width > 1 and (height == 1 or draw(st.booleans())):
            cut = draw(st.integers(1, width - 1))
            pieces += [(left, top, cut, height), (left + cut, top, width - cut, height)]
        elif height > 1:
            cut = draw(st.integers(1, height - 1))
            pieces += [(left, top, width, cut), (left, top + cut, width, height - cut)]
        else:
            pieces.append((left, top, width, height))
    return Layout("any", "any", columns, rows, tuple(Region(Role.POLL, *p) for p in pieces))


def check(placed: tuple[Cell, ...], width: int, height: int) -> None:
    """Paint the cells on a canvas and see that they are even, inside and apart."""
    painted = np.zeros((height, width), np.uint8)
    for cell in placed:
        assert not any(value % 2 for value in cell)
        assert cell.x >= 0 and cell.y >= 0
        assert cell.width > 0 and cell.right <= width
        assert cell.height > 0 and cell.bottom <= height
        painted[cell.y : cell.bottom, cell.x : cell.right] += 1
    assert painted.max() == 1


@given(layouts(), even_sizes)
def test_cells_are_even_and_apart_on_any_canvas(layout: Layout, size: tuple[int, int]) -> None:
    check(cells(layout, *size), *size)


@pytest.mark.parametrize("name", NAMES)
@given(size=even_sizes)
def test_shipped_layouts_fit_on_any_canvas(name: str, size: tuple[int, int]) -> None:
    placed = cells(shipped_layouts()[name], *size)
    assert len(placed) == COUNTS[name]
    check(placed, *size)


def test_exactly_the_promised_layouts_are_shipped() -> None:
    assert set(shipped_layouts()) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_at_720p_every_shipped_cell_has_the_shape_of_a_camera(name: str) -> None:
    for cell in cells(shipped_layouts()[name], 1_280, 720):
        assert cell.width / cell.height == pytest.approx(16 / 9, rel=0.02)


@pytest.mark.parametrize("name", NAMES)
def test_a_gap_of_four_pixels_parts_neighbours(name: str) -> None:
    placed = cells(shipped_layouts()[name], 1_280, 720)
    for cell in placed:
        gaps = [
            other.x - cell.right
            for other in placed
            if other.x >= cell.right and other.y < cell.bottom and cell.y < other.bottom
        ]
        assert not gaps or min(gaps) == 4


def test_one_region_that_is_the_whole_grid_is_the_whole_canvas() -> None:
    assert cells(shipped_layouts()["speaker"], 1_280, 720) == (Cell(0, 0, 1_280, 720),)


def test_the_large_cell_comes_first_and_is_the_floors() -> None:
    for name in ("1+2", "1+7", "1+8"):
        layout = shipped_layouts()[name]
        assert layout.regions[0].role == "floor"
        areas = [cell.width * cell.height for cell in cells(layout, 1_280, 720)]
        assert areas[0] > 3 * max(areas[1:])


def test_an_odd_or_tiny_canvas_is_refused() -> None:
    with pytest.raises(ValueError, match="not even"):
        cells(shipped_layouts()["2x2"], 1_279, 720)
    with pytest.raises(ValueError, match="too small for layout 4x4"):
        cells(shipped_layouts()["4x4"], 16, 16)


GOOD = '[good]\ngrid = [2, 1]\nsquares = ["floor", "poll"]\n'


def test_a_layout_is_read_with_its_roles_in_order() -> None:
    layout = parse_layouts(GOOD + 'title = "Hai"\ndwell_s = 7\n')["good"]
    assert [region.role for region in layout.regions] == [Role.FLOOR, Role.POLL]
    assert layout.regions[1] == Region(Role.POLL, 1, 0, 1, 1)
    assert (layout.title, layout.dwell_s) == ("Hai", 7.0)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("= nothing", "not TOML"),
        ("", "no layout"),
        ("bad = 3", "bad: is no table"),
        ('[bad]\ngrid = [1, 1]\nsquares = ["floor"]\ncolour = 1', "bad: nobody knows colour"),
        ("[bad]\ngrid = [1]\nsquares = []", "bad: grid must be two whole numbers"),
        ("[bad]\ngrid = [0, 1]\nsquares = []", "bad: grid"),
        ("[bad]\ngrid = [true, 1]\nsquares = []", "bad: grid"),
        ("[bad]\nsquares = []", "bad: grid"),
        ("[bad]\ngrid = [1, 1]", "bad: needs either"),
        ("[bad]\ngrid = [1, 1]\nsquares = []\nregions = []", "bad: needs either"),
        ("[bad]\ngrid = [1, 1]\nsquares = []", "bad: squares must be 1 roles"),
        ('[bad]\ngrid = [1, 1]\nsquares = ["king"]', "bad: region 0: no such role: king"),
        ("[bad]\ngrid = [1, 1]\nsquares = [[]]", "bad: region 0: no such role"),
        ("[bad]\ngrid = [1, 1]\nregions = []", "bad: must have from 1"),
        ("[bad]\ngrid = [1, 1]\nregions = 5", "bad: regions must be a list"),
        ('[bad]\ngrid = [1, 1]\nregions = [{role = "floor"}]', "bad: region 0 must have"),
        (
            '[bad]\ngrid = [1, 1]\nregions = [{role = "floor", at = [0, 0, 1]}]',
            "bad: region 0: at must be four",
        ),
        (
            '[bad]\ngrid = [1, 1]\nregions = [{role = "floor", at = [0, 0, 1, 2]}]',
            "bad: region 0 leaves the grid",
        ),
        (
            '[bad]\ngrid = [1, 1]\nregions = [{role = "floor", at = [0, 0, 0, 1]}]',
            "bad: region 0 leaves the grid",
        ),
        (
            '[bad]\ngrid = [2, 2]\nregions = [{role = "floor", at = [0, 0, 2, 1]},'
            '{role = "poll", at = [1, 0, 1, 2]}]',
            "bad: regions 0 and 1 overlap",
        ),
        (GOOD + "[bad]\ngrid = [7, 7]\nsquares = " + str(["poll"] * 49), "bad: must have from 1"),
        ('[bad]\ngrid = [1, 1]\nsquares = ["poll"]\ndwell_s = 0', "bad: dwell_s"),
        ('[bad]\ngrid = [1, 1]\nsquares = ["poll"]\ndwell_s = nan', "bad: dwell_s"),
        ('[bad]\ngrid = [1, 1]\nsquares = ["poll"]\ntitle = 4', "bad: title is no text"),
    ],
)
def test_a_wrong_entry_is_named(text: str, says: str) -> None:
    with pytest.raises(LayoutError, match=says):
        parse_layouts(text)


@given(st.text(max_size=200))
def test_any_text_gives_layouts_or_one_kind_of_error(text: str) -> None:
    try:
        parse_layouts(text)
    except LayoutError:
        return

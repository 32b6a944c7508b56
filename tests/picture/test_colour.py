"""Colours into planes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhipcau.picture.colour import ON_AIR, Rgb, mixed, picture_of, yuv


@pytest.mark.parametrize(
    ("colour", "planes"),
    [
        (Rgb(0, 0, 0), (16, 128, 128)),
        (Rgb(255, 255, 255), (235, 128, 128)),
        (Rgb(255, 0, 0), (81, 90, 240)),
        (Rgb(0, 255, 0), (145, 54, 34)),
        (Rgb(0, 0, 255), (41, 240, 110)),
    ],
)
def test_the_corners_are_those_of_bt_601(colour: Rgb, planes: tuple[int, int, int]) -> None:
    assert yuv(colour) == planes


@given(st.builds(Rgb, *[st.integers(0, 255)] * 3))
def test_an_even_image_has_the_planes_of_its_colour(colour: Rgb) -> None:
    picture = picture_of(np.full((4, 6, 3), colour, np.uint8))
    assert (picture.width, picture.height) == (6, 4)
    assert picture.u.shape == picture.v.shape == (2, 3)
    for plane, value in zip((picture.y, picture.u, picture.v), yuv(colour), strict=True):
        assert plane.flags.c_contiguous
        assert np.abs(plane.astype(int) - value).max() <= 1
        assert plane.min() >= 16 and plane.max() <= 240


def test_an_odd_image_is_refused() -> None:
    with pytest.raises(ValueError, match="even planes"):
        picture_of(np.zeros((3, 4, 3), np.uint8))
    with pytest.raises(ValueError, match="even planes"):
        picture_of(np.zeros((4, 4), np.uint8))


def test_colours_mix_from_one_to_the_other() -> None:
    black = Rgb(0, 0, 0)
    assert mixed(black, ON_AIR, 0.0) == black
    assert mixed(black, ON_AIR, 1.0) == ON_AIR
    assert mixed(black, Rgb(100, 50, 10), 0.5) == (50, 25, 5)

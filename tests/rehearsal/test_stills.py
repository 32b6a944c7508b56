"""Still pictures of synthetic sites: small JPEGs in the site's own colour."""

import io

import numpy as np
import pytest
from PIL import Image

from nhipcau.mcu.wall import MAX_STILL_BYTES
from nhipcau.quantities import SiteId
from nhipcau.rehearsal.loops import LOOP_S, site_colour
from nhipcau.rehearsal.stills import second_of, still

CODE = SiteId("22735")


@pytest.mark.parametrize("second", range(LOOP_S))
def test_a_still_is_a_small_jpeg_that_the_wall_takes(second: int) -> None:
    jpeg = still(CODE, "Ba Cụm Nam", second)
    assert len(jpeg) < MAX_STILL_BYTES
    assert Image.open(io.BytesIO(jpeg)).size == (320, 180)


def test_a_still_has_the_colour_of_its_site() -> None:
    image = np.asarray(Image.open(io.BytesIO(still(CODE, "Ba Cụm Nam", 0))).convert("RGB"))
    assert np.abs(image[:, :20].mean(axis=(0, 1)) - site_colour(CODE)).max() < 12


def test_the_marker_moves_from_still_to_still() -> None:
    assert still(CODE, "Ba Cụm Nam", 1) != still(CODE, "Ba Cụm Nam", 5)


def test_the_seconds_of_the_loop_come_round() -> None:
    assert second_of(3.9) == 3
    assert second_of(LOOP_S + 3.9) == 3

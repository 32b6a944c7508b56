"""A camera that changes size and shape in mid-stream is letterboxed at once, never garbage."""

import threading
from pathlib import Path

import pytest
from playwright.sync_api import Page

from nhipcau.picture.cell import Cell
from nhipcau.picture.colour import Rgb
from nhipcau.picture.fit import fit
from tests.e2e.conftest import HALL
from tests.e2e.demo import Demo
from tests.e2e.desk import Desk
from tests.e2e.measure import PROGRAM_SIZE, colours, near
from tests.e2e.meeting import calm
from tests.e2e.room import Room
from tests.e2e.sending import Camera
from tests.e2e.site import own_site, own_transport

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(240)]

Look = tuple[tuple[int, int], Rgb]

_SITE = "22636"
_LOOKS: tuple[Look, ...] = (
    ((640, 360), Rgb(200, 60, 60)),
    ((480, 640), Rgb(60, 180, 60)),
    ((1280, 720), Rgb(60, 80, 200)),
)
_WHOLE = Cell(0, 0, *PROGRAM_SIZE)
_EACH_S = 6.0
# What stands beside a letterboxed picture is dark: none of the three colours is near it.
_DARK = Rgb(15, 27, 45)
# A grid over the program, clear of the frame on its edge and of the name plate at its foot.
_PLACES = [Cell(x, y, 24, 24) for x in range(28, 1240, 60) for y in (40, 200, 360, 480)]
# Further than this from an edge a place is wholly inside or outside of a picture.
_EDGE_PX = 8


def _wrong_places(seen: list[Rgb], look: Look) -> list[tuple[Cell, Rgb]]:
    """Return the places that a picture of this size and colour would show otherwise."""
    size, colour = look
    inner = fit(*size, _WHOLE)
    wrong = []
    for place, one in zip(_PLACES, seen, strict=True):
        inside = inner.x + _EDGE_PX <= place.x and place.right <= inner.right - _EDGE_PX
        outside = place.right <= inner.x - _EDGE_PX or inner.right + _EDGE_PX <= place.x
        if (inside and not near(one, colour)) or (outside and not near(one, _DARK)):
            wrong.append((place, one))
    return wrong


def _watch(page: Page, until: threading.Thread) -> list[list[Rgb]]:
    """Return what the program showed while a thread sent, picture for picture."""
    seen = []
    while until.is_alive():
        picture = colours(page, _PLACES)
        if picture is not None:
            seen.append(picture)
        page.wait_for_timeout(20)
    return seen


def test_a_source_that_changes_its_shape_is_letterboxed_and_never_garbage(
    demo: Demo, desk: Desk, rooms: dict[str, Room], tmp_path: Path
) -> None:
    calm(desk, rooms)
    camera = Camera()
    with own_transport(tmp_path) as transport, own_site(demo, transport, _SITE) as site:
        desk.until(lambda desk: desk.present(_SITE), "the site present")
        desk.do("give_floor", site=_SITE)
        desk.do("layout", layout="speaker")
        before: Look | None = None
        for look in _LOOKS:
            sending = threading.Thread(target=camera.show, args=(site, *look, _EACH_S))
            sending.start()
            pictures = _watch(rooms[HALL].page, sending)
            sending.join()
            assert not _wrong_places(pictures[-1], look)
            if before is not None:
                for picture in pictures:
                    wrong = _wrong_places(picture, look)
                    assert not wrong or not _wrong_places(picture, before), wrong
            before = look
    desk.do("layout", layout="auto")

"""One cell on its canvas: the picture where there is one, else a tile that says why not."""

import numpy as np
import pytest

from nhipcau.mcu.slot import Slot
from nhipcau.picture.canvas import BARS, Canvas
from nhipcau.picture.cell import Cell
from nhipcau.picture.colour import ON_AIR, yuv
from nhipcau.picture.frame import Picture, solid
from nhipcau.picture.tile import Absence, TileArt
from nhipcau.ports.codec import PictureScaler
from tests.mcu.medias import GREEN, RED, FarSite, MediaWorld, cell_of

CELL = Cell(160, 90, 320, 180)
NAME = "Xã Diên Khánh"


class Wall:
    """A canvas with one slot on it, and a site whose picture belongs there."""

    def __init__(self) -> None:
        self.world = MediaWorld()
        self.site: FarSite = self.world.site("coast")
        self.site.media.camera.want(True)
        self.art = TileArt()
        self.scaler = CountingScaler(self.world.codecs.scaler())
        self.canvas = Canvas(640, 360)
        self.slot = Slot(self.canvas, self.art, self.scaler)

    def paint(self, **plan: object) -> None:
        cell = cell_of(self.site, CELL, name=NAME, **plan)  # type: ignore[arg-type] # by name
        now_s = self.world.clock.now_s()
        self.site.media.camera.refresh(now_s)
        self.slot.paint(cell, self.site.media.camera, now_s)

    def show(self, picture: Picture | tuple[int, int, int]) -> None:
        self.world.clock.pass_s(0.04)
        self.site.show(picture)

    def at(self, x: int, y: int) -> tuple[int, int, int]:
        """Return the colour at a place inside the cell."""
        x, y, picture = CELL.x + x, CELL.y + y, self.canvas.picture
        return (
            int(picture.y[y, x]),
            int(picture.u[y // 2, x // 2]),
            int(picture.v[y // 2, x // 2]),
        )

    def shows(self, why: Absence) -> bool:
        tile = self.art.placeholder(why, NAME, CELL)
        x, y, width, height = CELL
        return np.array_equal(self.canvas.picture.y[y : y + height, x : x + width], tile.y)


class CountingScaler:
    """Counts how often something is scaled."""

    def __init__(self, scaler: PictureScaler) -> None:
        self._scaler = scaler
        self.count = 0

    def scale(self, picture: Picture, width: int, height: int) -> Picture:
        self.count += 1
        return self._scaler.scale(picture, width, height)


@pytest.fixture
def wall() -> Wall:
    return Wall()


def test_the_picture_fills_its_cell_and_nothing_beside_it(wall: Wall) -> None:
    before = wall.canvas.picture.y.copy()
    wall.show(RED)
    wall.paint()
    assert wall.at(160, 20) == RED
    assert wall.at(319, 0) == RED
    x, y, width, height = CELL
    after = wall.canvas.picture.y.copy()
    after[y : y + height, x : x + width] = before[y : y + height, x : x + width]
    assert np.array_equal(after, before)


def test_the_name_stands_at_the_bottom_left(wall: Wall) -> None:
    wall.show(RED)
    wall.paint()
    plate = wall.art.plate(NAME, CELL, on_air=False)
    region = wall.canvas.picture.y[CELL.bottom - plate.height : CELL.bottom, CELL.x :]
    assert np.array_equal(region[:, : plate.width], plate.y)


def test_a_4_to_3_picture_has_bars_at_its_sides(wall: Wall) -> None:
    wall.show(solid(320, 240, RED))
    wall.paint()
    assert wall.at(4, 20) == tuple(BARS)
    assert wall.at(316, 20) == tuple(BARS)
    assert wall.at(160, 20) == RED


def test_a_change_of_aspect_in_mid_stream_leaves_nothing_of_the_old_picture(wall: Wall) -> None:
    wall.show(RED)
    wall.paint()
    wall.show(solid(90, 160, GREEN))
    wall.paint()
    assert wall.at(4, 20) == tuple(BARS)
    assert wall.at(160, 20) == GREEN


def test_the_floor_has_a_frame_of_its_colour_and_loses_it_with_the_floor(wall: Wall) -> None:
    wall.show(RED)
    wall.paint(on_air=True)
    assert wall.at(0, 0) == tuple(yuv(ON_AIR))
    wall.paint(on_air=False)
    assert wall.at(0, 0) == RED


def test_before_the_first_picture_the_tile_says_that_it_waits(wall: Wall) -> None:
    wall.paint()
    assert wall.shows(Absence.WAITING)


def test_a_camera_switched_off_says_so_at_once(wall: Wall) -> None:
    wall.show(RED)
    wall.paint()
    wall.paint(camera_on=False)
    assert wall.shows(Absence.CAMERA_OFF)
    wall.paint(camera_on=True)
    assert wall.at(160, 20) == RED


def test_a_site_that_is_not_connected_has_no_signal(wall: Wall) -> None:
    plan = cell_of(wall.site, CELL, name=NAME)
    lost = type(plan)(plan.cell, plan.site, NAME, False, True, None)
    wall.slot.paint(lost, None, wall.world.clock.now_s())
    assert wall.shows(Absence.NO_SIGNAL)


def test_an_empty_cell_is_empty(wall: Wall) -> None:
    wall.slot.paint(cell_of(None, CELL), None, wall.world.clock.now_s())
    assert wall.shows(Absence.EMPTY)


def test_the_last_picture_stands_for_four_seconds_and_then_there_is_no_signal(wall: Wall) -> None:
    wall.show(RED)
    wall.paint()
    wall.world.clock.pass_s(3.9)
    wall.paint()
    assert wall.at(160, 20) == RED
    wall.world.clock.pass_s(0.2)
    wall.paint()
    assert wall.shows(Absence.NO_SIGNAL)
    wall.show(GREEN)
    wall.paint()
    assert wall.at(160, 20) == GREEN


def test_the_same_picture_is_painted_once(wall: Wall) -> None:
    wall.show(RED)
    for _ in range(5):
        wall.paint()
    assert wall.scaler.count == 1
    wall.show(RED)
    wall.paint()
    assert wall.scaler.count == 2

"""What a page shows and plays, as numbers."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from playwright.sync_api import Page

from nhipcau.picture.cell import Cell
from nhipcau.picture.colour import Rgb
from nhipcau.picture.layout import cells, shipped_layouts

PROGRAM_SIZE = (1280, 720)
# Neighbouring sites of the model province differ by 14 of 255 at least; H.264 and the way back to
# RGB cost a few steps.
TOLERANCE = 22
# Left, top, width, height of a site's ground in its picture, see `grounds`.
_GROUND = (1 / 25, 1 / 10, 1 / 15, 1 / 2)


class Progress(NamedTuple):
    """Size of a video, its clock in seconds, pictures shown so far."""

    width: int
    height: int
    time_s: float
    shown: int


def progress(page: Page, testid: str = "program") -> Progress | None:
    """Return how a video stands, None while it has no picture."""
    seen: Mapping[str, Any] | None = page.evaluate("id => e2e.progress(id)", testid)
    if seen is None:
        return None
    return Progress(seen["width"], seen["height"], seen["time"], seen["shown"])


def colours(page: Page, places: Sequence[Cell], testid: str = "program") -> list[Rgb] | None:
    """Return the mean colour of each place of a video, None while it has no picture."""
    found: list[list[float]] | None = page.evaluate(
        "([id, places]) => e2e.colours(id, places)", [testid, [list(place) for place in places]]
    )
    return None if found is None else [Rgb(*(round(part) for part in one)) for one in found]


def still_colour(page: Page, site: str) -> Rgb | None:
    """Return the colour of the ground of a site's still picture on a wall, None without one."""
    found: list[float] | None = page.evaluate(
        "([site, part]) => e2e.still(site, part)", [site, list(_GROUND)]
    )
    return None if found is None else Rgb(*(round(part) for part in found))


def told(page: Page, kind: str) -> Mapping[str, Any]:
    """Return the last message of a kind that the MCU sent to this page, empty before the first."""
    message: Mapping[str, Any] = page.evaluate("kind => e2e.told[kind] ?? {}", kind)
    return message


def powers(page: Page, tones_hz: Sequence[float], seconds: float = 3.0) -> list[float]:
    """Return the mean power of the received sound around each frequency, in arbitrary units."""
    found: list[float] = page.evaluate(
        "([hz, seconds]) => e2e.powers(hz, seconds)", [list(tones_hz), seconds]
    )
    return found


def grounds(layout: str) -> list[Cell]:
    """Return for each cell of a layout on the program a place that shows only a site's ground.

    Every test picture has a margin of its own colour: left of the middle, above the name plate,
    inside the frame of a tile on air.
    """
    return [ground(cell) for cell in cells(shipped_layouts()[layout], *PROGRAM_SIZE)]


def ground(cell: Cell) -> Cell:
    """Return the place in one cell, see `grounds`."""
    left, top, width, height = _GROUND
    return Cell(
        cell.x + int(cell.width * left),
        cell.y + int(cell.height * top),
        int(cell.width * width),
        int(cell.height * height),
    )


def near(colour: Rgb, other: Rgb, tolerance: int = TOLERANCE) -> bool:
    """Return True when two colours differ by no more than `tolerance` in any part."""
    return max(abs(a - b) for a, b in zip(colour, other, strict=True)) <= tolerance

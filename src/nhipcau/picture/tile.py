"""What stands on a tile besides the picture: the site's name, and why there is no picture.

    plate         a strip at the bottom left of a tile, opaque, so that it is copied, not blended
    placeholder   a whole cell: name and state in words, with a pattern where the line is lost

Everything is drawn once with Pillow and kept as planes; a tick only copies.
"""

import math
from collections import OrderedDict
from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from PIL import Image, ImageDraw

from nhipcau.picture.board import Board, draw_board
from nhipcau.picture.cell import Cell, even
from nhipcau.picture.colour import (
    EMPTY,
    INK,
    LINE,
    LOST,
    ON_AIR,
    PANEL,
    PAPER,
    Rgb,
    Yuv,
    mixed,
    picture_of,
    yuv,
)
from nhipcau.picture.frame import Picture
from nhipcau.picture.lettering import font, plain, shorten, wrap

Plate = Picture
"""A name plate; paste it at the bottom left of its cell."""


class Absence(StrEnum):
    """Why a cell shows no picture."""

    EMPTY = "empty"
    NO_SIGNAL = "no_signal"
    CAMERA_OFF = "camera_off"
    WAITING = "waiting"


WORDS: dict[Absence, str] = {
    Absence.EMPTY: "",
    Absence.NO_SIGNAL: "Mất tín hiệu",
    Absence.CAMERA_OFF: "Đã tắt camera",
    Absence.WAITING: "Đang chờ hình",
}

# Plates and placeholders of some views at once: 16 placeholders of 316×176 are 1.3 MB.
CACHE_BYTES = 24_000_000
# A name must be read from the back of a room on a 4×4 page, and not cover faces on a large tile.
_PLATE_SHARE = 0.085
# In em: "Ẳ" reaches 0.85 above the middle of a line, "Ự" 0.61 below it.
_PLATE_LINE = 1.9
_SMALLEST_PX = 13
_LARGEST_PX = 28
_NAME_SHARE = 0.105
_NAME_LARGEST_PX = 60
_STATE_SHARE = 0.075
_STATE_LARGEST_PX = 40
# Text on a placeholder leaves this share of the width free.
_MARGIN = 0.1
# The hatch of a lost line: stripes of half this width, a little lighter than the panel.
_HATCH_PX = 24
_HATCH_LIGHT = 0.045
# On the lighter stripes, too, the contrast is over 6.
_LOST_TEXT = mixed(LOST, PAPER, 0.35)


class Ink(NamedTuple):
    """How a line is written: size, colour, and which of its points lies at the given place."""

    size_px: int
    colour: Rgb
    anchor: str = "mm"


class TileArt:
    """Draws plates and placeholders and keeps what was drawn. Used by one thread."""

    def __init__(self, cache_bytes: int = CACHE_BYTES) -> None:
        """Make an empty store; beyond `cache_bytes` what was used longest ago is forgotten."""
        self._kept: OrderedDict[tuple[object, ...], Picture] = OrderedDict()
        self._free_bytes = cache_bytes
        self.on_air: Yuv = yuv(ON_AIR)
        """The colour of the frame around who has the floor, and of nothing else."""

    def plate(self, name: str, cell: Cell, *, on_air: bool = False) -> Plate:
        """Return the plate with a site's name for a cell of this size; never wider than it."""
        key = ("plate", name, cell.width, cell.height, on_air)
        return self._keep(key, lambda: draw_plate(name, cell, on_air=on_air))

    def placeholder(self, why: Absence, name: str, cell: Cell) -> Picture:
        """Return a picture of the cell's size that says whose tile it is and why it is empty."""
        key = (why, name, cell.width, cell.height)
        return self._keep(key, lambda: draw_placeholder(why, name, cell))

    def board(self, board: Board, cell: Cell) -> Picture:
        """Return a picture of the cell's size with the board of a vote."""
        return self._keep(
            ("board", board, cell.width, cell.height), lambda: draw_board(board, cell)
        )

    def _keep(self, key: tuple[object, ...], draw: Callable[[], Picture]) -> Picture:
        kept = self._kept.get(key)
        if kept is not None:
            self._kept.move_to_end(key)
            return kept
        drawn = draw()
        self._kept[key] = drawn
        self._free_bytes -= _size(drawn)
        while self._free_bytes < 0 and len(self._kept) > 1:
            self._free_bytes += _size(self._kept.popitem(last=False)[1])
        return drawn


def draw_plate(name: str, cell: Cell, *, on_air: bool) -> Plate:
    """Draw a plate: paper on ink, paper on red for who has the floor."""
    size_px = _bounded(cell.height * _PLATE_SHARE, _LARGEST_PX)
    face, padding = font(size_px), even(size_px * 0.7)
    text = shorten(plain(name), face, cell.width - 2 * padding)
    width = min(cell.width, even(face.getlength(text) + 1) + 2 * padding)
    height = min(cell.height, 2 * math.ceil(size_px * _PLATE_LINE / 2))
    image = Image.new("RGB", (width, height), ON_AIR if on_air else INK)
    _write(image, text, (padding, height / 2), Ink(size_px, PAPER, "lm"))
    return picture_of(np.asarray(image))


def draw_placeholder(why: Absence, name: str, cell: Cell) -> Picture:
    """Draw a tile without a picture: the name, a thin rule, the state in words."""
    if why is Absence.EMPTY:
        return picture_of(np.asarray(Image.new("RGB", cell[2:], EMPTY)))
    image = _panel(cell, hatched=why is Absence.NO_SIGNAL)
    room_px = round(cell.width * (1 - 2 * _MARGIN))
    name_px = _bounded(cell.height * _NAME_SHARE, _NAME_LARGEST_PX)
    state_px = _bounded(cell.height * _STATE_SHARE, _STATE_LARGEST_PX)
    rows = wrap(plain(name), font(name_px), room_px, 2)
    state = shorten(WORDS[why], font(state_px), room_px)
    # 1.25 em from line to line, nearly one em of the state's letters on each side of the rule
    pitch, pause = name_px * 1.25, state_px * 0.9
    middle, top = cell.width / 2, (cell.height - len(rows) * pitch - 2 * pause - state_px) / 2
    for row in rows:
        _write(image, row, (middle, top + pitch / 2), Ink(name_px, PAPER))
        top += pitch
    _rule(image, top + pause, name_px)
    colour = _LOST_TEXT if why is Absence.NO_SIGNAL else LINE
    _write(image, state, (middle, top + 2 * pause + state_px / 2), Ink(state_px, colour))
    return picture_of(np.asarray(image))


def _panel(cell: Cell, *, hatched: bool) -> Image.Image:
    """Return a plain panel, or one with broad diagonal stripes."""
    if not hatched:
        return Image.new("RGB", cell[2:], PANEL)
    colours = np.array([PANEL, mixed(PANEL, PAPER, _HATCH_LIGHT)], np.uint8)
    line = colours[np.arange(cell.width + cell.height) // (_HATCH_PX // 2) % 2]
    # each row is the one above it, one pixel to the left
    rows = sliding_window_view(line, cell.width, axis=0)[: cell.height]
    return Image.fromarray(np.ascontiguousarray(rows.transpose(0, 2, 1)))


def _rule(image: Image.Image, y: float, name_px: int) -> None:
    half, middle = name_px, image.width / 2
    top = round(y)
    box = (middle - half, top, middle + half, top + max(1, name_px // 16))
    ImageDraw.Draw(image).rectangle(box, fill=mixed(PANEL, LINE, 0.4))


def _write(image: Image.Image, text: str, place: tuple[float, float], ink: Ink) -> None:
    ImageDraw.Draw(image).text(
        place, text, fill=ink.colour, font=font(ink.size_px), anchor=ink.anchor
    )


def _bounded(wanted_px: float, largest_px: int) -> int:
    return round(min(max(wanted_px, _SMALLEST_PX), largest_px))


def _size(picture: Picture) -> int:
    return picture.y.nbytes + picture.u.nbytes + picture.v.nbytes

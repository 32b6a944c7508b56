"""The board of a vote: the question, each answer with its number and bar, how many have answered.

A tile like any other; drawn once for each change of its words.
"""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from nhipcau.picture.cell import Cell
from nhipcau.picture.colour import INK, LINE, PANEL, PAPER, mixed, picture_of
from nhipcau.picture.frame import Picture
from nhipcau.picture.lettering import font, plain, shorten, wrap

# Shares of the tile's height and width: read from the back of a room on a 3×3 page.
_LETTERS = 0.075
_SMALLEST_PX = 12
_LARGEST_PX = 40
_MARGIN = 0.06
_ROWS_OF_TITLE = 2
# In letters' heights, from line to line.
_PITCH = 1.55


@dataclass(frozen=True, slots=True)
class Board:
    """What a board says; a row's number is None while the vote is open."""

    title: str
    rows: tuple[tuple[str, int | None], ...]
    foot: str


def draw_board(board: Board, cell: Cell) -> Picture:
    """Draw a board of the cell's size; what does not fit is cut off at its end."""
    image = Image.new("RGB", cell[2:], INK)
    size = round(min(max(cell.height * _LETTERS, _SMALLEST_PX), _LARGEST_PX))
    face, pitch = font(size), size * _PITCH
    left, right = round(cell.width * _MARGIN), round(cell.width * (1 - _MARGIN))
    draw = ImageDraw.Draw(image)
    top = cell.height * _MARGIN + pitch / 2
    for line in wrap(plain(board.title), face, right - left, _ROWS_OF_TITLE):
        draw.text((left, top), line, fill=PAPER, font=face, anchor="lm")
        top += pitch
    most = max((number or 0 for _, number in board.rows), default=0)
    for answer, number in board.rows:
        if top + pitch > cell.height - pitch:
            break
        _bar(draw, (left, right, top - pitch / 2, pitch), (number or 0) / most if most else 0.0)
        room = right - left - 3 * size
        text = shorten(plain(answer), face, room)
        draw.text((left + size / 3, top), text, fill=PAPER, font=face, anchor="lm")
        if number is not None:
            draw.text((right - size / 3, top), str(number), fill=PAPER, font=face, anchor="rm")
        top += pitch
    foot = shorten(plain(board.foot), face, right - left)
    draw.text((left, cell.height - pitch / 1.6), foot, fill=LINE, font=face, anchor="lm")
    return picture_of(np.asarray(image))


def _bar(draw: ImageDraw.ImageDraw, box: tuple[int, int, float, float], share: float) -> None:
    """Draw a row's ground and, over it, its bar; `box` is left, right, top, height."""
    left, right, top, height = box
    bottom = top + height * 0.9
    draw.rectangle((left, top, right, bottom), fill=PANEL)
    if share > 0:
        until = left + (right - left) * share
        draw.rectangle((left, top, until, bottom), fill=mixed(PANEL, LINE, 0.35))

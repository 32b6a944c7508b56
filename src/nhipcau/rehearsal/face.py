"""The drawing of a synthetic site: its colour, its name, a running clock and a moving marker.

    Card (drawn once):  colour, name in large letters, dark panels without colour
    frame at t:         card + clock glyphs + marker, luma only, inside the panels

Only luma changes from frame to frame, so that a frame costs two small copies to draw and a few
hundred bytes to encode. Nothing here encodes or knows a site's code.
"""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from nhipcau.picture.colour import Rgb, picture_of
from nhipcau.picture.frame import Picture, Plane, solid
from nhipcau.picture.lettering import ELLIPSIS, font, plain, wrap

_PANEL_RGB = (22, 22, 22)
_INK_RGB = (245, 245, 245)
_GLYPHS = "0123456789:."
# The pure colour left and right of everything: tests read a site's colour there.
_MARGIN = 0.12
_WHITE_LUMA = 235
_MAX_LINES = 3
_SMALLEST_PX = 10
_GAP_PX = 2


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in luma pixels, all even."""

    x: int
    y: int
    width: int
    height: int


class Card:
    """One site's drawing; makes the picture of any instant of the loop."""

    def __init__(self, name: str, colour: Rgb, width: int, height: int) -> None:
        """Draw what never changes.

        Args:
            name: the site's name, any Vietnamese.
            colour: background, red, green, blue.
            width: even, at least 160.
            height: even, at least 90.
        """
        self._glyphs = _clock_glyphs(int(height * 0.20) // 2 * 2)
        self._clock = _clock_panel(self._glyphs, width, height)
        self._track = _box(width, height, (_MARGIN, 0.90, 1 - 2 * _MARGIN, 0.05))
        image = Image.new("RGB", (width, height), colour)
        draw = ImageDraw.Draw(image)
        for box in (self._clock, self._track):
            draw.rectangle(
                (box.x, box.y, box.x + box.width - 1, box.y + box.height - 1), fill=_PANEL_RGB
            )
        _write_name(draw, name, _box(width, height, (_MARGIN, 0.08, 1 - 2 * _MARGIN, 0.54)))
        self._base = picture_of(np.asarray(image, np.uint8))
        self._white = solid(width, height, (_WHITE_LUMA, 128, 128))

    def at(self, elapsed_s: float, length_s: float, count: int) -> Picture:
        """Return the picture at `elapsed_s` of a loop of `length_s`.

        Args:
            elapsed_s: 0 up to `length_s`.
            length_s: the marker crosses its track once in that time.
            count: number of the frame, shown after the seconds as the finest hand of the clock.

        The chroma planes are shared between all pictures of a card: read only.
        """
        luma = self._base.y.copy()
        seconds = int(elapsed_s)
        self._write_clock(luma, f"{seconds // 60:02d}:{seconds % 60:02d}.{count % 100:02d}")
        self._move_marker(luma, elapsed_s / length_s)
        return Picture(luma, self._base.u, self._base.v)

    def flash(self) -> Picture:
        """Return the white picture of a flash."""
        return self._white

    def _write_clock(self, luma: Plane, text: str) -> None:
        glyphs = [self._glyphs[letter] for letter in text]
        x, y = self._clock.x, self._clock.y
        for glyph in glyphs:
            luma[y : y + glyph.shape[0], x : x + glyph.shape[1]] = glyph
            x += glyph.shape[1]

    def _move_marker(self, luma: Plane, share: float) -> None:
        track = self._track
        size = track.height
        x = track.x + int(share * (track.width - size))
        luma[track.y : track.y + size, x : x + size] = _WHITE_LUMA


def _box(width: int, height: int, shares: tuple[float, float, float, float]) -> Box:
    x, y, w, h = shares
    return Box(
        int(width * x) // 2 * 2,
        int(height * y) // 2 * 2,
        int(width * w) // 2 * 2,
        int(height * h) // 2 * 2,
    )


def _clock_panel(glyphs: dict[str, Plane], width: int, height: int) -> Box:
    """Return the panel that just holds "00:00.00", centred below the name."""
    wide = sum(glyphs[letter].shape[1] for letter in "00:00.00")
    return Box((width - wide) // 4 * 2, int(height * 0.66) // 2 * 2, wide, glyphs["0"].shape[0])


def _write_name(draw: ImageDraw.ImageDraw, name: str, box: Box) -> None:
    """Write `name` as large as fits into `box` on up to three lines, centred."""
    size = next(
        (size for size in range(box.height // 2, _SMALLEST_PX, -2) if _fits(name, size, box)),
        _SMALLEST_PX,
    )
    text = "\n".join(_lines(name, size, box))
    middle = (box.x + box.width / 2, box.y + box.height / 2)
    draw.multiline_text(
        middle, text, font=font(size), fill=_INK_RGB, align="center", anchor="mm", spacing=_GAP_PX
    )


def _lines(name: str, size_px: int, box: Box) -> list[str]:
    return wrap(plain(name), font(size_px), box.width, _MAX_LINES)


def _fits(name: str, size_px: int, box: Box) -> bool:
    """Return True when all of `name` has room in letters of `size_px`."""
    lines = _lines(name, size_px, box)
    ascent, descent = font(size_px).getmetrics()
    height = len(lines) * (ascent + descent + _GAP_PX)
    return height <= box.height and not any(line.endswith(ELLIPSIS) for line in lines)


def _clock_glyphs(height: int) -> dict[str, Plane]:
    """Return each letter of the clock as luma of the panel's height, digits equally wide."""
    face = font(int(height * 0.8))
    digit_width = max(int(face.getlength(digit)) for digit in "0123456789") + 2
    glyphs: dict[str, Plane] = {}
    for letter in _GLYPHS:
        wide = digit_width if letter.isdigit() else int(face.getlength(letter)) + 4
        image = Image.new("RGB", (wide // 2 * 2, height), _PANEL_RGB)
        draw = ImageDraw.Draw(image)
        draw.text((wide / 2, height / 2), letter, font=face, fill=_INK_RGB, anchor="mm")
        glyphs[letter] = picture_of(np.asarray(image, np.uint8)).y
    return glyphs

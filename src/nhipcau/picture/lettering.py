"""Letters: the one bundled font, and making a text fit.

The font is a single file that has all of Vietnamese, because Pillow falls back to no other. Letters
are laid out one by one (no shaping engine), the same on every machine; Vietnamese needs no more
once a text is composed (NFC).
"""

import unicodedata
from functools import cache, lru_cache
from importlib.resources import files
from io import BytesIO

from PIL import ImageFont

Font = ImageFont.FreeTypeFont

FONT_FILE = "fonts/BeVietnamPro-SemiBold.ttf"
ELLIPSIS = "…"


@cache
def _font_bytes() -> bytes:
    return files(__package__).joinpath(FONT_FILE).read_bytes()


# One size for each height of a cell that is on the screen, some for placeholders.
@lru_cache(maxsize=64)
def font(size_px: int) -> Font:
    """Return the font at `size_px` pixels a letter height (em)."""
    return ImageFont.truetype(BytesIO(_font_bytes()), size_px, layout_engine=ImageFont.Layout.BASIC)


def plain(text: str) -> str:
    """Return `text` composed (NFC), on one line, without control characters."""
    composed = unicodedata.normalize("NFC", text)
    return " ".join("".join(c if c.isprintable() else " " for c in composed).split())


def shorten(text: str, face: Font, width_px: int) -> str:
    """Return `text`, cut and with an ellipsis where it is wider than `width_px`.

    Empty where not even the ellipsis has room.
    """
    if face.getlength(text) <= width_px:
        return text
    fitting, too_long = 0, len(text)
    while too_long - fitting > 1:
        middle = (fitting + too_long) // 2
        if face.getlength(text[:middle].rstrip() + ELLIPSIS) <= width_px:
            fitting = middle
        else:
            too_long = middle
    short = text[:fitting].rstrip() + ELLIPSIS
    return short if face.getlength(short) <= width_px else ""


def wrap(text: str, face: Font, width_px: int, lines: int) -> list[str]:
    """Return `text` broken between words into at most `lines`, the last one shortened."""
    rows: list[str] = []
    rest = text.split()
    while rest and len(rows) < lines - 1:
        row = [rest.pop(0)]
        while rest and face.getlength(" ".join([*row, rest[0]])) <= width_px:
            row.append(rest.pop(0))
        rows.append(shorten(" ".join(row), face, width_px))
    if rest:
        rows.append(shorten(" ".join(rest), face, width_px))
    return rows

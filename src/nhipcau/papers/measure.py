"""How wide a line of our typeface is, so that a rule can be as long as the words above it."""

from functools import cache
from importlib import resources

from PIL import ImageFont

_MM_PER_PT = 25.4 / 72
# Measured large, because glyphs are placed on whole pixels.
_UNITS = 1000


def text_width_mm(text: str, size_pt: float, *, bold: bool = False) -> float:
    """Return the width of a line, in millimetres."""
    return _face(bold).getlength(text) / _UNITS * size_pt * _MM_PER_PT


@cache
def _face(bold: bool) -> ImageFont.FreeTypeFont:
    name = "LiberationSerif-Bold.ttf" if bold else "LiberationSerif-Regular.ttf"
    with resources.as_file(resources.files("nhipcau.papers") / "fonts" / name) as path:
        return ImageFont.truetype(str(path), _UNITS)

"""Colours: the product's own, and the way from RGB to the planes of a picture.

Source: ITU-R BT.601-7 §2.5 (luma and colour differences), limited range of 8 bits.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image

from nhipcau.picture.frame import Picture


class Rgb(NamedTuple):
    """A colour of a screen, 0 to 255 each."""

    red: int
    green: int
    blue: int


class Yuv(NamedTuple):
    """The same colour as it stands in the planes: y 16 to 235, u and v 16 to 240."""

    y: int
    u: int
    v: int


INK = Rgb(0x0F, 0x1B, 0x2D)
PANEL = Rgb(0x16, 0x26, 0x3C)
PAPER = Rgb(0xF7, 0xF8, 0xFA)
LINE = Rgb(0xD6, 0xDC, 0xE5)
ON_AIR = Rgb(0xD9, 0x2D, 0x20)
NEXT = Rgb(0xE8, 0xA3, 0x17)
LOST = Rgb(0x8A, 0x94, 0xA6)
# Half way from the canvas to a panel: there is a cell, and nobody in it.
EMPTY = Rgb(0x12, 0x20, 0x34)

RgbImage = npt.NDArray[np.uint8]

_FROM_RGB = np.array(
    [
        [65.481, 128.553, 24.966],
        [-37.797, -74.203, 112.0],
        [112.0, -93.786, -18.214],
    ],
    np.float32,
) / np.float32(255)
_OFFSET = np.array([16.0, 128.0, 128.0], np.float32)
# Pillow converts with the same matrix, but to the full range of JPEG; these lead to the limited.
_LUMA_RANGE = [round(16 + full * 219 / 255) for full in range(256)]
_CHROMA_RANGE = [round(128 + (full - 128) * 224 / 255) for full in range(256)]


def yuv(colour: Rgb) -> Yuv:
    """Return a colour as it stands in the planes."""
    exact = _FROM_RGB @ np.array(colour, np.float32) + _OFFSET
    return Yuv(*(int(part) for part in np.rint(exact)))


def mixed(colour: Rgb, other: Rgb, share: float) -> Rgb:
    """Return `colour` with a `share` (0 to 1) of `other` in it."""
    return Rgb(*(round(a + (b - a) * share) for a, b in zip(colour, other, strict=True)))


def picture_of(image: RgbImage) -> Picture:
    """Return an RGB image as a picture; colour is averaged over each 2×2 pixels.

    Exact to one step of 255, a millisecond for a tile; the planes are read-only.

    Args:
        image: uint8 of shape (height, width, 3), both sides even.

    Raises:
        ValueError: a side is odd, or the shape is another.
    """
    if image.ndim != 3 or image.shape[2] != 3 or image.shape[0] % 2 or image.shape[1] % 2:
        raise ValueError(f"an image of shape {image.shape} can't be split into even planes")
    full_range = Image.fromarray(image).convert("YCbCr")
    luma, blue, red = full_range.split()
    return Picture(
        np.asarray(luma.point(_LUMA_RANGE)),
        np.asarray(blue.reduce(2).point(_CHROMA_RANGE)),
        np.asarray(red.reduce(2).point(_CHROMA_RANGE)),
    )

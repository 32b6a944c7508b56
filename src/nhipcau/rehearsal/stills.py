"""The still pictures of a synthetic site: what a real room's page sends for the operators' wall.

card at the second of the loop ─▶ JPEG, at most 7 kB ─▶ binary frame to the MCU
"""

import io
from functools import lru_cache

import numpy as np
from PIL import Image

from nhipcau.picture.frame import Picture
from nhipcau.quantities import SiteId
from nhipcau.rehearsal.face import Card
from nhipcau.rehearsal.loops import LOOP_S, site_colour

_WIDTH, _HEIGHT = 320, 180
_QUALITY = 60
# 8 s of 145 sites, 5 kB each.
_KEPT = 1160


@lru_cache(maxsize=_KEPT)
def still(code: SiteId, name: str, second: int) -> bytes:
    """Return the JPEG of a site at a second of its loop, 0 to 7."""
    card = Card(name, site_colour(code), _WIDTH, _HEIGHT)
    picture = card.at(float(second), LOOP_S, 0)
    out = io.BytesIO()
    _full_range(picture).save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()


def second_of(now_s: float) -> int:
    """Return the second of the loop at `now_s`."""
    return int(now_s) % LOOP_S


def _full_range(picture: Picture) -> Image.Image:
    """Return a limited-range picture as the full-range YCbCr that JPEG wants (JFIF §7)."""
    planes = []
    for plane, low, span in ((picture.y, 16, 219), (picture.u, 16, 224), (picture.v, 16, 224)):
        full = np.clip((plane.astype(np.float32) - low) * (255.0 / span), 0, 255)
        planes.append(Image.fromarray(full.astype(np.uint8)).resize((_WIDTH, _HEIGHT)))
    return Image.merge("YCbCr", planes)

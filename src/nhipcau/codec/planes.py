"""Pictures into FFmpeg's frames and back, with as few copies as can be.

decoder ─▶ FramePicture (views into FFmpeg's memory) ─▶ scaler, encoder: no copy at all
canvas  ─▶ Picture (plain numpy) ─▶ one copy into a frame that is used again and again
"""

from dataclasses import dataclass
from fractions import Fraction

import av
import numpy as np
from av.video.plane import VideoPlane

from nhipcau.picture.frame import Picture, Plane

PIXELS = "yuv420p"
# The RTP clock of video (RFC 6184 §8.2.1).
TIME_BASE = Fraction(1, 90_000)


@dataclass(frozen=True, slots=True, eq=False)
class FramePicture(Picture):
    """A picture whose planes are read-only views into `frame`, which they keep alive.

    FFmpeg counts the references to a frame's memory and writes to it no more once it is given out,
    so the views stay what they are as long as anybody looks at them.
    """

    frame: av.VideoFrame


def from_frame(frame: av.VideoFrame) -> FramePicture:
    """Return the picture in a yuv420p frame of even size, without a copy."""
    width, height = frame.width, frame.height
    planes = frame.planes
    return FramePicture(
        _view(planes[0], width, height),
        _view(planes[1], width // 2, height // 2),
        _view(planes[2], width // 2, height // 2),
        frame,
    )


def _rows(plane: VideoPlane) -> Plane:
    """Return the whole memory of a plane, row stride included."""
    return np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)


def _view(plane: VideoPlane, width: int, height: int) -> Plane:
    view = _rows(plane)[:height, :width]
    view.flags.writeable = False
    return view


class Staging:
    """One frame of FFmpeg's that plain pictures are copied into. One thread at a time.

    Used again for every picture of the same size: fresh memory would cost more in page faults than
    the copy itself.
    """

    def __init__(self) -> None:
        self._frame: av.VideoFrame | None = None
        self._planes: tuple[Plane, ...] = ()

    def load(self, picture: Picture) -> av.VideoFrame:
        """Return a frame with the picture in it, valid until the next call.

        Raises:
            ValueError: the picture's planes do not fit together.
        """
        frame = self._frame
        if frame is None or frame.width != picture.width or frame.height != picture.height:
            frame = self._make(picture.width, picture.height)
        for target, plane in zip(self._planes, (picture.y, picture.u, picture.v), strict=True):
            target[...] = plane
        return frame

    def _make(self, width: int, height: int) -> av.VideoFrame:
        if width % 2 or height % 2:
            raise ValueError(f"a picture has even sides, not {width}×{height}")
        frame = av.VideoFrame(width, height, PIXELS)
        sides = ((width, height), (width // 2, height // 2), (width // 2, height // 2))
        self._planes = tuple(
            _rows(plane)[:rows, :columns]
            for plane, (columns, rows) in zip(frame.planes, sides, strict=True)
        )
        self._frame = frame
        return frame

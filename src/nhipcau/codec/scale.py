"""Scaling of whole pictures by FFmpeg's swscale."""

from collections import OrderedDict

from av.video.frame import VideoFrame
from av.video.reformatter import Interpolation, VideoReformatter

from nhipcau.codec.planes import PIXELS, FramePicture, Staging, from_frame
from nhipcau.picture.frame import Picture

_Sizes = tuple[int, int, int, int]

# Tables are about 100 kB each; a view has a handful of tile sizes and sources a handful of sizes.
_KEPT = 32
# Averages the pixels that fall together: names on slides stay readable where the faster ways drop
# whole rows; upwards it is the same as bilinear.
_HOW = Interpolation.AREA


class SwScaler:
    """Implements `ports.codec.PictureScaler`; keeps the tables of the sizes seen last."""

    def __init__(self) -> None:
        self._tables: OrderedDict[_Sizes, VideoReformatter] = OrderedDict()
        self._staging = Staging()

    def scale(self, picture: Picture, width: int, height: int) -> Picture:
        """Return `picture` scaled; the same object when it has that size already.

        Raises:
            ValueError: a side of the result is odd or not positive.
        """
        if width < 2 or height < 2 or width % 2 or height % 2:
            raise ValueError(f"a picture has even sides, not {width}×{height}")
        if (picture.width, picture.height) == (width, height):
            return picture
        table = self._table((picture.width, picture.height, width, height))
        frame = self._frame(picture)
        scaled = table.reformat(frame, width, height, PIXELS, interpolation=_HOW, threads=1)
        return from_frame(scaled)

    def _frame(self, picture: Picture) -> VideoFrame:
        if isinstance(picture, FramePicture):
            return picture.frame
        return self._staging.load(picture)

    def _table(self, sizes: _Sizes) -> VideoReformatter:
        table = self._tables.get(sizes)
        if table is None:
            table = self._tables[sizes] = VideoReformatter()
            if len(self._tables) > _KEPT:
                self._tables.popitem(last=False)
        else:
            self._tables.move_to_end(sizes)
        return table

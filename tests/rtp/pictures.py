"""Made-up H.264 and Opus for tests: right in form, numbered inside, undecodable."""

from random import Random

from nhipcau.rtp.annexb import NAL_IDR, NAL_PPS, NAL_SLICE, NAL_SPS, join_nals
from nhipcau.rtp.frame import EncodedFrame

VIDEO_PT, SOUND_PT = 102, 111
TICKS = 3600  # 25 fps at 90 kHz
SOUND_TICKS = 960


def nal(kind: int, size: int, seed: int = 0) -> bytes:
    """Return a NAL unit of `size` bytes without zeros, so that it holds no start code."""
    random = Random(seed * 31 + kind)
    return bytes((0x60 | kind,)) + random.randbytes(size - 1).replace(b"\x00", b"\x01")


def picture(
    number: int, *, keyframe: bool = False, size: int = 3000, timestamp: int | None = None
) -> EncodedFrame:
    """Return frame `number`: SPS, PPS and IDR, or one slice."""
    nals = [nal(NAL_SPS, 24), nal(NAL_PPS, 6)] if keyframe else []
    nals.append(nal(NAL_IDR if keyframe else NAL_SLICE, size, number))
    stamp = number * TICKS if timestamp is None else timestamp
    return EncodedFrame(join_nals(nals), stamp, keyframe, 0.0)


def opus(number: int) -> bytes:
    """Return an Opus packet of 20 ms (hybrid, wide) that carries `number`."""
    return b"\x78" + number.to_bytes(4) + bytes(36)

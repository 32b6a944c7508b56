"""The picture loop of a synthetic site: drawn and encoded once, kept on disk, sent for ever.

    LoopSpec ──▶ encode_picture_loop ──▶ PictureLoop ◀──▶ file (checked, replaced atomically)

The first frame is an IDR, and every `keyframe_s` another, so that whoever joins or loses a packet
need not wait. Who asks for a loop and from which thread is the business of `pantry`.
"""

import colorsys
import hashlib
import os
import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from nhipcau.picture.colour import Rgb
from nhipcau.ports.codec import Codecs, VideoSpec
from nhipcau.quantities import Bitrate
from nhipcau.rehearsal.face import Card

PICTURE_HZ = 90_000
LOOP_S = 8
# Enough for large letters on a still ground with a moving marker.
LOOP_BITRATE = Bitrate(300_000)
LARGE_BITRATE = Bitrate(1_000_000)
TILE_BITRATE = Bitrate(180_000)
SPARE_BITRATE = Bitrate(65_000)
_LARGE_LINES = 720
_TILE_FPS, _SPARE_FPS = 15, 10
# A flash and a beep every two seconds: a viewer's lip sync is measured to well under one second.
FLASH_PERIOD_S = 2.0
FLASH_S = 0.1

# Raised whenever the drawing, the encoding or the file changes, so that old files are left alone.
_VERSION = 1
_MAGIC = b"NCLOOP01"
_HEAD = struct.Struct("!8sI")  # magic, CRC-32 of all that follows
_COUNTS = struct.Struct("!HH")  # fps, frames
_FRAME = struct.Struct("!BI")  # key frame, bytes


@dataclass(frozen=True, slots=True)
class LoopSpec:
    """What a site's picture shows; equal specs have equal loops.

    Attributes:
        code: the site's code, from which its colour comes.
        name: the site's name, written in large letters.
        fps: frames per second, 5 to 30.
        flash_beep: a white flash of 100 ms every 2 s, and key frames four times as often.
    """

    code: str
    name: str
    fps: int = 25
    flash_beep: bool = False
    width: int = 640
    height: int = 360

    @property
    def bitrate(self) -> Bitrate:
        """Bits per second of the encoded loop."""
        if self.height >= _LARGE_LINES:
            return LARGE_BITRATE
        if self.fps <= _SPARE_FPS:
            return SPARE_BITRATE
        return TILE_BITRATE if self.fps <= _TILE_FPS else LOOP_BITRATE

    @property
    def keyframe_s(self) -> float:
        """Seconds from one key frame to the next.

        A flashing loop is never sought in (its phase is what is measured), so it has more of them.
        """
        return 0.5 if self.flash_beep else 2.0


@dataclass(frozen=True, slots=True)
class LoopFrame:
    """One access unit, H.264 Annex B."""

    data: bytes
    keyframe: bool


@dataclass(frozen=True, slots=True)
class PictureLoop:
    """Frames that follow each other for ever: after the last comes the first, an IDR."""

    fps: int
    frames: tuple[LoopFrame, ...]


class LoopFileError(Exception):
    """The file is no loop of this version, or damaged: make the loop anew."""


def code_number(code: str) -> int:
    """Return the number of a site's code: itself when it is one, else a checksum of its letters."""
    return int(code) if code.isascii() and code.isdigit() else zlib.crc32(code.encode())


def site_colour(code: str) -> Rgb:
    """Return the background colour of a site, the same on every machine and day.

    Hue, saturation and value each walk by an irrational-like step of the code's number; the steps
    are those of 2,500 tried that keep the 145 codes of the model province furthest apart (14 of
    255 in at least one of red, green and blue).
    """
    number = code_number(code)
    hue = number * 0.8103 % 1
    saturation = 0.45 + 0.5 * (number * 0.0034 % 1)
    value = 0.35 + 0.45 * (number * 0.1607 % 1)
    red, green, blue = colorsys.hsv_to_rgb(hue, saturation, value)
    return Rgb(round(255 * red), round(255 * green), round(255 * blue))


def within(spec: LoopSpec, height: int, fps: int, max_bps: int) -> LoopSpec:
    """Return the loop of the same site that keeps within what an MCU asks for.

    Args:
        spec: what the site shows; its frame rate is never raised.
        height: at the most; 720 lines or more is the large picture, less the small one.
        fps: at the most.
        max_bps: at the most, bits per second; below the least that there is, the least.
    """
    large = replace(spec, width=1280, height=_LARGE_LINES)
    small = replace(spec, width=640, height=360)
    tile = replace(small, fps=min(spec.fps, _TILE_FPS))
    for one in (large, small, tile):
        if one.height <= height and one.fps <= fps and one.bitrate <= max_bps:
            return one
    return replace(small, fps=min(spec.fps, _SPARE_FPS))


def encode_picture_loop(spec: LoopSpec, codecs: Codecs) -> PictureLoop:
    """Return the loop of `spec`; takes about 0.2 s of one core."""
    card = Card(spec.name, site_colour(spec.code), spec.width, spec.height)
    encoder = codecs.video_encoder(
        VideoSpec(
            spec.width,
            spec.height,
            spec.fps,
            spec.bitrate,
            keyframe_interval_s=spec.keyframe_s,
        )
    )
    key_every = round(spec.keyframe_s * spec.fps)
    frames: list[LoopFrame] = []
    try:
        for number in range(LOOP_S * spec.fps):
            elapsed_s = number / spec.fps
            flashing = spec.flash_beep and elapsed_s % FLASH_PERIOD_S < FLASH_S
            picture = card.flash() if flashing else card.at(elapsed_s, LOOP_S, number % spec.fps)
            timestamp = number * PICTURE_HZ // spec.fps
            frame = encoder.encode(picture, timestamp, keyframe=number % key_every == 0)
            frames.append(LoopFrame(frame.data, frame.keyframe))
    finally:
        encoder.close()
    return PictureLoop(spec.fps, tuple(frames))


def loop_path(folder: Path, spec: LoopSpec, codec_name: str) -> Path:
    """Return where the loop of `spec` is kept: the name carries all that shapes its bytes.

    Args:
        folder: the cache's folder.
        spec: what the loop shows.
        codec_name: tells the loops of different encoders apart.
    """
    shaped_by = repr((_VERSION, codec_name, LOOP_S, int(spec.bitrate), spec))
    return folder / f"{hashlib.sha256(shaped_by.encode()).hexdigest()[:24]}.loop"


def pack_loop(loop: PictureLoop) -> bytes:
    """Return the file of a loop."""
    counts = _COUNTS.pack(loop.fps, len(loop.frames))
    rest = b"".join((counts, *_packed_frames(loop.frames)))
    return _HEAD.pack(_MAGIC, zlib.crc32(rest)) + rest


def unpack_loop(data: bytes) -> PictureLoop:
    """Return the loop of a file.

    Raises:
        LoopFileError: it is cut short, damaged, empty, or of another version.
    """
    if len(data) < _HEAD.size:
        raise LoopFileError("cut short")
    magic, checksum = _HEAD.unpack_from(data)
    rest = data[_HEAD.size :]
    if magic != _MAGIC or zlib.crc32(rest) != checksum or len(rest) <= _COUNTS.size:
        raise LoopFileError("not a loop of this version, or damaged")
    fps, count = _COUNTS.unpack_from(rest)
    frames: list[LoopFrame] = []
    offset = _COUNTS.size
    for _ in range(count):
        keyframe, length = _FRAME.unpack_from(rest, offset)
        offset += _FRAME.size
        frames.append(LoopFrame(rest[offset : offset + length], bool(keyframe)))
        offset += length
    return PictureLoop(fps, tuple(frames))


def save_loop(path: Path, loop: PictureLoop) -> None:
    """Write the loop so that a reader sees the whole file or none.

    Raises:
        OSError: the disk refuses.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # Two processes may make the same loop at once: each writes its own, the last rename wins.
    draft = path.with_suffix(f".{os.getpid()}.tmp")
    draft.write_bytes(pack_loop(loop))
    draft.replace(path)


def _packed_frames(frames: Iterable[LoopFrame]) -> Iterable[bytes]:
    for frame in frames:
        yield _FRAME.pack(frame.keyframe, len(frame.data))
        yield frame.data

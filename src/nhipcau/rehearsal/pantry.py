"""Where loops come from: memory, then the disk, then the one worker that makes them.

    asked by a site ──▶ future ◀── picture worker (disk, else draw and encode)
                              ◀── sound worker (encode)

A loop is made when a site is first asked to send it, because a province has 145 sites of which a
view shows sixteen. Two workers, so that a tone (20 ms) never waits behind pictures (0.2 s each).
"""

from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from nhipcau.ports.codec import Codecs
from nhipcau.rehearsal.loops import (
    PICTURE_HZ,
    LoopFileError,
    LoopSpec,
    PictureLoop,
    encode_picture_loop,
    loop_path,
    save_loop,
    unpack_loop,
)
from nhipcau.rehearsal.outgoing import PreparedLoop, Unit
from nhipcau.rehearsal.tones import encode_sound_loop
from nhipcau.rtp.h264 import packetize_h264
from nhipcau.sound.block import BLOCK_SAMPLES, RATE_HZ

# A 4×4 view and three changes of it; a loop is 250 kB. Those being sent live on with their sites.
_KEPT_PICTURES = 64
# A tone is 16 kB.
_KEPT_SOUNDS = 512


class Pantry:
    """Loops on request. `picture` and `sound` are called from one thread and never block."""

    def __init__(self, codecs: Codecs, folder: Path) -> None:
        """Start the workers.

        Args:
            codecs: makes the encoders.
            folder: where pictures are kept between runs; it need not exist.
        """
        self._codecs, self._folder = codecs, folder
        self._codec_name = f"{type(codecs).__module__}.{type(codecs).__qualname__}"
        self._painter = ThreadPoolExecutor(1, "loop-pictures")
        self._tuner = ThreadPoolExecutor(1, "loop-sounds")
        self._pictures: OrderedDict[LoopSpec, Future[PreparedLoop]] = OrderedDict()
        self._sounds: OrderedDict[tuple[str, bool], Future[PreparedLoop]] = OrderedDict()
        self.made = 0
        """Pictures drawn and encoded."""
        self.loaded = 0
        """Pictures found on the disk."""
        self.unsaved = 0
        """Pictures that the disk refused; they are made again at the next start."""

    def picture(self, spec: LoopSpec) -> Future[PreparedLoop]:
        """Return the future of a site's picture; equal specs share it while it is kept."""
        return _kept(
            self._pictures,
            spec,
            _KEPT_PICTURES,
            lambda: self._painter.submit(self._prepare_picture, spec),
        )

    def sound(self, code: str, *, flash_beep: bool) -> Future[PreparedLoop]:
        """Return the future of a site's sound."""
        return _kept(
            self._sounds,
            (code, flash_beep),
            _KEPT_SOUNDS,
            lambda: self._tuner.submit(self._prepare_sound, code, flash_beep),
        )

    def close(self) -> None:
        """Forget what is not begun, wait for what is (at most one loop); may be called twice."""
        for worker in (self._painter, self._tuner):
            worker.shutdown(wait=True, cancel_futures=True)

    def _prepare_picture(self, spec: LoopSpec) -> PreparedLoop:
        path = loop_path(self._folder, spec, self._codec_name)
        try:
            loop = unpack_loop(path.read_bytes())
            self.loaded += 1
        except (OSError, LoopFileError):
            loop = self._make_picture(spec, path)
        return prepare_picture(loop, seekable=not spec.flash_beep)

    def _make_picture(self, spec: LoopSpec, path: Path) -> PictureLoop:
        loop = encode_picture_loop(spec, self._codecs)
        self.made += 1
        try:
            save_loop(path, loop)
        except OSError:
            self.unsaved += 1
        return loop

    def _prepare_sound(self, code: str, flash_beep: bool) -> PreparedLoop:
        return prepare_sound(encode_sound_loop(code, self._codecs, flash_beep=flash_beep))


def prepare_picture(loop: PictureLoop, *, seekable: bool) -> PreparedLoop:
    """Return the loop cut into RTP payloads, once for ever."""
    units = tuple(Unit(tuple(packetize_h264(frame.data)), frame.keyframe) for frame in loop.frames)
    return PreparedLoop(units, loop.fps, PICTURE_HZ, marked=True, seekable=seekable)


def prepare_sound(packets: tuple[bytes, ...]) -> PreparedLoop:
    """Return Opus packets of 20 ms as a loop; every packet stands alone."""
    units = tuple(Unit((packet,), True) for packet in packets)
    return PreparedLoop(units, RATE_HZ // BLOCK_SAMPLES, RATE_HZ, marked=False, seekable=False)


def _kept[K](
    shelf: OrderedDict[K, Future[PreparedLoop]],
    key: K,
    limit: int,
    make: Callable[[], Future[PreparedLoop]],
) -> Future[PreparedLoop]:
    """Return what the shelf has, else what `make` gives; the one used longest ago goes."""
    future = shelf.get(key)
    if future is None:
        future = shelf[key] = make()
    shelf.move_to_end(key)
    while len(shelf) > limit:
        shelf.popitem(last=False)
    return future

"""The recorded stream that every sender of `bench fanout` plays: 720p H.264 at the program's rate.

moving noise ─▶ encoder of the program ─▶ frames, as JSON for other processes ─▶ Pacing
"""

import base64
import json
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from nhipcau.app.clock import SystemClock
from nhipcau.codec.pyav import PyAvCodecs
from nhipcau.mcu.ladder import PROGRAM_VIEW, spec_of
from nhipcau.picture.frame import Picture
from nhipcau.rtp.frame import EncodedFrame
from nhipcau.rtp.h264 import packetize_h264

_PROGRAM = spec_of(PROGRAM_VIEW)
# One whole group of pictures: an IDR and what follows until the next one.
_FRAMES = 100
_HZ = 90_000
# Texture that makes x264 use the rate it is allowed, as a camera's noise and motion do.
_NOISE = 40


@dataclass(frozen=True, slots=True)
class Recording:
    """Frames in order, played in a ring, each with all its packets at once.

    Attributes:
        frames: H.264 access units, Annex B; the first is an IDR.
        packets: how many RTP packets all of them make.
        period_s: seconds between two frames.
    """

    frames: tuple[bytes, ...]
    packets: int
    period_s: float

    @property
    def packets_per_s(self) -> float:
        """Packets a second to each viewer, on average."""
        return self.packets / len(self.frames) / self.period_s

    @property
    def octets_per_s(self) -> float:
        """Payload bytes a second to each viewer, on average."""
        return sum(map(len, self.frames)) / len(self.frames) / self.period_s

    def paced(self, packets_per_s: float) -> "Recording":
        """Return the same frames, so far apart that so many packets a second come out."""
        return replace(self, period_s=self.packets / len(self.frames) / packets_per_s)

    def frame(self, number: int) -> EncodedFrame:
        """Return the frame that is sent at `number` periods."""
        place = number % len(self.frames)
        ticks = round(number * self.period_s * _HZ)
        return EncodedFrame(self.frames[place], ticks, place == 0, 0.0)


def record() -> Recording:
    """Return a stream at its own pace, encoded now (about 0.5 s of one core)."""
    rng = np.random.default_rng(1)
    height, width = _PROGRAM.height, _PROGRAM.width
    noise = rng.integers(0, _NOISE, (height + _FRAMES, width), np.uint8) + np.uint8(100)
    grey = np.full((height // 2, width // 2), 128, np.uint8)
    encoder = PyAvCodecs(SystemClock()).video_encoder(_PROGRAM)
    frames = []
    for number in range(_FRAMES):
        picture = Picture(np.ascontiguousarray(noise[number : number + height]), grey, grey)
        ticks = number * _HZ // _PROGRAM.fps
        frames.append(encoder.encode(picture, ticks, keyframe=number == 0).data)
    encoder.close()
    return _recording(frames, 1 / _PROGRAM.fps)


def write(recording: Recording, path: Path) -> None:
    """Write a recording for `read`."""
    texts = [base64.b64encode(frame).decode() for frame in recording.frames]
    path.write_text(json.dumps({"frames": texts, "period_s": recording.period_s}))


def read(path: Path) -> Recording:
    """Return the recording that `write` wrote."""
    said = json.loads(path.read_text())
    return _recording([base64.b64decode(text) for text in said["frames"]], said["period_s"])


def _recording(frames: list[bytes], period_s: float) -> Recording:
    packets = sum(len(packetize_h264(frame)) for frame in frames)
    return Recording(tuple(frames), packets, period_s)

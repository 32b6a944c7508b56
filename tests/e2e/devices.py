"""What the browsers' fake cameras and microphones show and play: one colour, one tone each.

y4m: a plain ground with a moving square      wav: a warbling tone, looped without a seam
"""

import wave
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nhipcau.picture.colour import Rgb, yuv

_WIDTH, _HEIGHT, _FPS, _FRAMES = 640, 360, 10, 10
_SQUARE = 60
_RATE_HZ = 48_000
_SECONDS = 4
# A steady tone is taken for noise; a slow, narrow warble is not and stays within 1 % of its base.
_WARBLE_HZ, _WARBLE_SHARE = 4, 0.01


@dataclass(frozen=True, slots=True)
class Devices:
    """One browser's camera and microphone."""

    colour: Rgb
    tone_hz: int
    picture: Path
    sound: Path


def make_devices(folder: Path, name: str, colour: Rgb, tone_hz: int) -> Devices:
    """Write the files of one browser's devices."""
    picture, sound = folder / f"{name}.y4m", folder / f"{name}.wav"
    _write_picture(picture, colour)
    _write_sound(sound, tone_hz)
    return Devices(colour, tone_hz, picture, sound)


def _write_picture(path: Path, colour: Rgb) -> None:
    luma, blue, red = yuv(colour)
    chroma = bytes((blue,)) * (_WIDTH * _HEIGHT // 4) + bytes((red,)) * (_WIDTH * _HEIGHT // 4)
    with path.open("wb") as file:
        file.write(f"YUV4MPEG2 W{_WIDTH} H{_HEIGHT} F{_FPS}:1 Ip A1:1 C420\n".encode())
        for number in range(_FRAMES):
            plane = np.full((_HEIGHT, _WIDTH), luma, np.uint8)
            # The square moves through the middle; tests look at the margins.
            left = 160 + number * 24
            plane[150 : 150 + _SQUARE, left : left + _SQUARE] = 235
            file.write(b"FRAME\n" + plane.tobytes() + chroma)


def _write_sound(path: Path, tone_hz: int) -> None:
    t = np.arange(_SECONDS * _RATE_HZ) / _RATE_HZ
    swing = _WARBLE_SHARE * tone_hz / _WARBLE_HZ
    phase = 2 * np.pi * tone_hz * t + swing * np.sin(2 * np.pi * _WARBLE_HZ * t)
    samples = np.rint(0.25 * 32767 * np.sin(phase)).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(_RATE_HZ)
        file.writeframes(samples.tobytes())

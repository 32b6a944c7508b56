"""Pictures and sounds for tests of codecs, and how far two pictures are apart."""

import time

import numpy as np

from nhipcau.picture.frame import Picture, Plane
from nhipcau.sound.block import BLOCK_SAMPLES, RATE_HZ, PcmBlock, Samples

PEAK = 255.0


class WallClock:
    """The machine's clock."""

    def now_s(self) -> float:
        return time.monotonic()

    def wall_s(self) -> float:
        return time.time()


def scene(number: int, width: int = 320, height: int = 180) -> Picture:
    """Return a picture of soft waves that move on with `number`, and a block that runs."""
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    waves = 120 + 40 * np.sin((columns + 3 * number) / 23) + 30 * np.cos((rows - number) / 17)
    y = waves.astype(np.uint8)
    left = 8 * number % (width - 32)
    y[height // 2 : height // 2 + 24, left : left + 32] = 220
    u = (128 + 30 * np.sin(columns[::2, ::2] / 31)).astype(np.uint8)
    v = (128 + 30 * np.cos(rows[::2, ::2] / 29)).astype(np.uint8)
    return Picture(y, u, v)


def psnr_db(left: Plane, right: Plane) -> float:
    """Return the peak signal-to-noise ratio of two planes, 99 when they are equal."""
    error = float(np.mean((left.astype(np.float64) - right.astype(np.float64)) ** 2))
    return 99.0 if error == 0 else 10 * np.log10(PEAK**2 / error)


def tone(number: int, frequency_hz: float = 440.0) -> PcmBlock:
    """Return the `number`th block of a steady tone."""
    at = np.arange(number * BLOCK_SAMPLES, (number + 1) * BLOCK_SAMPLES) / RATE_HZ
    wave = 9_000 * np.sin(2 * np.pi * frequency_hz * at)
    return PcmBlock(wave.astype(np.int16), number * BLOCK_SAMPLES)


def frequency_hz(samples: Samples) -> float:
    """Return where the spectrum of `samples` has its peak."""
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.argmax(spectrum)) * RATE_HZ / len(samples)

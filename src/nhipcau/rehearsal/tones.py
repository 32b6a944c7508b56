"""The sound loop of a synthetic site: a warbling tone that pulses like syllables, in Opus.

A steady tone is taken for noise by a browser's noise suppression; a warbling, pulsing one is not.
Every component makes a whole number of turns in the loop, and the encoder is warmed up with the
loop's own end, so that the seam can't be heard.

    base ±3 %, 5 times a second  ×  syllables, 3.5 a second  ──▶ Opus, 200 packets of 20 ms
"""

import math

import numpy as np
import numpy.typing as npt

from nhipcau.ports.codec import Codecs
from nhipcau.quantities import Bitrate
from nhipcau.rehearsal.loops import FLASH_PERIOD_S, FLASH_S, code_number
from nhipcau.sound.block import BLOCK_SAMPLES, RATE_HZ, PcmBlock, Samples

TONE_LOOP_S = 4
# Speech at this rate is wideband and clean; a tone needs less.
TONE_BITRATE = Bitrate(32_000)
WARBLE_HZ = 5
WARBLE_SHARE = 0.03
# 3.5 syllables a second, as people speak; 14 of them fill the loop.
_SYLLABLE_HZ = 3.5
# -12 dBov at the top of a syllable: eight at once still do not clip.
_PEAK = 0.25
_BEEP_HZ = 1000.0
_BEEP_PEAK = 0.7
# The encoder's memory is well under 200 ms.
_WARM_UP_BLOCKS = 10

# The grid of base frequencies, 1.2 % apart. 17, 1021 and 219 were found by search: they give the
# 145 codes of the model province 145 different tones.
_LOWEST_HZ = 300.0
_HIGHEST_HZ = 3900.0
_SLOTS = 219

_Wave = npt.NDArray[np.float64]


def site_tone_hz(code: str) -> float:
    """Return the base frequency of a site's tone, 300 to 3900 Hz, a multiple of 0.25 Hz.

    Two sites can be told apart by a spectrum when their tones differ by more than 7 % (each warbles
    by 3 %); neighbours on the grid differ by 1.2 %.
    """
    slot = code_number(code) * 17 % 1021 % _SLOTS
    exact_hz = _LOWEST_HZ * math.pow(_HIGHEST_HZ / _LOWEST_HZ, slot / (_SLOTS - 1))
    return round(exact_hz * TONE_LOOP_S) / TONE_LOOP_S


def tone_samples(code: str, *, flash_beep: bool = False) -> Samples:
    """Return the loop's PCM, int16 of shape (192000,), 48 kHz.

    Args:
        code: the site's code, from which its tone comes.
        flash_beep: silence with a loud beep of 100 ms every 2 s instead, at the picture's flash.
    """
    t = np.arange(TONE_LOOP_S * RATE_HZ) / RATE_HZ
    wave = _beeps(t) if flash_beep else _syllables(t, site_tone_hz(code))
    return np.rint(wave * 32767).astype(np.int16)


def encode_sound_loop(code: str, codecs: Codecs, *, flash_beep: bool = False) -> tuple[bytes, ...]:
    """Return the loop as 200 Opus packets of 20 ms; takes about 20 ms of one core."""
    samples = tone_samples(code, flash_beep=flash_beep)
    pieces = [
        samples[start : start + BLOCK_SAMPLES] for start in range(0, len(samples), BLOCK_SAMPLES)
    ]
    encoder = codecs.sound_encoder(TONE_BITRATE)
    try:
        packets = tuple(
            encoder.encode(PcmBlock(piece, number * BLOCK_SAMPLES))
            for number, piece in enumerate(pieces[-_WARM_UP_BLOCKS:] + pieces)
        )
    finally:
        encoder.close()
    return packets[_WARM_UP_BLOCKS:]


def _syllables(t: _Wave, base_hz: float) -> _Wave:
    """Return the tone: its phase is the integral of base · (1 + 3 % · cos(5 turns a second))."""
    swing = WARBLE_SHARE * base_hz / WARBLE_HZ
    phase = 2 * np.pi * base_hz * t + swing * np.sin(2 * np.pi * WARBLE_HZ * t)
    # Never silent: from a quarter of the peak to all of it.
    loudness = 0.625 - 0.375 * np.cos(2 * np.pi * _SYLLABLE_HZ * t)
    return np.asarray(_PEAK * loudness * np.sin(phase), np.float64)


def _beeps(t: _Wave) -> _Wave:
    sounding = t % FLASH_PERIOD_S < FLASH_S
    return np.asarray(np.where(sounding, _BEEP_PEAK * np.sin(2 * np.pi * _BEEP_HZ * t), 0.0))

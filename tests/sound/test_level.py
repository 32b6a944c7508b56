"""Levels in dBov and the meter."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhipcau.sound.block import BLOCK_SAMPLES, PcmBlock, silence
from nhipcau.sound.level import LevelMeter, level_dbov

TONE = np.sin(2 * np.pi * 500 * np.arange(BLOCK_SAMPLES) / 48_000)


def tone(peak: float) -> PcmBlock:
    """Return 20 ms of 500 Hz."""
    return PcmBlock((TONE * peak).astype(np.int16), 0)


def test_digital_silence_is_the_lowest_level() -> None:
    assert level_dbov(silence(0)) == -127.0


def test_a_full_square_wave_is_zero_dbov_and_a_full_sine_three_below() -> None:
    square = PcmBlock(np.full(BLOCK_SAMPLES, -32_768, np.int16), 0)
    assert level_dbov(square) == 0.0
    assert level_dbov(tone(32_767)) == pytest.approx(-3.01, abs=0.05)


def test_half_the_amplitude_is_six_decibels_less() -> None:
    assert level_dbov(tone(20_000)) - level_dbov(tone(10_000)) == pytest.approx(6.02, abs=0.02)


@given(st.lists(st.integers(-32_768, 32_767), max_size=50))
def test_every_level_lies_between_its_bounds(values: list[int]) -> None:
    assert -127.0 <= level_dbov(PcmBlock(np.array(values, np.int16), 0)) <= 0.0


def test_the_meter_rises_with_the_first_blocks_and_falls_slowly() -> None:
    meter = LevelMeter()
    exact = level_dbov(tone(10_000))
    for _ in range(5):
        meter.push(tone(10_000))
    assert meter.level_dbov == pytest.approx(exact, abs=0.5)
    after_100_ms = [meter.push(silence(0)) for _ in range(5)][-1]
    assert exact - 3 < after_100_ms < exact - 1
    for _ in range(1_000):
        meter.push(silence(0))
    assert meter.level_dbov == -127.0

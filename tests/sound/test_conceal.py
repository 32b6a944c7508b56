"""The extrapolation that bridges a gap."""

import numpy as np
import pytest

from nhipcau.sound.conceal import FADE_SAMPLES, HISTORY_SAMPLES, Extrapolation, crossfade


@pytest.mark.parametrize("pitch_hz", [80, 123, 220, 391])
def test_a_voice_is_continued_in_its_own_pitch(pitch_hz: int) -> None:
    moments = np.arange(HISTORY_SAMPLES + 960) / 48_000
    voice = np.zeros(len(moments), np.float32)
    for overtone in (1, 2, 3, 5):
        turns = 2 * np.pi * pitch_hz * overtone * moments + overtone
        voice += (np.sin(turns) * 5_000 / overtone).astype(np.float32)
    guessed = Extrapolation(voice[:HISTORY_SAMPLES]).take(480)
    real = voice[HISTORY_SAMPLES : HISTORY_SAMPLES + 480]
    likeness = np.corrcoef(guessed, real)[0, 1]
    assert likeness > 0.95


def test_the_extrapolation_joins_the_last_sample_and_fades_within_60_ms() -> None:
    noise = np.random.default_rng(5).normal(0, 3_000, HISTORY_SAMPLES).astype(np.float32)
    smooth = np.convolve(noise, np.ones(32, np.float32) / 32, "same").astype(np.float32)
    guess = Extrapolation(smooth)
    wave = np.concatenate((smooth[-1:], guess.take(1_000), guess.take(FADE_SAMPLES)))
    usual = np.abs(np.diff(smooth)).max()
    assert np.abs(np.diff(wave)).max() < 1.5 * usual
    assert guess.faded
    assert not wave[1 + FADE_SAMPLES :].any()
    assert not guess.take(100).any()


def test_silence_is_followed_by_silence() -> None:
    guess = Extrapolation(np.zeros(HISTORY_SAMPLES, np.float32))
    assert guess.faded
    assert not guess.take(960).any()


@pytest.mark.parametrize("length", [1, 2, 100, 481, 601, 1_000])
def test_a_short_history_is_enough(length: int) -> None:
    guess = Extrapolation(np.full(length, 100, np.float32))
    assert guess.take(10).max() > 50


@pytest.mark.parametrize("count", [1, 2, 120, 240])
def test_a_crossfade_goes_from_one_to_the_other(count: int) -> None:
    joined = crossfade(np.ones(count, np.float32), np.zeros(count, np.float32))
    assert ((joined > 0) & (joined < 1)).all()
    assert (np.diff(joined) < 0).all()

"""The tone of a synthetic site: told apart by a spectrum, without a seam."""

import numpy as np
import pytest

from nhipcau.rehearsal.tones import encode_sound_loop, site_tone_hz, tone_samples
from tests.rehearsal.machine import CODECS
from tests.rehearsal.province import CODES


def loudest_hz(samples: np.ndarray[tuple[int, ...], np.dtype[np.int16]]) -> float:
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.argmax(spectrum) * 48_000 / len(samples))


def test_every_site_of_the_province_has_a_tone_of_its_own_between_300_and_3900_hz() -> None:
    tones = [site_tone_hz(code) for code in CODES]
    assert len(set(tones)) == 145
    assert min(tones) >= 300
    assert max(tones) <= 3900


def test_a_site_without_a_number_has_a_tone_too() -> None:
    assert 300 <= site_tone_hz("khách-mời") <= 3900


@pytest.mark.parametrize("code", ["56", "568", "22732"])
def test_the_tone_warbles_by_three_percent_around_its_base(code: str) -> None:
    base_hz = site_tone_hz(code)
    samples = tone_samples(code)
    # 20 ms windows see the warble, the mean of all of them the base.
    crossings = np.diff(np.signbit(samples[:48_000])).nonzero()[0]
    assert abs(len(crossings) / 2 - base_hz) / base_hz < 0.01
    assert abs(loudest_hz(samples) - base_hz) / base_hz < 0.035


def test_the_tone_is_never_silent_and_never_clips() -> None:
    samples = np.abs(tone_samples("568").astype(np.int32)).reshape(-1, 960).max(axis=1)
    assert samples.min() > 0.05 * 32768
    assert samples.max() < 0.3 * 32768


def test_the_end_of_the_loop_runs_into_its_beginning() -> None:
    samples = tone_samples("568").astype(np.int32)
    steps = np.abs(np.diff(samples))
    assert abs(int(samples[0]) - int(samples[-1])) <= steps.max()


def test_the_beep_sounds_for_a_tenth_of_a_second_every_two_seconds() -> None:
    loud = (
        np.abs(tone_samples("568", flash_beep=True).astype(np.int32)).reshape(-1, 960).max(axis=1)
    )
    assert np.flatnonzero(loud > 10_000).tolist() == [*range(5), *range(100, 105)]
    assert loud[5:100].max() == 0


def test_the_encoded_loop_plays_twice_without_a_click_at_the_seam() -> None:
    packets = encode_sound_loop("568", CODECS)
    assert len(packets) == 200
    decoder = CODECS.sound_decoder()
    samples = np.concatenate([decoder.decode(packet) for packet in packets * 2])
    decoder.close()
    assert abs(loudest_hz(samples[9600:]) - site_tone_hz("568")) / site_tone_hz("568") < 0.035
    # A click is a jump of the second difference far beyond the tone's own.
    bends = np.abs(np.diff(samples.astype(np.int32), 2))
    seam = 192_000
    assert bends[seam - 2000 : seam + 2000].max() < 1.5 * bends[20_000:180_000].max()

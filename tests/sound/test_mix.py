"""The common mix and mix-minus, against brute force."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhipcau.quantities import SiteId
from nhipcau.sound.block import BLOCK_SAMPLES, PcmBlock, Samples, silence
from nhipcau.sound.mix import mix, mix_all, mix_minus

LENGTH = 8

samples = st.lists(
    st.one_of(st.integers(-32_768, 32_767), st.sampled_from([-32_768, 32_767])),
    min_size=LENGTH,
    max_size=LENGTH,
).map(lambda values: np.array(values, np.int16))


def sites(waves: list[Samples]) -> dict[SiteId, PcmBlock]:
    """Return the waves as blocks of sites "0", "1", …"""
    return {SiteId(str(index)): PcmBlock(wave, 960) for index, wave in enumerate(waves)}


def brute(waves: list[Samples]) -> list[int]:
    """Return the clipped sums in plain Python integers."""
    return [
        max(-32_768, min(32_767, sum(int(wave[index]) for wave in waves)))
        for index in range(LENGTH)
    ]


@given(st.lists(samples, min_size=1, max_size=12))
def test_the_common_mix_is_the_clipped_sum(waves: list[Samples]) -> None:
    mixed = mix(sites(waves).values())
    assert mixed.samples.dtype == np.int16
    assert mixed.samples.tolist() == brute(waves)
    assert mixed.pts == 960


@given(st.lists(samples, min_size=1, max_size=12))
def test_mix_minus_is_the_clipped_sum_of_all_others(waves: list[Samples]) -> None:
    minus = mix_minus(sites(waves))
    for index in range(len(waves)):
        block = minus[SiteId(str(index))]
        assert block.samples.tolist() == brute(
            waves[:index] + waves[index + 1 :] or [np.zeros(LENGTH, np.int16)]
        )
        assert block.pts == 960


@given(st.lists(samples, min_size=1, max_size=6))
def test_one_pass_gives_what_two_give(waves: list[Samples]) -> None:
    blocks = sites(waves)
    common, minus = mix_all(blocks)
    assert common.samples.tolist() == mix(blocks.values()).samples.tolist()
    apart = mix_minus(blocks)
    assert {site: block.samples.tolist() for site, block in minus.items()} == {
        site: block.samples.tolist() for site, block in apart.items()
    }


def test_the_only_speaker_hears_silence() -> None:
    loud = PcmBlock(np.full(BLOCK_SAMPLES, 32_767, np.int16), 0)
    assert not mix_minus({SiteId("1"): loud})[SiteId("1")].samples.any()


def test_silence_mixed_with_silence_is_silence() -> None:
    assert not mix([silence(0), silence(0)]).samples.any()


def test_two_loud_rooms_are_clipped_and_never_wrapped() -> None:
    loud = np.full(BLOCK_SAMPLES, 30_000, np.int16)
    assert set(mix([PcmBlock(loud, 0), PcmBlock(loud, 0)]).samples.tolist()) == {32_767}
    assert set(mix([PcmBlock(-loud, 0), PcmBlock(-loud, 0)]).samples.tolist()) == {-32_768}


def test_a_room_hears_the_others_whole_though_the_common_mix_is_clipped() -> None:
    loud = np.full(BLOCK_SAMPLES, 30_000, np.int16)
    blocks = {SiteId("a"): PcmBlock(loud, 0), SiteId("b"): PcmBlock(loud, 0)}
    assert set(mix_minus(blocks)[SiteId("a")].samples.tolist()) == {30_000}


def test_the_blocks_that_were_given_are_left_as_they_are() -> None:
    own = np.arange(BLOCK_SAMPLES, dtype=np.int16)
    kept = own.copy()
    mix_all({SiteId("a"): PcmBlock(own, 0), SiteId("b"): PcmBlock(own, 0)})
    assert (own == kept).all()


def test_blocks_of_different_times_are_refused() -> None:
    with pytest.raises(ValueError, match="pts 0 and 960"):
        mix_minus({SiteId("a"): silence(0), SiteId("b"): silence(960)})


def test_blocks_of_different_lengths_are_refused() -> None:
    short = PcmBlock(np.zeros(480, np.int16), 0)
    with pytest.raises(ValueError, match="shapes"):
        mix([silence(0), short])


def test_nothing_can_not_be_mixed_but_has_no_listeners_either() -> None:
    with pytest.raises(ValueError, match="nothing"):
        mix([])
    assert mix_minus({}) == {}

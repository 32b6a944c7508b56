"""The playout buffer on a good line and on bad ones: no click, no growing delay."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nhipcau.sound.block import BLOCK_SAMPLES, RATE_HZ
from nhipcau.sound.pace import DEFAULT_PLAYOUT_POLICY
from nhipcau.sound.playout import PlayoutBuffer
from tests.sound.source import PEAK, STEEPEST, TICK_S, TONE, TONE_HZ, Line


def steepest(wave: npt.NDArray[np.int32]) -> int:
    """Return the largest step between two neighbouring samples."""
    return int(np.abs(np.diff(wave)).max())


def test_a_steady_tone_comes_out_as_it_went_in() -> None:
    line = Line()
    line.run(60)
    heard = line.run(4)
    spectrum = np.abs(np.fft.rfft(heard * np.hanning(len(heard))))
    loudest = int(np.argmax(spectrum))
    assert loudest / 4 == pytest.approx(TONE_HZ, abs=0.5)
    assert np.abs(heard).max() == pytest.approx(PEAK, rel=0.01)
    beside = np.r_[spectrum[: loudest - 40], spectrum[loudest + 40 :]]
    assert beside.max() < spectrum[loudest] / 1_000
    assert line.buffer.stats().underruns == 0


def test_a_high_tone_of_a_drifting_source_keeps_its_loudness() -> None:
    turns = 2 * np.pi * 6_000 * np.arange(BLOCK_SAMPLES) / RATE_HZ
    line = Line(ppm=300, packet=(PEAK * np.sin(turns)).astype(np.int16))
    line.run(20)
    loudness = np.sqrt((line.run(4).reshape(-1, BLOCK_SAMPLES) ** 2.0).mean(axis=1))
    assert loudness.max() / loudness.min() < 10 ** (0.5 / 20)


@pytest.mark.parametrize("ppm", [300.0, -300.0])
def test_a_drifting_source_keeps_its_depth_for_ten_minutes_without_a_click(ppm: float) -> None:
    check_drift(ppm, minutes=10)


# 360,000 blocks: 12 s on a machine that is at rest
@pytest.mark.slow
@pytest.mark.timeout(240)
def test_a_source_300_ppm_off_grows_no_delay_in_two_hours() -> None:
    check_drift(300.0, minutes=120)


def check_drift(ppm: float, minutes: int) -> None:
    """Run a tone for `minutes` and check depth and steepness of every minute."""
    line = Line(ppm=ppm)
    line.run(10)
    for _ in range(minutes):
        assert steepest(line.run(60)) <= STEEPEST * 1.01 + 1
        assert 0.015 <= line.buffer.depth_s <= 0.08
    stats = line.buffer.stats()
    assert stats.drift_ppm == pytest.approx(ppm, abs=150)
    assert (stats.underruns, stats.skips, stats.concealed_samples) == (0, 0, 0)
    assert stats.target_s == pytest.approx(DEFAULT_PLAYOUT_POLICY.target_s)


def test_a_buffer_without_a_source_gives_silence() -> None:
    line = Line(start_s=1_000)
    assert not line.run(5).any()
    assert line.buffer.stats().pushed == 0


def test_a_late_start_is_faded_in_at_about_the_target_depth() -> None:
    line = Line(start_s=3.01)
    heard = line.run(5)
    first = int(np.flatnonzero(heard)[0]) / RATE_HZ
    assert 3.03 < first < 3.01 + 0.06 + 2 * TICK_S
    assert steepest(heard) <= STEEPEST * 1.1
    assert line.buffer.stats().underruns == 0


@pytest.mark.parametrize("run", [1, 2, 3, 5, 9])
def test_lost_packets_are_bridged_without_a_click(run: int) -> None:
    line = Line(lost=frozenset(range(200, 200 + run)))
    heard = line.run(8)
    assert steepest(heard) <= STEEPEST * 1.15
    assert line.buffer.stats().concealed_samples > 0
    assert np.abs(line.run(1)).max() > PEAK * 0.95


def test_one_lost_packet_is_bridged_at_nearly_full_loudness() -> None:
    line = Line(lost=frozenset({200}))
    heard = line.run(8)[RATE_HZ:].reshape(-1, BLOCK_SAMPLES // 2)
    loudness = np.sqrt((heard**2.0).mean(axis=1))
    assert loudness.min() > 0.6 * PEAK / np.sqrt(2)


def test_a_long_gap_fades_to_silence() -> None:
    line = Line(lost=frozenset(range(200, 250)))
    heard = line.run(6)
    assert steepest(heard) <= STEEPEST * 1.15
    silent = heard[int(4.3 * RATE_HZ) : int(4.9 * RATE_HZ)]
    assert not silent.any()
    assert line.buffer.depth_s < 0.11


def test_a_loss_that_is_announced_is_not_bridged_twice() -> None:
    buffer = PlayoutBuffer()
    for number in range(5):
        buffer.push(TONE, number * BLOCK_SAMPLES, number * TICK_S)
    before_s = buffer.depth_s
    buffer.conceal(BLOCK_SAMPLES)
    buffer.push(TONE, 6 * BLOCK_SAMPLES, 6 * TICK_S)
    assert buffer.depth_s - before_s == pytest.approx(2 * TICK_S)
    assert buffer.stats().concealed_samples == BLOCK_SAMPLES


def test_a_packet_that_comes_after_it_was_concealed_is_left_out() -> None:
    buffer = PlayoutBuffer()
    for number in range(5):
        buffer.push(TONE, number * BLOCK_SAMPLES, number * TICK_S)
    buffer.conceal(BLOCK_SAMPLES)
    before_s = buffer.depth_s
    buffer.push(TONE, 5 * BLOCK_SAMPLES, 0.2)
    assert buffer.depth_s == before_s
    assert buffer.stats().late_packets == 1


def test_jitter_makes_the_buffer_deeper_and_calm_makes_it_shallow_again() -> None:
    delays = np.random.default_rng(7).uniform(0, 0.08, 1_500)
    line = Line(late_s=dict(enumerate(delays.tolist())))
    assert steepest(line.run(30)) <= STEEPEST * 1.15
    stormy = line.buffer.stats()
    assert 0.1 < stormy.target_s <= 0.2
    line.run(120)
    calm = line.buffer.stats()
    assert calm.underruns == stormy.underruns
    assert calm.target_s == pytest.approx(DEFAULT_PLAYOUT_POLICY.target_s)
    assert line.buffer.depth_s < 0.085


def test_underruns_end_soon_when_the_jitter_goes_on() -> None:
    delays = np.random.default_rng(8).uniform(0, 0.06, 6_000)
    line = Line(late_s=dict(enumerate(delays.tolist())))
    line.run(40)
    underruns = line.buffer.stats().underruns
    line.run(60)
    assert line.buffer.stats().underruns - underruns <= 2


def test_a_stall_of_a_second_is_skipped_and_not_kept_as_delay() -> None:
    line = Line(late_s={200: 1.0})
    heard = line.run(10)
    assert steepest(heard) <= STEEPEST * 1.15
    stats = line.buffer.stats()
    assert stats.skips >= 1
    assert stats.skipped_samples > 0.5 * RATE_HZ
    assert stats.target_s == pytest.approx(DEFAULT_PLAYOUT_POLICY.target_s)
    assert line.buffer.depth_s < 0.085


def test_a_new_route_that_is_half_a_second_longer_is_got_used_to() -> None:
    line = Line(late_s=dict.fromkeys(range(200, 10_000), 0.5))
    line.run(4)
    assert steepest(line.run(60)) <= STEEPEST * 1.15
    stats = line.buffer.stats()
    assert stats.target_s < 0.08
    assert line.buffer.depth_s < 0.1
    assert stats.underruns <= 3


def test_a_burst_of_packets_leaves_the_depth_bounded() -> None:
    buffer = PlayoutBuffer()
    for number in range(1_000):
        buffer.push(TONE, number * BLOCK_SAMPLES, 0.0)
        assert buffer.depth_s <= 0.8
    buffer.pull(0)
    assert buffer.depth_s <= 0.06
    stats = buffer.stats()
    assert stats.skips > 0
    left = round(stats.depth_s * RATE_HZ) + BLOCK_SAMPLES
    assert stats.skipped_samples + left == 1_000 * BLOCK_SAMPLES


def test_a_source_that_pauses_by_its_timestamps_or_without_them_comes_back() -> None:
    for paused_stamps in (0, 3 * RATE_HZ, 10_000 * RATE_HZ, -10_000 * RATE_HZ):
        buffer = PlayoutBuffer()
        heard = []
        for tick in range(500):
            if not 100 <= tick < 250:
                jump = paused_stamps if tick >= 250 else 0
                skipped = 150 if tick >= 250 else 0
                buffer.push(TONE, (tick - skipped) * BLOCK_SAMPLES + jump, tick * TICK_S)
            heard.append(buffer.pull(tick * BLOCK_SAMPLES).samples)
        wave = np.concatenate(heard).astype(np.int32)
        assert steepest(wave) <= STEEPEST * 1.15
        assert np.abs(wave[-RATE_HZ:]).max() > PEAK * 0.95
        assert buffer.stats().target_s < 0.1
        assert buffer.depth_s < 0.11


def test_a_lone_last_packet_is_heard_too() -> None:
    buffer = PlayoutBuffer()
    buffer.push(TONE, 0, 0.0)
    heard = np.concatenate([buffer.pull(tick).samples for tick in range(10)])
    assert np.abs(heard).max() > PEAK * 0.9


def test_packets_of_ten_and_of_sixty_milliseconds_are_as_good() -> None:
    for size, ticks in ((480, 2), (2_880, 3)):
        packet = np.resize(TONE, size)
        buffer = PlayoutBuffer()
        heard, sent = [], 0
        for tick in range(1_000):
            while sent * size <= tick * BLOCK_SAMPLES:
                buffer.push(packet, sent * size, sent * size / RATE_HZ)
                sent += 1
            heard.append(buffer.pull(tick * BLOCK_SAMPLES).samples)
        assert steepest(np.concatenate(heard).astype(np.int32)) <= STEEPEST * 1.15
        assert buffer.stats().underruns <= ticks


def test_full_scale_noise_with_losses_is_clipped_and_never_wrapped() -> None:
    noise = np.random.default_rng(3).choice([-32_768, 32_767], BLOCK_SAMPLES).astype(np.int16)
    line = Line(ppm=200, packet=noise, lost=frozenset(range(50, 400, 7)))
    heard = line.run(10)
    assert heard.max() == 32_767
    assert heard.min() == -32_768


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("push"), st.integers(1, 5_760), st.integers(-(2**33), 2**33)),
            st.tuples(st.just("next"), st.integers(1, 5_760), st.integers(-6_000, 20_000)),
            st.tuples(st.just("lose"), st.integers(0, 200_000), st.just(0)),
            st.tuples(st.just("pull"), st.integers(1, 20), st.just(0)),
        ),
        max_size=60,
    )
)
def test_no_order_of_calls_breaks_it_or_lets_it_grow(calls: list[tuple[str, int, int]]) -> None:
    buffer = PlayoutBuffer()
    now_s, stamp = 0.0, 0
    for what, count, shift in calls:
        now_s += 0.013
        if what == "pull":
            for _ in range(count):
                assert buffer.pull(0).samples.shape == (BLOCK_SAMPLES,)
        elif what == "lose":
            buffer.conceal(count)
        else:
            stamp = shift if what == "push" else stamp + shift
            buffer.push(np.resize(TONE, count), stamp, now_s)
            stamp += count
        assert 0 <= buffer.depth_s <= 1.0

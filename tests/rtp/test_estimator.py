"""The estimate of an upstream finds a thin line, leaves no queue in it, and is not fooled."""

from statistics import fmean

import pytest

from nhipcau.quantities import Bitrate
from nhipcau.rtp.estimator import LEAST_BPS, MOST_BPS, START_BPS, UpstreamEstimator
from nhipcau.rtp.overuse import QueueTrend, Usage
from tests.rtp.bottleneck import Camera, ThinLine
from tests.rtp.fake_network import Line

CALM = Line(delay_s=0.02, jitter_s=0.005)


def camera(
    rate_bps: float, line: Line = CALM, seed: int = 1, most_bps: float = 1_200_000
) -> Camera:
    return Camera(ThinLine(rate_bps, line, seed), UpstreamEstimator(), most_bps, seed=seed)


def p95(values: list[float]) -> float:
    return sorted(values)[int(0.95 * len(values))]


@pytest.mark.parametrize("rate_bps", [150_000, 300_000, 512_000, 900_000])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_it_finds_a_thin_line_and_leaves_no_queue_in_it(rate_bps: float, seed: int) -> None:
    call = camera(rate_bps, seed=seed)
    call.run(60)
    rates, queues = call.last(40)
    assert 0.6 * rate_bps < fmean(rates) < 1.02 * rate_bps
    assert max(rates) < 1.25 * rate_bps
    # A key frame of four pictures alone waits 120 ms in a line that it fills.
    assert fmean(queues) < 0.08
    assert p95(queues) < 0.25


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_first_queue_is_gone_within_three_seconds(seed: int) -> None:
    call = camera(512_000, seed=seed)
    call.run(3)
    assert max(call.queues) < 0.52
    call.run(5)
    assert p95(call.last(4)[1]) < 0.25


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_it_does_not_swing(seed: int) -> None:
    call = camera(512_000, seed=seed)
    call.run(90)
    assert call.changes(60) <= 20
    rates, _ = call.last(60)
    assert min(rates) > 0.5 * 512_000


def test_a_wide_line_is_never_held_down() -> None:
    call = camera(20_000_000)
    call.run(60)
    assert min(call.rates) >= START_BPS
    assert call.target_bps == call.most_bps


@pytest.mark.parametrize("seed", range(1, 6))
def test_five_percent_random_loss_is_no_congestion(seed: int) -> None:
    call = camera(20_000_000, Line(loss=0.05, delay_s=0.04, jitter_s=0.02), seed=seed)
    call.run(60)
    assert min(call.rates) >= 1_200_000


@pytest.mark.parametrize("seed", range(1, 4))
def test_overtaken_packets_are_neither_lost_nor_late(seed: int) -> None:
    call = camera(20_000_000, Line(delay_s=0.04, reorder=0.2, detour_s=0.03), seed=seed)
    call.run(30)
    assert min(call.rates) >= 1_200_000


def test_jitter_of_a_shared_line_is_no_congestion() -> None:
    call = camera(20_000_000, Line(delay_s=0.04, jitter_s=0.04))
    call.run(60)
    assert min(call.rates) >= 1_200_000


@pytest.mark.parametrize("seed", range(1, 4))
def test_a_sender_that_is_late_with_its_pictures_is_no_queue(seed: int) -> None:
    call = camera(20_000_000, seed=seed)
    call.busy_s, call.stamped = 0.4, True
    call.run(60)
    assert min(call.rates) >= call.most_bps
    # Without the time at which they left, the same pictures look like a line that fills.
    other = camera(20_000_000, seed=seed)
    other.busy_s = 0.4
    other.run(60)
    assert min(other.rates) < START_BPS / 2


@pytest.mark.parametrize("rate_bps", [150_000, 512_000])
def test_a_busy_sender_finds_a_thin_line_all_the_same(rate_bps: float) -> None:
    call = camera(rate_bps)
    call.busy_s, call.stamped = 0.4, True
    call.run(60)
    rates, queues = call.last(40)
    assert 0.4 * rate_bps < fmean(rates) < 1.05 * rate_bps
    # Ten pictures that were late leave at once, and no estimate keeps them out of the line.
    assert p95(queues) < 0.5


def test_what_is_read_late_is_counted_and_not_judged() -> None:
    arrivals = UpstreamEstimator().stream(90_000)
    for number in range(60):
        arrivals.on_time = number % 3 != 0
        late_s = 0.0 if arrivals.on_time else 0.3
        arrivals.note(number * 3600, 1000, number * 0.04 + late_s)
        assert arrivals.trend.usage is Usage.NORMAL
    assert (arrivals.packets, arrivals.bits) == (60, 60 * 8000)


def test_a_longer_way_is_no_queue() -> None:
    call = camera(20_000_000)
    call.run(20)
    call.line.network.line = Line(delay_s=0.15, jitter_s=0.005)
    call.run(60)
    assert min(call.rates) > 700_000
    assert call.target_bps == call.most_bps


def test_a_queue_that_others_fill_does_not_starve_it() -> None:
    call = camera(1_000_000)
    call.run(20)
    call.line.cross_bps = 600_000
    call.run(30)
    rates, queues = call.last(20)
    assert 200_000 < fmean(rates) < 420_000
    assert p95(queues) < 0.3


def test_a_quarter_of_all_packets_lost_halves_the_rate_within_seconds() -> None:
    call = camera(20_000_000, Line(loss=0.25, delay_s=0.02))
    call.run(12)
    assert call.rates[-1] < 0.5 * START_BPS
    call.run(120)
    assert call.rates[-1] <= 1.2 * LEAST_BPS


def test_it_rises_again_when_the_line_recovers() -> None:
    call = camera(300_000)
    call.run(30)
    assert call.rates[-1] < 330_000
    call.line.rate_bps = 5_000_000
    call.run(30)
    assert call.target_bps > 700_000


def test_it_falls_within_a_second_when_the_line_becomes_thin() -> None:
    call = camera(5_000_000)
    call.run(20)
    call.line.rate_bps = 400_000
    call.run(1.5)
    assert call.rates[-1] < 450_000


@pytest.mark.parametrize("seed", range(1, 4))
def test_hiccups_of_a_sender_that_sends_little_cost_it_nothing_that_matters(seed: int) -> None:
    call = camera(20_000_000, most_bps=120_000, seed=seed)
    for _ in range(20):
        call.run(2)
        call.line.free_s = call.now_ms / 1000 + 0.3
    assert min(call.rates) >= START_BPS / 2


def test_a_still_scene_does_not_keep_a_good_line_down_for_ever() -> None:
    call = camera(250_000)
    call.run(20)
    call.line.rate_bps, call.most_bps = 20_000_000, 80_000
    call.run(90)
    assert call.rates[-1] > 600_000
    call.run(300)
    assert call.rates[-1] == START_BPS


def test_who_does_not_use_its_rate_keeps_it() -> None:
    call = camera(20_000_000, most_bps=200_000)
    call.run(30)
    assert call.rates[-1] == START_BPS
    call.most_bps = 1_200_000
    call.run(2)
    assert call.target_bps == 1_200_000


def test_a_camera_that_was_not_sent_for_long_is_trusted_anew() -> None:
    call = camera(300_000)
    call.run(20)
    call.estimator.trust(Bitrate(600_000))
    assert call.estimator.bps == 600_000


def test_nothing_moves_it_beyond_its_bounds() -> None:
    estimator = UpstreamEstimator(Bitrate(10), Bitrate(MOST_BPS))
    assert estimator.bps == LEAST_BPS
    assert UpstreamEstimator(Bitrate(90_000_000)).bps == MOST_BPS


def test_pictures_that_were_held_up_together_are_no_queue() -> None:
    trend = QueueTrend(90_000)
    for number in range(500):
        # Every two seconds the line stands still for 0.4 s.
        taken_s = number / 25
        held_until_s = (number // 50) * 2.0 + 0.4
        trend.note(number * 3600, max(taken_s, held_until_s))
        assert trend.usage is not Usage.OVER


def test_the_trend_tells_growing_standing_and_draining_queues() -> None:
    for growth, usage in ((0.2, Usage.OVER), (0.0, Usage.NORMAL), (-0.2, Usage.UNDER)):
        trend, seen = QueueTrend(90_000), set()
        for number in range(60):
            taken_s = number / 25
            trend.note(number * 3600, taken_s + (20 + growth * taken_s))
            seen.add(trend.usage)
        assert usage in seen
        assert seen <= {usage, Usage.NORMAL}


def test_a_clock_300_ppm_off_is_no_trend() -> None:
    trend = QueueTrend(90_000)
    for number in range(20_000):
        trend.note(round(number * 3600 * 1.0003) % (1 << 32), number / 25)
        assert trend.usage is Usage.NORMAL


def test_timestamps_that_wrap_or_jump_are_no_queue() -> None:
    trend = QueueTrend(90_000)
    for number in range(100):
        trend.note((number * 3600 + (1 << 32) - 40 * 3600) % (1 << 32), number / 25)
        assert trend.usage is Usage.NORMAL
    trend.note(1_000_000_000, 4.05)
    for number in range(100):
        trend.note(1_000_000_000 + number * 3600, 4.1 + number / 25)
        assert trend.usage is Usage.NORMAL

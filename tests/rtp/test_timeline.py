"""Timestamps that never jump back, and the source's wall clock."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhipcau.rtp.timeline import ClockMapping, Timeline, ntp_from_wall, wall_from_ntp

RATE = 90_000


@given(st.integers(0, 0xFFFFFFFF), st.lists(st.integers(1, 4 * RATE), max_size=50))
def test_rising_stamps_keep_their_distances_over_the_wrap(first: int, steps: list[int]) -> None:
    timeline, raw, now_s = Timeline(RATE), first, 100.0
    stamp = timeline.stamp(first, now_s)
    assert stamp == first
    for step in steps:
        raw, now_s = (raw + step) % (1 << 32), now_s + step / RATE
        last, stamp = stamp, timeline.stamp(raw, now_s)
        assert stamp - last == step
    assert timeline.jumps == 0


@given(
    st.lists(
        st.tuples(st.integers(0, 0xFFFFFFFF), st.floats(0, 40_000), st.booleans()), max_size=40
    )
)
def test_whatever_a_source_stamps_the_timeline_rises(
    wire: list[tuple[int, float, bool]],
) -> None:
    timeline, now_s, last = Timeline(RATE), 0.0, None
    for raw, pause_s, other in wire:
        now_s += pause_s
        if other:
            timeline.restart()
        stamp = timeline.stamp(raw, now_s)
        assert last is None or last < stamp
        last = stamp


@pytest.mark.parametrize("jump", [10 * RATE, 1 << 31, -RATE * 10, -(1 << 30)])
def test_a_jump_is_bridged_by_the_time_that_passed(jump: int) -> None:
    timeline = Timeline(RATE)
    start = timeline.stamp(5000, 1.0)
    after = timeline.stamp((5000 + jump) % (1 << 32), 1.04)
    assert after - start == pytest.approx(0.04 * RATE, abs=1)
    assert timeline.jumps == 1
    again = timeline.stamp((5000 + jump + 3600) % (1 << 32), 1.08)
    assert again - after == 3600


def test_a_new_source_goes_on_where_the_old_one_was_by_the_clock() -> None:
    timeline = Timeline(RATE)
    start = timeline.stamp(4_000_000_000, 1.0)
    timeline.restart()
    assert timeline.stamp(17, 3.0) == start + 2 * RATE
    assert timeline.stamp(17 + 3600, 3.04) == start + 2 * RATE + 3600
    assert timeline.jumps == 0


def test_a_pause_of_half_an_hour_is_no_jump() -> None:
    timeline = Timeline(RATE)
    start = timeline.stamp(0, 0.0)
    assert timeline.stamp(1800 * RATE, 1800.0) - start == 1800 * RATE
    assert timeline.jumps == 0


def test_two_units_of_one_instant_are_one_tick_apart() -> None:
    timeline = Timeline(RATE)
    assert [timeline.stamp(raw, 0.0) for raw in (100, 100, 100, 3700)] == [100, 101, 102, 3700]


def test_a_report_is_placed_on_the_bridged_timeline() -> None:
    timeline = Timeline(RATE)
    assert timeline.place(5) is None
    timeline.stamp(1000, 0.0)
    timeline.restart()
    assert timeline.place(5) is None
    stamp = timeline.stamp(0xFFFFFFFF, 1.0)
    assert timeline.place(8) == stamp + 9


@given(st.floats(0, 4e9))
def test_ntp_and_wall_clock_agree_to_a_microsecond(wall_s: float) -> None:
    # The 32 bits of NTP's era 0 end in 2036.
    if wall_s < 2_085_978_496:
        assert wall_from_ntp(ntp_from_wall(wall_s)) == pytest.approx(wall_s, abs=1e-6)


def test_ntp_counts_from_1900() -> None:
    assert ntp_from_wall(0.5) == 2_208_988_800 << 32 | 1 << 31


def test_a_mapping_gives_the_wall_clock_of_any_frame() -> None:
    mapping = ClockMapping(1000.0, 90_000, RATE)
    assert mapping.wall_at(135_000) == 1000.5
    assert mapping.wall_at(0) == 999.0

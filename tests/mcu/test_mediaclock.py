"""Picture and sound are stamped from one clock, which the machine's wall clock can't move."""

from hypothesis import given
from hypothesis import strategies as st

from nhipcau.mcu.mediaclock import PICTURE_HZ, SOUND_HZ, MediaClock

CLOCK = MediaClock(zero_s=50.0, wall_zero_s=1_700_000_000.0)


def test_both_media_begin_at_zero_and_run_at_their_rates() -> None:
    assert (CLOCK.picture_ticks(50.0), CLOCK.sound_ticks(50.0)) == (0, 0)
    assert (CLOCK.picture_ticks(51.0), CLOCK.sound_ticks(51.0)) == (PICTURE_HZ, SOUND_HZ)
    assert CLOCK.picture_ticks(50.04) == 3_600


def test_ntp_counts_from_1900() -> None:
    assert CLOCK.ntp(50.0) >> 32 == 1_700_000_000 + 2_208_988_800
    assert CLOCK.ntp(50.5) & 0xFFFFFFFF == 1 << 31


@given(st.floats(0, 1e6))
def test_the_same_instant_has_one_ntp_time_for_picture_and_sound(passed_s: float) -> None:
    now_s = CLOCK.zero_s + passed_s
    by_picture = CLOCK.picture_ticks(now_s) / PICTURE_HZ
    by_sound = CLOCK.sound_ticks(now_s) / SOUND_HZ
    assert abs(by_picture - by_sound) < 2e-5
    seconds = CLOCK.ntp(now_s) / 2**32 - 2_208_988_800 - CLOCK.wall_zero_s
    assert abs(seconds - by_picture) < 2e-5


@given(st.floats(0, 1e6), st.floats(0, 1e3))
def test_timestamps_never_go_back(earlier_s: float, more_s: float) -> None:
    now_s = CLOCK.zero_s + earlier_s
    assert CLOCK.picture_ticks(now_s) <= CLOCK.picture_ticks(now_s + more_s)
    assert CLOCK.ntp(now_s) <= CLOCK.ntp(now_s + more_s)

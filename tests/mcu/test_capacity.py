"""An MCU knows what it can carry: five bad seconds close it, five good ones open it."""

import pytest

from nhipcau.mcu.capacity import BUSY_SHARE, LATE_SHARE, READINGS, Capacity, Limits
from nhipcau.mcu.load import McuLoad

GOOD = McuLoad(cpu_cores=1.0, cores=2, rss_mb=200.0, connections=145, late=0.0)
LATE = McuLoad(cpu_cores=1.0, cores=2, rss_mb=200.0, connections=145, late=2 * LATE_SHARE)
BUSY = McuLoad(cpu_cores=2.0, cores=2, rss_mb=200.0, connections=145, late=0.0)


def observed(capacity: Capacity, *loads: McuLoad) -> Capacity:
    for load in loads:
        capacity.observe(load)
    return capacity


@pytest.mark.parametrize("bad", [LATE, BUSY])
def test_five_bad_seconds_close_it_and_five_good_ones_open_it(bad: McuLoad) -> None:
    capacity = observed(Capacity(), *[bad] * (READINGS - 1))
    assert not capacity.strained
    assert observed(capacity, bad).strained
    assert observed(capacity, *[GOOD] * (READINGS - 1)).strained
    assert not observed(capacity, GOOD).strained


def test_a_burst_does_not_close_it() -> None:
    burst = [LATE] * (READINGS - 1) + [GOOD]
    assert not observed(Capacity(), *burst * 10).strained


def test_a_single_good_second_does_not_open_it() -> None:
    capacity = observed(Capacity(), *[LATE] * READINGS)
    lull = [GOOD] * (READINGS - 1) + [LATE]
    assert observed(capacity, *lull * 10).strained


def test_load_right_below_the_limits_is_carried() -> None:
    nearly = McuLoad(2 * BUSY_SHARE, 2, 200.0, 145, late=LATE_SHARE)
    assert not observed(Capacity(), *[nearly] * 60).strained


def test_the_refusal_says_how_many_are_in_and_is_counted() -> None:
    capacity = Capacity(Limits(endpoints=3))
    assert capacity.refusal(2, runs_the_meeting=False) is None
    for runs_the_meeting in (False, True):
        said = capacity.refusal(3, runs_the_meeting=runs_the_meeting)
        assert said is not None
        assert "3 endpoints" in said
    assert capacity.turned_away == 2


def test_whoever_runs_the_meeting_comes_in_while_it_is_strained() -> None:
    capacity = observed(Capacity(), *[LATE] * READINGS)
    assert capacity.refusal(100, runs_the_meeting=False) is not None
    assert capacity.refusal(100, runs_the_meeting=True) is None

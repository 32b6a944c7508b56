"""Clocks that were set: times never run backwards, and no length of time is counted wrong."""

from hypothesis import given
from hypothesis import strategies as st

from nhipcau.report.steady import steady_moments

S = 1000


def test_a_jump_ahead_that_is_taken_back_leaves_nothing() -> None:
    written = [0, 60 * S, 7260 * S, 7320 * S, 180 * S, 240 * S]
    assert steady_moments(written).moments == [0, 60 * S, 120 * S, 180 * S, 180 * S, 240 * S]


def test_a_clock_that_was_ahead_from_the_start_is_right_afterwards() -> None:
    written = [3600 * S, 3660 * S, 120 * S, 180 * S]
    found = steady_moments(written)
    assert found.moments == [60 * S, 120 * S, 120 * S, 180 * S]
    assert [change.by_ms for change in found.changes] == [3540 * S]


def test_what_is_trimmed_by_milliseconds_is_no_change() -> None:
    assert steady_moments([1000, 990, 1010]) == ([1000, 1000, 1010], ())


def test_a_clock_that_was_set_back_and_ahead_again_leaves_nothing_either() -> None:
    day = 86_400 * S
    written = [0, day, day + 60 * S, day - 7080 * S, day - 7020 * S, day + 240 * S]
    expected = [0, day, day + 60 * S, day + 120 * S, day + 180 * S, day + 240 * S]
    found = steady_moments(written).moments
    assert all(abs(one - other) <= 60 * S for one, other in zip(found, expected, strict=True))


@given(st.lists(st.integers(-(10**13), 10**13), max_size=60))
def test_no_time_runs_backwards(written: list[int]) -> None:
    moments = steady_moments(written).moments
    assert moments == sorted(moments)
    assert len(moments) == len(written)


@given(st.lists(st.integers(0, 10**9), max_size=60).map(sorted))
def test_a_clock_that_runs_on_is_left_alone(written: list[int]) -> None:
    assert steady_moments(written) == (written, ())


def test_a_clock_that_is_set_back_all_the_time_costs_no_more_than_it_must() -> None:
    written = [(-1) ** place * 10_000 * place for place in range(20_000)]
    moments = steady_moments(written).moments
    assert moments == sorted(moments)

"""How much picture a room's line has room for: down at once, up slowly, never for ever off."""

from itertools import pairwise

from nhipcau.mcu.uplinkcontrol import LARGE, NO_PICTURE, SMALL, SPARE, UplinkControl


def seconds(control: UplinkControl, bps: int, first: int, count: int) -> list[int]:
    """Let seconds pass in which the line carries `bps`; return the step after each."""
    steps = []
    for second in range(first, first + count):
        control.observe(bps, float(second))
        steps.append(control.step)
    return steps


def test_a_good_line_sends_the_large_picture() -> None:
    assert set(seconds(UplinkControl(), 2_000_000, 0, 60)) == {LARGE}


def test_it_goes_down_at_once_as_far_as_the_line_says() -> None:
    for bps, step in ((499_000, SMALL), (179_000, SPARE), (69_000, NO_PICTURE)):
        control = UplinkControl()
        seconds(control, 2_000_000, 0, 5)
        assert seconds(control, bps, 5, 1) == [step]


def test_it_goes_up_one_step_at_a_time_and_only_with_room_to_spare() -> None:
    control = UplinkControl()
    seconds(control, 100_000, 0, 1)
    assert set(seconds(control, 190_000, 1, 30)) == {SPARE}
    assert seconds(control, 2_000_000, 31, 8) == [*[SPARE] * 3, *[SMALL] * 4, LARGE]


def test_a_line_at_the_edge_of_two_steps_does_not_swing() -> None:
    control = UplinkControl()
    steps = [seconds(control, 480_000 + 40_000 * (n % 2), n, 1)[0] for n in range(120)]
    assert set(steps[1:]) == {SMALL}


def test_a_picture_that_is_off_is_tried_again_ever_more_seldom() -> None:
    control = UplinkControl()
    tries = []
    for second in range(1200):
        # The line never carries it: what is tried is seen to fail the second after.
        if control.observe(50_000, float(second)):
            assert control.step == SPARE
            tries.append(second)
    assert [b - a for a, b in pairwise(tries)] == [61, 121, 241, 301, 301]
    assert tries[0] == 30


def test_a_line_that_recovered_is_used_after_the_next_try() -> None:
    control = UplinkControl()
    seconds(control, 50_000, 0, 1)
    assert seconds(control, 2_000_000, 1, 40)[-1] == LARGE


def test_what_is_forgotten_is_a_good_line() -> None:
    control = UplinkControl()
    seconds(control, 50_000, 0, 1)
    control.forget()
    assert seconds(control, 2_000_000, 1, 1) == [LARGE]

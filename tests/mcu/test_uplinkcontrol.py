"""How much picture a room's line has room for: down at once, up slowly, never off by estimate."""

from nhipcau.mcu.uplinkcontrol import LARGE, NO_PICTURE, SMALL, SPARE, TILE, UplinkControl


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
    for bps, step in ((499_000, SMALL), (179_000, TILE), (119_000, SPARE), (50_000, SPARE)):
        control = UplinkControl()
        seconds(control, 2_000_000, 0, 5)
        assert seconds(control, bps, 5, 1) == [step]


def test_it_goes_up_one_step_at_a_time_and_only_with_room_to_spare() -> None:
    control = UplinkControl()
    seconds(control, 100_000, 0, 1)
    assert set(seconds(control, 135_000, 1, 30)) == {SPARE}
    assert seconds(control, 2_000_000, 31, 12) == [
        *[SPARE] * 3,
        *[TILE] * 4,
        *[SMALL] * 4,
        LARGE,
    ]


def test_a_line_at_the_edge_of_two_steps_does_not_swing() -> None:
    control = UplinkControl()
    steps = [seconds(control, 480_000 + 40_000 * (n % 2), n, 1)[0] for n in range(120)]
    assert set(steps[1:]) == {SMALL}


def test_an_estimate_alone_never_ends_a_picture() -> None:
    control = UplinkControl()
    assert set(seconds(control, 0, 0, 600)) == {SPARE}


def test_a_line_that_recovered_is_used_again_within_seconds() -> None:
    control = UplinkControl()
    seconds(control, 50_000, 0, 1)
    assert seconds(control, 2_000_000, 1, 15)[-1] == LARGE


def test_a_line_is_never_used_beyond_what_it_was_declared_to_carry() -> None:
    assert set(seconds(UplinkControl(467_000), 2_000_000, 0, 30)) == {SMALL}
    assert set(seconds(UplinkControl(40_000), 2_000_000, 0, 30)) == {NO_PICTURE}


def test_what_is_forgotten_is_a_good_line() -> None:
    control = UplinkControl()
    seconds(control, 50_000, 0, 1)
    control.forget()
    assert seconds(control, 2_000_000, 1, 1) == [LARGE]
    declared = UplinkControl(467_000)
    seconds(declared, 50_000, 0, 1)
    declared.forget()
    assert declared.step == SMALL

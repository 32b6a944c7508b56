"""The control of a viewer's rung against made-up lines, in virtual time."""

from dataclasses import dataclass, field
from itertools import pairwise
from random import Random

import pytest

from nhipcau.mcu.rungcontrol import RungControl, Sample, Steps
from nhipcau.quantities import Bitrate

PROGRAM = (1_200_000, 400_000, 60_000, 0)
SOUND_BPS = 45_000
FULL_PACKET_BITS = 8 * 1_238


@dataclass
class Line:
    """A line of a rate, with random loss; sound goes first, what does not fit is lost."""

    rate_bps: float = 10e6
    loss: float = 0.0
    seed: int = 1
    steps: Steps = field(default_factory=lambda: Steps(PROGRAM))
    # A program that does not move needs less than its rung.
    activity: float = 1.0

    def __post_init__(self) -> None:
        self.control = RungControl(self.steps)
        self.now_s = 0.0
        self.history: list[int] = []
        self._random = Random(self.seed)

    def run(self, seconds: float) -> None:
        for _ in range(round(seconds)):
            self.now_s += 1.0
            self.history.append(self.control.observe(self._sample(), self.steps, self.now_s))

    def _sample(self) -> Sample:
        rate = self.steps.rates[self.control.step] * self.activity
        sent = max(round(rate / FULL_PACKET_BITS), 15) if rate else 0
        over = max(0.0, 1.0 - max(self.rate_bps - SOUND_BPS, 0) / rate) if rate else 0.0
        chance = over + (1 - over) * self.loss
        lost = sum(self._random.random() < chance for _ in range(sent))
        # Each is asked for again where the repair was lost as well, four times at the most.
        asked = round(lost * sum(chance**again for again in range(4)))
        remb = min(self.rate_bps, 1.5 * rate + 10_000)
        return Sample(sent, asked, round(rate), remb_bps=round(remb), rtt_s=0.05)

    def changes(self, since_s: float = 0.0) -> list[tuple[int, int]]:
        pairs = enumerate(pairwise(self.history))
        return [pair for at, pair in pairs if pair[0] != pair[1] and at >= since_s]


def test_a_clean_line_stays_on_the_highest_rung() -> None:
    line = Line()
    line.run(600)
    assert set(line.history) == {0}


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("activity", [0.25, 1.0])
def test_five_percent_of_random_loss_is_repaired_and_no_reason(seed: int, activity: float) -> None:
    line = Line(loss=0.05, seed=seed, activity=activity)
    line.run(300)
    assert set(line.history) == {0}


@pytest.mark.parametrize("seed", range(8))
def test_a_line_of_150_kbit_settles_in_ten_seconds_and_then_hardly_changes(seed: int) -> None:
    line = Line(rate_bps=150_000, loss=0.01, seed=seed)
    line.run(600)
    assert set(line.history[9:60]) == {2}
    assert len(line.changes(since_s=10)) <= 600 / 60
    for begin in range(10, 540):
        assert len(line.changes(begin)) - len(line.changes(begin + 60)) <= 2
    # Pictures all the time, but for the seconds of a try.
    assert line.history[9:].count(2) > 0.95 * 590


def test_a_line_of_512_kbit_gets_360_lines_and_tries_less_and_less() -> None:
    line = Line(rate_bps=512_000)
    line.run(1_800)
    assert line.history[12:].count(1) > 0.97 * 1_788
    assert len(line.changes(since_s=900)) <= 4


def test_a_bad_minute_passes_and_the_picture_comes_back_rung_by_rung() -> None:
    line = Line(rate_bps=500_000)
    line.run(60)
    assert line.history[-1] == 1
    line.rate_bps = 10e6
    line.run(180)
    assert line.history[-1] == 0


def test_what_a_flood_leaves_behind_is_not_held_against_the_picture_that_fits() -> None:
    control, steps = RungControl(Steps(PROGRAM)), Steps(PROGRAM)
    # As a line of 150 kbit/s was seen: what was asked for again filled it for four seconds.
    flood = [Sample(101, 100, 883_560, 0.71, rtt_s=0.1), *[Sample(10, 26, 45_000, 0.15)] * 2]
    seen = [*flood, Sample(10, 26, 45_000, 0.15), Sample(12, 10, 45_000, 0.0)]
    seen += [Sample(10, 0, 45_000, 0.0)] * 20
    for second, sample in enumerate(seen):
        control.observe(sample, steps, float(second))
    assert control.step == 2
    # A line that carries no picture is found out all the same.
    for second in range(30, 40):
        control.observe(Sample(12, 9, 45_000, 0.6), steps, float(second))
    assert control.step == 3


def test_a_short_hiccup_costs_ten_to_twenty_seconds() -> None:
    line = Line()
    line.run(30)
    line.loss = 0.3
    line.run(1)
    assert line.history[-1] == 1
    line.loss = 0.0
    line.run(20)
    assert line.history[-1] == 0


def test_the_declared_rate_of_a_line_is_never_exceeded() -> None:
    line = Line(steps=Steps(PROGRAM, Bitrate(512_000 - SOUND_BPS)))
    line.run(300)
    assert set(line.history) == {1}
    thin = RungControl(Steps(PROGRAM, Bitrate(30_000)))
    assert thin.step == 3


def test_a_low_remb_alone_is_no_reason() -> None:
    control, steps = RungControl(Steps(PROGRAM)), Steps(PROGRAM)
    for second in range(60):
        control.observe(Sample(150, 0, 1_200_000, remb_bps=100_000, rtt_s=0.05), steps, second)
    assert control.step == 0


@pytest.mark.parametrize(
    "trouble",
    [
        Sample(150, 8, 1_200_000, remb_bps=900_000, rtt_s=0.05),
        Sample(150, 0, 1_200_000, remb_bps=900_000, rtt_s=0.9),
    ],
)
def test_a_low_remb_with_loss_or_a_queue_goes_down(trouble: Sample) -> None:
    control, steps = RungControl(Steps(PROGRAM)), Steps(PROGRAM)
    control.observe(Sample(150, 0, 1_200_000, rtt_s=0.05), steps, 0.0)
    assert control.observe(trouble, steps, 1.0) == 1


def test_a_low_remb_with_freezes_alone_may_be_a_busy_machine() -> None:
    control, steps = RungControl(Steps(PROGRAM)), Steps(PROGRAM)
    frozen = Sample(150, 0, 1_200_000, remb_bps=900_000, rtt_s=0.05, freezes=2)
    assert [control.observe(frozen, steps, float(now)) for now in range(10)] == [0] * 10


def test_when_little_is_sent_a_remb_above_it_is_high_enough() -> None:
    control, steps = RungControl(Steps(PROGRAM)), Steps(PROGRAM)
    for second in range(30):
        sample = Sample(40, 2, 300_000, remb_bps=450_000, rtt_s=0.05)
        assert control.observe(sample, steps, second) == 0


def test_a_page_that_cannot_keep_up_gets_less() -> None:
    control, steps = RungControl(Steps(PROGRAM)), Steps(PROGRAM)
    slow = Sample(150, 0, 1_200_000, freezes=3, fps_share=0.3)
    assert [control.observe(slow, steps, 2.0 * n) for n in range(5)] == [0, 0, 0, 0, 1]


def test_a_slow_page_keeps_the_smallest_picture() -> None:
    control, steps = RungControl(Steps(PROGRAM)), Steps(PROGRAM)
    slow = Sample(150, 0, 60_000, freezes=3, fps_share=0.1)
    for now in range(60):
        control.observe(slow, steps, float(now))
    assert control.step == 2


def test_content_goes_before_the_program_and_costs_nothing_while_there_is_none() -> None:
    without = Steps((1_200_000, 1_200_000, 1_200_000, 400_000, 60_000, 0))
    shared = Steps((2_200_000, 1_450_000, 1_200_000, 400_000, 60_000, 0))
    bad = Sample(150, 60, 1_200_000)
    control = RungControl(without)
    assert control.observe(bad, without, 0.0) == 3
    control = RungControl(shared)
    assert control.observe(Sample(250, 80, 2_200_000), shared, 0.0) == 1
    # Back up: as if nothing had been left out.
    clean = Sample(150, 0, 400_000)
    control = RungControl(without)
    control.observe(bad, without, 0.0)
    for second in range(1, 20):
        control.observe(clean, without, second)
    assert control.step == 0


def test_a_ceiling_that_comes_later_is_kept_at_once() -> None:
    control = RungControl(Steps(PROGRAM))
    clean = Sample(150, 0, 1_200_000)
    assert control.observe(clean, Steps(PROGRAM, Bitrate(450_000)), 1.0) == 1

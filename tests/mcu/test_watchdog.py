"""The judgement alone: no process, no clock."""

import pytest

from nhipcau.mcu.procstat import ThreadSample
from nhipcau.mcu.watchdog import (
    BUDGET_S,
    CAP_S,
    NOTICE_S,
    TICK_S,
    Observation,
    Verdict,
    Watchdog,
    waited_share,
)

GONE_QUIET = (Verdict.WEDGED, Verdict.STOPPED)


class Process:
    """A made-up process whose threads run, wait and sleep for given shares of the time."""

    def __init__(self, *threads: tuple[str, float, float]) -> None:
        self._threads = threads
        self._age_s = 0.0

    def look(self, elapsed_s: float = TICK_S, *, beaten: bool = False) -> Observation:
        self._age_s += elapsed_s
        samples = {
            number: ThreadSample(state, runs * self._age_s, waits * self._age_s)
            for number, (state, runs, waits) in enumerate(self._threads)
        }
        return Observation(elapsed_s, beaten, samples)

    def sight(self, watchdog: Watchdog, elapsed_s: float) -> Observation:
        """Look as the supervisor does: at the threads only when they are wanted."""
        seen = self.look(elapsed_s)
        return seen if watchdog.wants_threads else Observation(elapsed_s, seen.beaten)


def silence_until_verdict(process: Process, elapsed_s: float = TICK_S) -> tuple[Verdict, float]:
    watchdog = Watchdog()
    silent_s = 0.0
    while silent_s < 100:
        verdict = watchdog.observe(process.sight(watchdog, elapsed_s))
        silent_s += elapsed_s
        if verdict in GONE_QUIET:
            return verdict, silent_s
    return Verdict.OK, silent_s


def test_a_process_that_sleeps_in_silence_is_wedged_when_the_budget_is_used_up() -> None:
    verdict, silent_s = silence_until_verdict(Process(("S", 0, 0), ("S", 0, 0)))
    assert verdict is Verdict.WEDGED
    assert silent_s == pytest.approx(BUDGET_S, abs=2 * TICK_S)


def test_a_process_that_spins_on_a_free_cpu_in_silence_is_wedged() -> None:
    verdict, silent_s = silence_until_verdict(Process(("R", 1.0, 0), ("S", 0, 0)))
    assert verdict is Verdict.WEDGED
    assert silent_s < 1.0


def test_a_stopped_process_is_told_from_a_wedged_one() -> None:
    verdict, silent_s = silence_until_verdict(Process(("T", 0, 0), ("T", 0, 0)))
    assert verdict is Verdict.STOPPED
    assert silent_s < 1.0


def test_time_on_the_run_queue_is_not_counted() -> None:
    verdict, silent_s = silence_until_verdict(Process(("S", 0.1, 0.8)))
    assert verdict is Verdict.WEDGED
    assert silent_s == pytest.approx((BUDGET_S - NOTICE_S) / 0.2 + NOTICE_S, rel=0.2)


def test_a_thread_that_waits_at_this_moment_is_excused_before_the_kernel_has_it_on_record() -> None:
    verdict, silent_s = silence_until_verdict(Process(("R", 0, 0)))
    assert verdict is Verdict.WEDGED
    assert silent_s == pytest.approx(CAP_S, abs=0.5)


def test_a_thread_that_the_disk_holds_is_excused() -> None:
    _, silent_s = silence_until_verdict(Process(("D", 0, 0)))
    assert silent_s == pytest.approx(CAP_S, abs=0.5)


def test_no_excuse_lasts_longer_than_the_cap() -> None:
    verdict, silent_s = silence_until_verdict(Process(*[("R", 0.0, 1.0)] * 20))
    assert verdict is Verdict.WEDGED
    assert silent_s == pytest.approx(CAP_S, abs=0.5)


def test_an_observer_that_was_away_for_an_hour_kills_nobody() -> None:
    watchdog = Watchdog()
    assert watchdog.observe(Process(("S", 0, 0)).look(3600.0)) is Verdict.OK


def test_a_late_observer_counts_one_tick_for_each_look() -> None:
    _, silent_s = silence_until_verdict(Process(("S", 0, 0)), elapsed_s=10 * TICK_S)
    assert silent_s > 5.0


def test_a_beat_ends_the_silence() -> None:
    watchdog, process = Watchdog(), Process(("S", 0, 0))
    for _ in range(100):
        for _ in range(int(BUDGET_S / TICK_S) - 1):
            assert watchdog.observe(process.look()) not in GONE_QUIET
        assert watchdog.observe(process.look(beaten=True)) is Verdict.OK


def test_a_silence_worth_a_look_is_called_busy_and_asks_for_threads() -> None:
    watchdog, process = Watchdog(), Process(("S", 0, 0))
    assert not watchdog.wants_threads
    verdicts = [watchdog.observe(process.look()) for _ in range(int(NOTICE_S / TICK_S))]
    assert verdicts[-1] is Verdict.BUSY
    assert watchdog.wants_threads


@pytest.mark.parametrize(
    ("after", "share"),
    [
        (ThreadSample("S", 0.0, 0.0), 0.0),
        (ThreadSample("S", 0.5, 0.25), 0.25),
        (ThreadSample("R", 0.5, 0.0), 0.5),
        (ThreadSample("R", 1.0, 0.0), 0.0),
        (ThreadSample("R", 0.0, 9.0), 1.0),
        (ThreadSample("D", 0.0, 0.0), 1.0),
    ],
)
def test_the_share_of_waiting(after: ThreadSample, share: float) -> None:
    assert waited_share(ThreadSample("S", 0.0, 0.0), after, 1.0) == pytest.approx(share)

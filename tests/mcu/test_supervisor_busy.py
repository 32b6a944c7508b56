"""A process that is only busy is left alone, and a thread that is stuck is told from a slow one."""

import asyncio
import os
import threading
import time

import pytest

from nhipcau.bench.supervision import saturate
from nhipcau.mcu.heartbeat import PULSE_BUDGET_S, Heartbeat, Pulse, import_quietly
from nhipcau.mcu.procstat import sample_thread, sample_threads
from nhipcau.mcu.watchdog import BEAT_S


@pytest.mark.slow
def test_a_busy_process_on_saturated_cores_is_not_killed() -> None:
    figures = asyncio.run(saturate(8.0))
    assert (figures.kills, figures.crashes) == (0, 0), figures


def idle_looks(pulse: Pulse, elapsed_s: float, looks: int) -> bool:
    return [pulse.handle_elapsed(elapsed_s) for _ in range(looks)][-1]


def test_a_thread_that_beats_is_never_stuck() -> None:
    pulse = Pulse("media", PULSE_BUDGET_S)
    for _ in range(100):
        pulse()
        assert not idle_looks(pulse, BEAT_S, 5)


def test_a_thread_that_is_gone_is_stuck_after_its_budget() -> None:
    pulses: list[Pulse] = []
    thread = threading.Thread(target=lambda: pulses.append(Pulse("media", PULSE_BUDGET_S)))
    thread.start()
    thread.join()
    pulses[0]()
    assert not idle_looks(pulses[0], BEAT_S, int(PULSE_BUDGET_S / BEAT_S))
    assert idle_looks(pulses[0], BEAT_S, 5)


def test_a_watching_thread_that_was_away_for_an_hour_blames_nobody() -> None:
    pulse = Pulse("media", PULSE_BUDGET_S)
    pulse()
    assert not idle_looks(pulse, 3600.0, 5)


def test_without_a_supervisor_a_heartbeat_sends_nothing_and_closes() -> None:
    heartbeat = Heartbeat(None)
    heartbeat.ready({})
    heartbeat.register("media")()
    heartbeat.close()
    heartbeat.close()


def test_the_samples_of_our_own_threads_grow() -> None:
    own = threading.get_native_id()
    before = sample_thread(0, 0), sample_threads(2**22 + 1)
    assert before == (None, {})
    first = sample_threads(os.getpid())[own]
    end = time.thread_time() + 0.05
    while time.thread_time() < end:
        pass
    second = sample_thread(os.getpid(), own)
    assert second is not None
    assert second.state == "R"
    assert second.cpu_s - first.cpu_s > 0.02
    assert second.wait_s >= first.wait_s


def test_a_quiet_import_tells_what_is_missing() -> None:
    import_quietly(["json"])
    with pytest.raises(ImportError):
        import_quietly(["nhipcau.no_such_module"])

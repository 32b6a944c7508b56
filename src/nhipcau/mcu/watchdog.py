"""Decides whether a silent process is wedged or only busy. Pure: observations in, verdict out.

    every tick:  time passed, beaten or not, threads' samples ──▶ Watchdog ──▶ Verdict

Silence alone proves nothing on a machine whose cores are all taken. What counts is the silence in
which the process *could* have beaten: time in which one of its threads was runnable and waited for
a CPU is not counted, nor is time in which the observer itself was late, because then everybody was.
A beat needs the GIL and its holder may be the one that waits, so any waiting thread excuses.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from nhipcau.mcu.procstat import ThreadSample

# Each beat crosses a pipe and costs two switches: ten a second are not measurable in a profile.
BEAT_S = 0.1
# The observer looks twice per beat, so that a wedge is noticed at most half a beat late.
TICK_S = 0.05
# Beats come with up to one beat of jitter under load; threads are read only beyond that.
NOTICE_S = 0.2
# Half of the second that a restart may take: five beats missed. The rest is for kill and start.
BUDGET_S = 0.55
# Whatever the excuse, sites have seen a frozen picture for so long that a restart can't be worse.
CAP_S = 5.0

_STOPPED_STATES = frozenset("Tt")


class Verdict(StrEnum):
    """What a process is."""

    OK = "ok"
    BUSY = "busy"
    WEDGED = "wedged"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Observation:
    """One look at a process.

    Args:
        elapsed_s: since the last look.
        beaten: a beat came since the last look.
        threads: samples by thread id; needed only when the watchdog `wants_threads`.
    """

    elapsed_s: float
    beaten: bool
    threads: Mapping[int, ThreadSample] | None = None


def waited_share(before: ThreadSample, after: ThreadSample, elapsed_s: float) -> float:
    """Return which share of `elapsed_s` a thread wanted to run and could not, from 0 to 1.

    The kernel adds a wait to its sum when the wait is over. A thread that is runnable now has
    therefore been waiting for all the time that it neither ran nor has on record; one that the
    disk holds (D) is no more to blame.
    """
    waited_s = after.wait_s - before.wait_s
    if after.state in ("R", "D"):
        ran_s = after.cpu_s - before.cpu_s
        waited_s = max(waited_s, elapsed_s - ran_s)
    return min(1.0, max(0.0, waited_s / elapsed_s)) if elapsed_s > 0 else 0.0


class Watchdog:
    """The judge of one process, from its first beat to its end."""

    def __init__(self) -> None:
        self.longest_silence_s = 0.0
        self.excused_s = 0.0
        self._silent_s = 0.0
        self._counted_s = 0.0
        self._before: Mapping[int, ThreadSample] | None = None

    @property
    def wants_threads(self) -> bool:
        """True when the next observation should bring samples."""
        return self._silent_s + TICK_S >= NOTICE_S

    def portrait(self) -> str:
        """Return the present silence in words."""
        excused_s = self._silent_s - self._counted_s
        return f"silent {self._silent_s:.2f} s, of it {excused_s:.2f} s excused"

    def observe(self, seen: Observation) -> Verdict:
        """Return what the process is, judged by all observations since its last beat."""
        if seen.beaten:
            self._silent_s = self._counted_s = 0.0
            self._before = None
            return Verdict.OK
        # Beyond a tick the observer was late itself, and then it knows nothing of that time.
        step_s = min(seen.elapsed_s, TICK_S)
        excused_s = step_s * self._waiting(seen)
        self._before = seen.threads
        self._silent_s += step_s
        self._counted_s += step_s - excused_s
        self.excused_s += excused_s
        self.longest_silence_s = max(self.longest_silence_s, self._silent_s)
        if self._counted_s >= BUDGET_S or self._silent_s >= CAP_S:
            return Verdict.STOPPED if _is_stopped(seen) else Verdict.WEDGED
        return Verdict.BUSY if self._silent_s >= NOTICE_S else Verdict.OK

    def _waiting(self, seen: Observation) -> float:
        """Return the share of the time in which some thread waited, at most 1."""
        if not seen.threads or not self._before:
            return 0.0
        total = 0.0
        for thread, after in seen.threads.items():
            before = self._before.get(thread)
            if before is not None:
                total += waited_share(before, after, seen.elapsed_s)
        return min(1.0, total)


def _is_stopped(seen: Observation) -> bool:
    threads = (seen.threads or {}).values()
    return bool(threads) and all(sample.state in _STOPPED_STATES for sample in threads)

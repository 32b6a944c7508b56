"""What the kernel says about the threads of a process.

    /proc/<pid>/task/<tid>/stat        the state's letter: R, S, D, T, t, Z
    /proc/<pid>/task/<tid>/schedstat   nanoseconds on a CPU, nanoseconds waiting for one

Source: proc_pid_stat(5); Linux Documentation/scheduler/sched-stats.rst.
"""

import os
from pathlib import Path
from typing import NamedTuple


class ThreadSample(NamedTuple):
    """One thread at one moment; both times only grow."""

    state: str
    cpu_s: float
    wait_s: float


def sample_thread(pid: int, thread: int) -> ThreadSample | None:
    """Return a thread's sample, None when there is no such thread."""
    folder = Path(f"/proc/{pid}/task/{thread}")
    try:
        # The name in parentheses may hold anything, a parenthesis too.
        state = (folder / "stat").read_bytes().rpartition(b")")[2].split()[0].decode()
    except (OSError, IndexError):
        return None
    try:
        on_cpu, waiting = (folder / "schedstat").read_bytes().split()[:2]
    except (OSError, ValueError):
        # A kernel without SCHED_INFO: the state alone must do.
        return ThreadSample(state, 0.0, 0.0)
    return ThreadSample(state, int(on_cpu) / 1e9, int(waiting) / 1e9)


def sample_threads(pid: int) -> dict[int, ThreadSample]:
    """Return the samples of all threads of a process; empty when it is gone."""
    try:
        threads = [int(name) for name in os.listdir(f"/proc/{pid}/task")]  # noqa: PTH208
    except OSError:
        return {}
    samples = ((thread, sample_thread(pid, thread)) for thread in threads)
    return {thread: sample for thread, sample in samples if sample is not None}

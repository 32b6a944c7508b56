"""What this process uses of its machine: processor seconds per second, and resident memory."""

import os
from dataclasses import dataclass
from pathlib import Path

from nhipcau.ports.clock import Clock

_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class UsageNow:
    """Cores in use since the last reading, resident memory in MiB."""

    cpu_cores: float
    rss_mb: float


class Usage:
    """Reads the process's own accounts."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._at_s = clock.now_s()
        self._cpu_s = _cpu_s()

    def read(self) -> UsageNow:
        """Return the usage since the last reading."""
        at_s, cpu_s = self._clock.now_s(), _cpu_s()
        passed_s = at_s - self._at_s
        cores = (cpu_s - self._cpu_s) / passed_s if passed_s > 0 else 0.0
        self._at_s, self._cpu_s = at_s, cpu_s
        return UsageNow(round(cores, 3), round(_rss_bytes() / _MIB, 1))


def _cpu_s() -> float:
    times = os.times()
    return times.user + times.system


def _rss_bytes() -> int:
    # Second field: resident pages. Source: proc(5), /proc/pid/statm.
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")

"""How loaded this MCU is, in the few numbers that an operator's console shows."""

import os
from dataclasses import dataclass

from nhipcau.mcu.engine import MediaEngine
from nhipcau.mcu.usage import Usage
from nhipcau.ports.clock import Clock


@dataclass(frozen=True, slots=True)
class McuLoad:
    """One reading; the fields of message `mcu` in docs/PROTOCOL.md.

    Attributes:
        cpu_cores, cores: in use since the last reading, and how many the machine has.
        rss_mb: resident memory, MiB.
        connections: media connections that are up.
        late: share of the composer's ticks since the last reading that began late, 0 to 1.
    """

    cpu_cores: float
    cores: int
    rss_mb: float
    connections: int
    late: float


class LoadMeter:
    """Reads the load; each reader has one of its own, because a reading begins a new interval."""

    def __init__(self, engine: MediaEngine, clock: Clock) -> None:
        self._engine = engine
        self._usage = Usage(clock)
        self._ticks = self._late = 0

    def read(self) -> McuLoad:
        """Return the load since the last reading."""
        usage, stats = self._usage.read(), self._engine.stats()
        composer = next(thread for thread in stats.threads if thread.name == "compose")
        ticks, late = composer.ticks - self._ticks, composer.late - self._late
        self._ticks, self._late = composer.ticks, composer.late
        return McuLoad(
            cpu_cores=usage.cpu_cores,
            cores=os.cpu_count() or 1,
            rss_mb=usage.rss_mb,
            connections=stats.up,
            late=round(late / ticks, 4) if ticks else 0.0,
        )

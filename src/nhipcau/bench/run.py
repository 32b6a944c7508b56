"""Chooses and runs a bench: names, default sizes, and how long each measures."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from nhipcau.bench.failover import FULL_S, bench_failover
from nhipcau.bench.fanout import bench_fanout
from nhipcau.bench.join import bench_join
from nhipcau.bench.latency import bench_latency
from nhipcau.bench.loss import bench_loss
from nhipcau.bench.meeting import bench_meeting
from nhipcau.bench.planning import bench_planning
from nhipcau.bench.records import bench_records
from nhipcau.bench.report import Figure
from nhipcau.bench.wall import bench_wall

Bench = Callable[[int, float], Awaitable[list[Figure]]]


@dataclass(frozen=True, slots=True)
class Entry:
    """A bench, how many sites it takes and how long it measures, quick and full."""

    run: Bench
    sites: int
    quick_s: float
    full_s: float


BENCHES: Mapping[str, Entry] = {
    "join": Entry(bench_join, 12, 16.0, 120.0),
    "meeting": Entry(bench_meeting, 0, 20.0, 600.0),
    "failover": Entry(bench_failover, 145, 10.0, FULL_S),
    "fanout": Entry(bench_fanout, 145, 8.0, 30.0),
    "latency": Entry(bench_latency, 0, 14.0, 120.0),
    "loss": Entry(bench_loss, 145, 8.0, 60.0),
    "planning": Entry(bench_planning, 0, 5.0, 60.0),
    "records": Entry(bench_records, 145, 15.0, 120.0),
    "wall": Entry(bench_wall, 145, 10.0, 600.0),
}


async def run_bench(
    name: str, *, sites: int | None, seconds: float | None, full: bool
) -> list[Figure]:
    """Return the figures of one bench.

    Raises:
        KeyError: no bench has that name.
    """
    entry = BENCHES[name]
    length = seconds if seconds is not None else (entry.full_s if full else entry.quick_s)
    return await entry.run(entry.sites if sites is None else sites, length)

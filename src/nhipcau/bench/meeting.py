"""`bench meeting`: what a steady meeting costs its MCU."""

import asyncio

from nhipcau.bench.report import Figure, at_most, plain
from nhipcau.bench.stage import Stage, demo_stage, usage

# The goal is for the demo's size; other sizes are printed without one.
_GOAL_SITES = 12
_GOAL_CORES = 0.5
_SETTLE_S = 6.0


async def bench_meeting(sites: int, seconds: float) -> list[Figure]:
    """Return the MCU's cost with `sites` synthetic sites, measured over `seconds`."""
    async with demo_stage(sites) as stage:
        await asyncio.sleep(_SETTLE_S)
        return await _measure(stage, sites, seconds)


async def _measure(stage: Stage, sites: int, seconds: float) -> list[Figure]:
    clock = asyncio.get_running_loop().time
    began, first, before = clock(), usage(stage.mcu_pid), stage.metrics()
    await asyncio.sleep(seconds)
    passed_s, last, after = clock() - began, usage(stage.mcu_pid), stage.metrics()
    cores = (last.cpu_s - first.cpu_s) / passed_s

    def grown(name: str) -> float:
        return after.get(name, 0.0) - before.get(name, 0.0)

    ticks = grown('nhipcau_mcu_ticks_total{thread="compose"}')
    late = grown('nhipcau_mcu_ticks_late_total{thread="compose"}')
    return [
        at_most("mcu_cores", cores, "cores", _GOAL_CORES)
        if sites == _GOAL_SITES
        else plain("mcu_cores", cores, "cores"),
        plain("mcu_rss_mb", last.rss_mb, "MiB"),
        plain("sites_present", after["nhipcau_mcu_sites_present"], "sites"),
        plain(
            "program_fps", grown('nhipcau_mcu_view_frames_total{view="program"}') / passed_s, "fps"
        ),
        plain("late_ticks", 100 * late / ticks if ticks else 100.0, "%"),
        plain("dropped", grown("nhipcau_mcu_batches_dropped_total"), "frames"),
        plain("packets_per_s", grown("nhipcau_mcu_packets_sent_total") / passed_s, "packets/s"),
    ]

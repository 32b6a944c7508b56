"""`bench wall`: what the console's wall of still pictures costs the machine that shows it.

    145 tiles, nothing scrolls         ─▶ processor time of all Chromium's processes
    500 tiles, scrolled without pause  ─▶ pictures drawn a second
    145 tiles, ten minutes of news     ─▶ growth of the page's heap

The console page and the protocol are real; the meeting is words only (`wallstage`): 145 synthetic
sites would take the machine from the browser that is measured, and the program's decoding is not
the wall's. The ten minutes are played ten times faster in a quick run, and what is missing to ten
minutes is added in proportion.
"""

import asyncio
import os
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from nhipcau.bench.browser import chromium, missing
from nhipcau.bench.report import Figure, at_least, at_most, percentile, plain
from nhipcau.bench.stage import usage
from nhipcau.bench.wallstage import Crowd, is_built, wall_stage

if TYPE_CHECKING:
    from playwright.async_api import CDPSession, Page, ViewportSize

_CPU_GOAL = 0.35
_FPS_GOAL = 30.0
_HEAP_GOAL_MB = 10.0
_GOALS = {
    "wall_cpu_cores": f"<= {_CPU_GOAL:g}",
    "wall_fps": f">= {_FPS_GOAL:g}",
    "wall_heap_growth_mb": f"<= {_HEAP_GOAL_MB:g}",
}
_SCREEN: "ViewportSize" = {"width": 1920, "height": 1080}
_MANY_SITES = 500
_SCROLL_S = 8.0
# The first still of every tile, the fonts, and the compiler's warm code.
_SETTLE_S = 5.0
_STORY_S = 600.0
_FASTEST = 10.0
_SCRIPT = Path(__file__).with_name("scroll.js")


async def bench_wall(sites: int, seconds: float) -> list[Figure]:
    """Return the wall's figures; each of the two long phases measures for `seconds`."""
    lack = missing() or (None if is_built() else "needs the built web client (./run builds it)")
    if lack is not None:
        return [Figure(name, None, "", goal, None, lack) for name, goal in _GOALS.items()]
    return [
        *await _cost(sites, seconds),
        *await _smoothness(),
        *await _growth(sites, seconds),
    ]


async def _cost(sites: int, seconds: float) -> list[Figure]:
    async with wall_stage(Crowd(sites, 1.0)) as address, chromium() as browser:
        page = await browser.new_page()
        tiles = await _open(page, address, "fit")
        before = _chromium_usage()
        await asyncio.sleep(seconds)
        after = _chromium_usage()
    cores = sum(after[pid] - before.get(pid, 0.0) for pid in after) / seconds
    return [
        at_most("wall_cpu_cores", cores, "cores", _CPU_GOAL),
        plain("wall_tiles", tiles, "tiles"),
    ]


async def _smoothness() -> list[Figure]:
    async with wall_stage(Crowd(_MANY_SITES, 1.0)) as address, chromium() as browser:
        page = await browser.new_page()
        await _open(page, address, "small")
        times = await page.evaluate(_SCRIPT.read_text(encoding="utf-8"), _SCROLL_S * 1000)
    gaps = [later - earlier for earlier, later in pairwise(times)]
    return [
        at_least("wall_fps", 1000 * len(gaps) / sum(gaps), "pictures/s", _FPS_GOAL),
        plain("wall_frame_ms_p95", percentile(gaps, 0.95), "ms"),
    ]


async def _growth(sites: int, seconds: float) -> list[Figure]:
    speed = min(_FASTEST, max(1.0, _STORY_S / seconds))
    async with wall_stage(Crowd(sites, speed)) as address, chromium() as browser:
        page = await browser.new_page()
        await _open(page, address, "fit")
        session = await browser.new_cdp_session(page)
        before = await _heap_mb(session)
        await asyncio.sleep(seconds)
        grown = await _heap_mb(session) - before
    told_s = seconds * speed
    whole = max(0.0, grown) * _STORY_S / told_s
    figure = at_most("wall_heap_growth_mb", whole, "MiB in 10 min", _HEAP_GOAL_MB)
    return [figure, plain("wall_heap_story_s", told_s, "s of news")]


async def _open(page: "Page", address: str, size: str) -> int:
    """Show the wall and let it settle; return how many tiles there are."""
    await page.set_viewport_size(_SCREEN)
    await page.goto(address)
    await page.get_by_test_id("size").select_option(size)
    await page.get_by_test_id("still").first.wait_for()
    await asyncio.sleep(_SETTLE_S)
    return await page.get_by_test_id("site-tile").count()


async def _heap_mb(session: "CDPSession") -> float:
    await session.send("HeapProfiler.collectGarbage")
    heap = await session.send("Runtime.getHeapUsage")
    return float(heap["usedSize"]) / 2**20


def _chromium_usage() -> Mapping[int, float]:
    """Return the processor seconds of each Chromium process that this one has started."""
    parents: dict[int, int] = {}
    browsers: set[int] = set()
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            name, fields = (entry / "stat").read_text().split("(", 1)[1].rsplit(")", 1)
        except (FileNotFoundError, ProcessLookupError):
            continue
        parents[int(entry.name)] = int(fields.split()[1])
        if name.startswith("chrom"):
            browsers.add(int(entry.name))
    ours = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in ours} - ours:
        ours |= more
    return {pid: usage(pid).cpu_s for pid in browsers & ours}

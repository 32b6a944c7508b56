"""Lines are cut and thinned out under a province's meeting; nothing is killed.

cut a leaf from all MCUs ─▶ its rooms go on by themselves ─▶ restore ─▶ all in one meeting again
lose 5 % of everything   ─▶ nobody changes its MCU
"""

import asyncio
import time
from collections.abc import Sequence

from nhipcau.bench.report import Figure, at_most, plain
from nhipcau.bench.takeover import Scene
from nhipcau.quantities import SiteId

_MERGE_S = 2.0
_PERCENT = 5
_POLL_S = 0.02
_PATIENCE_S = 30.0


async def merge_figures(here: Scene, cut_s: float) -> list[Figure]:
    """Return what a line costs a district that is cut for so long."""
    if not here.lines:
        return [Figure("merge_s", None, "s", against="needs network namespaces")]
    leaf, line = here.stage.leaves[-1], here.lines[len(here.stage.leaves)]
    here.begin()
    await line.cut([one for one in here.lines if one is not line])
    # Half of it for finding out and going on, the other half for a meeting in peace.
    at_cut = await here.watch(cut_s / 2)
    here.begin()
    apart = await here.watch(cut_s / 2)
    gone = await _present(here)
    here.begin()
    began_s = time.monotonic()
    await line.restore()
    await _all_back(here, leaf.sites)
    merged_s = time.monotonic() - began_s
    at_merge = await here.watch(1.0)
    return [
        at_most("merge_s", merged_s, "s", _MERGE_S),
        plain("cut_pause_s_max", max(at_cut[site].worst_s for site in leaf.sites), "s"),
        plain("apart_pause_s_max", max(apart[site].worst_s for site in leaf.sites), "s"),
        plain("merge_pause_s_max", max(at_merge[site].worst_s for site in leaf.sites), "s"),
        plain("cut_sites_gone", len(here.fleet.stats()) - gone, "sites"),
    ]


async def false_switches(here: Scene, seconds: float) -> list[Figure]:
    """Return how many sites change their MCU though only packets are lost."""
    name = "false_switches"
    if not here.lines:
        return [Figure(name, None, "switches", against="needs network namespaces")]
    before = here.changes()
    for line in here.lines:
        await line.lose(_PERCENT)
    await asyncio.sleep(seconds)
    after = here.changes()
    for line in here.lines:
        await line.restore()
    changed = sum(after[site] - before[site] for site in after)
    return [at_most(name, changed, "switches", 0), plain("false_switches_s", seconds, "s")]


async def _present(here: Scene) -> int:
    metrics = await asyncio.to_thread((await here.root()).metrics)
    return int(metrics["sites_present"])


async def _all_back(here: Scene, sites: Sequence[SiteId]) -> None:
    """Wait until everybody is in the one meeting, and the sites have a picture of it.

    Raises:
        TimeoutError: somebody does not come back.
    """
    async with asyncio.timeout(_PATIENCE_S):
        while await _present(here) < len(here.fleet.stats()):  # noqa: ASYNC110 - polled
            await asyncio.sleep(_POLL_S)
        seated_s = time.monotonic()
        while not _see(here, sites, seated_s):  # noqa: ASYNC110 - polled
            await asyncio.sleep(_POLL_S)


def _see(here: Scene, sites: Sequence[SiteId], since_s: float) -> bool:
    stats = here.fleet.stats()
    seen = (stats[site].program.last_frame_s for site in sites)
    return all(at_s is not None and at_s > since_s for at_s in seen)

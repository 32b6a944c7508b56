"""`bench failover`: whatever can be lost in a province's meeting is lost; what does a room notice?

quick: takeover of a leaf and of the root, what a trunk adds
full:  ten minutes of lost packets, a line cut for 30 s, a hundred faults in a row, what leaves
       the province's line, a meeting with one MCU only, office and bus and database, Janus
"""

from nhipcau.bench.badlines import false_switches, merge_figures
from nhipcau.bench.chaos import chaos_figures
from nhipcau.bench.janusback import janus_figures
from nhipcau.bench.officeloss import office_loss_figures
from nhipcau.bench.provinceline import province_line
from nhipcau.bench.report import Figure
from nhipcau.bench.restart import restart_figures
from nhipcau.bench.takeover import scene, takeover_figures
from nhipcau.bench.tiers import tier_figures
from nhipcau.bench.trunk import trunk_figures

FULL_S = 600.0
# A district of the model province has so many rooms.
_LEAF_ROOMS = 17
_TRUNK_S = 5.0
_CUT_S = 30.0
_COMMUNES = (20, 136)
_LINE_S = 10.0
_FAULTS, _CHAOS_SITES = 100, 24
_RESTART_SITES, _RESTART_S = 12, 60.0


async def bench_failover(sites: int, seconds: float) -> list[Figure]:
    """Return what the loss of each part costs a meeting of so many sites.

    Args:
        sites: of the meeting over several MCUs.
        seconds: how long packets are lost; the long run is the full one.
    """
    async with scene(sites) as here:
        figures = await takeover_figures(here)
        if seconds >= FULL_S:
            figures += await false_switches(here, seconds)
            await here.calm()
            figures += await merge_figures(here, _CUT_S)
    figures += await trunk_figures(_LEAF_ROOMS, _TRUNK_S)
    figures += await tier_figures(_TRUNK_S)
    if seconds >= FULL_S:
        figures += [
            *await chaos_figures(_CHAOS_SITES, _FAULTS),
            *await province_line(_COMMUNES, _LINE_S),
            *await office_loss_figures(full=True),
            *await restart_figures(_RESTART_SITES, _RESTART_S),
            *await janus_figures(),
        ]
    return figures

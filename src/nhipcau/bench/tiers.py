"""What each tier of leaves adds to a packet's way: a leaf, and a leaf below it, in their processes.

root ─┬─ a room of its own ─────────────────────────────▶ t₁
      └─ lanes ══▶ leaf ─┬─ room ───────────────────────▶ t₂      the first tier adds t₂ - t₁
                         └─ lanes ══▶ leaf below ─ room ─▶ t₃      the second one t₃ - t₂
"""

import asyncio
import contextlib
import tempfile
from pathlib import Path

from nhipcau.bench.fanout_wire import far
from nhipcau.bench.report import Figure, at_most, percentile, plain
from nhipcau.bench.trunk import (
    CONNECT_S,
    GOAL_MS,
    SETTLE_S,
    Ground,
    added_ms,
    free_udp_port,
)
from nhipcau.mcu.ladder import PROGRAM_LADDER

_MODULE = "nhipcau.bench.trunk_leaf"


async def tier_figures(seconds: float) -> list[Figure]:
    """Return what each of two tiers adds, with a room on each rung at each."""
    places = list(range(len(PROGRAM_LADDER)))
    with tempfile.TemporaryDirectory(prefix="nhipcau-bench-") as folder:
        ground = Ground(Path(folder))
        async with (
            far([], _MODULE, str(free_udp_port())) as leaf,
            far([], _MODULE, str(free_udp_port())) as below,
            contextlib.AsyncExitStack() as stack,
        ):
            stack.callback(ground.transport.close)
            await ground.dial(leaf, places)
            await ground.meet()
            await ground.dial_below(leaf, below, places)
            async with asyncio.timeout(CONNECT_S):
                for one, what in ((leaf, "up"), (leaf, "lanes_up"), (below, "up")):
                    while (await one.ask(stats=1))[what] < len(places):
                        await ground.play(0.1)
            await ground.play(SETTLE_S)
            ground.forget()
            await ground.play(seconds)
            # What was under way is not lost.
            await ground.play(0.1)
    return _figures(ground)


def _figures(ground: Ground) -> list[Figure]:
    directly = [room.program_s for _, room in ground.direct]
    first = [room.program_s for room in ground.rooms]
    second = [room.program_s for room in ground.rooms_below]
    figures = []
    for tier, before, after in ((1, directly, first), (2, first, second)):
        added = [ms for a, b in zip(before, after, strict=True) for ms in added_ms(a, b)]
        name = f"trunk_adds_ms_p95_tier_{tier}"
        figures.append(at_most(name, percentile(added, 0.95), "ms", GOAL_MS))
    sent = sum(map(len, directly))
    lost = sum(len(a.keys() - b.keys()) for a, b in zip(directly, second, strict=True))
    return [*figures, plain("tiers_missing_percent", 100 * lost / max(sent, 1), "%")]

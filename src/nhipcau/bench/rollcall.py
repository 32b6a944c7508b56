"""How long the roll call of a province takes, and whether the program goes on undisturbed.

console: call_roll ─▶ MCU ─▶ each site in its wave ─▶ `roll` messages until nobody is due
"""

import asyncio
from collections.abc import Mapping
from typing import Any

from nhipcau.bench.chair import Chair, chair
from nhipcau.bench.report import Figure, at_most, plain
from nhipcau.bench.stage import Stage

_GOAL_S = 60.0
_PATIENCE_S = 120.0
_LATE = 'nhipcau_mcu_ticks_{what}_total{{thread="compose"}}'


async def measure_roll_call(stage: Stage, sites: int) -> list[Figure]:
    """Return how long a roll call of all takes, how many it found, and the late turns meanwhile.

    A first one lets the synthetic sites draw the small picture that they are asked for; it counts
    for nothing.
    """
    async with chair(stage.announcement["console"]) as console:
        await _call(console)
        before = await asyncio.to_thread(stage.metrics)
        seconds, roll = await _call(console)
        after = await asyncio.to_thread(stage.metrics)
    late = _grown(before, after, "late") + _grown(before, after, "skipped")
    turns = after['nhipcau_mcu_ticks_total{thread="compose"}']
    turns -= before['nhipcau_mcu_ticks_total{thread="compose"}']
    return [
        at_most(f"roll_call_{sites}_s", seconds, "s", _GOAL_S),
        plain(f"roll_call_{sites}_present", roll["present"], f"of {roll['called']} sites"),
        plain(f"roll_call_{sites}_late_ticks", 100 * late / max(turns, 1), "%"),
    ]


async def _call(console: Chair) -> tuple[float, Mapping[str, Any]]:
    clock = asyncio.get_running_loop().time
    began_s = clock()
    await console.say("call_roll")
    async with asyncio.timeout(_PATIENCE_S):
        roll = await console.until_message("roll", lambda said: not said["running"])
    return clock() - began_s, roll


def _grown(before: Mapping[str, float], after: Mapping[str, float], what: str) -> float:
    name = _LATE.format(what=what)
    return after.get(name, 0.0) - before.get(name, 0.0)

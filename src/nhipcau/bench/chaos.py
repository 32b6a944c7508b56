"""Fault after fault, drawn by a seed: is everything right again after each?

kill │ freeze │ cut │ thin out a line ─▶ calm ─▶ floor, tallies, microphones as they were?
"""

import asyncio
import contextlib
import os
import random
import signal
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from pathlib import Path

from nhipcau.bench.cascade import Post
from nhipcau.bench.conductor import say
from nhipcau.bench.report import Figure, at_most, plain
from nhipcau.bench.takeover import Scene, scene
from nhipcau.quantities import SiteId
from nhipcau.rehearsal.endpoint import Phase

_CUT_S = 1.0
_THIN_S = 2.0
_THIN_PERCENT = 20
_FROZEN_S = 2.0
_SETTLED_S = 20.0
# Sockets of TCP and timers come and go; what is lost with each fault grows beyond that.
_SPARE_HANDLES = 100


@dataclass(frozen=True, slots=True)
class Seen:
    """A site as it is: `tally` and `mic` as it was told last."""

    phase: Phase
    tally: str | None
    mic: bool


Sight = Mapping[SiteId, Seen]
Fault = Callable[[], Coroutine[object, object, None]]


class Chaos:
    """Lets faults happen to a scene, one after another."""

    def __init__(self, here: Scene, seed: int) -> None:
        """Draw from `seed`."""
        self._here = here
        self._chance = random.Random(seed)
        self.wrong: list[str] = []

    async def run(self, faults: int) -> None:
        """Let so many happen; what is not right after one is noted.

        Raises:
            TimeoutError: it never came right.
        """
        before = await self._settled(None)
        for number in range(faults):
            name, fault = self._drawn()
            await fault()
            await self._here.calm()
            after = await self._settled(before)
            self.wrong += [
                f"{number} {name}: {site} {after[site]} for {seen}"
                for site, seen in before.items()
                if after[site] != seen
            ]

    def _drawn(self) -> tuple[str, Fault]:
        here, chance = self._here, self._chance
        leaf = chance.randrange(len(here.stage.leaves))
        post = here.stage.leaves[leaf]
        faults: list[tuple[str, Fault]] = [
            (f"kill {post.name}", lambda: self._signal(post, signal.SIGKILL)),
            (f"freeze {post.name}", lambda: self._signal(post, signal.SIGSTOP)),
            ("kill the root", lambda: self._root(signal.SIGKILL)),
            ("freeze the root", lambda: self._root(signal.SIGSTOP)),
        ]
        if here.lines:
            faults += [
                (f"cut {post.name}", lambda: self._cut(1 + leaf)),
                (f"thin out {post.name}", lambda: self._thin(1 + leaf)),
            ]
        return chance.choice(faults)

    async def _root(self, fault: signal.Signals) -> None:
        await self._signal(await self._here.root(), fault)

    async def _signal(self, post: Post, fault: signal.Signals) -> None:
        pid = await self._here.pid(post)
        os.kill(pid, fault)
        if fault is signal.SIGSTOP:
            await asyncio.sleep(_FROZEN_S)
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)

    async def _cut(self, place: int) -> None:
        lines = self._here.lines
        await lines[place].cut([line for line in lines if line is not lines[place]])
        await asyncio.sleep(_CUT_S)
        await lines[place].restore()

    async def _thin(self, place: int) -> None:
        await self._here.lines[place].lose(_THIN_PERCENT)
        await asyncio.sleep(_THIN_S)
        await self._here.lines[place].restore()

    async def _settled(self, wanted: Sight | None) -> Sight:
        """Return how all sites are, as soon as that is as wanted, else after a while."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_SETTLED_S):
                while (seen := self._look()) != wanted and wanted is not None:  # noqa: ASYNC110 - polled
                    await asyncio.sleep(0.2)
                return seen
        return self._look()

    def _look(self) -> Sight:
        return {
            site: Seen(stats.phase, stats.tally, stats.mic_open)
            for site, stats in self._here.fleet.stats().items()
        }


async def chaos_figures(sites: int, faults: int, leaves: int = 2, seed: int = 8) -> list[Figure]:
    """Return how often something was not right after a fault, and what was left behind."""
    async with scene(sites, leaves) as here:
        speaker = here.stage.leaves[0].sites[0]
        await say(here.stage, await here.root(), {"type": "give_floor", "site": speaker})
        await here.calm()
        handles = _handles()
        chaos = Chaos(here, seed)
        await chaos.run(faults)
        left = max(0, _handles() - handles - _SPARE_HANDLES)
    for line in chaos.wrong:
        print(line)
    return [
        at_most(f"chaos_{faults}_wrong", len(chaos.wrong), "sites", 0),
        plain("chaos_handles_left", left, "handles"),
    ]


def _handles() -> int:
    """Return the files and sockets that this process, the sites', has open."""
    return sum(1 for _ in Path("/proc/self/fd").iterdir())

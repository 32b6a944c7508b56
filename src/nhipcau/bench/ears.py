"""Synthetic sites in a process of their own, which does nothing but listen and say what it heard.

    bench ── one JSON line asks, one answers ──▶ this process: Fleet ◀── media ── MCU

Whoever starts and kills processes is too busy to hear a gap of some milliseconds. What the sites
can't tell either, because their own thread was kept waiting, is measured and said as well.
"""

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from nhipcau.app.precedence import take_precedence
from nhipcau.bench.fanout_wire import Far, Said, far
from nhipcau.bench.ownsites import own_sites
from nhipcau.quantities import SiteId
from nhipcau.rehearsal.fleet import Fleet
from nhipcau.rehearsal.sitestats import SiteStats
from nhipcau.rehearsal.spec import SiteSpec

_SEEN_S = 10.0
_LOOK_S = 0.02


@dataclass(frozen=True, slots=True)
class Heard:
    """What all sites together heard since they were asked to begin anew.

    Attributes:
        picture_s: the longest time between two pictures that a site could show, of those that
            watch one view all the while.
        floor_picture_s: the same of the others, who come to another view with the floor, and wait
            for its key frame.
        sound_s: the longest time of any site between two packets of sound.
        calls: connections opened by all sites since they were added.
        deaf_s: the longest time for which they could not listen.
    """

    picture_s: float
    floor_picture_s: float
    sound_s: float
    calls: int
    deaf_s: float


@dataclass(slots=True)
class Ears:
    """The bench's end."""

    _process: Far
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def begin(self) -> None:
        """Forget what was heard."""
        await self._ask(begin=True)

    async def heard(self) -> Heard:
        """Return what was heard, once every site has seen and heard something more."""
        return Heard(**await self._ask(heard=True))

    async def raise_hand(self, site: SiteId, *, up: bool = True) -> None:
        """Let a site ask for the floor, or no longer."""
        await self._ask(hand=site, up=up)

    async def open_mic(self, site: SiteId, *, is_open: bool = True) -> None:
        """Let a site open its microphone, or close it."""
        await self._ask(mic=site, open=is_open)

    async def join(self, specs: Sequence[SiteSpec], on_floor: Collection[SiteId]) -> None:
        """Let sites join; return when each has had its first picture."""
        sites = [spec.model_dump(mode="json") for spec in specs]
        await self._ask(join=sites, floor=sorted(on_floor))

    async def _ask(self, **question: Any) -> Any:
        async with self._turn:
            return await self._process.ask(**question)


@contextlib.asynccontextmanager
async def ears(specs: Sequence[SiteSpec], on_floor: Collection[SiteId] = ()) -> AsyncIterator[Ears]:
    """Let sites listen while the context is open; enter when each has had its first picture.

    Args:
        specs: the sites.
        on_floor: those of them that get the floor, and with it another view.
    """
    async with far((), "nhipcau.bench.ears") as process:
        one = Ears(process)
        await one.join(specs, on_floor)
        yield one


async def _serve() -> None:
    """Answer questions from standard input until it ends."""
    first = json.loads(await _line())
    async with own_sites([SiteSpec.model_validate(spec) for spec in first["join"]]) as fleet:
        _say({})
        while line := await _line():
            _say(await _answer(fleet, json.loads(line), frozenset(first["floor"])))


async def _answer(fleet: Fleet, question: Said, on_floor: frozenset[str]) -> Said:
    if "begin" in question:
        fleet.reset_gaps()
    elif "hand" in question:
        await fleet.raise_hand(SiteId(question["hand"]), up=question["up"])
    elif "mic" in question:
        await fleet.open_mic(SiteId(question["mic"]), is_open=question["open"])
    else:
        return await _heard(fleet, on_floor)
    return {}


async def _heard(fleet: Fleet, on_floor: frozenset[str]) -> Said:
    # Whoever has nothing at the end of a stretch has a gap that goes on: it is waited for.
    await _until_more(fleet)
    sites = fleet.stats().values()
    return {
        "picture_s": max(_picture_s(s) for s in sites if s.code not in on_floor),
        "floor_picture_s": max(
            (_picture_s(one) for one in sites if one.code in on_floor), default=0
        ),
        "sound_s": max(site.sound.longest_gap_s for site in sites),
        "calls": sum(site.calls for site in sites),
        "deaf_s": fleet.fleet_stats().longest_late_s,
    }


async def _until_more(fleet: Fleet) -> None:
    """Return when every site has shown and heard something more.

    Raises:
        TimeoutError: one does not within ten seconds.
    """

    def heard() -> list[int]:
        return [count for site in fleet.stats().values() for count in _counts(site)]

    before = heard()
    async with asyncio.timeout(_SEEN_S):
        while any(now <= was for now, was in zip(heard(), before, strict=True)):  # noqa: ASYNC110 - polled
            await asyncio.sleep(_LOOK_S)


def _picture_s(site: SiteStats) -> float:
    return site.program.longest_gap_s


def _counts(site: SiteStats) -> tuple[int, int]:
    return site.program.shown, site.sound.packets


async def _line() -> str:
    return await asyncio.to_thread(sys.stdin.readline)


def _say(answer: Said) -> None:
    print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    take_precedence()
    asyncio.run(_serve())

"""`bench loss`: what a room sees and hears on a bad line, and what it costs the others.

    others   10 of `sites` viewers begin to lose 10 %: what ten others get, against just before
    lossy    5 % of all datagrams lost both ways, each for itself, 40 ms of delay each way
    thin     150 kbit/s each way and 0.3 s of queue; nobody has declared it

One meeting on the real MCU; the lines are relays of real datagrams; the sites count for themselves.
A picture counts when all of it has come and nothing is missing before it.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from nhipcau.bench.ownsites import own_sites, until_seen
from nhipcau.bench.province import Gathering, fleet, province, spec_of_site
from nhipcau.bench.report import Figure, at_least, at_most, plain
from nhipcau.bench.stage import Stage
from nhipcau.quantities import SiteId
from nhipcau.rehearsal.fleet import Fleet
from nhipcau.rehearsal.line import LineProfile
from nhipcau.rehearsal.spec import SiteSpec
from nhipcau.rehearsal.verdict import Look, Said, SiteResult, site_result

_CLEAN, _WORSE = LineProfile(), LineProfile(loss=0.10)
_LOSSY, _THIN = LineProfile(loss=0.05, delay_ms=40), LineProfile(rate_kbps=150)
# Ten that get worse, ten that are watched meanwhile; four on lossy lines, two on thin ones.
_WORSE_SITES, _WATCHED_SITES, _LOSSY_SITES, _THIN_SITES = 10, 10, 4, 2
_OWN = _WORSE_SITES + _WATCHED_SITES + _LOSSY_SITES + _THIN_SITES
# A line that has just become bad first finds its rung.
_TURN_S, _SETTLE_S = 4.0, 10.0
_TICK_S = 0.25
# What a line of 150 kbit/s carries.
_THIN_RUNGS = ("180p", "sound")


async def bench_loss(sites: int, seconds: float) -> list[Figure]:
    """Return all figures; others are measured twice for `seconds`, bad lines half as long again.

    Raises:
        ValueError: fewer sites than the bench plays itself.
    """
    if sites < _OWN + 3:
        raise ValueError(f"bench loss takes {_OWN + 3} sites or more")
    async with province([Gathering("hop-duong-truyen", sites)]) as (stage,):
        codes = [SiteId(code) for code in stage.announcement["join"]]
        # Those on bad lines are among those whose lines nobody has declared.
        free = [code for place, code in enumerate(codes) if place % 5 in (0, 2)][3:]
        bad, worse = free[: _LOSSY_SITES + _THIN_SITES], codes[-_WORSE_SITES:]
        watched = codes[-_WORSE_SITES - _WATCHED_SITES : -_WORSE_SITES]
        own = {*bad, *worse, *watched}
        crowd = [code for code in codes if code not in own]
        lined = [_spec(stage, code, _CLEAN) for code in worse]
        plain_ones = [spec_of_site(stage, code) for code in watched]
        async with fleet([(stage, crowd)]), own_sites([*lined, *plain_ones]) as mine:
            await asyncio.sleep(_TURN_S)
            figures = await _others(mine, worse, watched, seconds)
            return [*await _bad_lines(stage, mine, bad, 1.5 * seconds), *figures]


def _spec(stage: Stage, code: SiteId, line: LineProfile) -> SiteSpec:
    return spec_of_site(stage, code).model_copy(update={"line": line})


async def _others(
    mine: Fleet, worse: Sequence[SiteId], watched: Sequence[SiteId], seconds: float
) -> list[Figure]:
    clean = await _received(mine, watched, seconds)
    for code in worse:
        mine.set_line(code, _WORSE)
    await asyncio.sleep(_TURN_S)
    beside = await _received(mine, watched, seconds)
    for code in worse:
        mine.set_line(code, _CLEAN)
    ratios = [now / before for now, before in zip(beside, clean, strict=True)]
    return [
        at_most("others_keyframes_ratio", max(ratios), "×", 1.1),
        plain("others_keyframes", ratios[0], "×"),
        plain("others_bitrate", ratios[1], "×"),
    ]


async def _received(mine: Fleet, sites: Sequence[SiteId], seconds: float) -> tuple[float, float]:
    """Return key frames and bits per second that came to `sites`, all together."""
    loop = asyncio.get_running_loop()
    began, before = loop.time(), mine.stats()
    await asyncio.sleep(seconds)
    passed_s, after = loop.time() - began, mine.stats()
    pairs = [(before[site].program, after[site].program) for site in sites]
    keyframes = sum(now.key_frames - then.key_frames for then, now in pairs)
    octets = sum(now.octets - then.octets for then, now in pairs)
    return keyframes / passed_s, 8 * octets / passed_s


@dataclass(slots=True)
class _Rungs:
    """The rungs of one site as its MCU says: when each began, seconds since it called."""

    changes: list[tuple[float, str]]

    def note(self, at_s: float, rung: str) -> None:
        if not self.changes or self.changes[-1][1] != rung:
            self.changes.append((at_s, rung))

    def settled_s(self, before_s: float) -> float:
        """Return when it came to what its line carries, to stay until `before_s`."""
        settled = 0.0
        for at_s, rung in self.changes:
            if at_s < before_s and rung not in _THIN_RUNGS:
                settled = float("inf")
            elif at_s < before_s and settled == float("inf"):
                settled = at_s
        return settled

    def after(self, since_s: float) -> int:
        """Return how many changes came after `since_s`."""
        return sum(at_s >= since_s for at_s, _ in self.changes[1:])


async def _bad_lines(
    stage: Stage, mine: Fleet, bad: Sequence[SiteId], seconds: float
) -> list[Figure]:
    lossy, thin = bad[:_LOSSY_SITES], bad[_LOSSY_SITES:]
    for code in bad:
        mine.add(_spec(stage, code, _LOSSY if code in lossy else _THIN))
    rungs = {code: _Rungs([]) for code in thin}
    began = asyncio.get_running_loop().time()
    await until_seen(mine)
    await _watch(stage, rungs, began, began + _SETTLE_S)
    mine.reset_gaps()
    before, since_s = mine.stats(), asyncio.get_running_loop().time()
    await _watch(stage, rungs, began, since_s + seconds)
    passed_s, after = asyncio.get_running_loop().time() - since_s, mine.stats()
    results = {
        code: site_result(
            Look(before[code], None), Look(after[code], None), passed_s, Said(code, "")
        )
        for code in bad
    }
    changes = max(rungs[code].after(since_s - began) for code in thin)
    return [
        *_lossy([results[code] for code in lossy], passed_s),
        *_thin([results[code] for code in thin]),
        at_most(
            "settle_s_150", max(rungs[code].settled_s(since_s - began) for code in thin), "s", 10.0
        ),
        at_most("rung_changes_per_min_150", 60 * changes / passed_s, "/min", 1.0),
    ]


async def _watch(
    stage: Stage, rungs: Mapping[SiteId, _Rungs], began_s: float, until_s: float
) -> None:
    clock = asyncio.get_running_loop().time
    while clock() < until_s:
        now = await asyncio.to_thread(stage.rungs)
        for code, one in rungs.items():
            if code in now:
                one.note(clock() - began_s, now[code])
        await asyncio.sleep(_TICK_S)


def _lossy(results: Sequence[SiteResult], passed_s: float) -> list[Figure]:
    freezes = median(result.freezes for result in results)
    return [
        at_least("fps_median", median(result.fps for result in results), "fps", 24.0),
        at_most("freezes_300ms_per_min", 60 * freezes / passed_s, "/min", 1.0),
        at_most("freeze_max_ms", 1000 * max(r.longest_gap_s for r in results), "ms", 800.0),
        at_most("sound_gap_percent", max(r.sound_gap_percent for r in results), "%", 1.0),
        plain("lost_percent", median(r.loss_percent for r in results), "%"),
    ]


def _thin(results: Sequence[SiteResult]) -> list[Figure]:
    return [
        at_most("sound_gap_percent_150", max(r.sound_gap_percent for r in results), "%", 1.0),
        at_least("fps_150", min(r.fps for r in results), "fps", 5.0),
    ]

"""`bench meeting`: what a steady meeting costs its MCU, from a demo's size to beyond a province.

--sites 12     the demo as it is
--sites 145    a province: program of 4×4 in three rungs, three open microphones, all stills
--sites 72     four district meetings of 18 sites at once, on one MCU
--sites 144    eight of them
--sites 400    as many as one media process is to carry
(nothing)      12 and 145; with --full all of them
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from nhipcau.bench.chair import chair
from nhipcau.bench.ownsites import own_sites
from nhipcau.bench.province import Gathering, fleet, province, spec_of_site
from nhipcau.bench.report import Figure, at_most, plain
from nhipcau.bench.rollcall import measure_roll_call
from nhipcau.bench.stage import Stage, Usage, demo_stage, usage
from nhipcau.quantities import SiteId
from nhipcau.rehearsal.line import LineProfile

_DEMO, _PROVINCE, _MANY = 12, 145, 400
# District meetings at once, and sites of each.
_FEW, _DISTRICTS, _DISTRICT_SITES = 4, 8, 18
_DEMO_CORES, _PROVINCE_CORES = 0.5, 0.75
_PROVINCE_RSS_MB = 300.0
_LATE_PERCENT, _MANY_LATE_PERCENT = 0.1, 1.0
_UNSEEN_KBPS = 30.0
# Three still pictures and what else a site says meanwhile.
_UNSEEN_S = 9.0
# Flat: a tenth of the goal in an hour.
_GROWTH_MB_PER_MIN = 0.5
_SETTLE_S = 4.0
_MEMORY_S = 2.0
# What a quick run measures of each, and what a long run measures of those that need no long one.
_QUICK_S, _SHORT_S = 10.0, 30.0
_LONG_S = 60.0


async def bench_meeting(sites: int, seconds: float) -> list[Figure]:
    """Return the MCU's cost with `sites` synthetic sites, measured over `seconds`; 0 sites: all."""
    if sites == 0:
        return await _all(seconds)
    if sites in (_FEW * _DISTRICT_SITES, _DISTRICTS * _DISTRICT_SITES):
        return await _districts(sites // _DISTRICT_SITES, seconds)
    if sites < _PROVINCE:
        return await _demo(sites, seconds)
    return await _large(sites, seconds)


async def _all(seconds: float) -> list[Figure]:
    if seconds < _LONG_S:
        return [*await _demo(_DEMO, _QUICK_S), *await _large(_PROVINCE, _QUICK_S)]
    return [
        *await _demo(_DEMO, _SHORT_S),
        *await _large(_PROVINCE, seconds),
        *await _large(_MANY, _SHORT_S),
        *await _districts(_FEW, _SHORT_S),
        *await _districts(_DISTRICTS, _SHORT_S),
    ]


@dataclass(frozen=True, slots=True)
class _Span:
    """What an MCU's media process did in a time; `memory` is its resident memory, MiB, now and
    then.
    """

    seconds: float
    first: Usage
    last: Usage
    before: Mapping[str, float]
    after: Mapping[str, float]
    memory: Sequence[float]

    def grown(self, name: str) -> float:
        """Return by how much a counter of its metrics grew."""
        return self.after.get(name, 0.0) - self.before.get(name, 0.0)

    @property
    def cores(self) -> float:
        """Processor time over time."""
        return (self.last.cpu_s - self.first.cpu_s) / self.seconds

    @property
    def late_percent(self) -> float:
        """Share of the composer's ticks that began too late, or were left out for it."""
        return _late_percent([self])

    @property
    def growth_mb_per_min(self) -> float:
        """How its resident memory grew from the third quarter to the last, on average.

        What fills up in the first minutes (caches, pools) is no growth.
        """
        quarter = max(len(self.memory) // 4, 1)
        third, last = self.memory[-2 * quarter : -quarter], self.memory[-quarter:]
        return 60 * (fmean(last) - fmean(third or last)) / (self.seconds / 4)


def _late_percent(spans: Sequence[_Span]) -> float:
    def grown(what: str) -> float:
        return sum(span.grown(f'nhipcau_mcu_{what}_total{{thread="compose"}}') for span in spans)

    done, late, left_out = grown("ticks"), grown("ticks_late"), grown("ticks_skipped")
    return 100 * (late + left_out) / (done + left_out) if done else 100.0


async def _span(stage: Stage, seconds: float) -> _Span:
    clock = asyncio.get_running_loop().time
    before = await asyncio.to_thread(stage.metrics)
    began, first = clock(), usage(stage.mcu_pid)
    memory = []
    while clock() - began < seconds:
        await asyncio.sleep(min(_MEMORY_S, seconds))
        memory.append(usage(stage.mcu_pid).rss_mb)
    passed_s, last = clock() - began, usage(stage.mcu_pid)
    after = await asyncio.to_thread(stage.metrics)
    return _Span(passed_s, first, last, before, after, memory)


async def _demo(sites: int, seconds: float) -> list[Figure]:
    async with demo_stage(sites) as stage:
        await asyncio.sleep(_SETTLE_S)
        span = await _span(stage, seconds)
    cores = plain("mcu_cores", span.cores, "cores")
    if sites == _DEMO:
        cores = at_most("mcu_cores", span.cores, "cores", _DEMO_CORES)
    return [
        cores,
        plain("mcu_rss_mb", span.last.rss_mb, "MiB"),
        plain("late_ticks", span.late_percent, "%"),
        plain("dropped", span.grown("nhipcau_mcu_batches_dropped_total"), "frames"),
        *_flow(span),
    ]


def _program_pictures(span: _Span) -> float:
    """Return the program's pictures a second, of all rungs together."""
    return span.grown('nhipcau_mcu_view_frames_total{view="program"}') / span.seconds


def _flow(span: _Span) -> Sequence[Figure]:
    return (
        plain("sites_present", span.after["nhipcau_mcu_sites_present"], "sites"),
        plain("program_pictures_per_s", _program_pictures(span), "pictures/s, all rungs"),
        plain(
            "packets_per_s",
            span.grown("nhipcau_mcu_packets_sent_total") / span.seconds,
            "packets/s",
        ),
    )


async def _large(sites: int, seconds: float) -> list[Figure]:
    async with (
        province([Gathering("hop-toan-tinh", sites)]) as (stage,),
        fleet([(stage, _codes(stage)[:-1])]),
        _unseen(stage) as sent_octets,
        chair(stage.announcement["chair"]) as voice,
        _console(stage),
    ):
        await voice.say("give_floor", site=_codes(stage)[0])
        await asyncio.sleep(_SETTLE_S)
        span = await _span(stage, seconds)
        # A page of tiles turns, and every site has its turn on it; beside one speaker none has.
        # A connection of its own: the first has not been read since the span began.
        async with chair(stage.announcement["chair"]) as again:
            await again.say("layout", layout="speaker")
        await asyncio.sleep(_SETTLE_S)
        kbps = await _kbps(sent_octets)
        roll = await measure_roll_call(stage, sites) if sites == _PROVINCE else []
        # After a roll call every microphone has been open, and every camera decoded.
        memory = plain(f"mcu_rss_mb_{sites}_end", usage(stage.mcu_pid).rss_mb, "MiB")
    unseen = at_most("unseen_site_up_kbps", kbps, "kbit/s", _UNSEEN_KBPS)
    return [*_figures(sites, span), unseen, *roll, memory]


async def _kbps(octets: Callable[[], int]) -> float:
    """Return what is sent in some seconds, kbit/s."""
    clock = asyncio.get_running_loop().time
    began_s, before = clock(), octets()
    await asyncio.sleep(_UNSEEN_S)
    return 8 * (octets() - before) / (clock() - began_s) / 1000


@contextlib.asynccontextmanager
async def _unseen(stage: Stage) -> AsyncIterator[Callable[[], int]]:
    """Let the last site join, which no view shows; a line without a fault counts what it sends."""
    code = _codes(stage)[-1]
    spec = spec_of_site(stage, code).model_copy(update={"line": LineProfile()})
    async with own_sites([spec]) as fleet:
        yield lambda: fleet.stats()[SiteId(code)].sent_octets


@contextlib.asynccontextmanager
async def _console(stage: Stage) -> AsyncIterator[None]:
    """Look at every site's still picture."""
    async with chair(stage.announcement["console"]) as voice:
        await voice.tell("watch_stills", sites=list(stage.announcement["join"]))
        listening = asyncio.create_task(voice.listen(), name="console")
        try:
            yield
        finally:
            listening.cancel()
            await asyncio.wait((listening,))


def _figures(sites: int, span: _Span) -> list[Figure]:
    viewers = {
        name: span.after.get(f'nhipcau_mcu_viewers{{rung="{name}"}}', 0.0)
        for name in ("720p", "360p", "180p")
    }
    dropped = span.grown("nhipcau_mcu_batches_dropped_total")
    rungs = [plain(f"viewers_{name}", count, "sites") for name, count in viewers.items()]
    if sites != _PROVINCE:
        goal = _MANY_LATE_PERCENT
        return [
            at_most(f"late_ticks_{sites}", span.late_percent, "%", goal),
            plain(f"mcu_cores_{sites}", span.cores, "cores"),
            plain(f"mcu_rss_mb_{sites}", span.last.rss_mb, "MiB"),
            plain(f"dropped_{sites}", dropped, "frames"),
            *rungs,
            *_flow(span),
        ]
    growth = span.growth_mb_per_min
    flat = at_most("rss_growth_mb_per_min", growth, "MiB/min", _GROWTH_MB_PER_MIN)
    return [
        at_most(f"mcu_cores_{sites}", span.cores, "cores", _PROVINCE_CORES),
        at_most(f"late_ticks_{sites}", span.late_percent, "%", _LATE_PERCENT),
        at_most(f"dropped_{sites}", dropped, "frames", 0),
        at_most(f"mcu_rss_mb_{sites}", span.last.rss_mb, "MiB", _PROVINCE_RSS_MB),
        *([flat] if span.seconds >= _LONG_S else []),
        *rungs,
        *_flow(span),
    ]


async def _districts(count: int, seconds: float) -> list[Figure]:
    gatherings = [
        Gathering(f"hop-huyen-{568 + n}", _DISTRICT_SITES, 10_000 + 100 * n, "auto")
        for n in range(count)
    ]
    async with (
        province(gatherings) as stages,
        fleet([(one, _codes(one)) for one in stages], precedence=True),
    ):
        await asyncio.sleep(_SETTLE_S)
        spans = await asyncio.gather(*(_span(stage, seconds) for stage in stages))
    name, late = f"conferences_{count}", _late_percent(spans)
    goal = (
        at_most(name, late, "%", _LATE_PERCENT) if count == _DISTRICTS else plain(name, late, "%")
    )
    pictures = sum(_program_pictures(span) for span in spans) / len(spans)
    return [
        goal,
        plain(f"{name}_cores", sum(span.cores for span in spans), "cores"),
        plain(f"{name}_rss_mb", sum(span.last.rss_mb for span in spans), "MiB"),
        plain(f"{name}_pictures_per_s", pictures, "pictures/s of each, all rungs"),
    ]


def _codes(stage: Stage) -> list[str]:
    return list(stage.announcement["join"])

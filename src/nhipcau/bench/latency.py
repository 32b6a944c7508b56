"""`bench latency`: lips and voices at the far end, what the MCU adds, how soon a page follows.

synthetic site: flash + beep ─▶ MCU ─▶ Chromium's room pages, one on each rung: seen, heard
time code drawn by a page ─▶ MCU ─▶ read by another (see `timecode`)
chair: floor given to a site that is warmed up ─▶ MCU ─▶ its picture in a room (see `onair`)
chair: the scenario's next cue ─▶ MCU ─▶ the same (see `nextcue`)
chair: floor given and taken ─▶ MCU ─▶ its tally changes (see `tally`)
"""

import asyncio
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from nhipcau.app.children import child
from nhipcau.bench.browser import chromium, missing, window
from nhipcau.bench.chair import chair
from nhipcau.bench.nextcue import lacking_next, measure_next
from nhipcau.bench.onair import far_end, lacking, measure_on_air
from nhipcau.bench.report import Figure, at_most, percentile, plain
from nhipcau.bench.stage import Stage, demo_stage
from nhipcau.bench.tally import TALLY_SCRIPT, measure_tally
from nhipcau.bench.timecode import measure_added
from nhipcau.quantities import SiteId
from nhipcau.rehearsal.spec import FleetSpec, SiteSpec

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext, Page

_GOAL_MS = 60.0
# The others' pages follow the chair in under a second.
_TALLY_GOAL_MS = 1000.0
_SOURCE = "573"
# One whose line has no limit, and two that the demo gives thin lines.
_FAR_ENDS = {"720p": "22735", "360p": "22612", "180p": "22717"}
_FAR_END = _FAR_ENDS["720p"]
# Flash and beep come every 2 s; a pair further apart than half of that is none.
_PAIR_MS = 1000.0
# Chromium brings lips and voices together over some ten seconds after a join.
_SETTLE_S = 12.0
_SCRIPT = Path(__file__).with_name("skew.js")


_Marks = tuple[list[float], list[float]]


class _Seen(NamedTuple):
    """What was measured in the pages, all in ms; skews by rung."""

    skews: dict[str, list[float]]
    tallies: list[float]


async def bench_latency(_sites: int, seconds: float) -> list[Figure]:
    """Return the skew between picture and sound, and the tally's delay, at the far end."""
    lack = missing()
    if lack is not None:
        return [
            Figure("av_skew_ms_p95", None, "ms", f"<= {_GOAL_MS:g}", None, lack),
            Figure("floor_to_tally_ms_p95", None, "ms", f"<= {_TALLY_GOAL_MS:g}", None, lack),
            *lacking(lack),
            *lacking_next(lack),
        ]
    async with demo_stage(0) as stage:
        with tempfile.TemporaryDirectory(prefix="nhipcau-bench-") as folder:
            spec = _source(stage, Path(folder)).model_dump_json()
            async with child("fleet", ("fleet",), spec, Path(folder)):
                await _put_on_air(stage)
                seen = await _watch(stage, seconds)
        async with far_end(stage) as page:
            on_air = await measure_on_air(stage, page, seconds)
            on_air += await measure_next(stage, page, seconds)
        added = await measure_added(stage, seconds / 2)
    return [*added, *on_air, *_skew_figures(seen.skews), *_tally_figures(seen.tallies)]


def _skew_figures(seen: Mapping[str, Sequence[float]]) -> list[Figure]:
    """Return the worst of all rungs, then each."""
    if not all(seen.values()):
        blind = ", ".join(rung for rung, skews in seen.items() if not skews)
        said = f"no pair was seen at {blind}"
        return [Figure("av_skew_ms_p95", None, "ms", f"<= {_GOAL_MS:g}", False, said)]
    p95 = {rung: percentile([abs(s) for s in skews], 0.95) for rung, skews in seen.items()}
    figures = [at_most("av_skew_ms_p95", max(p95.values()), "ms, worst rung", _GOAL_MS)]
    for rung, skews in seen.items():
        figures += [
            at_most(f"av_skew_ms_p95_{rung}", p95[rung], "ms", _GOAL_MS),
            plain(f"av_skew_ms_median_{rung}", median(skews), "ms, + is sound late"),
            plain(f"av_pairs_{rung}", len(skews), "pairs"),
        ]
    return figures


def _tally_figures(tallies: Sequence[float]) -> list[Figure]:
    return [
        at_most("floor_to_tally_ms_p95", percentile(tallies, 0.95), "ms", _TALLY_GOAL_MS),
        plain("floor_to_tally_ms_median", median(tallies), "ms"),
    ]


def _source(stage: Stage, folder: Path) -> FleetSpec:
    site = SiteSpec(
        code=SiteId(_SOURCE),
        name="Khánh Vĩnh",
        url=stage.signal_url,
        token=stage.token(_SOURCE),
        flash_beep=True,
        speaks_on_air=True,
    )
    return FleetSpec(sites=(site,), data=folder / "loops")


async def _put_on_air(stage: Stage) -> None:
    async with chair(str(stage.announcement["chair"])) as voice:
        await voice.until_present(_SOURCE)
        await voice.say("give_floor", site=_SOURCE)
        await voice.say("layout", layout="speaker")


async def _watch(stage: Stage, seconds: float) -> _Seen:
    async with chromium() as browser:
        pages = {rung: await _far_end(browser, stage, site) for rung, site in _FAR_ENDS.items()}
        await asyncio.sleep(_SETTLE_S)
        before = {rung: await _marks(page) for rung, page in pages.items()}
        await asyncio.sleep(seconds)
        skews = {rung: _new(before[rung], await _marks(page)) for rung, page in pages.items()}
        async with chair(str(stage.announcement["chair"])) as voice:
            tallies = await measure_tally(pages["720p"], voice, SiteId(_FAR_END))
    return _Seen(skews, tallies)


async def _far_end(browser: "BrowserContext", stage: Stage, site: str) -> "Page":
    page = await window(browser)
    await page.add_init_script(_SCRIPT.read_text(encoding="utf-8"))
    await page.add_init_script(TALLY_SCRIPT)
    await page.goto(f"{stage.announcement['join'][site]}&processing=off")
    return page


def _new(before: _Marks, after: _Marks) -> list[float]:
    return _pair(after[0][len(before[0]) :], after[1][len(before[1]) :])


async def _marks(page: "Page") -> _Marks:
    marks = await page.evaluate("window.nhipcauSkew")
    return marks["flashes"], marks["beeps"]


def _pair(flashes: Sequence[float], beeps: Sequence[float]) -> list[float]:
    """Return, for each flash, how much later its beep was, in ms."""
    nearest = (min(beeps, key=lambda beep: abs(beep - flash), default=None) for flash in flashes)
    return [
        beep - flash
        for flash, beep in zip(flashes, nearest, strict=True)
        if beep is not None and abs(beep - flash) < _PAIR_MS
    ]

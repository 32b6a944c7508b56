"""How soon a site is on the air: from the floor given to its picture in the others' program.

chair: next, give_floor ─▶ MCU ─▶ synthetic site A or B ─▶ MCU ─▶ Chromium's room page
                                                                   its colour, its running clock

The two sites take turns. A warmed-up one was named as the next in line a while before; a cold one,
for comparison, was not. Chair and page read one machine's clock. The same by the scenario's cues:
`nextcue`.
"""

import asyncio
import contextlib
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from nhipcau.app.children import child
from nhipcau.bench.browser import chromium
from nhipcau.bench.chair import Chair, chair
from nhipcau.bench.report import Figure, at_most, percentile, plain
from nhipcau.bench.stage import Stage
from nhipcau.quantities import SiteId
from nhipcau.rehearsal.loops import site_colour
from nhipcau.rehearsal.spec import FleetSpec, SiteSpec

if TYPE_CHECKING:
    from playwright.async_api import Page

_GOAL_MS = 300.0
_FULL_GOAL_S = 1.5
SITES = ("572", "570")
_FAR_END = "22519"
# A loop of 720p is drawn and encoded once, before what counts.
_FIRST_WARM_S = 4.0
_WARM_S = 1.5
ON_AIR_S = 2.0
_COLD_PASSES = 2
_FEWEST_PASSES = 6
_PASS_S = 5.0
# Sites differ by 14 of 255 at least in one part; H.264 and the way back to RGB cost a few steps.
_NEAR = 12
_FULL_FPS = 25
# Full rate is nine pictures of ten for half a second.
_FULL_WINDOW_S = 0.5
_FULL_SHARE = 0.9
_LARGE_LINES = 720
_SCRIPT = Path(__file__).with_name("onair.js")


class Mark(NamedTuple):
    """One picture of the program: due on the screen at, ms since 1970; of the speaker's cell in it
    the margin's colour, and whether the clock moved.
    """

    at_ms: float
    red: float
    green: float
    blue: float
    moved: bool


class _Pass(NamedTuple):
    """One change of the floor: ms to the site's first picture, seconds until it ran in full.

    Infinite where it did not in time; `lines` is the height of its picture at the MCU.
    """

    first_ms: float
    full_s: float
    lines: float


def lacking(lack: str) -> list[Figure]:
    """Return the figures of a machine on which they can't be measured."""
    return [
        Figure("on_air_ms_p95", None, "ms", f"<= {_GOAL_MS:g}", None, lack),
        Figure("full_rate_s_p95", None, "s", f"<= {_FULL_GOAL_S:g}", None, lack),
    ]


@contextlib.asynccontextmanager
async def far_end(stage: Stage) -> AsyncIterator["Page"]:
    """Bring both sites and a room's page into the meeting while the context is open."""
    with tempfile.TemporaryDirectory(prefix="nhipcau-bench-") as folder:
        fleet = FleetSpec(
            sites=tuple(_site(stage, code) for code in SITES), data=Path(folder) / "loops"
        )
        async with (
            child("fleet", ("fleet",), fleet.model_dump_json(), Path(folder)),
            chromium() as browser,
        ):
            page = await browser.new_page()
            await page.add_init_script(_SCRIPT.read_text(encoding="utf-8"))
            await page.goto(stage.announcement["join"][_FAR_END])
            yield page


async def measure_on_air(stage: Stage, page: "Page", seconds: float) -> list[Figure]:
    """Return how soon a warmed-up site is seen, and seen in full, in a room's program."""
    passes = max(_FEWEST_PASSES, round(seconds / _PASS_S))
    async with chair(str(stage.announcement["chair"])) as voice:
        await _prepare(voice, page)
        warm = [await _pass(stage, voice, page, n, _WARM_S) for n in range(passes)]
        cold = [await _pass(stage, voice, page, passes + n, 0.0) for n in range(_COLD_PASSES)]
    return _figures(warm, cold)


async def marks_since(page: "Page", given_ms: float) -> list[Mark]:
    """Return the pictures that were due since a moment; those before it are thrown away."""
    found = await page.evaluate("window.nhipcauOnAir.splice(0)")
    return [Mark(*mark) for mark in found if mark[0] >= given_ms]


def first_ms(marks: Sequence[Mark], site: str, given_ms: float) -> float:
    """Return after how long the site's first picture was on the screen, infinite: it was not."""
    firsts = (mark.at_ms - given_ms for mark in marks if _shows(mark, site))
    return next(firsts, float("inf"))


def _figures(warm: Sequence[_Pass], cold: Sequence[_Pass]) -> list[Figure]:
    late_ms = 1000.0 * ON_AIR_S
    firsts = [min(one.first_ms, late_ms) for one in warm]
    # What is not large at the MCU has not been sent in full.
    fulls = [one.full_s if one.lines >= _LARGE_LINES else ON_AIR_S for one in warm]
    return [
        at_most("on_air_ms_p95", percentile(firsts, 0.95), "ms", _GOAL_MS),
        plain("on_air_ms_median", median(firsts), "ms"),
        plain("on_air_cold_ms_median", median(min(one.first_ms, late_ms) for one in cold), "ms"),
        at_most(
            "full_rate_s_p95",
            percentile([min(full, ON_AIR_S) for full in fulls], 0.95),
            "s",
            _FULL_GOAL_S,
        ),
        plain("on_air_passes", len(warm), "changes of the floor"),
    ]


def _site(stage: Stage, code: str) -> SiteSpec:
    return SiteSpec(
        code=SiteId(code),
        name=f"Điểm cầu {code}",
        url=stage.signal_url,
        token=stage.token(code),
        speaks_on_air=True,
    )


async def _prepare(voice: Chair, page: "Page") -> None:
    """Bring both sites and the page into the meeting, and have the large pictures made."""
    for site in SITES:
        await voice.until_present(site)
    await voice.say("give_floor", site=SITES[1])
    await voice.say("layout", layout="speaker")
    await page.wait_for_function("window.nhipcauOnAir.length > 25")
    await voice.say("next", site=SITES[0])
    await asyncio.sleep(_FIRST_WARM_S)


async def _pass(stage: Stage, voice: Chair, page: "Page", number: int, warm_s: float) -> _Pass:
    """Give the floor to the site whose turn it is; it was named next `warm_s` before, or not."""
    site = SITES[number % len(SITES)]
    await voice.say("next", **({"site": site} if warm_s else {}))
    await asyncio.sleep(warm_s or _WARM_S)
    given_ms = time.time() * 1000
    await voice.say("give_floor", site=site)
    await asyncio.sleep(ON_AIR_S)
    marks = await marks_since(page, given_ms)
    lines = (await asyncio.to_thread(stage.metrics)).get(
        f'nhipcau_mcu_camera_lines{{site="{site}"}}', 0.0
    )
    return _Pass(first_ms(marks, site, given_ms), _full_s(marks, site, given_ms), lines)


def _full_s(marks: Sequence[Mark], site: str, given_ms: float) -> float:
    """Return after how long half a second of it at full rate had been seen."""
    needed = round(_FULL_SHARE * _FULL_FPS * _FULL_WINDOW_S)
    new = [mark.at_ms for mark in marks if _shows(mark, site) and mark.moved]
    for place in range(needed - 1, len(new)):
        if new[place] - new[place - needed + 1] <= 1000 * _FULL_WINDOW_S:
            return (new[place] - given_ms) / 1000
    return float("inf")


def _shows(mark: Mark, site: str) -> bool:
    colour = site_colour(site)
    pairs = zip((mark.red, mark.green, mark.blue), colour, strict=True)
    return max(abs(a - b) for a, b in pairs) <= _NEAR

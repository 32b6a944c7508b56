"""How much an MCU adds: a time code drawn by one page and read by another, through it and without.

    source page ─ time drawn ─▶ MCU ─▶ far end's page ─ time read        its age, each picture
    source page ─ time drawn ────────▶ far end's page ─ time read        the same two, directly

Both pages are in one browser and share its clock. The direct receiver lets its picture wait as long
as the room page does, so that the difference is what stands between; what that wait costs is a
figure of its own.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from nhipcau.bench.browser import chromium
from nhipcau.bench.chair import chair
from nhipcau.bench.report import Figure, at_most, percentile, plain
from nhipcau.bench.stage import Stage

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext, Page

_GOAL_MS = 80.0
_SOURCE = "573"
_FAR_END = "575"
# The jitter buffers and the encoder's rate come to rest.
_SETTLE_S = 5.0
_PATIENCE_MS = 30_000
_SCRIPT = Path(__file__).with_name("timecode.js")


@dataclass(frozen=True, slots=True)
class _Heard:
    """Ages of the pictures that were read, ms, and how many could not be read."""

    ages: Sequence[float]
    unread: int


@dataclass(frozen=True, slots=True)
class _Like:
    """What the direct call copies: how long the far end lets its picture wait, the encoding."""

    wait_ms: float | None
    encoding: Mapping[str, object]


async def measure_added(stage: Stage, seconds: float) -> list[Figure]:
    """Return the age of a picture through the MCU against the same pages connected directly."""
    async with chromium() as browser:
        through, like = await _through(browser, stage, seconds)
    async with chromium() as browser:
        direct = await _direct(browser, stage, seconds, like)
    p95 = percentile(through.ages, 0.95)
    return [
        at_most("mcu_adds_ms_p95", p95 - percentile(direct.ages, 0.95), "ms", _GOAL_MS),
        plain("mcu_adds_ms_median", median(through.ages) - median(direct.ages), "ms"),
        plain("picture_age_ms_p95", p95, "ms, through the MCU"),
        plain("picture_age_direct_ms_p95", percentile(direct.ages, 0.95), "ms, same wait"),
        plain("pictures_read", 100 * _share(through), "%"),
    ]


def _share(heard: _Heard) -> float:
    return len(heard.ages) / max(len(heard.ages) + heard.unread, 1)


async def _through(browser: "BrowserContext", stage: Stage, seconds: float) -> tuple[_Heard, _Like]:
    joins = stage.announcement["join"]
    source, far = await _page(browser, source=True), await _page(browser, source=False)
    await source.goto(joins[_SOURCE])
    async with chair(str(stage.announcement["chair"])) as voice:
        await voice.until_present(_SOURCE)
        await voice.say("give_floor", site=_SOURCE)
        await voice.say("layout", layout="speaker")
    await far.goto(joins[_FAR_END])
    ready = "window.nhipcauTime.peers.at(-1)?.connectionState === 'connected'"
    await far.wait_for_function(ready, timeout=_PATIENCE_MS)
    wait_ms = await far.evaluate("window.nhipcauTime.watchProgram()")
    heard = await _listen(far, seconds)
    return heard, _Like(wait_ms, await source.evaluate("window.nhipcauTime.sent()"))


async def _direct(
    browser: "BrowserContext",
    stage: Stage,
    seconds: float,
    like: _Like,
) -> _Heard:
    source, far = await _page(browser, source=True), await _page(browser, source=False)
    for page in (source, far):
        # Any page of a secure context will do.
        await page.goto(f"{stage.mcu_url}/healthz")
    offer = await source.evaluate("encoding => window.nhipcauTime.call(encoding)", like.encoding)
    answer = await far.evaluate(
        "([offer, wait]) => window.nhipcauTime.answer(offer, wait)", [offer, like.wait_ms]
    )
    await source.evaluate("answer => window.nhipcauTime.begin(answer)", answer)
    return await _listen(far, seconds)


async def _page(browser: "BrowserContext", *, source: bool) -> "Page":
    page = await browser.new_page()
    await page.add_init_script(f"window.nhipcauIsSource = {str(source).lower()};")
    await page.add_init_script(_SCRIPT.read_text(encoding="utf-8"))
    return page


async def _listen(page: "Page", seconds: float) -> _Heard:
    await asyncio.sleep(_SETTLE_S)
    await page.evaluate("Object.assign(window.nhipcauTime, { delays: [], unread: 0 })")
    await asyncio.sleep(seconds)
    said = await page.evaluate("[window.nhipcauTime.delays, window.nhipcauTime.unread]")
    if not said[0]:
        raise RuntimeError("no time code could be read at the far end")
    return _Heard(said[0], said[1])

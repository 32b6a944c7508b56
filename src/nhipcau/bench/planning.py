"""`bench planning`: how soon the pages of planning stand in a browser that has never seen them.

    a tree of 12,000 units, a scenario of 200 cues ─▶ a demo of its own
    cold browser, signed in ─▶ address ─▶ first contentful paint ─▶ first row drawn

What is painted first is the page's frame; so the time of the first row is printed beside it, and
how many rows the page has made of all that there are.
"""

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from nhipcau.bench.browser import chromium, missing
from nhipcau.bench.report import Figure, at_most, plain
from nhipcau.bench.stage import Stage, demo_stage
from nhipcau.bench.wallstage import is_built

if TYPE_CHECKING:
    from playwright.async_api import Browser, BrowserContext, Page, ViewportSize

_UNITS, _CUES = 12_000, 200
_PAINT_GOAL_MS = 1000.0
_LEAST_LOADS = 3
_EDITS = 10
_SCREEN: "ViewportSize" = {"width": 1366, "height": 768}
_GOALS = ("planning_scenario_fcp_ms", "planning_participants_fcp_ms")
_SHOWN_JS = Path(__file__).with_name("shown.js")
# The demo's codes of a province and its districts.
_DISTRICTS = tuple(str(code) for code in range(568, 576))
# The demo has 158 units; of five digits, and none of theirs.
_HAS, _FIRST_CODE = 158, 80_000
_CUE, _UNIT = "[data-testid=cue]", "[data-testid=unit][aria-level='2']"


@dataclass(frozen=True, slots=True)
class _Load:
    """One cold load: first contentful paint, first row drawn, and how many rows were made."""

    paint_ms: float
    shown_ms: float
    rows: int


async def bench_planning(_sites: int, seconds: float) -> list[Figure]:
    """Return the figures; each of the two pages is loaded cold again and again for `seconds`."""
    lack = missing() or (None if is_built() else "needs the built web client (./run builds it)")
    if lack is not None:
        goal = f"<= {_PAINT_GOAL_MS:g}"
        return [Figure(name, None, "ms", goal, None, lack) for name in _GOALS]
    async with demo_stage(0) as stage, chromium() as context:
        assert context.browser is not None
        plan = await _plan(stage, context.browser)
        desk = await _signed_in(stage, context.browser, "thu-ky")
        scenario = await _loads(desk, f"/meetings/{plan}/scenario", _CUE, seconds)
        participants = await _loads(desk, f"/meetings/{plan}/participants", _UNIT, seconds)
        edits = await _edits(desk, f"/meetings/{plan}/scenario")
    return [
        *_page("scenario", scenario),
        *_page("participants", participants),
        plain("planning_edit_saved_ms", 1000 * median(edits), "ms"),
        plain("planning_units", _UNITS, "units"),
        plain("planning_cues", _CUES, "cues"),
    ]


def _page(name: str, loads: list[_Load]) -> list[Figure]:
    paint = median(load.paint_ms for load in loads)
    return [
        at_most(f"planning_{name}_fcp_ms", paint, "ms", _PAINT_GOAL_MS),
        plain(f"planning_{name}_shown_ms", median(load.shown_ms for load in loads), "ms"),
        plain(f"planning_{name}_rows", max(load.rows for load in loads), "rows"),
        plain(f"planning_{name}_loads", len(loads), "loads"),
    ]


@dataclass(frozen=True, slots=True)
class _Desk:
    """A browser and the cookies of whoever is signed in."""

    office: str
    browser: "Browser"
    cookies: Any

    async def cold(self) -> "BrowserContext":
        """Return a context that is signed in and has nothing in its cache."""
        return await self.browser.new_context(
            viewport=_SCREEN, storage_state=self.cookies, bypass_csp=True
        )


async def _signed_in(stage: Stage, browser: "Browser", login: str) -> _Desk:
    link = next(one["url"] for one in stage.announcement["accounts"] if one["name"] == login)
    context = await browser.new_context()
    page = await context.new_page()
    await page.goto(link)
    await page.get_by_test_id("my-account").wait_for()
    cookies = await context.storage_state()
    await context.close()
    return _Desk(str(stage.announcement["office"]), browser, cookies)


async def _plan(stage: Stage, browser: "Browser") -> str:
    """Let the tree grow to 12,000 units and write a plan of 200 cues; return its id."""
    administrator = await _signed_in(stage, browser, "quan-tri")
    await _ask(administrator, "POST", "/units/import?whole=false&dry_run=false", csv=_units())
    desk = await _signed_in(stage, browser, "thu-ky")
    host = (await _ask(desk, "GET", "/units?top=true"))["units"][0]["id"]
    plan = await _ask(desk, "POST", "/meetings", json={"host": host, "title": "Hội nghị lớn"})
    await _ask(desk, "PATCH", f"/meetings/{plan['id']}", json={"changes": _changes(host)})
    return str(plan["id"])


async def _ask(
    desk: _Desk, method: str, path: str, *, json: Any = None, csv: bytes | None = None
) -> Any:
    context = await desk.cold()
    try:
        answer = await context.request.fetch(
            f"{desk.office}/api/v1{path}",
            method=method,
            data=csv if json is None else json,
            headers={"if-match": '"1"'} | ({"content-type": "text/csv"} if csv else {}),
            timeout=60_000,
        )
        if not answer.ok:
            raise RuntimeError(f"{method} {path}: {answer.status} {(await answer.text())[:300]}")
        return await answer.json()
    finally:
        await context.close()


def _units() -> bytes:
    """Return communes for the demo's districts, as a file of units."""
    lines = ["code,name,level,parent_code"]
    lines += [
        f"{_FIRST_CODE + n},Xã Đo {n},commune,{_DISTRICTS[n % len(_DISTRICTS)]}"
        for n in range(_UNITS - _HAS)
    ]
    return ("\n".join(lines) + "\n").encode()


def _changes(host: str) -> list[dict[str, Any]]:
    """Return the changes that make the plan: all communes listen, 200 items of the hall."""
    hall = {"kind": "unit", "unit": host, "role": "chair"}
    communes = {"kind": "level", "level": "commune", "role": "listening"}
    rows: list[dict[str, Any]] = [
        {"op": "set", "part": "participants/hall", "value": hall},
        {"op": "set", "part": "participants/all", "value": communes},
    ]
    for n in range(_CUES):
        turn = {"unit": host, "speaker": f"Người nói {n}"}
        cue = {"title": f"Tham luận {n}", "minutes": 3, "turns": [turn]}
        rows.append({"op": "set", "part": f"cues/q{n}", "value": cue})
    return rows


async def _loads(desk: _Desk, path: str, row: str, seconds: float) -> list[_Load]:
    loads: list[_Load] = []
    end = time.monotonic() + seconds
    while len(loads) < _LEAST_LOADS or time.monotonic() < end:
        context = await desk.cold()
        page = await context.new_page()
        await page.add_init_script(path=_SHOWN_JS)
        await page.goto(f"{desk.office}{path}#show={row}")
        await page.wait_for_function("window.shownMs !== undefined")
        loads.append(await _measured(page, row))
        await context.close()
    return loads


async def _measured(page: "Page", row: str) -> _Load:
    paint, shown = await page.evaluate(
        "[performance.getEntriesByName('first-contentful-paint')[0].startTime, window.shownMs]"
    )
    return _Load(paint, shown, await page.locator(row).count())


async def _edits(desk: _Desk, path: str) -> list[float]:
    """Return how long it takes from an item's new minutes until the office has them, s."""
    context = await desk.cold()
    page = await context.new_page()
    await page.goto(f"{desk.office}{path}")
    minutes = page.get_by_test_id("cue-minutes").first
    times = []
    for n in range(_EDITS):
        head = page.get_by_test_id("meeting-head")
        seen = int(await head.get_attribute("data-revision") or 0)
        await minutes.fill(str(4 + n))
        began = time.monotonic()
        await minutes.press("Enter")
        await page.locator(f"[data-testid=meeting-head][data-revision='{seen + 1}']").wait_for()
        times.append(time.monotonic() - began)
        await asyncio.sleep(0.1)
    await context.close()
    return times

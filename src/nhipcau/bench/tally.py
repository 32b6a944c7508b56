"""How soon a room's page follows the chair: from the command sent to the tally that people read.

chair: give_floor, take_floor ─▶ MCU ─▶ Chromium's room page: the badge's word changes

Chair and page run on one machine, so that both read the same clock.
"""

import asyncio
import time
from typing import TYPE_CHECKING

from nhipcau.bench.chair import Chair
from nhipcau.quantities import SiteId

if TYPE_CHECKING:
    from playwright.async_api import Page

# Noted when the changed badge is drawn, which is what a person waits for.
TALLY_SCRIPT = """
window.nhipcauTally = []
const seen = { word: '' }
new MutationObserver(() => {
  const word = document.querySelector('[data-testid=tally]')?.textContent ?? ''
  if (word === seen.word) return
  seen.word = word
  requestAnimationFrame(() => window.nhipcauTally.push(Date.now()))
}).observe(document, { subtree: true, childList: true, characterData: true })
"""
_CHANGES = 30
# Out of step with whatever the MCU does periodically.
_PAUSE_S = 0.17
_LOOK_S = 0.05
# What is not there by then counts as this late.
_LATEST_S = 5.0


async def measure_tally(page: "Page", chair: Chair, site: SiteId) -> list[float]:
    """Give a room the floor and take it back many times.

    Args:
        page: the room's page, opened with `TALLY_SCRIPT`.
        chair: who commands.
        site: the room; it does not have the floor.

    Returns:
        Milliseconds from each command to the drawn tally.
    """
    found = []
    for number in range(_CHANGES):
        kind = "take_floor" if number % 2 else "give_floor"
        found.append(await _change(page, chair, kind, site))
        await asyncio.sleep(_PAUSE_S)
    return found


async def _change(page: "Page", chair: Chair, kind: str, site: SiteId) -> float:
    before = len(await _marks(page))
    sent_ms = time.time() * 1000
    await chair.say(kind, site=site)
    deadline_s = time.monotonic() + _LATEST_S
    while time.monotonic() < deadline_s:
        await asyncio.sleep(_LOOK_S)
        marks = await _marks(page)
        if len(marks) > before:
            return marks[before] - sent_ms
    return _LATEST_S * 1000


async def _marks(page: "Page") -> list[float]:
    marks: list[float] = await page.evaluate("window.nhipcauTally")
    return marks

"""How soon "next" puts the scenario's next speaker on the air, in the others' program.

chair: cue_insert A B A B … ─▶ scenario ─▶ asks whoever follows for its picture, by itself
       cue_next ─▶ floor, microphone, layout, clock ─▶ MCU ─▶ Chromium's room page: its colour

Nobody is named and nobody raises a hand: what warms a site up is that its turn follows. At the end
turns of a site that is not here come between: "next" reaches one, "put off" goes on to B. Nobody
has the floor meanwhile, and its cell shows A, which comes first in the roster.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from statistics import median
from typing import TYPE_CHECKING, Any

from nhipcau.bench.chair import Chair, chair
from nhipcau.bench.onair import ON_AIR_S, SITES, first_ms, marks_since
from nhipcau.bench.report import Figure, at_most, percentile, plain
from nhipcau.bench.stage import Stage
from nhipcau.picture.layout import Role, shipped_layouts

if TYPE_CHECKING:
    from playwright.async_api import Page

_GOAL_MS = 400.0
_B, _A = SITES
# Its room is empty on this stage.
_ABSENT = "571"
_ABSENT_PASSES = 3
_FEWEST_PASSES = 7
_PASS_S = 5.0


class _Lead:
    """The chair's hand on the scenario, which gives every command the revision that it saw."""

    def __init__(self, voice: Chair, page: "Page", scenario: Mapping[str, Any]) -> None:
        self._voice = voice
        self._page = page
        self._scenario = scenario

    async def do(self, kind: str, **fields: object) -> None:
        """Give a command and wait until the scenario has changed.

        Raises:
            ChairError: it was refused.
        """
        seen = self._scenario["revision"]
        await self._voice.say(kind, seen=seen, **fields)
        self._scenario = await self._voice.until_message(
            "scenario", lambda said: said["revision"] > seen
        )

    async def press(self, kind: str, site: str) -> float:
        """Return how many ms after a press the site's picture is on the far end's screen."""
        given_ms = time.time() * 1000
        await self.do(kind)
        await asyncio.sleep(ON_AIR_S)
        return first_ms(await marks_since(self._page, given_ms), site, given_ms)

    def cell(self) -> list[float]:
        """Return where the speaker's cell of the running cue's layout lies, in shares."""
        cue = next(one for one in self._scenario["cues"] if one["state"] == "running")
        layout = shipped_layouts()[cue["layout"]]
        region = next(one for one in layout.regions if one.role is Role.FLOOR)
        wide, high = layout.columns, layout.rows
        return [region.left / wide, region.top / high, region.width / wide, region.height / high]


def lacking_next(lack: str) -> list[Figure]:
    """Return the figure of a machine on which it can't be measured."""
    return [Figure("next_to_on_air_ms_p95", None, "ms", f"<= {_GOAL_MS:g}", None, lack)]


async def measure_next(stage: Stage, page: "Page", seconds: float) -> list[Figure]:
    """Return how soon the scenario's next speaker is seen after "next", and after "put off".

    Args:
        stage: a demo whose scenario does not run.
        page: `onair.far_end`'s, with both sites in the meeting.
        seconds: about how long the passes take.
    """
    # An odd number of turns ends with A.
    passes = max(_FEWEST_PASSES, round(seconds / _PASS_S)) | 1
    async with chair(str(stage.announcement["chair"])) as voice:
        scenario = await voice.until_message("scenario", lambda _: True)
        lead = _Lead(voice, page, scenario)
        await _write(lead, passes)
        await lead.do("cue_next")
        await page.evaluate("(cell) => { window.nhipcauOnAirCell = cell }", lead.cell())
        await asyncio.sleep(ON_AIR_S)
        found = [await lead.press("cue_next", _turn(n + 1)) for n in range(passes)]
        absent = []
        for _ in range(_ABSENT_PASSES):
            await lead.do("cue_next")
            await asyncio.sleep(ON_AIR_S)
            absent.append(await lead.press("cue_put_off", _B))
            found.append(await lead.press("cue_next", _A))
    return _figures(found, absent)


def _figures(found: Sequence[float], absent: Sequence[float]) -> list[Figure]:
    # What was not seen in time counts as this late.
    times, put_off = ([min(ms, 1000 * ON_AIR_S) for ms in each] for each in (found, absent))
    return [
        at_most("next_to_on_air_ms_p95", percentile(times, 0.95), "ms", _GOAL_MS),
        plain("next_to_on_air_ms_median", median(times), "ms"),
        plain("next_to_on_air_passes", len(times), "presses"),
        plain("put_off_to_on_air_ms_median", median(put_off), "ms, behind an absent turn"),
    ]


def _turn(number: int) -> str:
    return (_B, _A)[number % 2]


async def _write(lead: _Lead, passes: int) -> None:
    """Put the turns in before all else, the last one first."""
    turns = [_turn(n) for n in range(passes + 1)]
    turns += [_ABSENT, _B, _A] * _ABSENT_PASSES
    for site in reversed(turns):
        await lead.do("cue_insert", title="", minutes=1, site=site)

"""Sites count for themselves; the MCU counts too; a sender that is stopped moves both."""

import asyncio
import os
import signal
import time

import pytest

from nhipcau.app.rehearse_mcu import mcu_sample
from nhipcau.bench.ownsites import own_sites
from nhipcau.bench.province import Gathering, province, spec_of_site
from nhipcau.bench.stage import Stage
from nhipcau.quantities import SiteId
from nhipcau.rehearsal.fleet import Fleet
from nhipcau.rehearsal.line import LineProfile
from nhipcau.rehearsal.verdict import Look, Said, SiteResult, site_result

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(180)]
# Far beyond a picture's time, below the watchdog's patience with a process that stands still.
_BLOCKED_S = 0.4
_LOSSY = LineProfile(loss=0.05, delay_ms=20)


async def _result(stage: Stage, mine: Fleet, code: SiteId, seconds: float) -> SiteResult:
    mine.reset_gaps()
    before, began = mine.stats()[code], time.monotonic()
    await asyncio.sleep(seconds)
    mcu = await asyncio.to_thread(mcu_sample, stage.mcu_url)
    after, passed_s = mine.stats()[code], time.monotonic() - began
    assert mcu is not None
    return site_result(Look(before, None), Look(after, mcu.sent[code]), passed_s, Said(code, ""))


async def _late(stage: Stage) -> float:
    mcu = await asyncio.to_thread(mcu_sample, stage.mcu_url)
    assert mcu is not None
    return mcu.late_ticks


def test_both_counts_agree_on_a_lossy_line_and_the_loss_is_repaired() -> None:
    async def scene() -> None:
        async with province([Gathering("dem-goi", 3)]) as (stage,):
            code = SiteId("10000")
            spec = spec_of_site(stage, code).model_copy(update={"line": _LOSSY})
            async with own_sites([spec]) as mine:
                result = await _result(stage, mine, code, 5.0)
                program = mine.stats()[code].program
        assert result.counts_differ_percent == 0
        assert result.loss_percent > 1
        assert program.recovered > program.gave_up

    asyncio.run(scene())


def test_a_blocked_sender_moves_the_sites_gaps_and_the_mcus_late_ticks() -> None:
    async def scene() -> None:
        async with province([Gathering("nguoi-gui-dung", 3)]) as (stage,):
            code = SiteId("10000")
            async with own_sites([spec_of_site(stage, code)]) as mine:
                await _result(stage, mine, code, 1.0)
                before, freezes = await _late(stage), sum(mine.stats()[code].program.gap_counts[5:])
                mine.reset_gaps()
                os.kill(stage.mcu_pid, signal.SIGSTOP)
                try:
                    await asyncio.sleep(_BLOCKED_S)
                finally:
                    os.kill(stage.mcu_pid, signal.SIGCONT)
                result = await _result_without_reset(mine, code)
                late = await _late(stage)
        assert result[0] >= _BLOCKED_S
        assert result[1] > freezes
        assert late > before

    asyncio.run(scene())


async def _result_without_reset(mine: Fleet, code: SiteId) -> tuple[float, int]:
    """Return the longest gap and the gaps of more than 0.3 s, a second later."""
    await asyncio.sleep(1.0)
    program = mine.stats()[code].program
    return program.longest_gap_s, sum(program.gap_counts[5:])

"""Root, standby and leaf in their real processes: the root is killed, and the meeting goes on."""

import asyncio
import os
import signal
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed

from nhipcau.bench.cascade import Cascade, cascade, until
from nhipcau.bench.chair import Chair, ChairError, chair
from nhipcau.bench.ownsites import own_sites
from nhipcau.conference.events import PromptSent, RootChanged
from nhipcau.conference.replay import replay
from nhipcau.conference.wire import load_event
from nhipcau.rehearsal.fleet import Fleet
from nhipcau.storage.eventtail import event_files, read_tail

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


def test_the_standby_goes_on_where_a_killed_root_stood_and_the_root_follows_it_then() -> None:
    asyncio.run(_takeover())


async def _takeover() -> None:
    async with cascade([2, 3], standby=True) as stage:
        speaker, asker, other = stage.leaves[0].sites
        assert stage.standby is not None
        specs = [
            stage.spec(stage.leaves[0], site, mic=site == speaker)
            for site in (speaker, asker, other)
        ]
        async with own_sites(specs) as fleet:
            link = stage.link(stage.root, "chair", None, "chair")
            async with chair(link) as voice:
                await voice.say("give_floor", site=speaker)
                await voice.say("set_layout", layout="4x4")
                told = await _prompts_until_killed(voice, stage)
            await until((stage.standby,), "reigns", 1)
            await _pictures_flow(fleet)
            await until((stage.standby,), "sites_present", 3)
            after = fleet.stats()
            # Nobody's page noticed more than a moment without a word.
            assert {one.calls for one in after.values()} == {1}
            assert (after[speaker].tally, after[speaker].mic_open) == ("on_air", True)
            await until((stage.root,), "epoch", 2)
            assert stage.root.metrics()["reigns"] == 0
            await until((stage.standby,), "followers", 1)
        records = _records(stage.standby.data)
        events = [load_event(record) for record in records]
        assert [(e.mcu, e.epoch) for e in events if isinstance(e, RootChanged)] == [
            (stage.standby.name, 2)
        ]
        kept = {event.text for event in events if isinstance(event, PromptSent)}
        assert told
        assert told <= kept
        state = replay(records)
        assert (state.floor, state.layout) == ((speaker,), "4x4")


async def _prompts_until_killed(voice: Chair, stage: Cascade) -> set[str]:
    """Send texts, each answered before the next; kill the root among them; return those answered.

    What a page was told of has to outlive the root.
    """
    told: set[str] = set()

    async def prompt() -> None:
        for number in range(10_000):
            await voice.say("prompt", text=f"Văn bản {number}")
            told.add(f"Văn bản {number}")
            if number == 30:
                asyncio.get_running_loop().call_soon(os.kill, stage.root.pid, signal.SIGKILL)
            # No page may say more than fifty things a second.
            await asyncio.sleep(0.02)

    with pytest.raises((ConnectionClosed, ChairError)):
        await prompt()
    return told


async def _pictures_flow(fleet: Fleet) -> None:
    """Wait until every site has had pictures and sound of the new root."""
    before = fleet.stats()
    async with asyncio.timeout(45):
        while True:
            now = fleet.stats()
            if all(
                now[site].program.frames > one.program.frames + 25
                and now[site].sound.packets > one.sound.packets + 50
                for site, one in before.items()
            ):
                return
            await asyncio.sleep(0.1)


def _records(folder: Path) -> list[bytes]:
    (log,) = event_files(folder)
    return list(read_tail(log, 0, 1 << 30).records)

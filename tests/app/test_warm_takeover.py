"""A leaf's process is killed, another is stopped, the root stalls: nobody has to call again."""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterable

import pytest

from nhipcau.bench.cascade import Cascade, Post, cascade, until
from nhipcau.bench.chair import chair
from nhipcau.bench.ownsites import own_sites
from nhipcau.quantities import SiteId
from nhipcau.rehearsal.fleet import Fleet

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
_PATIENCE_S = 60.0


def test_sites_go_on_at_the_stand_in_of_a_leaf_that_is_lost_and_nobody_else_moves() -> None:
    asyncio.run(_lost_leaves())


async def _lost_leaves() -> None:
    async with cascade([2, 3, 2]) as stage, _at_work(stage) as fleet:
        root, one, two = stage.posts
        speaker = one.sites[0]
        await _eventually(lambda: _all_ready(fleet, (*one.sites, *two.sites)), "ready")
        await _eventually(lambda: fleet.stats()[speaker].tally == "on_air", "on air")

        os.kill(one.pid, signal.SIGKILL)
        await _all_at(fleet, one.sites, two)
        await _flows(fleet, (*root.sites, *one.sites, *two.sites))
        stats = fleet.stats()
        assert stats[speaker].tally == "on_air"
        assert stats[speaker].mic_open
        for site in one.sites:
            (switch,) = stats[site].switches
            assert switch.picture_s is not None
            assert switch.sound_s is not None
        assert _stayed(fleet, (*root.sites, *two.sites))
        assert all(site.calls == 1 for site in stats.values())

        # Its supervisor has started the process anew, and some stand ready there by now.
        await until((one,), "warm", 1)
        behind = (*one.sites, *two.sites)
        await _eventually(lambda: _all_ready(fleet, behind), "ready again")
        os.kill(two.pid, signal.SIGSTOP)
        await _eventually(lambda: _all_elsewhere(fleet, behind, two), "away from the second")
        await _flows(fleet, (*root.sites, *one.sites, *two.sites))
        assert fleet.stats()[speaker].tally == "on_air"
        assert fleet.stats()[speaker].mic_open
        assert _stayed(fleet, root.sites)


def test_a_root_that_stalls_moves_no_site_of_a_leaf() -> None:
    asyncio.run(_stalled_root())


async def _stalled_root() -> None:
    async with cascade([1, 2, 1]) as stage, _at_work(stage) as fleet:
        root, one, two = stage.posts
        behind = (*one.sites, *two.sites)
        await _eventually(lambda: _all_ready(fleet, behind), "ready")
        os.kill(root.pid, signal.SIGSTOP)
        await asyncio.sleep(2)
        with contextlib.suppress(ProcessLookupError):
            # Its supervisor may have ended it.
            os.kill(root.pid, signal.SIGCONT)
        await _flows(fleet, behind)
        assert _stayed(fleet, behind)


@contextlib.asynccontextmanager
async def _at_work(stage: Cascade) -> AsyncIterator[Fleet]:
    """Seat all sites; the first of the first leaf has the floor and speaks, one at the root too."""
    specs = [
        stage.spec(post, site, mic=place == 0)
        for post in stage.posts
        for place, site in enumerate(post.sites)
    ]
    link = stage.link(stage.root, "chair", None, "chair")
    async with own_sites(specs) as fleet, chair(link) as voice:
        await voice.say("give_floor", site=stage.leaves[0].sites[0])
        yield fleet


def _all_ready(fleet: Fleet, sites: Iterable[SiteId]) -> bool:
    stats = fleet.stats()
    return all(stats[site].stands_ready for site in sites)


def _stayed(fleet: Fleet, sites: Iterable[SiteId]) -> bool:
    stats = fleet.stats()
    return all(not stats[site].switches for site in sites)


def _all_elsewhere(fleet: Fleet, sites: Iterable[SiteId], post: Post) -> bool:
    stats = fleet.stats()
    return all(stats[site].here not in ("", post.name) for site in sites)


async def _all_at(fleet: Fleet, sites: Iterable[SiteId], post: Post) -> None:
    await _eventually(
        lambda: all(fleet.stats()[site].here == post.name for site in sites), f"at {post.name}"
    )


async def _flows(fleet: Fleet, sites: Iterable[SiteId]) -> None:
    """Wait until each of these has had a second of sound and pictures from now on."""
    before = fleet.stats()

    def flow() -> bool:
        now = fleet.stats()
        return all(
            now[site].program.shown - before[site].program.shown > 20
            and now[site].sound.packets - before[site].sound.packets > 50
            for site in sites
        )

    await _eventually(flow, "sound and pictures")


async def _eventually(fact: Callable[[], bool], what: str) -> None:
    end_s = asyncio.get_running_loop().time() + _PATIENCE_S
    while not fact():
        assert asyncio.get_running_loop().time() < end_s, f"never: {what}"
        await asyncio.sleep(0.1)

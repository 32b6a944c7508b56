"""Root and leaf in their real processes: what a leaf's rooms get, and what they send."""

import asyncio
from pathlib import Path

import pytest

from nhipcau.bench.cascade import Cascade, cascade, until
from nhipcau.bench.chair import chair
from nhipcau.bench.ownsites import own_sites
from nhipcau.quantities import SiteId

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


def test_rooms_behind_a_leaf_see_and_are_seen_hear_and_are_heard(tmp_path: Path) -> None:
    asyncio.run(_rooms_behind_a_leaf(tmp_path))


async def _rooms_behind_a_leaf(folder: Path) -> None:
    async with cascade([2, 3]) as stage:
        near, far = stage.root.sites, stage.leaves[0].sites
        specs = [
            stage.spec(stage.root, near[1]),
            stage.spec(stage.leaves[0], far[0], mic=True),
            stage.spec(stage.leaves[0], far[1]),
        ]
        async with (
            own_sites(specs) as fleet,
            chair(stage.link(stage.root, "chair", None, "chair")) as voice,
        ):
            await until(stage.leaves, "connections", 2)
            await voice.say("give_floor", site=far[0])
            await _eventually(lambda: _decoded(stage, far[0]) > 50, "its picture at the root")
            before = fleet.stats()
            await asyncio.sleep(4)
            after = fleet.stats()
        for site in (near[1], far[0], far[1]):
            pictures = after[site].program.frames - before[site].program.frames
            sound = after[site].sound.packets - before[site].sound.packets
            assert pictures > 40, (site, pictures)
            assert sound > 150, (site, sound)


def _decoded(stage: Cascade, site: SiteId) -> float:
    metrics = stage.root.metrics()
    return sum(v for k, v in metrics.items() if k.startswith("camera_frames") and site in k)


async def _eventually(fact: object, what: str) -> None:
    assert callable(fact)
    async with asyncio.timeout(45):
        while not await asyncio.to_thread(fact):  # noqa: ASYNC110 - polled
            await asyncio.sleep(0.2)

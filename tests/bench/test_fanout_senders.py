"""Every sender of the fan-out bench reaches the bench's receivers, in real processes."""

import asyncio
import os
from pathlib import Path

import pytest

from nhipcau.bench.fanout import bench_fanout
from nhipcau.bench.fanout_ground import ground
from nhipcau.bench.report import Figure

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
# Two viewers, so that a test costs little; what they cost is not judged here.
_VIEWERS = 2


def _figures() -> dict[str, Figure]:
    return {figure.name: figure for figure in asyncio.run(bench_fanout(_VIEWERS, 1.0))}


@pytest.mark.timeout(180)
def test_ours_and_every_peer_that_is_installed_send_and_are_charged() -> None:
    figures = _figures()
    ours = figures["fanout_us_per_packet"].value
    assert ours is not None
    assert ours > 0
    share = figures["fanout_arrived"].value
    assert share is not None
    assert share > 50
    for name in (f"fanout_vs_janus_{_VIEWERS}", "fanout_vs_aiortc_20"):
        figure = figures[name]
        # Measured, or with a clear word why not.
        assert figure.against
        if figure.value is None:
            pytest.skip(f"{name}: {figure.against}")
        assert figure.value > 0


def test_the_ground_leaves_nothing_behind() -> None:
    asyncio.run(_stand_and_go())


async def _stand_and_go() -> None:
    name = f"nhipcau-bench-{os.getpid()}"
    async with ground() as place:
        if place.lack is not None:
            pytest.skip(place.lack)
        assert name in place.prefix
        assert name in _namespaces()
    assert name not in _namespaces()


def _namespaces() -> set[str]:
    return {path.name for path in Path("/run/netns").iterdir()}

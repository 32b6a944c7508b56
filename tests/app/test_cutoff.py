"""Root and leaf in their real processes, and the line between them is cut and mended."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from nhipcau.app.branch_logs import BranchLogs
from nhipcau.bench.cascade import Cascade, Post, cascade, until
from nhipcau.bench.chair import Chair, chair
from nhipcau.bench.cutline import CutLine
from nhipcau.bench.ownsites import own_sites
from nhipcau.mcu.hosting import Hosted
from nhipcau.mcu.hostingfolder import HostingFolder
from nhipcau.rehearsal.endpoint import Phase
from nhipcau.rehearsal.fleet import Fleet
from nhipcau.storage.eventtail import EVENTS, read_tail

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

_WAIT_S = 60.0


def test_a_district_whose_line_is_cut_goes_on_by_itself_and_is_back_when_it_is_mended() -> None:
    asyncio.run(_cut_and_mended())


async def _cut_and_mended() -> None:
    line = CutLine()
    try:
        async with cascade([2, 3], line=line) as stage:
            near, far = stage.root.sites, stage.leaves[0].sites
            specs = [
                stage.spec(stage.root, near[1]),
                stage.spec(stage.leaves[0], far[0], mic=True),
                *(stage.spec(stage.leaves[0], site) for site in far[1:]),
            ]
            async with (
                own_sites(specs) as fleet,
                chair(stage.link(stage.root, "chair", None, "chair")) as voice,
            ):
                await until(stage.leaves, "connections", 3)
                await voice.say("give_floor", site=far[0])
                await fleet.raise_hand(far[1])
                await eventually(lambda: fleet.stats()[far[1]].hand == 1, "the hand at the root")
                await _apart(stage, fleet, line)
                await _merged(stage, fleet, line, voice)
    finally:
        await line.aclose()


async def _apart(stage: Cascade, fleet: Fleet, line: CutLine) -> None:
    leaf = stage.leaves[0]
    cut_s = time.monotonic()
    line.cut()
    await eventually(lambda: part_of(leaf) is not None, "a part that goes on")
    part = part_of(leaf)
    assert part is not None
    assert part.plan.chair_site == leaf.sites[0]
    await eventually(lambda: shown_since(fleet, leaf, cut_s + 1.0), "its picture in all rooms")
    apart_s = max(first_s(fleet, leaf)) - cut_s
    before = fleet.stats()
    await asyncio.sleep(3)
    after = fleet.stats()
    for site in leaf.sites:
        assert after[site].phase is Phase.SEATED
        assert after[site].program.frames - before[site].program.frames > 30, site
        assert after[site].sound.packets - before[site].sound.packets > 100, site
    # What they held they hold.
    assert (after[leaf.sites[0]].tally, after[leaf.sites[0]].mic_open) == ("on_air", True)
    assert after[leaf.sites[1]].hand == 1
    await fleet.raise_hand(leaf.sites[2])
    await eventually(lambda: fleet.stats()[leaf.sites[2]].hand == 2, "a hand in the part")
    print(f"cut: all rooms see and hear their district after {apart_s:.2f} s")


async def _merged(stage: Cascade, fleet: Fleet, line: CutLine, voice: Chair) -> None:
    leaf = stage.leaves[0]
    part = part_of(leaf)
    assert part is not None
    mended_s = time.monotonic()
    line.mend()
    await eventually(lambda: part_of(leaf) is None, "the merge")
    await eventually(lambda: shown_since(fleet, leaf, mended_s), "the root's picture in all rooms")
    merge_s = max(first_s(fleet, leaf)) - mended_s
    await until((leaf,), "connections", 3)
    hands = [fleet.stats()[site].hand for site in leaf.sites]
    await eventually(lambda: fleet.stats()[leaf.sites[2]].hand == 2, f"hands carried over: {hands}")
    assert fleet.stats()[leaf.sites[1]].hand == 1
    assert fleet.stats()[leaf.sites[0]].tally == "on_air"
    print(f"merge: all rooms see and hear the meeting {merge_s:.2f} s after the line is mended")
    events = read_tail(log_of(leaf, part), 0, 1 << 20).records
    assert any(b'"carried_on"' in record for record in events)
    assert any(b'"conference_ended"' in record for record in events)
    assert BranchLogs(leaf.data / "conferences").presence(part.conference).present == ()
    assert voice is not None


def part_of(leaf: Post) -> Hosted | None:
    """Return the part of the meeting that goes on at a leaf."""
    hosted = HostingFolder(leaf.data).all()
    return next((one for one in hosted if one.plan.carried and not one.plan.over), None)


def log_of(leaf: Post, part: Hosted) -> Path:
    name = part.conference
    return leaf.data / "conferences" / name / f"{name}{EVENTS}"


def first_s(fleet: Fleet, leaf: Post) -> list[float]:
    """Return when each room of the leaf had its first picture, and its first sound."""
    flows = [(fleet.stats()[site].program, fleet.stats()[site].sound) for site in leaf.sites]
    return [flow.first_s or 0.0 for pair in flows for flow in pair]


def shown_since(fleet: Fleet, leaf: Post, since_s: float) -> bool:
    """Return True when all rooms of the leaf have a connection that began to show after that."""
    return min(first_s(fleet, leaf)) > since_s


async def eventually(fact: Callable[[], bool], what: str) -> None:
    try:
        async with asyncio.timeout(_WAIT_S):
            while not fact():  # noqa: ASYNC110 - polled
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError(f"not within {_WAIT_S} s: {what}") from None

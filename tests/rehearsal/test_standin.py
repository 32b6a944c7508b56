"""A synthetic site stands ready at a second MCU, and goes on there when it loses its own."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from nhipcau.ports.transport import Mid
from nhipcau.rehearsal import standin
from nhipcau.rehearsal.endpoint import HangUp, Phase
from nhipcau.rehearsal.fleet import Fleet
from nhipcau.rehearsal.gaps import Vigil
from nhipcau.rehearsal.showing import Gaps
from tests.rehearsal.fakemcu import FakeMcu, Seat, until
from tests.rehearsal.machine import CLOCK, CODECS
from tests.rehearsal.test_endpoint import hear, seated
from tests.rehearsal.test_fleet_signalling import CODE, site
from tests.rehearsal.worlds import world_of


def play(folder: Path, scene: Callable[[Fleet, FakeMcu, FakeMcu], Awaitable[None]]) -> None:
    """Run a scene with a fleet and two MCUs, in memory."""

    async def run() -> None:
        with world_of("memory", folder) as world:
            async with (
                FakeMcu(world.mcu) as one,
                FakeMcu(world.mcu) as two,
                Fleet(world.sites, CODECS, CLOCK, folder) as fleet,
            ):
                await scene(fleet, one, two)

    asyncio.run(run())


async def _ready(fleet: Fleet, one: FakeMcu, two: FakeMcu) -> tuple[Seat, Seat]:
    """Seat the site at `one`; return its seat there and where it stands ready."""
    fleet.add(site(one.url))
    seat = await one.seat()
    await seat.posts("one", one=one.url, two=two.url)
    warm = await two.seat()
    assert warm.hello["type"] == "warm"
    assert warm.hello["token"] == CODE
    await until(lambda: fleet.stats()[CODE].stands_ready)
    return seat, warm


def test_a_site_goes_on_at_once_where_it_stands_ready_and_then_stands_ready_at_home(
    tmp_path: Path,
) -> None:
    async def scene(fleet: Fleet, one: FakeMcu, two: FakeMcu) -> None:
        seat, warm = await _ready(fleet, one, two)
        await seat.upstream(microphone=True)
        pipe = warm.media().pipe(Mid.MICROPHONE)
        assert pipe.receive() is None
        seat.socket.transport.abort()
        await until(lambda: "hello" in warm.kinds())
        await warm.posts("two", one=one.url, two=two.url)
        await until(lambda: [one.mcu for one in fleet.stats()[CODE].switches][:1] == ["two"])
        stats = fleet.stats()[CODE]
        assert (stats.phase, stats.here, stats.calls) == (Phase.SEATED, "two", 1)
        await asyncio.sleep(0.1)
        assert pipe.receive() is None, "it sends what it was asked for elsewhere"
        await warm.upstream(microphone=True)
        await until(lambda: pipe.receive() is not None)
        again = await one.seat(2)
        assert again.hello["type"] == "warm"

    play(tmp_path, scene)


def test_a_silent_mcu_is_left_after_a_moment(tmp_path: Path) -> None:
    async def scene(fleet: Fleet, one: FakeMcu, two: FakeMcu) -> None:
        seat, warm = await _ready(fleet, one, two)
        seat.beats = False
        await until(lambda: "hello" in warm.kinds())

    play(tmp_path, scene)


def test_a_site_whose_stand_in_is_lost_calls_the_next_post(tmp_path: Path) -> None:
    async def scene(fleet: Fleet, one: FakeMcu, two: FakeMcu) -> None:
        _, warm = await _ready(fleet, one, two)
        warm.socket.transport.abort()
        await until(lambda: not fleet.stats()[CODE].stands_ready)
        await two.seat(2)
        await until(lambda: fleet.stats()[CODE].stands_ready)

    play(tmp_path, scene)


def test_who_was_away_itself_does_not_call_an_mcu_silent() -> None:
    vigil = Vigil()
    assert not vigil.is_lost(0.0, 0.0, 10.0)
    looks = [round(10.0 + 0.05 * step, 2) for step in range(1, 6)]
    assert not any(vigil.is_lost(0.0, 0.0, now_s) for now_s in looks)
    assert vigil.is_lost(0.0, 0.0, 10.32)
    assert not vigil.is_lost(0.0, 0.0, 12.0), "nobody looked for so long"
    assert not vigil.is_lost(0.0, None, 12.05), "nobody read the packets that are there"


def test_a_packet_or_a_word_is_enough_to_stay() -> None:
    for heard, packet in ((True, False), (False, True)):
        vigil = Vigil()
        for step in range(100):
            now_s = 0.05 * step
            assert not vigil.is_lost(now_s if heard else 0.0, now_s if packet else 0.0, now_s)


def test_a_root_of_old_that_comes_back_is_left() -> None:
    endpoint = seated()
    posts = [{"mcu": "m", "url": "http://mcu"}]
    assert hear(endpoint, type="posts", here="m", epoch=2, posts=posts) == []
    assert hear(endpoint, type="posts", here="m", epoch=1, posts=posts) == [HangUp("old epoch")]


def test_the_time_in_which_a_mark_falls_is_kept_and_no_other() -> None:
    gaps = Gaps()
    gaps.mark()
    for at_s in (1.0, 1.02):
        gaps.note(at_s)
    gaps.mark()
    assert gaps.marked == [None, None]
    gaps.note(1.5)
    gaps.note(3.0)
    assert gaps.marked[0] is None
    assert gaps.marked[1] is not None
    assert round(gaps.marked[1], 6) == 0.48


def test_a_site_that_stands_ready_at_a_lesser_post_goes_back_to_a_better_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standin, "_LOOK_S", (0.05, 0.1))

    async def scene(fleet: Fleet, one: FakeMcu, two: FakeMcu) -> None:
        fleet.add(site(one.url))
        seat = await one.seat()
        with socket.socket() as dead:
            dead.bind(("127.0.0.1", 0))
            port = dead.getsockname()[1]
            home = f"ws://127.0.0.1:{port}/signal"
            await seat.posts("one", home=home, one=one.url, two=two.url)
            await two.seat()
            await until(lambda: fleet.stats()[CODE].stands_ready)
            dead.listen()
            # It answers, though it is no MCU: the lesser one is given up for it.
            await until(lambda: not fleet.stats()[CODE].stands_ready)

    play(tmp_path, scene)

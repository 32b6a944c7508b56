"""How the sites of a fleet come, go, yield and return."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from nhipcau.ports.transport import Mid
from nhipcau.quantities import SiteId
from nhipcau.rehearsal.endpoint import Phase
from nhipcau.rehearsal.fleet import Fleet, FleetError
from nhipcau.rehearsal.spec import SiteSpec
from nhipcau.webrtc.memory import MemoryPipe
from tests.rehearsal.fakemcu import FakeMcu, until
from tests.rehearsal.machine import CLOCK, CODECS, MachineClock
from tests.rehearsal.worlds import world_of

CODE = SiteId("568")


class LeapingClock(MachineClock):
    """The machine's, set forward by the test."""

    def __init__(self) -> None:
        self.ahead_s = 0.0

    def now_s(self) -> float:
        return super().now_s() + self.ahead_s


def site(url: str, code: str = CODE, *, mic: bool = False) -> SiteSpec:
    return SiteSpec(code=SiteId(code), name="Nha Trang", url=url, token=code, mic=mic)


def play(
    folder: Path,
    scene: Callable[[Fleet, FakeMcu], Awaitable[None]],
    clock: MachineClock = CLOCK,
) -> None:
    async def run() -> None:
        with world_of("memory", folder) as world:
            async with (
                FakeMcu(world.mcu) as mcu,
                Fleet(world.sites, CODECS, clock, folder) as fleet,
            ):
                await scene(fleet, mcu)

    asyncio.run(run())


def test_a_site_that_is_replaced_yields_at_once_and_comes_back_only_when_told(
    tmp_path: Path,
) -> None:
    async def scene(fleet: Fleet, mcu: FakeMcu) -> None:
        fleet.add(site(mcu.url))
        seat = await mcu.seat()
        await seat.say(type="replaced", agent="Chromium")
        await until(lambda: fleet.stats()[CODE].connection is None)
        await asyncio.sleep(0.5)
        assert fleet.stats()[CODE].phase is Phase.YIELDED
        assert len(mcu.seats) == 1
        fleet.recall(CODE)
        await mcu.seat(2)
        assert fleet.stats()[CODE].calls == 2

    play(tmp_path, scene)


def test_a_lost_connection_is_opened_again_and_media_goes_on(tmp_path: Path) -> None:
    async def scene(fleet: Fleet, mcu: FakeMcu) -> None:
        fleet.add(site(mcu.url))
        seat = await mcu.seat()
        seat.socket.transport.abort()
        again = await mcu.seat(2)
        await again.upstream(microphone=True)
        pipe = again.media().pipe(Mid.MICROPHONE)
        await until(lambda: pipe.receive() is not None)

    play(tmp_path, scene)


def test_an_mcu_that_falls_silent_is_left_after_three_seconds(tmp_path: Path) -> None:
    clock = LeapingClock()

    async def scene(fleet: Fleet, mcu: FakeMcu) -> None:
        fleet.add(site(mcu.url))
        seat = await mcu.seat()
        seat.beats = False
        await asyncio.sleep(0.3)
        assert fleet.stats()[CODE].hang_ups == 0
        clock.ahead_s += 3.5
        await mcu.seat(2)
        assert fleet.stats()[CODE].hang_ups == 1

    play(tmp_path, scene, clock)


def test_a_media_connection_that_dies_brings_the_site_back(tmp_path: Path) -> None:
    async def scene(fleet: Fleet, mcu: FakeMcu) -> None:
        fleet.add(site(mcu.url))
        await mcu.seat()
        leg = fleet._callers[CODE]._leg
        assert leg is not None
        connection = leg._connection
        assert connection is not None
        connection.close()
        await mcu.seat(2)

    play(tmp_path, scene)


def test_an_offer_that_is_no_sdp_costs_the_call_and_no_more(tmp_path: Path) -> None:
    async def scene(fleet: Fleet, mcu: FakeMcu) -> None:
        mcu.offer_text = "v=0\r\nnonsense"
        fleet.add(site(mcu.url))
        await until(lambda: fleet.stats()[CODE].hang_ups >= 1)
        mcu.offer_text = None
        await until(lambda: any(seat.is_connected() for seat in mcu.seats))

    play(tmp_path, scene)


def test_an_mcu_that_is_not_there_is_called_until_it_is(tmp_path: Path) -> None:
    async def scene(fleet: Fleet, mcu: FakeMcu) -> None:
        nowhere = site("ws://127.0.0.1:9/signal")
        fleet.add(nowhere)
        await asyncio.sleep(0.4)
        stats = fleet.stats()[CODE]
        assert (stats.phase, stats.calls, stats.connection) == (Phase.AWAY, 0, None)
        assert stats.called_s is not None

    play(tmp_path, scene)


def test_hand_microphone_and_camera_reach_the_mcu(tmp_path: Path) -> None:
    async def scene(fleet: Fleet, mcu: FakeMcu) -> None:
        fleet.add(site(mcu.url))
        seat = await mcu.seat()
        await fleet.raise_hand(CODE)
        await fleet.open_mic(CODE)
        await fleet.switch_camera(CODE, on=False)
        await until(lambda: seat.kinds() == ["answer", "hand", "mic", "camera"])
        assert seat.heard[1:] == [
            {"type": "hand", "up": True},
            {"type": "mic", "open": True},
            {"type": "camera", "on": False},
        ]
        await seat.say(type="state", tally="next", mic={"open": True, "locked": False}, hand=2)
        await until(lambda: fleet.stats()[CODE].hand == 2)
        stats = fleet.stats()[CODE]
        assert (stats.tally, stats.mic_open) == ("next", True)

    play(tmp_path, scene)


def test_a_site_that_is_removed_says_goodbye_and_its_code_is_free_again(tmp_path: Path) -> None:
    async def scene(fleet: Fleet, mcu: FakeMcu) -> None:
        fleet.add(site(mcu.url))
        seat = await mcu.seat()
        with pytest.raises(FleetError, match="568"):
            fleet.add(site(mcu.url))
        await fleet.remove(CODE)
        await until(lambda: seat.kinds()[-1:] == ["leave"])
        assert fleet.stats() == {}
        with pytest.raises(FleetError, match="568"):
            await fleet.raise_hand(CODE)
        fleet.add(site(mcu.url))
        await mcu.seat(2)

    play(tmp_path, scene)


def test_forty_sites_join_and_leave_and_no_thread_outlives_them(tmp_path: Path) -> None:
    before = set(threading.enumerate())

    async def scene(fleet: Fleet, mcu: FakeMcu) -> None:
        for number in range(40):
            fleet.add(site(mcu.url, str(22_300 + number)))
        await until(lambda: sum(seat.is_connected() for seat in mcu.seats) == 40)
        assert {str(seat.hello["token"]) for seat in mcu.seats} == set(fleet.stats())
        assert fleet.fleet_stats().sites == 40
        await fleet.aclose()
        await fleet.aclose()
        await until(lambda: all(seat.kinds()[-1] == "leave" for seat in mcu.seats))

    play(tmp_path, scene)
    left = {t.name for t in set(threading.enumerate()) - before if t.is_alive()}
    assert not {name for name in left if name.startswith(("fleet", "loop"))}


def test_pictures_are_made_when_asked_for_and_found_on_the_disk_at_the_next_start(
    tmp_path: Path,
) -> None:
    async def first(fleet: Fleet, mcu: FakeMcu) -> None:
        fleet.add(site(mcu.url))
        seat = await mcu.seat()
        assert fleet.fleet_stats().loops_made == 0
        await seat.upstream(camera=True)
        await until(lambda: seat.media().pipe(Mid.CAMERA).receive() is not None)
        assert (fleet.fleet_stats().loops_made, fleet.fleet_stats().loops_loaded) == (1, 0)

    async def second(fleet: Fleet, mcu: FakeMcu) -> None:
        fleet.add(site(mcu.url))
        seat = await mcu.seat()
        await seat.upstream(camera=True)
        await until(lambda: seat.media().pipe(Mid.CAMERA).receive() is not None)
        assert (fleet.fleet_stats().loops_made, fleet.fleet_stats().loops_loaded) == made

    made = (0, 1)
    play(tmp_path, first)
    play(tmp_path, second)
    [path] = tmp_path.glob("*.loop")
    path.write_bytes(path.read_bytes()[:-1])
    made = (1, 0)
    play(tmp_path, second)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_media_thread_that_dies_ends_the_fleet_loudly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(pipe: MemoryPipe) -> bytes | None:
        raise MemoryError

    async def run() -> None:
        with world_of("memory", tmp_path) as world:
            async with FakeMcu(world.mcu) as mcu:
                fleet = Fleet(world.sites, CODECS, CLOCK, tmp_path)
                await fleet.start([site(mcu.url)])
                await mcu.seat()
                monkeypatch.setattr(MemoryPipe, "receive", broken)
                with pytest.RaisesGroup(FleetError):
                    await asyncio.wait_for(fleet.wait(), 15)
                monkeypatch.undo()
                with pytest.RaisesGroup(FleetError):
                    await fleet.aclose()

    asyncio.run(run())

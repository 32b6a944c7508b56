"""The front pressed: one conference, whom it rings, what the others are told, what is written."""

import asyncio
from pathlib import Path

import pytest

from nhipcau.bus.memory import MemoryHub, MemoryRegistry
from nhipcau.mcu.emergency.bells import Bell, RoomState
from nhipcau.mcu.emergency.callbook import MOST_CALLS, ROUND_MS
from nhipcau.mcu.emergency.front import Called, Press
from nhipcau.mcu.emergency.hearing import Hearing
from nhipcau.mcu.emergency.reaching import Choice, NotCalledError
from nhipcau.mcu.endpoint import Outbox
from nhipcau.ports.devices import EmergencyPolicy
from nhipcau.ports.directory import CALL_LIFETIME_S
from nhipcau.ports.subjects import DIRECTORY
from nhipcau.quantities import SiteId
from tests.mcu.callers import (
    ALL,
    HALL,
    NORTH,
    NORTH_1,
    OTHER,
    SOUTH,
    SOUTH_1,
    Device,
    Office,
    directory_of,
    pass_text,
)
from tests.mcu.machine import WallClock


class Room:
    """A room's page at the bell of a front."""

    def __init__(self, office: Office, device: Device) -> None:
        self.outbox = Outbox()
        self.bell = Bell(device.device, device.site, self.outbox)
        office.front.bells.join(self.bell)

    async def next(self) -> dict[str, object]:
        async with asyncio.timeout(20):
            said = await self.outbox.next()
        assert isinstance(said, dict)
        return said

    @property
    def silent(self) -> bool:
        return self.outbox._queue.empty()


class Clock(WallClock):
    """A clock whose wall time a test moves."""

    def __init__(self) -> None:
        super().__init__()
        self.at_s = 1_000.0

    def wall_s(self) -> float:
        return self.at_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def office(clock: Clock, tmp_path: Path) -> Office:
    office = Office(clock, tmp_path)
    office.front.take_directory(directory_of([Device(NORTH_1), Device(SOUTH_1)]))
    return office


def press(office: Office, choice: Choice | None = None, site: SiteId = HALL) -> Called:
    holder = office.front.holder(pass_text(site))
    wanted = Press("Họp khẩn", choice or Choice())
    return asyncio.run(office.front.press(holder, wanted, "10.0.0.1"))


def test_a_press_is_hosted_rings_who_is_called_and_is_written_down(
    clock: Clock, tmp_path: Path
) -> None:
    async def scene() -> None:
        office = Office(clock, tmp_path)
        devices = [Device(NORTH_1), Device(SOUTH_1, EmergencyPolicy.MOVE)]
        office.front.take_directory(directory_of(devices))
        north, south = (Room(office, one) for one in devices)
        holder = office.front.holder(pass_text())
        called = await office.front.press(holder, Press("Bão", Choice(below=SOUTH)), "10.0.0.1")
        assert [plan.conference for plan in office.hosts.plans] == [called.call.conference]
        ring = await south.next()
        assert ring["type"] == "ring"
        assert (ring["title"], ring["caller"], ring["policy"]) == ("Bão", "Room hall", "move")
        assert ring["url"] == called.call.url
        assert north.silent
        entry = office.trail.entries[-1]
        assert (entry.action, entry.outcome, entry.who) == ("emergency.press", "done", "pass:p1")
        assert entry.more["sites"] == "3"

    asyncio.run(scene())


def test_pressed_twice_at_once_or_within_a_minute_is_one_conference(
    office: Office, clock: Clock
) -> None:
    async def both() -> list[Called]:
        holder = office.front.holder(pass_text())
        wanted = Press("Họp khẩn", Choice())
        return list(
            await asyncio.gather(*(office.front.press(holder, wanted, "x") for _ in range(20)))
        )

    found = asyncio.run(both())
    assert len({one.call.conference for one in found}) == 1
    assert [one.fresh for one in found].count(True) == 1
    assert len(office.hosts.plans) == 1
    assert office.trail.told() == [("emergency.press", "done")] * 20
    clock.at_s += ROUND_MS / 1000 + 1
    again = press(office)
    assert (again.call.conference, again.call.round) == (found[0].call.conference, 2)
    assert len(office.hosts.plans) == 1


def test_a_flood_of_different_presses_ends_at_a_few_conferences(office: Office) -> None:
    choices = [Choice(sites=(site,)) for site in ALL[1:]]
    for choice in choices[:MOST_CALLS]:
        press(office, choice)
    with pytest.raises(NotCalledError) as error:
        press(office, choices[MOST_CALLS])
    assert error.value.code == "too_many"
    assert office.trail.told()[-1] == ("emergency.press", "too_many")
    assert len(office.hosts.plans) == MOST_CALLS


def test_a_press_beyond_the_pass_calls_nobody_and_is_written_down(office: Office) -> None:
    with pytest.raises(NotCalledError):
        press(office, Choice(below=SOUTH), NORTH)
    assert office.hosts.plans == []
    assert office.trail.told() == [("emergency.press", "not_allowed")]


def test_an_mcu_without_a_free_place_says_so(office: Office) -> None:
    office.hosts.full = True
    with pytest.raises(NotCalledError) as error:
        press(office)
    assert error.value.code == "not_hosted"
    assert office.front.book.own().calls == ()


def test_the_end_of_the_conference_ends_the_call(clock: Clock, tmp_path: Path) -> None:
    async def scene() -> None:
        device = Device(NORTH_1)
        office = Office(clock, tmp_path)
        office.front.take_directory(directory_of([device]))
        room = Room(office, device)
        holder = office.front.holder(pass_text())
        called = await office.front.press(holder, Press("x", Choice()), "x")
        office.front.look_for_ends()
        assert office.front.calls_of(holder) == (called.call,)
        await room.next()
        office.hosts.ended.add(called.call.conference)
        office.front.look_for_ends()
        assert await room.next() == {"type": "over", "conference": called.call.conference}
        assert office.front.book.own().calls == ()
        assert office.trail.told()[-1] == ("emergency.end", "done")

    asyncio.run(scene())


def test_what_was_called_is_known_after_a_restart_and_old_calls_are_not(
    office: Office, clock: Clock, tmp_path: Path
) -> None:
    called = press(office)
    again = Office(clock, tmp_path)
    assert again.front.directory == office.front.directory
    assert again.front.book.own().calls == (called.call,)
    clock.at_s += CALL_LIFETIME_S + 1
    assert Office(clock, tmp_path).front.book.own().calls == ()


def test_a_late_page_finds_the_call_and_the_office_sees_how_each_room_stands(
    clock: Clock, tmp_path: Path
) -> None:
    async def scene() -> None:
        office = Office(clock, tmp_path)
        devices = [Device(NORTH_1), Device(SOUTH_1)]
        office.front.take_directory(directory_of(devices))
        room = Room(office, devices[0])
        holder = office.front.holder(pass_text())
        assert office.front.states(holder) == {NORTH_1: RoomState.IDLE}
        called = await office.front.press(holder, Press("x", Choice()), "x")
        assert office.front.book.of_site(SOUTH_1, office.front.now_ms) == (called.call,)
        assert office.front.states(holder) == {NORTH_1: RoomState.RINGING}
        room.bell.declined = frozenset({called.call.conference})
        assert office.front.states(holder) == {NORTH_1: RoomState.DECLINED}
        room.bell.meeting = called.call.conference
        assert office.front.states(holder) == {NORTH_1: RoomState.MEETING}

    asyncio.run(scene())


def test_a_revoked_device_waits_no_more(clock: Clock, tmp_path: Path) -> None:
    async def scene() -> None:
        office = Office(clock, tmp_path)
        device = Device(NORTH_1)
        office.front.take_directory(directory_of([device]))
        room = Room(office, device)
        office.front.take_directory(directory_of([]))
        assert (await room.next())["code"] == "revoked"
        assert len(office.front.bells) == 0

    asyncio.run(scene())


def test_two_mcus_ring_for_each_others_calls_and_neither_says_what_the_other_calls(
    clock: Clock, tmp_path: Path
) -> None:
    async def scene() -> None:
        hub = MemoryHub()
        here, there = Office(clock, tmp_path / "1"), Office(clock, tmp_path / "2", OTHER)
        device = Device(NORTH_1)
        tasks = [
            asyncio.create_task(Hearing(MemoryRegistry(hub), one.front).run())
            for one in (here, there)
        ]
        value = directory_of([device]).model_dump_json().encode()
        await MemoryRegistry(hub).put(DIRECTORY.pattern, value)
        async with asyncio.timeout(20):
            while None in (here.front.directory, there.front.directory):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        room = Room(there, device)
        holder = here.front.holder(pass_text())
        called = await here.front.press(holder, Press("x", Choice()), "x")
        assert (await room.next())["conference"] == called.call.conference
        # The key of another's name changes nothing here.
        there.front.take_calls(OTHER, here.front.book.own())
        assert there.front.book.own().calls == ()
        here.hosts.ended.add(called.call.conference)
        here.front.look_for_ends()
        assert (await room.next())["type"] == "over"
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    asyncio.run(scene())

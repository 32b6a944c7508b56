"""The hosting MCU does what its folder says, ten times a second, with neither office nor bus."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from nhipcau.bus.memory import MemoryHub, MemoryRegistry
from nhipcau.mcu.hoster import Hoster
from nhipcau.mcu.hosting import LINGER_S
from nhipcau.mcu.hostingfolder import HostingFileError, HostingFolder
from nhipcau.mcu.planintake import PlanIntake
from nhipcau.ports.messages import ConferencePlan
from nhipcau.ports.subjects import plan_key
from nhipcau.quantities import ConferenceId, McuName
from tests.mcu.machine import HandClock, run_virtually
from tests.mcu.nodes import Meeting

MCU = McuName("mcu")
URLS = ("http://mcu:1", "http://mcu:2")


class Process:
    """A media process that takes some time to end."""

    def __init__(self, world: "World", conference: ConferenceId, place: int) -> None:
        self._world, self._name, self._place = world, f"{conference}@{place}", place
        self._stop = asyncio.Event()
        self.current: str | None = None

    async def run(self) -> None:
        assert self._place not in self._world.listening, "two in one place"
        self._world.listening[self._place] = self._name
        await asyncio.sleep(self._world.start_s)
        self.current = self._name
        await self._stop.wait()

    async def aclose(self) -> None:
        await asyncio.sleep(0.5)
        self._world.listening.pop(self._place)
        self._stop.set()


class World:
    """An MCU of two places with its folder, a registry, and what listens where."""

    def __init__(self, folder: Path, places: int = 2) -> None:
        self.urls = [f"http://mcu:{number}" for number in range(1, places + 1)]
        self.clock = HandClock()
        self.meeting = Meeting(self.clock)
        self.folder = HostingFolder(folder)
        self.data_dir = folder
        self.hub = MemoryHub()
        self.registry = MemoryRegistry(self.hub)
        self.listening: dict[int, str] = {}
        self.start_s = 0.0
        self.hoster = self.started()

    def started(self) -> Hoster[Process]:
        """Return the hoster of a process that has just begun."""
        make = lambda conference, place: Process(self, conference, place)  # noqa: E731
        return Hoster[Process](HostingFolder(self.data_dir), self.urls, make, self.clock)

    def plan(self, name: str, **changed: object) -> ConferencePlan:
        update = {"conference": ConferenceId(name), "mcu": MCU, **changed}
        return self.meeting.plan().model_copy(update=update)

    def names(self) -> list[str]:
        return sorted(self.listening.values())

    def play(self, scene: Callable[[], Awaitable[None]]) -> None:
        """Run the hoster, the intake and a scene beside them, in virtual time."""

        async def run() -> None:
            intake = PlanIntake(self.registry, self.folder, MCU)
            works = (self.hoster.run(), intake.run())
            tasks = [asyncio.create_task(work) for work in works]
            await scene()
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)

        run_virtually(self.clock, run())


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_a_plan_in_the_folder_is_hosted_within_a_moment_and_until_it_is_ended(world: World) -> None:
    async def scene() -> None:
        await asyncio.sleep(1)
        world.folder.put(world.plan("a"))
        await asyncio.sleep(0.15)
        assert world.names() == ["a@0"]
        world.folder.end(ConferenceId("a"), world.clock.wall_s())
        await asyncio.sleep(1)
        # Latecomers are told so for a while.
        assert world.names() == ["a@0"]
        await asyncio.sleep(LINGER_S)
        assert world.names() == []

    world.play(scene)


def test_the_office_is_told_where_each_is_who_waits_and_who_is_over(world: World) -> None:
    async def scene() -> None:
        for name in ("a", "b", "c"):
            world.folder.put(world.plan(name))
        world.folder.put(world.plan("later", opens_s=int(world.clock.wall_s()) + 3600))
        await asyncio.sleep(0.2)
        news = world.hoster.news(MCU)
        assert (news.places, news.free) == (2, 0)
        assert [(one.conference, one.standing, one.url) for one in news.hosted] == [
            ("a", "hosted", URLS[0]),
            ("b", "hosted", URLS[1]),
            ("c", "waiting", ""),
        ]
        world.folder.end(ConferenceId("a"), world.clock.wall_s())
        await asyncio.sleep(1)
        # Whoever waited needs the place, so nobody stays in it for latecomers.
        assert world.names() == ["b@1", "c@0"]
        said = {one.conference: one.standing for one in world.hoster.news(MCU).hosted}
        assert said == {"a": "ended", "b": "hosted", "c": "hosted"}

    world.play(scene)


def test_a_restarted_mcu_hosts_the_same_in_the_same_places_without_a_bus(world: World) -> None:
    async def first() -> None:
        world.folder.put(world.plan("b"))
        await asyncio.sleep(0.2)
        world.folder.put(world.plan("a"))
        await asyncio.sleep(0.2)
        assert world.names() == ["a@1", "b@0"]

    async def second() -> None:
        await asyncio.sleep(0.2)
        assert world.names() == ["a@1", "b@0"]

    world.play(first)
    assert world.names() == []
    world.hub.cut()
    world.hoster = world.started()
    world.play(second)


def test_a_crowd_begins_two_at_a_time_and_one_that_hangs_holds_up_nobody(tmp_path: Path) -> None:
    world = World(tmp_path, places=6)
    world.start_s = 3.0

    async def scene() -> None:
        for name in "abcdef":
            world.folder.put(world.plan(name))
        await asyncio.sleep(0.5)
        assert world.names() == ["a@0", "b@1"]
        await asyncio.sleep(3.2)
        assert world.names() == ["a@0", "b@1", "c@2", "d@3"]
        world.start_s = 1000.0
        await asyncio.sleep(30)
        assert len(world.names()) == 6

    world.play(scene)


def test_a_changed_plan_leaves_the_conference_where_it_is(world: World) -> None:
    async def scene() -> None:
        world.folder.put(world.plan("a"))
        await asyncio.sleep(0.2)
        assert world.folder.put(world.plan("a", title="Mới"))
        assert not world.folder.put(world.plan("a", title="Mới"))
        await asyncio.sleep(0.2)
        assert world.names() == ["a@0"]
        found = world.folder.find(ConferenceId("a"))
        assert found is not None
        assert (found.plan.title, found.place) == ("Mới", 0)

    world.play(scene)


def test_plans_come_over_the_bus_for_this_mcu_and_go_to_another(world: World) -> None:
    async def put(plan: ConferencePlan) -> None:
        await world.registry.put(plan_key(plan.conference), plan.model_dump_json().encode())
        await asyncio.sleep(0.3)

    async def scene() -> None:
        await put(world.plan("a"))
        await put(world.plan("b", mcu=McuName("other")))
        assert world.names() == ["a@0"]
        await put(world.plan("a", mcu=McuName("other")))
        await asyncio.sleep(1)
        assert world.names() == []
        await put(world.plan("c", over=True))
        assert list(world.folder.all()) == []

    world.play(scene)


@pytest.mark.parametrize("bad", [b"", b"{", b"[]", b'{"colour": "red"}', b"\xff"])
def test_a_bad_plan_on_the_bus_is_passed_over(world: World, bad: bytes) -> None:
    async def scene() -> None:
        plan = world.plan("a")
        await world.registry.put(plan_key(plan.conference), plan.model_dump_json().encode())
        await asyncio.sleep(0.3)
        await world.registry.put(plan_key(plan.conference), bad)
        await world.registry.put("plan.b", plan.model_dump_json().encode())
        await asyncio.sleep(0.3)
        assert [one.plan for one in world.folder.all()] == [plan]

    world.play(scene)


@pytest.mark.parametrize("text", ["", "{}", '{"plan": 1}', "\x00" * 100])
def test_a_file_that_is_damaged_or_not_ours_is_passed_over(world: World, text: str) -> None:
    async def scene() -> None:
        world.folder.put(world.plan("a"))
        (world.data_dir / "hosting" / "b.json").write_text(text)
        (world.data_dir / "hosting" / "note.txt").write_text(text)
        await asyncio.sleep(0.3)
        assert world.names() == ["a@0"]

    world.play(scene)


@pytest.mark.parametrize("name", ["../x", "a/b", ".hidden", "\0"])
def test_no_conference_gets_out_of_the_folder(world: World, name: str) -> None:
    with pytest.raises(HostingFileError):
        world.folder.put(world.plan("a").model_copy(update={"conference": name}))


def test_what_is_kept_is_for_us_alone(world: World) -> None:
    world.folder.put(world.plan("a"))
    (path,) = (world.data_dir / "hosting").iterdir()
    assert path.stat().st_mode & 0o077 == 0

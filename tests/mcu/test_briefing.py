"""A conference's plan: as the folder has it, else the last good one, and never a bad one."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from nhipcau.bus.memory import MemoryBus, MemoryHub
from nhipcau.mcu.briefing import Briefing
from nhipcau.mcu.hostingfolder import HostingFolder
from nhipcau.mcu.planfile import PlanFile
from nhipcau.mcu.telling import tell
from nhipcau.ports.messages import ConferencePlan, McuStatus
from nhipcau.quantities import McuName
from tests.mcu.machine import HandClock, run_virtually
from tests.mcu.nodes import CONFERENCE, Meeting


class Desk:
    """A briefing with its folder, its file, and the plans that it has handed on."""

    def __init__(self, folder: Path, kept: Path | None = None) -> None:
        self.clock = HandClock()
        self.meeting = Meeting(self.clock)
        self.folder = HostingFolder(folder)
        self.file = PlanFile((kept or folder) / "plan.json")
        self.plans: list[ConferencePlan] = []
        self.briefing = Briefing(self.file, self._take)

    def _take(self, plan: ConferencePlan) -> bool:
        """Take any plan but one whose layout nobody has."""
        if plan.layout == "none":
            return False
        self.plans.append(plan)
        return True

    def run(self, scene: Callable[[], Awaitable[None]]) -> None:
        """Run the briefing and a scene beside it, in virtual time."""

        async def play() -> None:
            task = asyncio.create_task(self.briefing.run(self.folder.follow(CONFERENCE)))
            await scene()
            task.cancel()
            await asyncio.wait((task,))

        run_virtually(self.clock, play())


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_plans_come_from_the_folder_each_once_and_good_ones_are_kept(desk: Desk) -> None:
    first, second = desk.meeting.plan(), desk.meeting.plan(layout="2x2")

    async def scene() -> None:
        desk.folder.put(first)
        await asyncio.sleep(1)
        desk.folder.put(first, place=3)
        await asyncio.sleep(1)
        assert desk.plans == [first]
        desk.folder.put(second)
        await asyncio.sleep(1)

    desk.run(scene)
    assert desk.plans == [first, second]
    assert desk.file.load() == second


def test_a_change_of_the_folder_is_noticed_within_a_fifth_of_a_second(desk: Desk) -> None:
    async def scene() -> None:
        await asyncio.sleep(5.03)
        desk.folder.put(desk.meeting.plan())
        await asyncio.sleep(0.2)
        assert desk.plans == [desk.meeting.plan()]

    desk.run(scene)


def test_without_a_folder_the_last_good_plan_is_used(desk: Desk) -> None:
    desk.file.save(desk.meeting.plan())

    async def scene() -> None:
        await asyncio.sleep(10)

    desk.briefing.recall()
    desk.run(scene)
    assert desk.plans == [desk.meeting.plan()]


def test_the_same_plan_from_file_and_folder_is_taken_once(desk: Desk) -> None:
    desk.file.save(desk.meeting.plan())

    async def scene() -> None:
        desk.folder.put(desk.meeting.plan())
        await asyncio.sleep(1)

    desk.briefing.recall()
    desk.run(scene)
    assert len(desk.plans) == 1


def test_a_plan_that_cannot_be_run_is_not_kept(desk: Desk) -> None:
    good = desk.meeting.plan()

    async def scene() -> None:
        desk.folder.put(good)
        await asyncio.sleep(1)
        desk.folder.put(desk.meeting.plan(layout="none"))
        await asyncio.sleep(1)

    desk.run(scene)
    assert desk.plans == [good]
    assert desk.file.load() == good


def test_a_disk_that_refuses_does_not_keep_a_plan_from_being_run(tmp_path: Path) -> None:
    desk = Desk(tmp_path, kept=tmp_path / "gone")

    async def scene() -> None:
        for layout in ("auto", "2x2"):
            desk.folder.put(desk.meeting.plan(layout=layout))
            await asyncio.sleep(1)

    desk.run(scene)
    assert [plan.layout for plan in desk.plans] == ["auto", "2x2"]


def test_the_status_goes_out_every_second_and_a_cut_bus_only_swallows_it() -> None:
    hub, clock = MemoryHub(), HandClock()
    bus = MemoryBus(hub)
    said: list[McuStatus] = []
    heard: list[bytes] = []

    def status() -> McuStatus:
        said.append(
            McuStatus(
                mcu=McuName("mcu"),
                pid=1,
                url="http://mcu",
                conference=CONFERENCE,
                sites_present=len(said),
                endpoints=0,
                cpu_cores=0.0,
                rss_mb=0.0,
            )
        )
        return said[-1]

    async def listen() -> None:
        async with bus.subscribe("mcu.*.status") as messages:
            async for message in messages:
                heard[len(heard) :] = [message.payload]

    async def scene() -> None:
        works = (listen(), tell(bus, "mcu.mcu.status", status))
        tasks = [asyncio.create_task(work) for work in works]
        await asyncio.sleep(5)
        hub.cut()
        await asyncio.sleep(5)
        hub.mend()
        await asyncio.sleep(5)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)

    run_virtually(clock, scene())
    assert 14 <= len(said) <= 16
    assert 8 <= len(heard) <= 11


def test_no_file_and_a_file_of_another_form_are_no_plan(tmp_path: Path) -> None:
    file = PlanFile(tmp_path / "plan.json")
    assert file.load() is None
    for text in ("", "{}", '{"conference": 1}', "\x00" * 100):
        (tmp_path / "plan.json").write_text(text)
        assert file.load() is None


def test_a_plan_on_disk_is_replaced_whole(tmp_path: Path) -> None:
    file, meeting = PlanFile(tmp_path / "plan.json"), Meeting(HandClock())
    for layout in ("auto", "2x2", "3x3"):
        file.save(meeting.plan(layout=layout))
        assert PlanFile(tmp_path / "plan.json").load() == meeting.plan(layout=layout)
    assert [path.name for path in tmp_path.iterdir()] == ["plan.json"]

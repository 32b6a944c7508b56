"""The MCU's plan: from the bus while there is one, else from disk, and never a bad one."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from nhipcau.bus.memory import MemoryBus, MemoryHub, MemoryRegistry
from nhipcau.mcu.briefing import Briefing
from nhipcau.mcu.planfile import PlanFile
from nhipcau.ports.messages import ConferencePlan, McuStatus
from nhipcau.quantities import McuName
from tests.mcu.machine import HandClock, run_virtually
from tests.mcu.nodes import CONFERENCE, Meeting

KEY = f"plan.{CONFERENCE}"


class Desk:
    """A briefing with its bus, its file, and the plans that it has handed on."""

    def __init__(self, folder: Path) -> None:
        self.clock = HandClock()
        self.meeting = Meeting(self.clock)
        self.hub = MemoryHub()
        self.bus, self.registry = MemoryBus(self.hub), MemoryRegistry(self.hub)
        self.file = PlanFile(folder / "plan.json")
        self.plans: list[ConferencePlan] = []
        self.briefing = Briefing(self.bus, self.registry, self.file, self._take)
        self.statuses = 0

    def _take(self, plan: ConferencePlan) -> bool:
        """Take any plan but one whose layout nobody has."""
        if plan.layout == "none":
            return False
        self.plans.append(plan)
        return True

    def status(self) -> McuStatus:
        self.statuses += 1
        return McuStatus(
            mcu=McuName("mcu"),
            pid=1,
            url="http://mcu",
            conference=CONFERENCE,
            sites_present=self.statuses,
            endpoints=0,
            cpu_cores=0.0,
            rss_mb=0.0,
        )

    async def plan(self, plan: ConferencePlan) -> None:
        await self.registry.put(KEY, plan.model_dump_json().encode())

    def run(self, scene: Callable[[], Awaitable[None]]) -> None:
        """Run the briefing and a scene beside it, in virtual time."""

        async def play() -> None:
            task = asyncio.create_task(self.briefing.run(CONFERENCE, self.status))
            await scene()
            task.cancel()
            await asyncio.wait((task,))

        run_virtually(self.clock, play())


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_plans_come_over_the_bus_each_once_and_are_kept_on_disk(desk: Desk) -> None:
    first, second = desk.meeting.plan(), desk.meeting.plan(layout="2x2")

    async def scene() -> None:
        await desk.plan(first)
        await asyncio.sleep(1)
        await desk.plan(first)
        await asyncio.sleep(1)
        assert desk.plans == [first]
        await desk.plan(second)
        await asyncio.sleep(1)

    desk.run(scene)
    assert desk.plans == [first, second]
    assert desk.file.load() == second


def test_without_a_bus_the_plan_on_disk_is_used(desk: Desk) -> None:
    desk.file.save(desk.meeting.plan())
    desk.hub.cut()

    async def scene() -> None:
        await asyncio.sleep(10)

    desk.briefing.recall()
    desk.run(scene)
    assert desk.plans == [desk.meeting.plan()]


def test_the_same_plan_from_disk_and_bus_is_taken_once(desk: Desk) -> None:
    desk.file.save(desk.meeting.plan())

    async def scene() -> None:
        await desk.plan(desk.meeting.plan())
        await asyncio.sleep(1)

    desk.briefing.recall()
    desk.run(scene)
    assert len(desk.plans) == 1


@pytest.mark.parametrize(
    "bad",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        json.dumps({"conference": CONFERENCE}).encode(),
        json.dumps({"colour": "red"}).encode(),
    ],
)
def test_a_bad_plan_is_passed_over_and_the_last_good_one_stays(desk: Desk, bad: bytes) -> None:
    good, better = desk.meeting.plan(), desk.meeting.plan(layout="2x2")

    async def scene() -> None:
        await desk.plan(good)
        await asyncio.sleep(1)
        await desk.registry.put(KEY, bad)
        await asyncio.sleep(1)
        assert desk.file.load() == good
        await desk.plan(better)
        await asyncio.sleep(1)

    desk.run(scene)
    assert desk.plans == [good, better]


def test_a_plan_that_cannot_be_run_is_not_kept(desk: Desk) -> None:
    good = desk.meeting.plan()

    async def scene() -> None:
        await desk.plan(good)
        await asyncio.sleep(1)
        await desk.plan(desk.meeting.plan(layout="none"))
        await asyncio.sleep(1)

    desk.run(scene)
    assert desk.plans == [good]
    assert desk.file.load() == good


def test_a_disk_that_refuses_does_not_keep_a_plan_from_being_run(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "gone")

    async def scene() -> None:
        for layout in ("auto", "2x2"):
            await desk.plan(desk.meeting.plan(layout=layout))
            await asyncio.sleep(1)

    desk.run(scene)
    assert [plan.layout for plan in desk.plans] == ["auto", "2x2"]


def test_the_status_goes_out_every_second_and_a_cut_bus_only_swallows_it(desk: Desk) -> None:
    heard: dict[int, bytes] = {}

    async def listen() -> None:
        async with desk.bus.subscribe("mcu.*.status") as messages:
            async for message in messages:
                heard.update({len(heard): message.payload})

    async def scene() -> None:
        listener = asyncio.create_task(listen())
        await asyncio.sleep(5)
        desk.hub.cut()
        await asyncio.sleep(5)
        desk.hub.mend()
        await asyncio.sleep(5)
        listener.cancel()
        await asyncio.wait((listener,))

    desk.run(scene)
    assert 14 <= desk.statuses <= 16
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

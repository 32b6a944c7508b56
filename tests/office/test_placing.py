"""What the MCUs are told of where a meeting is: homes, leaves, addresses, and what changes them."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

from nhipcau.bus.memory import MemoryBus, MemoryHub, MemoryRegistry
from nhipcau.office.admitting import Doors
from nhipcau.office.meetings import Meeting, MeetingBook
from nhipcau.office.placing import Addresses, Placer
from nhipcau.office.whereabouts import Whereabouts
from nhipcau.planning.placing import Serving
from nhipcau.ports.messages import ConferencePlan, HostedConference, McuHosting, PlannedSite
from nhipcau.ports.subjects import mcu_hosting, plan_key
from nhipcau.quantities import ConferenceId, McuName, SiteId
from nhipcau.storage.memorydevices import MemoryDeviceStore, MemoryGuestStore

from ..mcu.machine import HandClock, run_virtually

ROOT, SPARE, COAST, HILLS = (McuName(name) for name in ("tinh", "du-phong", "bien", "nui"))
HALL, ONE, TWO = SiteId("hall"), SiteId("c1"), SiteId("h1")
CONFERENCE = ConferenceId("m")
HOMES = {HALL: ROOT, ONE: COAST, TWO: HILLS}
SERVING = Serving(
    homes=HOMES,
    standins={ROOT: (SPARE,), COAST: (HILLS,), HILLS: (COAST,)},
    addressed=frozenset((ROOT, SPARE, COAST, HILLS)),
)
MEETING = Meeting(
    CONFERENCE,
    "Phiên họp",
    ROOT,
    "http://tinh",
    HALL,
    "auto",
    tuple(PlannedSite(site=site, name=site, level="x") for site in HOMES),
    begun=True,
    serving=SERVING,
)


class House:
    """An office that may begin anew, and the MCUs' words on its bus."""

    def __init__(self) -> None:
        self.clock = HandClock()
        self.hub = MemoryHub()
        self.bus = MemoryBus(self.hub)
        self.words: dict[McuName, McuHosting] = {}
        self.begin()

    def begin(self) -> None:
        """Let a fresh office take the place of the one before."""
        self.whereabouts = Whereabouts(self.bus, self.clock)
        placer = Placer(self.whereabouts, self.clock)
        self.registry = MemoryRegistry(self.hub)
        self.book = MeetingBook(self.registry, "key", placing=placer)
        self.addresses = Addresses(self.book, placer, self.whereabouts)

    def says(self, mcu: McuName, url: str = "", standing: str = "hosted") -> None:
        """Let an MCU say from now on, every second, that it hosts the meeting; "": nothing."""
        hosted = HostedConference(conference=CONFERENCE, standing=standing, url=url)
        several = (hosted,) if url or standing != "hosted" else ()
        self.words[mcu] = McuHosting(mcu=mcu, places=2, free=1, hosted=several)

    async def live(self, seconds: int = 2) -> None:
        """Let time pass: MCUs speak, the office follows."""
        for _ in range(seconds):
            for mcu, said in self.words.items():
                await self.bus.publish(mcu_hosting(mcu), said.model_dump_json().encode())
            await asyncio.sleep(1)
            await self.book.place_again()

    async def told(self) -> ConferencePlan:
        """Return the plan that stands in the registry."""
        entry = await self.registry.get(plan_key(CONFERENCE))
        assert entry is not None
        return ConferencePlan.model_validate_json(entry.value)

    async def revision(self) -> int:
        entry = await self.registry.get(plan_key(CONFERENCE))
        return 0 if entry is None else entry.revision

    def play(self, scene: Callable[["House"], Awaitable[None]]) -> None:
        async def run() -> None:
            listening = asyncio.create_task(self.whereabouts.run())
            await asyncio.sleep(0.01)
            await scene(self)
            listening.cancel()
            await asyncio.wait((listening,))

        run_virtually(self.clock, run())


def all_host(house: House) -> None:
    for mcu in (ROOT, SPARE, COAST, HILLS):
        house.says(mcu, f"http://{mcu}:2")


def homes(plan: ConferencePlan) -> dict[SiteId, McuName]:
    return {one.site: one.home for one in plan.sites}


def test_a_meeting_is_told_of_leaves_homes_and_addresses_as_soon_as_each_is_known() -> None:
    async def scene(house: House) -> None:
        await house.book.plan(MEETING)
        first = await house.told()
        assert [leaf.mcu for leaf in first.leaves] == [COAST, HILLS]
        assert {leaf.url for leaf in first.leaves} == {""}
        assert (first.root_url, first.standby, first.standby_url) == ("http://tinh", SPARE, "")
        all_host(house)
        await house.live()
        plan = await house.told()
        assert [(leaf.mcu, leaf.url, leaf.backup) for leaf in plan.leaves] == [
            (COAST, "http://bien:2", HILLS),
            (HILLS, "http://nui:2", COAST),
        ]
        assert (plan.root_url, plan.standby_url) == ("http://tinh:2", "http://du-phong:2")
        assert homes(plan) == {HALL: "", ONE: COAST, TWO: HILLS}

    House().play(scene)


def test_the_mcus_of_a_meeting_share_a_key_that_an_office_begun_anew_gives_again() -> None:
    async def key_of(meeting: Meeting) -> str:
        registry, clock = MemoryRegistry(MemoryHub()), HandClock()
        doors = Doors(MemoryDeviceStore(), MemoryGuestStore(), b"s" * 32)
        placer = Placer(Whereabouts(MemoryBus(MemoryHub()), clock), clock)
        await MeetingBook(registry, "key", doors, clock, placer).plan(meeting)
        entry = await registry.get(plan_key(meeting.meeting))
        assert entry is not None
        plan = ConferencePlan.model_validate_json(entry.value)
        assert plan.trunk_key != plan.ticket_key
        return plan.trunk_key

    async def keys() -> list[str]:
        other = replace(MEETING, meeting=ConferenceId("another"))
        alone = replace(MEETING, serving=Serving())
        return [await key_of(one) for one in (MEETING, MEETING, other, alone)]

    first, again, other, alone = asyncio.run(keys())
    assert first and first == again != other
    assert alone == ""


def test_nothing_is_told_twice_and_an_address_that_changes_is_told_again() -> None:
    async def scene(house: House) -> None:
        all_host(house)
        await house.book.plan(MEETING)
        await house.live()
        before = await house.revision()
        await house.live(5)
        assert await house.revision() == before
        house.says(COAST, "http://bien:3")
        await house.live()
        assert (await house.told()).leaves[0].url == "http://bien:3"
        assert await house.revision() == before + 1

    House().play(scene)


def test_the_sites_of_an_mcu_that_is_off_are_at_home_at_the_root() -> None:
    async def scene(house: House) -> None:
        house.says(ROOT, "http://tinh:2")
        house.says(HILLS, "http://nui:2")
        await house.book.plan(replace(MEETING, serving=replace(SERVING, addressed=frozenset())))
        await house.live()
        plan = await house.told()
        assert [leaf.mcu for leaf in plan.leaves] == [HILLS]
        assert homes(plan) == {HALL: "", ONE: "", TWO: HILLS}
        assert plan.standby == ""
        # Switched on while the meeting runs, it serves its rooms.
        house.says(COAST, "http://bien:2")
        await house.live()
        assert homes(await house.told())[ONE] == COAST

    House().play(scene)


def test_a_leaf_that_falls_silent_keeps_its_part_and_newcomers_go_elsewhere() -> None:
    async def scene(house: House) -> None:
        all_host(house)
        await house.book.plan(MEETING)
        await house.live()
        before = await house.revision()
        assert house.addresses.url(MEETING, ONE) == "http://bien:2"
        del house.words[COAST]
        await house.live(300)
        assert await house.revision() == before
        # Its backup first, then the root; the lost one last.
        urls = house.addresses.urls(MEETING, ONE)
        assert urls == ("http://nui:2", "http://tinh:2", "http://du-phong:2", "http://bien:2")
        house.says(COAST, "http://bien:2")
        await house.live()
        assert house.addresses.url(MEETING, ONE) == "http://bien:2"

    House().play(scene)


def test_an_mcu_that_was_meant_to_be_on_and_is_never_heard_loses_its_part() -> None:
    async def scene(house: House) -> None:
        house.says(ROOT, "http://tinh:2")
        await house.book.plan(MEETING)
        assert len((await house.told()).leaves) == 2
        await house.live(60)
        plan = await house.told()
        assert plan.leaves == () and homes(plan) == dict.fromkeys(HOMES, "")

    House().play(scene)


def test_before_its_time_a_meeting_is_told_to_the_mcus_that_are_meant_to_serve_it() -> None:
    async def scene(house: House) -> None:
        later = replace(MEETING, begun=False, opens_s=round(house.clock.wall_s()) + 3600)
        await house.book.plan(later)
        await house.live(60)
        assert [leaf.mcu for leaf in (await house.told()).leaves] == [COAST, HILLS]

    House().play(scene)


def test_an_office_that_begins_anew_changes_no_running_meeting() -> None:
    async def scene(house: House) -> None:
        all_host(house)
        await house.book.plan(MEETING)
        await house.live()
        before = await house.told()
        house.words.clear()
        house.begin()
        assert house.addresses.url(MEETING, ONE) == "http://tinh"
        await house.book.plan(MEETING)
        await house.live(120)
        assert await house.told() == before
        assert house.addresses.url(MEETING, ONE) == "http://bien:2"

    House().play(scene)


def test_a_leaf_without_a_free_place_keeps_its_part_and_its_rooms_go_to_the_root() -> None:
    async def scene(house: House) -> None:
        all_host(house)
        house.says(COAST, standing="waiting")
        await house.book.plan(MEETING)
        await house.live()
        assert (await house.told()).leaves[0].url == ""
        assert house.addresses.url(MEETING, ONE) == "http://nui:2"
        house.says(HILLS, standing="waiting")
        await house.live()
        assert house.addresses.url(MEETING, ONE) == "http://tinh:2"

    House().play(scene)


def test_rooms_are_told_of_no_place_while_the_root_hosts_nothing() -> None:
    async def scene(house: House) -> None:
        await house.book.plan(MEETING)
        assert house.addresses.urls(MEETING) == ("http://tinh",)
        house.says(ROOT, standing="waiting")
        await house.live()
        assert house.addresses.urls(MEETING) == ()
        assert house.addresses.url(MEETING) == "http://tinh"

    House().play(scene)


def test_a_meeting_that_runs_keeps_its_root_as_long_as_that_is_heard() -> None:
    async def scene(house: House) -> None:
        all_host(house)
        await house.book.plan(MEETING)
        await house.live()
        # By the inventory of now another one would compose.
        moved = replace(MEETING, mcu=COAST, mcu_url="http://bien")
        await house.book.plan(moved)
        assert (await house.told()).mcu == ROOT
        assert house.book.get(CONFERENCE).mcu == ROOT
        del house.words[ROOT]
        await house.live(40)
        await house.book.plan(moved)
        assert (await house.told()).mcu == COAST

    House().play(scene)

"""Where the office believes meetings to be: where their own MCU says."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from nhipcau.bus.memory import MemoryBus, MemoryHub
from nhipcau.office.meetings import Meeting
from nhipcau.office.whereabouts import WAITING, Whereabouts
from nhipcau.ports.messages import HostedConference, McuHosting
from nhipcau.ports.subjects import mcu_hosting
from nhipcau.quantities import ConferenceId, McuName, SiteId

from ..mcu.machine import HandClock, run_virtually

HALL, COAST = McuName("hall"), McuName("coast")
MEETING = Meeting(ConferenceId("m"), "", HALL, "http://hall", SiteId("56"), "auto", ())


def word(mcu: McuName, standing: str, url: str = "", free: int = 1) -> McuHosting:
    one = HostedConference(conference=MEETING.meeting, standing=standing, url=url)
    return McuHosting(mcu=mcu, places=2, free=free, hosted=(one,))


class House:
    """The office's ears on a bus."""

    def __init__(self) -> None:
        self.clock = HandClock()
        self.bus = MemoryBus(MemoryHub())
        self.whereabouts = Whereabouts(self.bus, self.clock)

    async def hears(self, said: McuHosting, under: McuName | None = None) -> None:
        await self.bus.publish(mcu_hosting(under or said.mcu), said.model_dump_json().encode())
        await asyncio.sleep(0.01)

    def play(self, scene: Callable[["House"], Awaitable[None]]) -> None:
        async def run() -> None:
            listening = asyncio.create_task(self.whereabouts.run())
            await asyncio.sleep(0.01)
            await scene(self)
            listening.cancel()
            await asyncio.wait((listening,))

        run_virtually(self.clock, run())


def test_an_mcu_is_believed_of_itself_alone() -> None:
    async def scene(house: House) -> None:
        heard = house.whereabouts
        assert heard.find(MEETING) is None and heard.silent_s(HALL) is None
        await house.hears(word(HALL, "hosted", "http://hall:2"))
        # Another MCU that says so, too, or one that speaks in its name.
        await house.hears(word(COAST, "hosted", "http://coast"))
        await house.hears(word(HALL, "hosted", "http://false"), under=COAST)
        found, coast = heard.find(MEETING), heard.find_at(COAST, MEETING.meeting)
        assert found is not None and found.url == "http://hall:2"
        assert coast is not None and coast.url == "http://coast"
        await asyncio.sleep(10)
        silent_s = heard.silent_s(HALL)
        assert silent_s is not None and silent_s > 10

    House().play(scene)


def test_an_mcu_is_full_while_it_is_alive_and_says_so() -> None:
    async def scene(house: House) -> None:
        assert not house.whereabouts.is_full(HALL)
        await house.hears(word(HALL, WAITING, free=0))
        assert house.whereabouts.is_full(HALL)
        assert house.whereabouts.places(HALL) == 2
        await asyncio.sleep(10)
        assert not house.whereabouts.is_full(HALL)

    House().play(scene)


def test_whoever_asks_what_becomes_of_a_meeting_waits_for_its_mcus_word() -> None:
    async def scene(house: House) -> None:
        assert await house.whereabouts.settled(MEETING, 2.0) is None
        asking = asyncio.create_task(house.whereabouts.settled(MEETING, 2.0))
        await asyncio.sleep(1)
        await house.hears(word(HALL, WAITING, free=0))
        found = await asking
        assert found is not None
        assert found.standing == WAITING
        assert house.whereabouts.ended() == frozenset()
        await house.hears(word(HALL, "ended"))
        assert house.whereabouts.ended() == {MEETING.meeting}

    House().play(scene)


@pytest.mark.parametrize("words", [b"{", b"", b"[]"])
def test_what_is_no_hosting_is_passed_over(words: bytes) -> None:
    async def scene(house: House) -> None:
        await house.bus.publish(mcu_hosting(HALL), words)
        await asyncio.sleep(0.01)
        await house.hears(word(HALL, "hosted", "http://hall:2"))
        found = house.whereabouts.find(MEETING)
        assert found is not None and found.url == "http://hall:2"

    House().play(scene)

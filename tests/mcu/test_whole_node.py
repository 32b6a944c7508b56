"""A whole node with its threads: two rooms see and hear each other, and outlive a restart."""

import asyncio
from collections.abc import Callable
from functools import partial

import pytest

from nhipcau.conference.commands import Actor, GiveFloor, Role, SetHand, SetLayout, SiteJoined
from nhipcau.conference.state import ConferenceState, Presence
from nhipcau.mcu.engine import Adapters
from nhipcau.mcu.node import McuNode
from nhipcau.picture.cell import Cell
from nhipcau.picture.layout import cells
from nhipcau.quantities import EndpointId, SiteId
from nhipcau.webrtc.memory import MemoryNetwork, MemoryTransport
from tests.mcu.machine import WallClock
from tests.mcu.medias import BLUE, RED, Colour
from tests.mcu.nodes import COAST, HALL, HILLS, Meeting
from tests.mcu.rooms import MixedCodecs, Room

CHAIR = Actor(Role.CHAIR, HALL)
PATIENCE_S = 30.0
LOUD, NOTHING = 2_000.0, 150.0


class House:
    """A node that runs, and the network to it."""

    def __init__(self) -> None:
        self.clock = WallClock()
        self.meeting = Meeting(self.clock)
        self.hall = Room(HALL, RED, 700.0, self.clock)
        self.coast = Room(COAST, BLUE, 1_700.0, self.clock)

    async def start(self) -> None:
        """Begin with what the log keeps."""
        network = MemoryNetwork(self.clock)
        adapters = Adapters(MemoryTransport(network), MixedCodecs(self.clock), self.clock)
        self.node: McuNode = self.meeting.node(network, adapters)
        self.node.start(lambda _name: lambda: None)
        self._running = asyncio.create_task(self.node.run())
        self._network = network

    async def rejoin(self) -> None:
        for room in (self.hall, self.coast):
            await room.join(self.node, self.meeting, self._network)

    async def stop(self) -> None:
        """End as a killed process does: the log is all that is left."""
        for room in (self.hall, self.coast):
            await room.leave()
        self._running.cancel()
        await asyncio.wait((self._running,))
        await self.node.aclose()

    def cell(self, site: SiteId) -> Cell:
        """Return the cell in which the state has a site."""
        arrangement = self.node.direction.arrangement
        layout = self.node.direction.layouts[arrangement.shown]
        return cells(layout, 1280, 720)[arrangement.cells.index(site)]

    async def sees_all(self) -> None:
        """Wait until the hall sees both where the layout says, and the coast the hall alone."""
        for site, colour in ((HALL, RED), (COAST, BLUE)):
            await eventually(partial(self._is_seen, self.hall, site, colour))
        layouts = self.node.direction.layouts
        (whole,) = cells(layouts["speaker"], 1280, 720)
        await eventually(lambda: near(self.coast.sees(whole), RED))

    async def hears_the_other(self) -> None:
        """Wait until each room hears the other; itself it never does."""
        for room, other in ((self.hall, self.coast), (self.coast, self.hall)):
            await eventually(partial(_hears, room, other))
            assert room.hears(room.tone_hz) < NOTHING

    def _is_seen(self, room: Room, site: SiteId, colour: Colour) -> bool:
        return near(room.sees(self.cell(site)), colour)


def _hears(room: Room, other: Room) -> bool:
    return room.hears(other.tone_hz) > LOUD


async def eventually(fact: Callable[[], bool]) -> None:
    deadline_s = asyncio.get_running_loop().time() + PATIENCE_S
    while not fact():
        assert asyncio.get_running_loop().time() < deadline_s
        await asyncio.sleep(0.02)


def near(seen: Colour | None, colour: Colour) -> bool:
    """Return True when a colour came through two encodings."""
    return seen is not None and all(abs(a - b) <= 12 for a, b in zip(seen, colour, strict=True))


def lasting(state: ConferenceState) -> tuple[object, ...]:
    """Return what a restart may not change."""
    mics = {site: row.mic for site, row in state.sites.items()}
    return state.floor, state.hands, state.layout, mics, state.content, state.mics_locked


@pytest.mark.timeout(180)
def test_two_rooms_meet_and_meet_again_after_a_restart() -> None:
    async def scene() -> None:
        house = House()
        await house.start()
        await house.rejoin()
        house.node.desk.command(SetLayout(CHAIR, "2x2"))
        house.node.desk.command(GiveFloor(CHAIR, COAST))
        house.node.desk.command(GiveFloor(CHAIR, HALL, beside=True))
        await house.sees_all()
        await house.hears_the_other()
        _raise_hand(house.node)
        await eventually(lambda: house.node.engine.speaker() in (HALL, COAST))
        before = lasting(house.node.host.state)
        assert before[0] == (COAST, HALL)
        assert before[1] == (HILLS,)
        await house.stop()

        await house.start()
        state = house.node.host.state
        assert lasting(state) == before
        assert state.sites[COAST].presence is Presence.LOST
        await house.rejoin()
        assert lasting(house.node.host.state) == before
        await house.sees_all()
        await house.hears_the_other()
        assert house.node.engine.stats().up == 2
        await house.stop()

    asyncio.run(scene())


def _raise_hand(node: McuNode) -> None:
    """Let a third room, without media, ask for the floor."""
    node.desk.command(SiteJoined(HILLS, EndpointId("hills"), capture=True))
    node.desk.command(SetHand(Actor(Role.SITE, HILLS), up=True))

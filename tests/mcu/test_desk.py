"""The desk: who gets the seat, who has to go, and what becomes of what the site held."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from nhipcau.conference.commands import Actor, EndMeeting, GiveFloor, Role
from nhipcau.conference.state import Presence
from nhipcau.mcu.admission import AdmissionError
from nhipcau.mcu.capacity import READINGS, Capacity, Limits
from nhipcau.mcu.desk import OccupiedError
from nhipcau.mcu.endpoint import Arrival, Endpoint, Farewell, Outbox, Said
from nhipcau.mcu.load import McuLoad
from nhipcau.mcu.node import McuNode
from nhipcau.ports.transport import UPSTREAM, ConnectionState, SdpError, SendLine
from nhipcau.quantities import SiteId, Ssrc
from nhipcau.webrtc.memory import MemoryNetwork, MemoryTransport
from tests.mcu.machine import HandClock
from tests.mcu.nodes import COAST, HALL, HILLS, ISLAND, Meeting

PERSON = Arrival("site", capture=True, agent="a person", takeover=False, synthetic=False)
MACHINE = replace(PERSON, agent="a machine", synthetic=True)
WATCHER = replace(PERSON, kind="viewer", capture=False)


class House:
    """A node whose desk is met directly, without signalling."""

    def __init__(self) -> None:
        self.clock = HandClock()
        self.meeting = Meeting(self.clock)
        self.network = MemoryNetwork(self.clock)
        self.node: McuNode = self.meeting.node(self.network)
        self.desk = self.node.desk

    def enter(self, site: SiteId | None, arrival: Arrival = PERSON, role: str = "site") -> Endpoint:
        ticket = self.desk.ticket(self.meeting.token(site, role))
        return self.desk.enter(ticket, arrival, Outbox())

    async def connect(self, endpoint: Endpoint) -> None:
        offer = await self.desk.connect(endpoint)
        lines = [SendLine(mid, Ssrc(n + 1), "far") for n, mid in enumerate(UPSTREAM)]
        far = MemoryTransport(self.network).answer(offer, lines)
        await self.desk.answer(endpoint, far.local_sdp() or "")

    def presence(self, site: SiteId) -> Presence:
        return self.node.host.state.sites[site].presence


async def told(endpoint: Endpoint) -> list[Said]:
    """Return all that an endpoint has been told so far."""
    said: list[Said] = []
    try:
        async with asyncio.timeout(0.01):
            while True:
                said.append(await endpoint.outbox.next())
    except TimeoutError:
        return said


def play(scene: Callable[[House], Awaitable[None]]) -> None:
    async def run() -> None:
        house = House()
        await scene(house)
        await house.node.aclose()

    asyncio.run(run())


def test_an_empty_seat_is_taken() -> None:
    async def scene(house: House) -> None:
        endpoint = house.enter(COAST)
        assert house.presence(COAST) is Presence.PRESENT
        assert house.desk.media_of(COAST) is endpoint
        assert house.desk.media_of(HILLS) is None

    play(scene)


def test_a_taken_seat_says_by_whom_and_since_when() -> None:
    async def scene(house: House) -> None:
        first = house.enter(COAST)
        house.clock.pass_s(60)
        with pytest.raises(OccupiedError) as occupied:
            house.enter(COAST)
        assert (occupied.value.agent, occupied.value.since_ms) == ("a person", first.since_ms)
        assert house.desk.media_of(COAST) is first
        assert len(house.desk.endpoints) == 1

    play(scene)


def test_a_confirmed_newcomer_takes_over_and_the_older_is_told() -> None:
    async def scene(house: House) -> None:
        older = house.enter(COAST)
        await house.connect(older)
        newer = house.enter(COAST, replace(PERSON, agent="a tablet", takeover=True))
        assert house.desk.media_of(COAST) is newer
        assert older.gone
        assert older.media is not None
        assert older.media.connection.state() is ConnectionState.CLOSED
        assert await told(older) == [{"type": "replaced", "agent": "a tablet"}, Farewell(4009)]
        # What the older one does now is of no account.
        house.desk.leave(older, on_purpose=True)
        assert house.presence(COAST) is Presence.PRESENT

    play(scene)


def test_a_synthetic_site_yields_to_a_person_and_not_the_other_way_round() -> None:
    async def scene(house: House) -> None:
        machine = house.enter(COAST, MACHINE)
        person = house.enter(COAST)
        assert machine.gone
        assert house.desk.media_of(COAST) is person
        with pytest.raises(OccupiedError):
            house.enter(COAST, MACHINE)

    play(scene)


def test_who_leaves_gives_the_floor_back_and_who_is_lost_keeps_it() -> None:
    async def scene(house: House) -> None:
        chair = Actor(Role.CHAIR, HALL)
        for on_purpose, presence in ((False, Presence.LOST), (True, Presence.ABSENT)):
            endpoint = house.enter(COAST)
            house.desk.command(GiveFloor(chair, COAST))
            house.desk.leave(endpoint, on_purpose=on_purpose)
            house.desk.leave(endpoint, on_purpose=on_purpose)
            assert house.presence(COAST) is presence
            assert (COAST in house.node.host.state.floor) is not on_purpose

    play(scene)


def test_a_failed_connection_is_let_go_as_lost() -> None:
    async def scene(house: House) -> None:
        endpoint = house.enter(COAST)
        await house.connect(endpoint)
        house.desk.reap()
        assert house.presence(COAST) is Presence.PRESENT
        assert endpoint.media is not None
        endpoint.media.state = ConnectionState.FAILED
        house.desk.reap()
        assert house.presence(COAST) is Presence.LOST
        assert await told(endpoint) == [Farewell(4000)]

    play(scene)


def test_a_full_mcu_turns_the_next_one_away() -> None:
    async def scene(house: House) -> None:
        house.desk.capacity = Capacity(Limits(endpoints=2))
        house.enter(COAST)
        house.enter(None, WATCHER, "console")
        with pytest.raises(AdmissionError) as refused:
            house.enter(HILLS)
        assert refused.value.code == "overloaded"
        assert house.presence(HILLS) is Presence.ABSENT

    play(scene)


def test_a_strained_mcu_turns_newcomers_away_but_nobody_who_was_in() -> None:
    async def scene(house: House) -> None:
        endpoint = house.enter(COAST)
        house.desk.leave(endpoint, on_purpose=False)
        for _ in range(READINGS):
            house.desk.capacity.observe(McuLoad(0.5, 2, 100.0, 1, late=0.2))
        with pytest.raises(AdmissionError) as refused:
            house.enter(HILLS)
        assert refused.value.code == "overloaded"
        house.enter(COAST)
        house.enter(None, WATCHER, "console")
        assert house.presence(COAST) is Presence.PRESENT
        assert house.desk.capacity.turned_away == 1

    play(scene)


def test_a_token_without_a_room_gets_no_seat() -> None:
    async def scene(house: House) -> None:
        with pytest.raises(AdmissionError) as refused:
            house.enter(None, PERSON, "console")
        assert refused.value.code == "unknown_site"
        assert house.enter(None, WATCHER, "console").seat is None

    play(scene)


def test_a_room_has_no_view_of_its_own() -> None:
    async def scene(house: House) -> None:
        with pytest.raises(AdmissionError) as refused:
            house.enter(COAST, replace(PERSON, director=True))
        assert refused.value.code == "not_allowed"
        assert house.presence(COAST) is Presence.ABSENT

    play(scene)


def test_who_is_no_longer_on_the_roster_is_dismissed() -> None:
    async def scene(house: House) -> None:
        stays, goes = house.enter(COAST), house.enter(ISLAND)
        watcher = house.enter(None, WATCHER, "console")
        assert house.node.take_plan(house.meeting.plan(HALL, COAST, HILLS))
        assert await told(goes) == [{"type": "ended"}, Farewell(4010)]
        assert set(house.desk.endpoints) == {stays.id, watcher.id}
        with pytest.raises(AdmissionError) as refused:
            house.enter(ISLAND)
        assert refused.value.code == "unknown_site"

    play(scene)


def test_when_the_meeting_is_over_everybody_is_told_and_nobody_comes_in() -> None:
    async def scene(house: House) -> None:
        room, chair = house.enter(COAST), house.enter(HALL, WATCHER, "chair")
        await house.connect(room)
        house.desk.command(EndMeeting(Actor(Role.CHAIR)))
        for endpoint in (room, chair):
            assert (await told(endpoint))[-2:] == [{"type": "ended"}, Farewell(4010)]
        assert house.desk.endpoints == {}
        house.desk.leave(room, on_purpose=False)
        for site, arrival, role in ((COAST, PERSON, "site"), (HALL, WATCHER, "chair")):
            with pytest.raises(AdmissionError) as refused:
                house.enter(site, arrival, role)
            assert refused.value.code == "ended"
        # The same plan again, or a changed one: it stays over.
        assert house.node.take_plan(house.meeting.plan(HALL, COAST, HILLS))
        assert house.node.host.state.ended_ms is not None

    play(scene)


def test_a_plan_that_cannot_be_run_changes_nothing() -> None:
    async def scene(house: House) -> None:
        endpoint = house.enter(COAST)
        assert not house.node.take_plan(house.meeting.plan(COAST, HILLS))
        assert house.desk.endpoints == {endpoint.id: endpoint}
        assert house.enter(ISLAND).seat == ISLAND

    play(scene)


def test_without_a_plan_nobody_is_admitted() -> None:
    async def scene(house: House) -> None:
        house.desk.plan = None
        assert not house.node.is_ready()
        with pytest.raises(AdmissionError) as refused:
            house.enter(COAST)
        assert refused.value.code == "wrong_conference"

    play(scene)


def test_an_endpoint_that_goes_while_it_is_connected_leaves_no_connection() -> None:
    async def scene(house: House) -> None:
        endpoint = house.enter(COAST)
        connecting = asyncio.create_task(house.desk.connect(endpoint))
        await asyncio.sleep(0)
        house.desk.leave(endpoint, on_purpose=False)
        await connecting
        assert endpoint.media is not None
        assert endpoint.media.connection.state() is ConnectionState.CLOSED
        await house.desk.answer(endpoint, "too late, and never looked at")

    play(scene)


def test_an_answer_to_something_else_is_refused_and_the_right_one_taken_after() -> None:
    async def scene(house: House) -> None:
        endpoint = house.enter(COAST)
        offer = await house.desk.connect(endpoint)
        with pytest.raises(SdpError):
            await house.desk.answer(endpoint, offer)
        lines = [SendLine(mid, Ssrc(n + 1), "far") for n, mid in enumerate(UPSTREAM)]
        far = MemoryTransport(house.network).answer(offer, lines)
        await house.desk.answer(endpoint, far.local_sdp() or "")
        assert endpoint.media is not None
        assert endpoint.media.connection.state() is ConnectionState.CONNECTED

    play(scene)


def test_when_the_process_ends_everybody_is_sent_elsewhere_and_nothing_is_lost() -> None:
    async def scene(house: House) -> None:
        endpoint = house.enter(COAST)
        seq = house.node.host.state.seq
        house.desk.close()
        assert await told(endpoint) == [Farewell(1012)]
        assert house.node.host.state.seq == seq

    play(scene)

"""The host: on disk before it takes effect, and the same after a restart."""

from collections.abc import Sequence

import pytest

from nhipcau.conference import commands as c
from nhipcau.conference.commands import Actor, Role
from nhipcau.conference.refusal import Refusal
from nhipcau.conference.replay import ReplayError, replay
from nhipcau.conference.state import ConferenceState, Presence
from nhipcau.mcu.host import ConferenceHost
from nhipcau.quantities import EndpointId, SiteId
from nhipcau.storage.memorylog import MemoryLog
from tests.mcu.machine import HandClock
from tests.mcu.nodes import COAST, HALL, HILLS, Meeting

CHAIR = Actor(Role.CHAIR, HALL)
LAYOUTS = ("speaker", "2x2")


class House:
    """A host over a list that outlives it."""

    def __init__(self) -> None:
        self.clock = HandClock()
        self.meeting = Meeting(self.clock)
        self.host = self.start()
        self.host.open(self.meeting.plan(), LAYOUTS)

    def start(self) -> ConferenceHost:
        host = ConferenceHost(MemoryLog(self.meeting.kept), self.clock)
        host.restore()
        return host

    def join(self, site: SiteId) -> None:
        assert not isinstance(
            self.host.command(c.SiteJoined(site, EndpointId(f"at {site}"), capture=True)), Refusal
        )


@pytest.fixture
def house() -> House:
    return House()


def test_when_observers_hear_of_it_it_is_on_disk(house: House) -> None:
    seen: list[bool] = []

    def look(state: ConferenceState, events: Sequence[object]) -> None:
        seen.append(replay(house.meeting.kept) == state == house.host.state)

    house.host.observe(look)
    house.join(COAST)
    house.host.command(c.GiveFloor(CHAIR, COAST))
    assert seen == [True, True]


def test_what_the_disk_refuses_did_not_happen(house: House) -> None:
    house.join(COAST)
    before, told = house.host.state, []
    house.host.observe(lambda state, events: told.append(events))
    house.host._log.close()
    with pytest.raises(ValueError, match="closed"):
        house.host.command(c.GiveFloor(CHAIR, COAST))
    assert house.host.state is before
    assert told == []


def test_a_refused_command_is_neither_logged_nor_told(house: House) -> None:
    records, told = len(house.meeting.kept), []
    house.host.observe(lambda state, events: told.append(events))
    outcome = house.host.command(c.GiveFloor(CHAIR, COAST))
    assert isinstance(outcome, Refusal)
    assert (len(house.meeting.kept), told) == (records, [])
    assert house.host.stats().refused == 1


def test_after_a_restart_all_is_as_before_and_everybody_is_lost(house: House) -> None:
    for site in (HALL, COAST, HILLS):
        house.join(site)
    house.host.command(c.GiveFloor(CHAIR, COAST))
    house.host.command(c.SetHand(Actor(Role.SITE, HILLS), up=True))
    house.host.command(c.SetLayout(CHAIR, "2x2"))
    before, after = house.host.state, house.start().state
    assert (after.floor, after.hands, after.layout) == (before.floor, before.hands, "2x2")
    assert {s: row.mic for s, row in after.sites.items()} == {
        s: row.mic for s, row in before.sites.items()
    }
    assert all(after.sites[site].presence is Presence.LOST for site in (HALL, COAST, HILLS))
    assert replay(house.meeting.kept) == after


def test_the_same_plan_again_changes_nothing(house: House) -> None:
    records = len(house.meeting.kept)
    host = house.start()
    assert isinstance(host.open(house.meeting.plan(), LAYOUTS), Refusal)
    assert len(house.meeting.kept) == records


def test_a_log_that_is_none_of_ours_is_not_guessed_at(house: House) -> None:
    house.meeting.kept.append(b'{"v": 99}')
    with pytest.raises(ReplayError):
        house.start()


def test_an_empty_log_is_an_unopened_conference() -> None:
    host = ConferenceHost(MemoryLog([]), HandClock())
    host.restore()
    assert not host.state.is_open()
    assert host.stats().seq == 0

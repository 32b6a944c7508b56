"""A leaf's copy of the log: whole and in order, or begun anew; never a mixture of two logs."""

from hypothesis import given
from hypothesis import strategies as st

from nhipcau.conference.commands import Actor, GiveFloor, Role, SetLayout, SiteJoined, TakeFloor
from nhipcau.mcu.host import ConferenceHost
from nhipcau.mcu.replica import Copier, Replica
from nhipcau.ports.eventlog import EventLog
from nhipcau.ports.trunk import Anew, Events
from nhipcau.quantities import EndpointId
from nhipcau.storage.memorylog import MemoryLog
from tests.mcu.machine import HandClock
from tests.mcu.nodes import COAST, HALL, HILLS, Meeting

CHAIR = Actor(Role.CHAIR, HALL, None)
COMMANDS = (
    GiveFloor(CHAIR, COAST),
    GiveFloor(CHAIR, HILLS),
    TakeFloor(CHAIR, None),
    SetLayout(CHAIR, "4x4"),
    SetLayout(CHAIR, "auto"),
)


class Pair:
    """A conference with its log, and a leaf's copy of it."""

    def __init__(self) -> None:
        clock = HandClock()
        self.records: list[bytes] = []
        self.log = MemoryLog(self.records)
        self.host = ConferenceHost(self.log, clock)
        self.host.open(Meeting(clock).plan(), ("auto", "4x4"))
        for site in (HALL, COAST, HILLS):
            self.host.command(SiteJoined(site, EndpointId(site), True, False))
        self.kept: list[bytes] = []
        self.branches: list[list[bytes]] = []
        self.copier = Copier(self.log)
        self.replica = Replica(self._open)
        self.host.observe(lambda _state, events: self._send(list(self.copier.follow(events))))
        self.lost: list[Events | Anew] = []
        self.is_up = True

    def _open(self, anew: bool) -> EventLog:
        if anew:
            self.branches.append(list(self.kept))
            self.kept.clear()
        return MemoryLog(self.kept)

    def join(self) -> None:
        """Let the trunk come up anew."""
        self.copier = Copier(self.log)
        self.is_up = True
        self._send(list(self.copier.hear(self.replica.have())))

    def _send(self, messages: list[Events | Anew]) -> None:
        for message in messages:
            if not self.is_up:
                self.lost.append(message)
            elif isinstance(message, Anew):
                self.replica.begin_anew()
            else:
                assert self.replica.take(message)


def test_a_new_copy_gets_all_and_then_what_takes_effect() -> None:
    pair = Pair()
    pair.join()
    assert pair.kept == pair.records
    pair.host.command(GiveFloor(CHAIR, COAST))
    assert pair.kept == pair.records
    assert pair.replica.state == pair.host.state


def test_what_was_lost_with_a_trunk_comes_with_the_next_one_and_once() -> None:
    pair = Pair()
    pair.join()
    pair.is_up = False
    pair.host.command(GiveFloor(CHAIR, COAST))
    assert pair.lost
    pair.join()
    assert pair.kept == pair.records


def test_an_event_that_comes_twice_is_kept_once_and_a_gap_is_refused() -> None:
    pair = Pair()
    pair.join()
    again = Events(first=1, records=tuple(one.decode() for one in pair.records))
    assert pair.replica.take(again)
    assert pair.kept == pair.records
    beyond = Events(first=len(pair.records) + 2, records=again.records[-1:])
    assert not pair.replica.take(beyond)


def test_a_copy_of_another_log_stays_as_a_branch() -> None:
    pair, other = Pair(), Pair()
    other.host.command(SetLayout(CHAIR, "4x4"))
    other.join()
    pair.kept.extend(other.records)
    pair.replica = Replica(pair._open)
    pair.join()
    assert pair.branches == [other.records]
    assert pair.kept == pair.records


def test_a_copy_survives_a_restart_of_its_leaf() -> None:
    pair = Pair()
    pair.join()
    pair.replica = Replica(pair._open)
    pair.host.command(GiveFloor(CHAIR, HILLS))
    pair.join()
    assert pair.replica.state == pair.host.state
    assert not pair.branches


def test_a_long_log_goes_in_parts() -> None:
    pair = Pair()
    for _ in range(400):
        pair.host.command(SetLayout(CHAIR, "4x4"))
        pair.host.command(SetLayout(CHAIR, "auto"))
    parts = list(Copier(pair.log).hear(Replica(lambda _anew: MemoryLog()).have()))
    assert len(parts) > 1
    pair.join()
    assert pair.kept == pair.records


@given(st.lists(st.sampled_from(COMMANDS) | st.none(), max_size=30))
def test_whatever_happens_a_copy_that_is_joined_is_the_log(steps: list[GiveFloor | None]) -> None:
    pair = Pair()
    for step in steps:
        if step is None:
            pair.is_up = not pair.is_up
            if pair.is_up:
                pair.join()
        else:
            pair.host.command(step)
    pair.join()
    assert pair.kept == pair.records
    assert not pair.branches

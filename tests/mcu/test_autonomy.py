"""What a leaf does with its rooms while its root is lost, and when it is back; time by hand."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import pytest

from nhipcau.conference import commands as c
from nhipcau.conference.state import EMPTY, ConferenceState
from nhipcau.mcu.autonomy import Autonomy, Surroundings
from nhipcau.mcu.cutoff import CUT_S, STEADY_S
from nhipcau.mcu.host import ConferenceHost
from nhipcau.mcu.hosting import Hosted
from nhipcau.mcu.hostingfolder import HostingFolder
from nhipcau.mcu.leaf import LeafNode
from nhipcau.mcu.leafchannel import HangUp, LeafChannel, PageBox
from nhipcau.ports.messages import ConferencePlan, PlannedLeaf, PlannedSite
from nhipcau.ports.trunk import Seated, Seating
from nhipcau.quantities import ConferenceId, EndpointId, McuName, SiteId
from nhipcau.storage.memorylog import MemoryLog
from tests.mcu.machine import HandClock
from tests.mcu.nodes import CONFERENCE, HALL, Meeting

DISTRICT, COMMUNE, OTHER = SiteId("573"), SiteId("22633"), SiteId("22634")
TREE = {HALL: None, DISTRICT: HALL, COMMUNE: DISTRICT, OTHER: DISTRICT}
LEAF = McuName("mcu-huyen")
URLS = ("http://leaf:1", "http://leaf:2")
ROOT_URL = "http://phong-hop:1"


@dataclass
class Replica:
    """The leaf's copy."""

    state: ConferenceState


@dataclass
class Leaf:
    """What of a leaf its autonomy looks at."""

    replica: Replica
    is_up: bool = False
    channels: dict[int, LeafChannel] = field(default_factory=dict)
    said: list[tuple[SiteId | None, Mapping[str, Any]]] = field(default_factory=list)
    greet: Any = None

    def hear(self, channel: LeafChannel, text: str) -> None:
        self.said.append((channel.seat, json.loads(text)))


class World:
    """A leaf with rooms, the folder of its MCU, and the meeting as its copy has it."""

    def __init__(self, folder: Path) -> None:
        self.clock = HandClock()
        self.meeting = Meeting(self.clock)
        self.disk, self.folder = folder, HostingFolder(folder)
        self.plan: ConferencePlan = self.meeting.plan().model_copy(
            update={
                "sites": tuple(
                    PlannedSite(
                        site=site,
                        name=f"Điểm {site}",
                        level="x",
                        parent=parent,
                        home=LEAF if parent else McuName(""),
                    )
                    for site, parent in TREE.items()
                ),
                "leaves": (PlannedLeaf(mcu=LEAF, url=URLS[0]),),
                "root_url": ROOT_URL,
            }
        )
        self.root = ConferenceHost(MemoryLog(), self.clock)
        self.root.open(self.plan, ())
        for site in (HALL, DISTRICT, COMMUNE):
            self.root.command(c.SiteJoined(site, EndpointId(f"e-{site}"), True))
        self.folder.put(self.plan, 0)
        self.leaf = Leaf(Replica(self.root.state))
        self.parts: dict[ConferenceId, ConferenceState] = {}
        self.numbers: list[int] = []
        self.begin()

    def begin(self) -> None:
        """Let the leaf's process begin, the first or another one."""
        around = Surroundings(
            LEAF,
            URLS,
            lambda: self.plan,
            lambda one: self.parts.get(one, EMPTY),
            lambda prefix: self.numbers if prefix == f"{CONFERENCE}--{LEAF}-" else (),
        )
        leaf = cast("LeafNode", self.leaf)
        self.autonomy = Autonomy(leaf, self.folder, around, self.clock)

    def sits(self, site: SiteId | None, role: str = "site", *, is_guest: bool = False) -> int:
        """Let a page be here that the root has seated; return its channel's number."""
        number = len(self.leaf.channels) + 1
        kind = "site" if role == "site" else "viewer"
        seating = Seating(
            role=role,
            site=site,
            subtree=DISTRICT if role == "operator" else None,
            credential="link:1",
            is_guest=is_guest,
            kind=kind,
            capture=True,
            agent="",
            address="10.0.0.1",
        )
        seated = Seated(channel=number, endpoint=EndpointId("e"), line_bps=None, seating=seating)
        channel = LeafChannel(number, "10.0.0.1", PageBox(), seated=seated)
        self.leaf.channels[number] = channel
        return number

    def calls(self, said: Mapping[str, Any]) -> list[Any]:
        """Let a page call while the root is away; return what it hears."""
        channel = LeafChannel(900, "10.0.0.2", PageBox())
        self.leaf.greet(channel, said)
        return frames(channel)

    def passes(self, seconds: float, *, up: bool | None = None) -> None:
        self.leaf.is_up = self.leaf.is_up if up is None else up
        for _ in range(round(seconds / 0.1)):
            self.autonomy.tick()
            self.clock.pass_s(0.1)

    def cut(self) -> None:
        """Be together for a while, then cut off long enough."""
        self.passes(1, up=True)
        self.passes(CUT_S + 0.3, up=False)

    def hosts(self) -> Hosted:
        """Let the MCU give the part a place, and its process begin."""
        part = self.part()
        assert part is not None
        self.folder.place(part.conference, 1)
        host = ConferenceHost(MemoryLog(), self.clock)
        host.open(part.plan, ())
        self.parts[part.conference] = host.state
        self.passes(0.2)
        return part

    def part(self) -> Hosted | None:
        found = (one for one in self.folder.all() if one.plan.carried is not None)
        return next((one for one in found if not one.plan.over), None)

    def heard(self, number: int) -> list[Any]:
        return frames(self.leaf.channels[number])


def frames(channel: LeafChannel) -> list[Any]:
    """Return what a page was told since last asked: messages, and the code it was hung up with."""
    told: list[Any] = []
    queue = channel.box._queue
    while not queue.empty():
        frame = queue.get_nowait()
        told.append(frame.code if isinstance(frame, HangUp) else json.loads(frame))
    return told


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def move(world: World) -> dict[str, Any]:
    return {
        "type": "move",
        "conference": f"{CONFERENCE}--{LEAF}-1",
        "url": URLS[1],
        "name": f"Điểm {DISTRICT}",
        "why": "cut",
    }


def test_rooms_go_over_into_their_part_once_its_process_is_there(world: World) -> None:
    rooms = [world.sits(COMMUNE), world.sits(DISTRICT)]
    world.cut()
    part = world.part()
    assert part is not None
    assert (part.plan.chair_site, part.plan.mcu, part.plan.parent) == (DISTRICT, LEAF, CONFERENCE)
    assert {*URLS, ROOT_URL} <= set(part.plan.origins)
    assert [world.heard(room) for room in rooms] == [[], []]
    world.hosts()
    assert [world.heard(room) for room in rooms] == [[move(world)], [move(world)]]
    world.passes(5)
    assert [world.heard(room) for room in rooms] == [[], []]


def test_it_says_since_when_the_root_is_lost(world: World) -> None:
    world.sits(COMMUNE)
    world.sits(DISTRICT)
    world.passes(1, up=True)
    lost_ms = round(world.clock.wall_s() * 1000)
    world.passes(CUT_S + 0.3, up=False)
    part = world.part()
    assert part is not None
    assert part.plan.carried is not None
    assert abs(part.plan.carried.lost_ms - lost_ms) <= 100


def test_a_page_that_has_no_part_in_it_is_told_why_nothing_moves_and_when_that_is_over(
    world: World,
) -> None:
    world.sits(COMMUNE)
    world.sits(DISTRICT)
    chair, guest = world.sits(None, "chair"), world.sits(OTHER, is_guest=True)
    world.cut()
    world.hosts()
    world.passes(2)
    cut = {"type": "cut", "cut": True, "why": "waits", "source": f"Điểm {HALL}"}
    assert world.heard(chair) == [cut]
    assert world.heard(guest) == [cut]
    world.passes(1, up=True)
    assert world.heard(chair) == [{"type": "cut", "cut": False, "why": "", "source": ""}]


def test_where_no_place_is_free_rooms_stay_and_are_told_so(world: World) -> None:
    room = world.sits(COMMUNE)
    world.sits(DISTRICT)
    world.cut()
    world.passes(2)
    told = world.heard(room)
    assert [(one["cut"], one["why"]) for one in told] == [(True, "no_place")]
    world.hosts()
    assert world.heard(room) == [move(world)]


def test_a_room_alone_waits_and_is_told_so(world: World) -> None:
    room = world.sits(COMMUNE)
    world.cut()
    assert world.part() is None
    assert [one["why"] for one in world.heard(room)] == ["waits"]


def test_an_operator_of_the_district_goes_with_it(world: World) -> None:
    world.sits(COMMUNE)
    world.sits(DISTRICT)
    operator = world.sits(None, "operator")
    world.cut()
    world.hosts()
    assert world.heard(operator) == [move(world)]


def test_whoever_calls_meanwhile_is_sent_there(world: World) -> None:
    world.sits(COMMUNE)
    world.sits(DISTRICT)
    world.cut()
    hello = {"type": "hello", "token": world.meeting.token(OTHER)}
    assert world.calls(hello) == [1012]
    world.hosts()
    assert world.calls(hello) == [move(world), 4011]
    assert world.calls({"type": "knock", "v": 1}) == [move(world), 4011]
    assert world.calls({"type": "hello", "token": world.meeting.token(None, "chair")}) == [1012]
    assert world.calls({"type": "hello", "token": world.meeting.token(HALL)}) == [1012]
    assert world.calls({"type": "hello", "token": "nobody's"}) == [1012]
    assert world.calls({"type": "ping", "t": 1}) == []


def test_rooms_that_come_back_from_elsewhere_begin_a_part_by_calling(world: World) -> None:
    world.cut()
    assert world.part() is None
    for site in (COMMUNE, OTHER):
        assert world.calls({"type": "hello", "token": world.meeting.token(site)}) == [1012]
    world.passes(0.2)
    part = world.part()
    assert part is not None
    assert part.plan.chair_site == DISTRICT


def test_when_the_trunk_is_back_the_part_ends_and_hands_are_raised_in_their_order(
    world: World,
) -> None:
    world.sits(COMMUNE)
    world.sits(DISTRICT)
    world.cut()
    part = world.hosts()
    world.leaf.channels.clear()
    world.parts[part.conference] = replace(
        world.parts[part.conference], hands=(OTHER, COMMUNE, DISTRICT)
    )
    world.root.command(c.SetHand(c.Actor(c.Role.SITE, DISTRICT), up=True))
    world.leaf.replica.state = world.root.state
    world.passes(STEADY_S + 0.2, up=True)
    found = world.folder.find(part.conference)
    assert found is not None
    assert found.plan.over
    assert world.leaf.said == []
    world.sits(COMMUNE)
    world.sits(DISTRICT)
    world.passes(1)
    assert world.leaf.said == []
    world.sits(OTHER)
    world.passes(0.2)
    raised = {"type": "hand", "up": True}
    # The third one's has been up at the root all the time, and has kept its place.
    assert world.leaf.said == [(OTHER, raised), (COMMUNE, raised)]


def test_behind_a_room_that_does_not_come_back_the_others_wait_for_a_while(world: World) -> None:
    world.sits(COMMUNE)
    world.sits(DISTRICT)
    world.cut()
    part = world.hosts()
    world.parts[part.conference] = replace(world.parts[part.conference], hands=(OTHER, COMMUNE))
    world.passes(3, up=True)
    assert world.leaf.said == []
    world.passes(4)
    assert [site for site, _ in world.leaf.said] == [COMMUNE]


def test_a_process_that_begins_anew_finds_its_part_and_merges(world: World) -> None:
    world.sits(COMMUNE)
    world.sits(DISTRICT)
    world.cut()
    part = world.hosts()
    world.leaf.channels.clear()
    world.begin()
    world.passes(3)
    assert world.calls({"type": "knock", "v": 1})[-1] == 4011
    world.passes(1, up=True)
    found = world.folder.find(part.conference)
    assert found is not None
    assert found.plan.over


def test_the_next_part_has_the_next_number_that_its_disk_does_not_know(world: World) -> None:
    world.numbers = [1, 7]
    world.sits(COMMUNE)
    world.sits(DISTRICT)
    world.cut()
    part = world.part()
    assert part is not None
    assert part.conference == f"{CONFERENCE}--{LEAF}-8"


def test_a_meeting_that_is_known_to_be_over_ends_here_too(world: World) -> None:
    room = world.sits(COMMUNE)
    world.sits(DISTRICT)
    world.cut()
    part = world.hosts()
    world.heard(room)
    world.plan = world.plan.model_copy(update={"over": True})
    world.passes(0.3)
    found = world.folder.find(part.conference)
    assert found is not None
    assert found.plan.over
    assert world.heard(room) == [{"type": "ended"}, 4010]
    assert world.calls({"type": "hello", "token": world.meeting.token(OTHER)}) == [
        {"type": "ended"},
        4010,
    ]
    meeting = world.folder.find(CONFERENCE)
    assert meeting is not None
    assert meeting.ended_s is not None


def test_the_end_of_the_meeting_at_the_root_frees_the_leaf_s_place(world: World) -> None:
    world.passes(1, up=True)
    world.root.command(c.EndMeeting(c.Actor(c.Role.CHAIR, HALL)))
    world.leaf.replica.state = world.root.state
    world.passes(0.2)
    meeting = world.folder.find(CONFERENCE)
    assert meeting is not None
    assert meeting.ended_s == pytest.approx(world.clock.wall_s(), abs=5)

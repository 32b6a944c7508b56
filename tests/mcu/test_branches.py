"""The branches of a split meeting are hosted, told of and ended, whichever process begins anew."""

from pathlib import Path

import pytest

from nhipcau.conference import commands as c
from nhipcau.conference.state import ConferenceState
from nhipcau.mcu.admission import AdmissionError, Shown, admit, admit_shown, chair_text
from nhipcau.mcu.branches import Branches, Presence
from nhipcau.mcu.desk import MovedError
from nhipcau.mcu.endpoint import Arrival, Endpoint, Farewell, Outbox
from nhipcau.mcu.hostingfolder import HostingFolder
from nhipcau.mcu.node import McuNode
from nhipcau.ports.messages import ConferencePlan, PlannedCue, PlannedSite
from nhipcau.quantities import ConferenceId, SiteId
from nhipcau.webrtc.memory import MemoryNetwork
from tests.mcu.machine import HandClock
from tests.mcu.nodes import CONFERENCE, HALL, Meeting

DISTRICT, COMMUNE, OTHER = SiteId("573"), SiteId("22633"), SiteId("570")
BRANCH = ConferenceId(f"{CONFERENCE}--573")
URLS = ("http://mcu:1", "http://mcu:2")
CHAIR = c.Actor(c.Role.CHAIR, HALL)
ROOM = Arrival("site", capture=True, agent="", takeover=True, synthetic=False)
WATCHER = Arrival("viewer", capture=False, agent="", takeover=False, synthetic=False)
TREE = ((HALL, "province", None), (DISTRICT, "district", HALL), (COMMUNE, "commune", DISTRICT))


class World:
    """A node that runs the parent, and the folder of its MCU."""

    def __init__(self, folder: Path) -> None:
        self.clock = HandClock()
        self.meeting = Meeting(self.clock)
        self.folder = HostingFolder(folder)
        rows = (*TREE, (OTHER, "district", HALL))
        self.plan = self.meeting.plan().model_copy(
            update={
                "sites": tuple(
                    PlannedSite(site=site, name=f"Điểm {site}", level=level, parent=parent)
                    for site, level, parent in rows
                ),
                "chair_site": HALL,
                "ticket_key": "A" * 43,
                "tickets_end_s": int(self.clock.wall_s()) + 3600,
                "scenario": (
                    *(PlannedCue(cue=f"c0{n}", kind="item") for n in range(5)),
                    PlannedCue(cue="c1", kind="split", split_level="district"),
                    PlannedCue(cue="c2", kind="merge"),
                ),
            }
        )
        self.seen: dict[ConferenceId, Presence] = {}
        self.begin()

    def begin(self) -> None:
        """Let a process begin, the first or another one."""
        self.node: McuNode = self.meeting.node(MemoryNetwork(self.clock))
        assert self.node.take_plan(self.plan)
        self.branches = Branches(
            self.node.host,
            self.node.desk,
            self.folder,
            URLS,
            lambda one: self.seen.get(one, Presence()),
        )

    @property
    def state(self) -> ConferenceState:
        return self.node.host.state

    def enter(self, site: SiteId | None, role: str = "site", arrival: Arrival = ROOM) -> Endpoint:
        ticket = self.node.desk.ticket(self.meeting.token(site, role))
        return self.node.desk.enter(ticket, arrival, Outbox())

    def splits(self) -> None:
        """Let the scenario come to its split, with somebody of the district there."""
        if not self.state.is_present(COMMUNE):
            self.enter(COMMUNE)
        while not self.state.split_cue:
            self.presses_next()

    def presses_next(self) -> None:
        self.node.host.command(c.Advance(CHAIR, self.state.scenario_revision))
        self.branches.tick()

    def child(self) -> ConferencePlan:
        found = self.folder.find(BRANCH)
        assert found is not None
        return found.plan


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def said(endpoint: Endpoint, kind: str) -> list[object]:
    """Return what of one kind an endpoint was told so far."""
    told = list(endpoint.outbox._queue._queue)  # type: ignore[attr-defined]
    return [one for one in told if not isinstance(one, bytes | Farewell) and one["type"] == kind]


def test_a_split_is_hosted_and_whoever_belongs_there_is_told_once(world: World) -> None:
    commune, hall = world.enter(COMMUNE), world.enter(HALL)
    world.splits()
    assert (world.child().parent, world.child().chair_site) == (CONFERENCE, DISTRICT)
    # No place yet: nobody is sent away.
    assert said(commune, "move") == []
    world.folder.put(world.child(), place=1)
    for _ in range(3):
        world.branches.tick()
    (move,) = said(commune, "move")
    assert move == {
        "type": "move",
        "conference": BRANCH,
        "url": URLS[1],
        "name": "Điểm 573",
        "why": "split",
    }
    assert said(hall, "move") == []


def test_a_district_that_nobody_came_to_meet_with_stays_until_somebody_comes(world: World) -> None:
    district = world.enter(DISTRICT)
    while not world.state.split_cue:
        world.presses_next()
    assert list(world.folder.all()) == []
    world.enter(COMMUNE)
    world.branches.tick()
    world.folder.put(world.child(), place=1)
    world.branches.tick()
    assert len(said(district, "move")) == 1


def test_before_a_split_its_branches_wait_in_their_places_and_nobody_is_sent(world: World) -> None:
    commune = world.enter(COMMUNE)
    world.presses_next()
    assert list(world.folder.all()) == []
    world.presses_next()
    world.presses_next()
    world.folder.put(world.child(), place=0)
    for _ in range(3):
        world.branches.tick()
    assert said(commune, "move") == []
    assert not world.child().over
    # Put off again: what waits goes on waiting, under the same name.
    world.node.host.command(c.GoBack(CHAIR, world.state.scenario_revision))
    world.branches.tick()
    assert not world.child().over
    world.node.host.command(c.EndMeeting(CHAIR))
    world.branches.tick()
    assert world.child().over


def test_whoever_comes_meanwhile_is_sent_on_but_for_those_who_stay(world: World) -> None:
    world.splits()
    world.folder.put(world.child(), place=0)
    world.branches.tick()
    with pytest.raises(MovedError) as moved:
        world.enter(COMMUNE)
    assert moved.value.move["url"] == URLS[0]
    assert world.enter(OTHER).seat == OTHER
    assert world.enter(HALL, "chair", WATCHER).site == HALL


def test_a_process_that_begins_anew_goes_on_with_the_split(world: World) -> None:
    world.splits()
    world.folder.put(world.child(), place=0)
    world.begin()
    world.branches.tick()
    with pytest.raises(MovedError):
        world.enter(COMMUNE)
    assert not world.child().over


def test_a_merge_ends_the_branch_and_everybody_may_come_back(world: World) -> None:
    world.splits()
    world.folder.put(world.child(), place=0)
    world.branches.tick()
    world.presses_next()
    assert world.child().over
    assert world.enter(COMMUNE).seat == COMMUNE


def test_a_merge_that_the_process_did_not_live_to_tell_is_told_by_the_next(world: World) -> None:
    world.splits()
    world.node.host.command(c.Merge(CHAIR))
    assert not world.child().over
    world.begin()
    world.branches.tick()
    assert world.child().over


def test_a_branch_that_its_own_chair_ended_gives_its_sites_back(world: World) -> None:
    world.splits()
    world.folder.put(world.child(), place=0)
    world.folder.end(BRANCH, world.clock.wall_s())
    world.branches.tick()
    assert world.state.branches == ()
    assert world.enter(COMMUNE).seat == COMMUNE
    assert world.state.split_cue == "c1"


def test_the_chair_sees_who_is_in_each_branch_and_when_it_is_whole_again(world: World) -> None:
    chair, room = world.enter(HALL, "chair", WATCHER), world.enter(HALL)
    world.branches.tell_watchers()
    assert said(chair, "branches") == []
    world.splits()
    world.folder.put(world.child(), place=0)
    world.branches.tick()
    world.seen[BRANCH] = Presence((COMMUNE,), (COMMUNE,))
    world.branches.tell_watchers()
    (news,) = said(chair, "branches")
    assert news == {
        "type": "branches",
        "split": True,
        "branches": [
            {
                "conference": BRANCH,
                "name": "Điểm 573",
                "chair_site": DISTRICT,
                "url": URLS[0],
                "sites": (DISTRICT, COMMUNE),
                "present": (COMMUNE,),
                "floor": (COMMUNE,),
                "waits": False,
            }
        ],
    }
    assert said(room, "branches") == []
    world.presses_next()
    world.branches.tell_watchers()
    world.branches.tell_watchers()
    assert said(chair, "branches")[1:] == [{"type": "branches", "split": False, "branches": []}]


def test_a_removed_room_stays_out_of_the_branch_too(world: World) -> None:
    endpoint = world.enter(COMMUNE)
    world.node.host.command(c.Remove(CHAIR, COMMUNE))
    world.splits()
    assert world.child().barred == (endpoint.ticket.credential,)


def test_links_of_the_meeting_open_the_branch_to_those_who_belong_there(world: World) -> None:
    world.splits()
    child, now_s = world.child(), world.clock.wall_s()
    room = admit(child, world.meeting.token(COMMUNE, "site"), now_s)
    assert (room.role, room.site) == (c.Role.SITE, COMMUNE)
    token = world.meeting.operator_token(DISTRICT)
    chairing = admit(child, token, now_s)
    # Whoever looks after all of the district chairs its meeting.
    assert (chairing.role, chairing.site) == (c.Role.CHAIR, DISTRICT)
    part = admit(child, world.meeting.operator_token(COMMUNE), now_s)
    assert (part.role, part.subtree) == (c.Role.OPERATOR, COMMUNE)
    for site, role, code in (
        (OTHER, "site", "unknown_site"),
        (HALL, "chair", "wrong_conference"),
        (None, "console", "wrong_conference"),
    ):
        with pytest.raises(AdmissionError) as refused:
            admit(child, world.meeting.token(site, role), now_s)
        assert refused.value.code == code
    with pytest.raises(AdmissionError) as refused:
        admit(child, world.meeting.operator_token(OTHER), now_s)
    assert refused.value.code == "unknown_site"


def test_only_the_chairing_room_of_a_branch_gets_the_key_to_its_chair(world: World) -> None:
    world.splits()
    child, now_s = world.child(), world.clock.wall_s()
    chairing = admit(child, world.meeting.token(DISTRICT, "site"), now_s)
    text = chair_text(child, chairing, now_s)
    assert text is not None
    opened = admit_shown(child, Shown(text), now_s)
    assert (opened.role, opened.site) == (c.Role.CHAIR, DISTRICT)
    commune = admit(child, world.meeting.token(COMMUNE, "site"), now_s)
    assert chair_text(child, commune, now_s) is None
    # Nobody gets one in a meeting that is no branch, and none opens another.
    assert (
        chair_text(world.plan, admit(world.plan, world.meeting.token(HALL, "site"), now_s), now_s)
        is None
    )
    with pytest.raises(AdmissionError) as refused:
        admit_shown(world.plan, Shown(text), now_s)
    assert refused.value.code == "wrong_conference"

"""What of a meeting goes on at a leaf that was cut off: who belongs to it, and where it stood."""

from nhipcau.conference import ConferenceState
from nhipcau.conference import commands as c
from nhipcau.conference.scenario import CueKind, Step
from nhipcau.mcu.cutoffplan import Cut, carry_on, cutoff_plan
from nhipcau.mcu.host import ConferenceHost
from nhipcau.ports.messages import (
    ConferencePlan,
    PlannedBallot,
    PlannedCue,
    PlannedDevice,
    PlannedGuest,
    PlannedLeaf,
    PlannedSite,
    PlannedTurn,
)
from nhipcau.quantities import ConferenceId, DeviceId, EndpointId, McuName, SiteId
from nhipcau.storage.memorylog import MemoryLog
from tests.mcu.machine import HandClock

LEAF, OTHER = McuName("mcu-khanh-son"), McuName("mcu-van-ninh")
HALL, DISTRICT, FIRST, SECOND, GUEST, FAR = (
    SiteId(one) for one in ("56", "575", "22735", "22738", "khach", "571")
)
HOMES = {
    HALL: (None, ""),
    FIRST: (DISTRICT, LEAF),
    SECOND: (DISTRICT, LEAF),
    DISTRICT: (HALL, LEAF),
    FAR: (HALL, OTHER),
    GUEST: (None, LEAF),
}
CHAIR = c.Actor(c.Role.CHAIR, HALL)


def cue(name: str, *sites: SiteId | None, kind: str = "item") -> PlannedCue:
    turns = tuple(
        PlannedTurn(turn=str(n), site=site, speaker="Bà A") for n, site in enumerate(sites)
    )
    return PlannedCue(cue=name, kind=kind, title=f"Mục {name}", minutes=10, turns=turns)


SCENARIO = (
    cue("c1", HALL),
    cue("c2", FAR, DISTRICT, FIRST),
    cue("c3", FAR),
    cue("c4", kind="discussion"),
    PlannedCue(
        cue="c5",
        kind="vote",
        ballot=PlannedBallot(question="?", answers=("Có", "Không"), delegations=(FAR, DISTRICT)),
    ),
    cue("c6", kind="split"),
    cue("c7", SECOND),
    cue("c8", kind="merge"),
)
PLAN = ConferencePlan(
    conference=ConferenceId("m"),
    title="Hội nghị",
    mcu=McuName("mcu-tinh"),
    chair_site=HALL,
    layout="auto",
    sites=tuple(
        PlannedSite(site=site, name=f"Điểm {site}", level="x", parent=parent, home=McuName(home))
        for site, (parent, home) in HOMES.items()
    ),
    token_public_key_pem="",
    devices=(PlannedDevice(device=DeviceId("d"), site=FIRST, keys=("k",)),),
    guests=(PlannedGuest(site=GUEST, pin="x", expires_s=1),),
    scenario=SCENARIO,
    leaves=(PlannedLeaf(mcu=LEAF), PlannedLeaf(mcu=OTHER)),
    trunk_key="geheim",
    barred=("link:7",),
)


class Root:
    """The meeting at its root; its state is what the leaf has a copy of."""

    def __init__(self, *present: SiteId) -> None:
        self.clock = HandClock()
        self.host = ConferenceHost(MemoryLog(), self.clock)
        self.host.open(PLAN, ("speaker",))
        for site in present:
            self.does(c.SiteJoined(site, EndpointId(f"e-{site}"), True))

    @property
    def state(self) -> ConferenceState:
        return self.host.state

    def does(self, command: c.Command) -> None:
        assert isinstance(self.host.command(command), tuple), command

    def presses_next(self, times: int = 1) -> None:
        for _ in range(times):
            self.does(c.Advance(CHAIR, self.state.scenario_revision))


def cut(root: Root, *here: SiteId, number: int = 1) -> ConferencePlan:
    wanted = Cut(LEAF, number, round(root.clock.wall_s() * 1000) - 3000, frozenset(here))
    plan = cutoff_plan(PLAN, root.state, wanted)
    assert plan is not None
    return plan


def goes_on(plan: ConferencePlan, root: Root) -> ConferenceState:
    """Return the part as its own process begins it."""
    host = ConferenceHost(MemoryLog(), root.clock)
    host.open(plan, ("speaker",))
    command = carry_on(plan)
    assert command is not None
    assert isinstance(host.command(command), tuple)
    return host.state


def test_a_part_is_of_the_sites_that_are_at_home_here_and_of_those_whose_rooms_are() -> None:
    root = Root(HALL, DISTRICT, FIRST, FAR)
    plan = cut(root, DISTRICT, FIRST, FAR)
    assert {row.site for row in plan.sites} == {DISTRICT, FIRST, SECOND, FAR}
    assert (plan.mcu, plan.parent, plan.conference) == (LEAF, "m", "m--mcu-khanh-son-1")
    assert (plan.guests, plan.leaves, plan.trunk_key, plan.barred) == ((), (), "", ("link:7",))
    assert [one.device for one in plan.devices] == ["d"]


def test_the_highest_room_that_is_here_chairs() -> None:
    root = Root(HALL, DISTRICT, FIRST, SECOND)
    assert cut(root, DISTRICT, FIRST, SECOND).chair_site == DISTRICT
    assert cut(root, SECOND, FIRST).chair_site == FIRST
    assert cut(root, SECOND).title == f"Điểm {SECOND}"


def test_where_no_room_is_here_the_highest_of_those_that_were_in_the_meeting_chairs() -> None:
    assert cut(Root(HALL, SECOND, FIRST)).chair_site == FIRST
    assert cut(Root(HALL)).chair_site == DISTRICT


def test_a_guest_neither_belongs_to_it_nor_chairs_it() -> None:
    root = Root(HALL, FIRST)
    plan = cut(root, GUEST, FIRST)
    assert plan.chair_site == FIRST
    assert GUEST not in {row.site for row in plan.sites}


def test_an_mcu_without_any_room_of_the_meeting_has_nothing_to_go_on_with() -> None:
    wanted = Cut(McuName("mcu-khac"), 1, 0, frozenset())
    assert cutoff_plan(PLAN, Root(HALL).state, wanted) is None


def test_each_part_has_a_number_of_its_own() -> None:
    assert cut(Root(HALL, FIRST), FIRST, number=4).conference == "m--mcu-khanh-son-4"


def test_it_goes_on_at_the_cue_that_ran_though_another_speaks_there() -> None:
    root = Root(HALL, DISTRICT, FIRST, FAR)
    root.presses_next(2)
    root.clock.pass_s(100)
    plan = cut(root, DISTRICT, FIRST)
    running = plan.scenario[0]
    assert [(turn.turn, turn.site) for turn in running.turns] == [
        ("0", None),
        ("1", DISTRICT),
        ("2", FIRST),
    ]
    state = goes_on(plan, root)
    assert state.scenario.at == Step("c2", "0")
    assert state.scenario.since_ms == root.state.scenario.since_ms
    assert state.floor == ()
    following = state.following()
    assert following == Step("c2", "1")


def test_what_lies_before_it_and_the_turns_of_others_are_left_out() -> None:
    root = Root(HALL, DISTRICT, FIRST)
    root.presses_next(3)
    plan = cut(root, DISTRICT, FIRST)
    assert [(one.cue, one.kind) for one in plan.scenario] == [
        ("c2", "item"),
        ("c4", "discussion"),
        ("c7", "item"),
    ]
    assert [turn.turn for turn in plan.scenario[0].turns] == ["1", "2"]


def test_who_spoke_goes_on_speaking_and_hands_stay_up() -> None:
    root = Root(HALL, DISTRICT, FIRST, SECOND, FAR)
    root.presses_next(3)
    for site in (SECOND, FAR, FIRST):
        root.does(c.SetHand(c.Actor(c.Role.SITE, site), up=True))
    root.does(c.SetCamera(c.Actor(c.Role.SITE, FIRST), on=False))
    root.does(c.MuteAll(CHAIR, locked=True))
    state = goes_on(cut(root, DISTRICT, FIRST, SECOND), root)
    assert (state.floor, state.hands, state.mics_locked) == ((DISTRICT,), (SECOND, FIRST), True)
    assert {row.site for row in state.sites.values() if row.mic} == {DISTRICT}
    assert not state.sites[FIRST].camera


def test_a_split_that_ran_is_an_item_like_others_there_and_a_vote_that_ran_is_not_held() -> None:
    root = Root(HALL, DISTRICT, FIRST, FAR)
    for name, kind in (("c6", CueKind.ITEM), ("c5", CueKind.ITEM)):
        root.does(c.MoveCue(CHAIR, root.state.scenario_revision, name, None))
        root.presses_next()
        plan = cut(root, DISTRICT, FIRST)
        assert (plan.scenario[0].cue, plan.scenario[0].kind) == (name, kind)
        assert plan.scenario[0].ballot is None
        state = goes_on(plan, root)
        assert (state.split_cue, state.votes.open, state.scenario.at) == ("", None, Step(name))


def test_minutes_that_were_added_and_what_is_passed_over_stay_so() -> None:
    root = Root(HALL, DISTRICT, FIRST)
    root.presses_next(3)
    root.does(c.Extend(CHAIR, root.state.scenario_revision, 5))
    root.does(c.Skip(CHAIR, root.state.scenario_revision, "c7", None, True))
    state = goes_on(cut(root, DISTRICT, FIRST), root)
    assert state.scenario.extra_min == {Step("c2", "1"): 5}
    assert state.scenario.skipped == {Step("c7", "0")}


def test_a_meeting_whose_scenario_has_not_begun_or_is_over_goes_on_without_a_step() -> None:
    root = Root(HALL, DISTRICT, FIRST)
    assert goes_on(cut(root, FIRST), root).scenario.at is None
    root.presses_next()
    while not root.state.scenario.over:
        root.presses_next()
    plan = cut(root, FIRST)
    assert plan.scenario == ()
    assert goes_on(plan, root).scenario.at is None


def test_who_was_removed_stays_out() -> None:
    root = Root(HALL, DISTRICT)
    root.does(c.SiteJoined(FIRST, EndpointId("e"), True, credential="device:9"))
    root.does(c.Remove(CHAIR, FIRST))
    assert cut(root, DISTRICT).barred == ("device:9", "link:7")


def test_a_plan_of_a_split_is_no_part_that_is_carried_on() -> None:
    assert carry_on(PLAN) is None

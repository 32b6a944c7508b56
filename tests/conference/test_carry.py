"""A part of a conference that was cut off goes on where the whole stood, once, and as its own."""

from dataclasses import replace

from nhipcau.conference import ConferenceState, Presence
from nhipcau.conference import commands as c
from nhipcau.conference.refusal import RefusalCode
from nhipcau.conference.replay import replay
from nhipcau.conference.scenario import Step, StepClock
from nhipcau.conference.wire import dump_event
from nhipcau.quantities import ConferenceId, SiteId

from .meeting import GIANG_LY, HALL, KHANH_VINH, NOW, PLAN, STRANGER, Meeting, room, seat
from .sheet import COMMUNES, TALK, UPLAND

NOW_MS = round(NOW * 1000)
PART = replace(
    PLAN,
    conference=ConferenceId("tet-2024--mcu-573-1"),
    chair_site=KHANH_VINH,
    roster=tuple(row for row in PLAN.roster if row.site in (KHANH_VINH, GIANG_LY)),
    scenario=(UPLAND, COMMUNES, TALK),
)
CARRIED = c.CarryOn(
    PLAN.conference,
    NOW_MS - 3000,
    sites=(
        c.CarriedSite(KHANH_VINH, capture=True, synthetic=False, camera=False, mic=True),
        c.CarriedSite(GIANG_LY, capture=True, synthetic=False, camera=True, mic=False),
    ),
    floor=(KHANH_VINH,),
    hands=(GIANG_LY,),
    step=c.CarriedStep(Step("c2", "0"), NOW_MS - 200_000, NOW_MS - 60_000, 30_000),
)


def cut_off(carried: c.CarryOn = CARRIED) -> Meeting:
    """Return a part that goes on; nobody has come yet."""
    meeting = Meeting()
    meeting.does(PART)
    meeting.does(carried)
    return meeting


def presences(state: ConferenceState) -> set[Presence]:
    return {row.presence for row in state.sites.values()}


def test_it_goes_on_at_the_same_cue_and_the_clock_runs_on() -> None:
    scenario = cut_off().state.scenario
    assert scenario.at == Step("c2", "0")
    assert scenario.since_ms == NOW_MS - 60_000
    assert scenario.clocks == {Step("c2", "0"): StepClock(NOW_MS - 200_000, 30_000)}
    assert scenario.awaited is None


def test_whoever_was_here_is_expected_with_floor_microphone_and_hand() -> None:
    meeting = cut_off()
    state = meeting.state
    assert presences(state) == {Presence.LOST}
    assert (state.floor, state.hands, meeting.open_mics()) == (
        (KHANH_VINH,),
        (GIANG_LY,),
        {KHANH_VINH},
    )
    meeting.joins(KHANH_VINH, GIANG_LY)
    assert meeting.state.sites[KHANH_VINH].mic
    assert not meeting.state.sites[KHANH_VINH].camera
    assert meeting.state.sites[GIANG_LY].camera
    assert meeting.state.hands == (GIANG_LY,)


def test_the_local_chair_leads_on_from_there() -> None:
    meeting = cut_off()
    meeting.joins(KHANH_VINH, GIANG_LY)
    chair = c.Actor(c.Role.CHAIR, KHANH_VINH)
    meeting.does(c.Advance(chair, meeting.state.scenario_revision))
    assert meeting.state.scenario.at == Step("c4", "0")
    assert meeting.state.floor == (GIANG_LY,)


def test_it_is_carried_on_once() -> None:
    meeting = cut_off()
    assert meeting.refuses(CARRIED) is RefusalCode.UNCHANGED
    meeting.joins(GIANG_LY)
    assert meeting.refuses(CARRIED) is RefusalCode.UNCHANGED
    assert meeting.state.cut_ms == NOW_MS - 3000


def test_a_conference_that_people_are_in_is_not_carried_on() -> None:
    meeting = Meeting()
    meeting.does(PART)
    meeting.joins(GIANG_LY)
    assert meeting.refuses(CARRIED) is RefusalCode.UNCHANGED


def test_what_is_not_of_this_part_is_passed_over() -> None:
    foreign = replace(
        CARRIED,
        sites=(*CARRIED.sites, c.CarriedSite(HALL, True, False, True, True)),
        floor=(HALL, GIANG_LY),
        hands=(STRANGER, KHANH_VINH, GIANG_LY),
        step=c.CarriedStep(Step("c1", "0"), 0, 0, 0),
        extra=((Step("c1", "0"), 5), (Step("c4", "0"), 2)),
        skipped=(Step("c9"), Step("c4", "1")),
    )
    state = cut_off(foreign).state
    assert (state.floor, state.hands) == ((GIANG_LY,), (KHANH_VINH,))
    assert state.scenario.at is None
    assert state.scenario.extra_min == {Step("c4", "0"): 2}
    assert state.scenario.skipped == {Step("c4", "1")}


def test_under_the_lock_only_floor_and_chair_keep_an_open_microphone() -> None:
    both = tuple(replace(one, mic=True) for one in CARRIED.sites)
    locked = replace(CARRIED, sites=both, floor=(), rules=c.CarriedRules(mics_locked=True))
    meeting = cut_off(locked)
    assert meeting.state.mics_locked
    assert meeting.open_mics() == {KHANH_VINH}


def test_a_locked_meeting_stays_locked_and_lets_in_whoever_was_inside() -> None:
    meeting = cut_off(
        replace(CARRIED, sites=CARRIED.sites[:1], hands=(), rules=c.CarriedRules(locked=True))
    )
    meeting.joins(KHANH_VINH)
    assert meeting.refuses(c.SiteJoined(GIANG_LY, seat(GIANG_LY), True)) is RefusalCode.LOCKED


def test_a_clock_of_the_parent_that_is_ahead_makes_no_step_of_the_future() -> None:
    ahead = c.CarriedStep(Step("c2", "0"), NOW_MS + 9000, NOW_MS + 9000, -5)
    scenario = cut_off(replace(CARRIED, step=ahead, lost_ms=NOW_MS + 9000)).state.scenario
    assert scenario.since_ms == NOW_MS
    assert scenario.clocks == {Step("c2", "0"): StepClock(NOW_MS, 0)}


def test_a_turn_that_waited_for_its_site_waits_on() -> None:
    state = cut_off(replace(CARRIED, floor=())).state
    assert state.scenario.awaited == KHANH_VINH


def test_many_sites_fit_into_the_log_and_come_back_from_it() -> None:
    many = tuple(SiteId(f"{number:05}") for number in range(700))
    meeting = Meeting()
    roster = tuple(c.RosterRow(site, "Xã " * 60, "commune", KHANH_VINH) for site in many)
    meeting.does(replace(PART, roster=(*PART.roster, *roster)))
    meeting.does(
        replace(CARRIED, sites=tuple(c.CarriedSite(site, True, True, True, False) for site in many))
    )
    again = replay(dump_event(event) for event in meeting.log)
    assert again == meeting.state
    assert sum(row.presence is Presence.LOST for row in again.sites.values()) == 700


def test_raising_a_hand_that_is_up_already_is_refused_so_that_it_keeps_its_place() -> None:
    meeting = cut_off()
    meeting.joins(KHANH_VINH, GIANG_LY)
    presses = c.SetHand(room(GIANG_LY), up=True)
    assert meeting.refuses(presses) is RefusalCode.UNCHANGED

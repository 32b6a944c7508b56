"""Requests for the floor that pass through the site's parent."""

from dataclasses import replace

import pytest

from nhipcau.conference import RefusalCode
from nhipcau.conference import commands as c
from nhipcau.conference import events as ev
from nhipcau.quantities import SiteId

from .meeting import (
    CHAIR,
    CONSOLE,
    GIANG_LY,
    HALL,
    KHANH_VINH,
    NHA_TRANG,
    PLAN,
    ROSTER,
    VAN_THANH,
    Meeting,
    opened,
    operator,
    room,
    seat,
)

# Vạn Thạnh beside Giang Ly, so that two ask at one parent.
ROWS = tuple(replace(row, parent=KHANH_VINH) if row.site == VAN_THANH else row for row in ROSTER)
ASKING = (VAN_THANH, GIANG_LY)


@pytest.fixture
def meeting() -> Meeting:
    meeting = opened()
    meeting.does(replace(PLAN, roster=ROWS))
    meeting.joins(HALL, NHA_TRANG, KHANH_VINH, GIANG_LY, VAN_THANH)
    meeting.does(c.SetHandsViaParent(CHAIR, on=True))
    return meeting


@pytest.fixture
def asking(meeting: Meeting) -> Meeting:
    for site in ASKING:
        meeting.does(c.SetHand(room(site), up=True))
    return meeting


def test_a_commune_asks_at_its_district_and_the_chair_does_not_see_it(asking: Meeting) -> None:
    assert (asking.state.asked, asking.state.hands) == (ASKING, ())
    assert isinstance(asking.log[-1], ev.HandAsked)
    again = c.SetHand(room(GIANG_LY), up=True)
    assert asking.refuses(again) is RefusalCode.UNCHANGED


def test_who_stands_right_below_the_chair_asks_the_chair(meeting: Meeting) -> None:
    for site in (KHANH_VINH, HALL):
        meeting.does(c.SetHand(room(site), up=True))
    assert meeting.state.hands == (KHANH_VINH, HALL)


@pytest.mark.parametrize("actor", [room(KHANH_VINH), operator(KHANH_VINH), operator(HALL)])
def test_parent_and_operator_forward_in_their_own_order(asking: Meeting, actor: c.Actor) -> None:
    asking.does(c.SetHand(room(NHA_TRANG), up=True))
    asking.does(c.ForwardHand(actor, GIANG_LY))
    asking.does(c.ForwardHand(actor, VAN_THANH))
    assert (asking.state.hands, asking.state.asked) == ((NHA_TRANG, GIANG_LY, VAN_THANH), ())
    assert asking.refuses(c.ForwardHand(actor, GIANG_LY)) is RefusalCode.UNCHANGED
    assert asking.refuses(c.ForwardHand(operator(HALL), HALL)) is RefusalCode.NOT_ALLOWED


@pytest.mark.parametrize(
    "actor",
    [room(NHA_TRANG), room(GIANG_LY), operator(NHA_TRANG), operator(VAN_THANH), CHAIR, CONSOLE],
)
def test_nobody_else_forwards(asking: Meeting, actor: c.Actor) -> None:
    assert asking.refuses(c.ForwardHand(actor, GIANG_LY)) is RefusalCode.NOT_ALLOWED


def test_a_chair_whose_seat_is_the_parent_forwards_from_there(asking: Meeting) -> None:
    deputy = c.Actor(c.Role.CHAIR, KHANH_VINH)
    asking.does(c.ForwardHand(deputy, GIANG_LY))
    assert asking.state.hands == (GIANG_LY,)


@pytest.mark.parametrize(
    "actor", [room(GIANG_LY), room(KHANH_VINH), operator(KHANH_VINH), CHAIR, CONSOLE]
)
def test_a_waiting_request_is_withdrawn(asking: Meeting, actor: c.Actor) -> None:
    asking.does(c.LowerHand(actor, GIANG_LY))
    assert asking.state.asked == (VAN_THANH,)
    assert asking.refuses(c.LowerHand(actor, GIANG_LY)) is RefusalCode.UNCHANGED


@pytest.mark.parametrize("actor", [room(NHA_TRANG), room(VAN_THANH), operator(NHA_TRANG)])
def test_nobody_else_withdraws_it(asking: Meeting, actor: c.Actor) -> None:
    assert asking.refuses(c.LowerHand(actor, GIANG_LY)) is RefusalCode.NOT_ALLOWED


def test_a_room_takes_its_request_back_where_it_asked(asking: Meeting) -> None:
    asking.does(c.SetHand(room(VAN_THANH), up=False))
    assert asking.state.asked == (GIANG_LY,)


def test_what_is_with_the_chair_its_parent_room_does_not_take_back(asking: Meeting) -> None:
    asking.does(c.ForwardHand(room(KHANH_VINH), GIANG_LY))
    lowering = c.LowerHand(room(KHANH_VINH), GIANG_LY)
    assert asking.refuses(lowering) is RefusalCode.NOT_ALLOWED
    asking.does(c.LowerHand(room(GIANG_LY), GIANG_LY))
    assert asking.state.hands == ()


def test_switched_off_all_requests_go_on_in_order(asking: Meeting) -> None:
    asking.does(c.SetHand(room(NHA_TRANG), up=True))
    asking.does(c.SetHandsViaParent(CHAIR, on=False))
    assert (asking.state.hands, asking.state.asked) == ((NHA_TRANG, *ASKING), ())
    again = c.SetHandsViaParent(CHAIR, on=False)
    assert asking.refuses(again) is RefusalCode.UNCHANGED


@pytest.mark.parametrize("kind", [c.SiteLeft, c.SiteLost])
def test_when_the_parent_goes_what_waits_there_goes_on(
    asking: Meeting, kind: type[c.SiteLeft | c.SiteLost]
) -> None:
    asking.does(kind(KHANH_VINH, seat(KHANH_VINH)))
    assert (asking.state.hands, asking.state.asked) == (ASKING, ())


@pytest.mark.parametrize("kind", [c.SiteLeft, c.SiteLost])
def test_where_nobody_is_to_forward_it_a_request_passes_straight_through(
    meeting: Meeting, kind: type[c.SiteLeft | c.SiteLost]
) -> None:
    meeting.does(kind(KHANH_VINH, seat(KHANH_VINH)))
    meeting.does(c.SetHand(room(GIANG_LY), up=True))
    assert meeting.state.hands == (GIANG_LY,)


def test_a_parent_that_is_not_invited_or_waits_at_the_door_forwards_nothing() -> None:
    meeting = opened(HALL, VAN_THANH, GIANG_LY)
    meeting.does(c.SetHandsViaParent(CHAIR, on=True))
    meeting.does(c.SetDoors(CHAIR, ask=True))
    meeting.joins(KHANH_VINH)
    for site in (VAN_THANH, GIANG_LY):
        meeting.does(c.SetHand(room(site), up=True))
    assert meeting.state.hands == (VAN_THANH, GIANG_LY)


@pytest.mark.parametrize(
    ("chair_site", "rows"),
    [(HALL, (*ROWS[:2], *ROWS[3:])), (KHANH_VINH, ROWS)],
    ids=["parent unlisted", "parent is the chair"],
)
def test_a_changed_plan_leaves_no_request_behind(
    asking: Meeting, chair_site: SiteId, rows: tuple[c.RosterRow, ...]
) -> None:
    asking.does(replace(PLAN, chair_site=chair_site, roster=rows))
    assert (asking.state.hands, asking.state.asked) == (ASKING, ())


def test_the_chair_gives_the_floor_to_who_still_waits_at_the_parent(asking: Meeting) -> None:
    asking.does(c.GiveFloor(CHAIR, GIANG_LY))
    assert (asking.state.floor, asking.state.asked) == ((GIANG_LY,), (VAN_THANH,))


def test_a_lost_site_keeps_its_place_at_the_parent_and_one_that_leaves_does_not(
    asking: Meeting,
) -> None:
    asking.does(c.SiteLost(VAN_THANH, seat(VAN_THANH)))
    assert list(asking.state.asked) == [VAN_THANH, GIANG_LY]
    asking.does(c.SiteLeft(GIANG_LY, seat(GIANG_LY)))
    assert list(asking.state.asked) == [VAN_THANH]


@pytest.mark.parametrize("actor", [CONSOLE, room(KHANH_VINH), operator(HALL)])
def test_only_the_chair_says_which_way_requests_take(meeting: Meeting, actor: c.Actor) -> None:
    setting = c.SetHandsViaParent(actor, on=False)
    assert meeting.refuses(setting) is RefusalCode.NOT_ALLOWED

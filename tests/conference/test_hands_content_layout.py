"""Raised hands, the shared screen, the camera and the layout."""

import pytest

from nhipcau.conference import RefusalCode
from nhipcau.conference import commands as c

from .meeting import CHAIR, CONSOLE, GIANG_LY, HALL, KHANH_VINH, NHA_TRANG, Meeting, opened, room


@pytest.fixture
def meeting() -> Meeting:
    return opened(HALL, NHA_TRANG, KHANH_VINH, GIANG_LY)


def test_hands_stand_in_the_order_in_which_they_were_raised(meeting: Meeting) -> None:
    for site in (GIANG_LY, NHA_TRANG, KHANH_VINH):
        meeting.does(c.SetHand(room(site), up=True))
    meeting.does(c.SetHand(room(GIANG_LY), up=False))
    meeting.does(c.SetHand(room(GIANG_LY), up=True))
    assert meeting.state.hands == (NHA_TRANG, KHANH_VINH, GIANG_LY)
    assert meeting.state.hand_place(GIANG_LY) == 3


def test_who_has_the_floor_need_not_ask_for_it(meeting: Meeting) -> None:
    meeting.does(c.GiveFloor(CHAIR, GIANG_LY))
    assert meeting.refuses(c.SetHand(room(GIANG_LY), up=True)) is RefusalCode.NOT_ALLOWED


@pytest.mark.parametrize("actor", [CHAIR, CONSOLE])
def test_chair_and_console_lower_a_hand(meeting: Meeting, actor: c.Actor) -> None:
    meeting.does(c.SetHand(room(GIANG_LY), up=True))
    assert meeting.refuses(c.LowerHand(room(NHA_TRANG), GIANG_LY)) is RefusalCode.NOT_ALLOWED
    meeting.does(c.LowerHand(actor, GIANG_LY))
    assert meeting.state.hands == ()
    assert meeting.refuses(c.LowerHand(actor, GIANG_LY)) is RefusalCode.UNCHANGED


def test_one_screen_is_shared_at_a_time(meeting: Meeting) -> None:
    meeting.does(c.SetContent(room(GIANG_LY), on=True))
    assert meeting.refuses(c.SetContent(room(NHA_TRANG), on=True)) is RefusalCode.NOT_ALLOWED
    assert meeting.refuses(c.StopContent(room(NHA_TRANG))) is RefusalCode.NOT_ALLOWED
    meeting.does(c.StopContent(CHAIR))
    meeting.does(c.SetContent(room(NHA_TRANG), on=True))
    assert meeting.state.content == NHA_TRANG


def test_floor_and_chair_take_the_shared_screen_over(meeting: Meeting) -> None:
    meeting.does(c.SetContent(room(GIANG_LY), on=True))
    meeting.does(c.GiveFloor(CHAIR, NHA_TRANG))
    meeting.does(c.SetContent(room(NHA_TRANG), on=True))
    assert meeting.state.content == NHA_TRANG
    meeting.does(c.SetContent(CHAIR, on=True))
    assert meeting.state.content == HALL


def test_a_site_stops_only_its_own_screen(meeting: Meeting) -> None:
    meeting.does(c.SetContent(room(GIANG_LY), on=True))
    assert meeting.refuses(c.SetContent(room(NHA_TRANG), on=False)) is RefusalCode.UNCHANGED
    meeting.does(c.SetContent(room(GIANG_LY), on=False))
    assert meeting.state.content is None
    assert meeting.refuses(c.StopContent(CHAIR)) is RefusalCode.UNCHANGED


def test_a_room_switches_its_camera(meeting: Meeting) -> None:
    meeting.does(c.SetCamera(room(GIANG_LY), on=False))
    assert not meeting.state.sites[GIANG_LY].camera
    assert meeting.refuses(c.SetCamera(room(GIANG_LY), on=False)) is RefusalCode.UNCHANGED


@pytest.mark.parametrize("actor", [CHAIR, CONSOLE])
def test_chair_and_console_choose_among_known_layouts(meeting: Meeting, actor: c.Actor) -> None:
    meeting.does(c.SetLayout(actor, "3x3"))
    assert meeting.state.layout == "3x3"
    meeting.does(c.SetLayout(actor, "auto"))
    assert meeting.refuses(c.SetLayout(actor, "auto")) is RefusalCode.UNCHANGED
    assert meeting.refuses(c.SetLayout(actor, "17x17")) is RefusalCode.NOT_ALLOWED
    assert meeting.refuses(c.SetLayout(room(HALL), "duo")) is RefusalCode.NOT_ALLOWED

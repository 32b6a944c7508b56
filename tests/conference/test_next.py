"""Who speaks next: whom the chair named, else the first hand."""

import pytest

from nhipcau.conference import RefusalCode
from nhipcau.conference import commands as c
from nhipcau.conference.views import Tally, tally

from .meeting import (
    CHAIR,
    CONSOLE,
    GIANG_LY,
    HALL,
    KHANH_VINH,
    NHA_TRANG,
    STRANGER,
    Meeting,
    opened,
    room,
    seat,
)


@pytest.fixture
def meeting() -> Meeting:
    """A floor holder and a raised hand."""
    meeting = opened(HALL, NHA_TRANG, KHANH_VINH, GIANG_LY)
    meeting.does(c.GiveFloor(CHAIR, NHA_TRANG))
    meeting.does(c.SetHand(room(GIANG_LY), up=True))
    return meeting


def test_the_first_hand_is_next_until_the_chair_names_another(meeting: Meeting) -> None:
    assert meeting.state.next_in_line() == GIANG_LY
    meeting.does(c.NameNext(CHAIR, KHANH_VINH))
    assert meeting.state.next_in_line() == KHANH_VINH
    assert tally(meeting.state, KHANH_VINH) is Tally.NEXT
    assert tally(meeting.state, GIANG_LY) is Tally.LISTEN
    meeting.does(c.NameNext(CHAIR))
    assert meeting.state.next_in_line() == GIANG_LY


def test_who_gets_the_floor_is_next_no_longer(meeting: Meeting) -> None:
    meeting.does(c.NameNext(CHAIR, KHANH_VINH))
    meeting.does(c.GiveFloor(CHAIR, KHANH_VINH))
    assert meeting.state.next_in_line() == GIANG_LY
    meeting.does(c.Undo(CHAIR))
    assert meeting.state.floor == (NHA_TRANG,)
    assert meeting.state.next_in_line() == KHANH_VINH


def test_who_is_lost_is_passed_over_and_who_leaves_is_forgotten(meeting: Meeting) -> None:
    meeting.does(c.NameNext(CHAIR, KHANH_VINH))
    meeting.does(c.SiteLost(KHANH_VINH, seat(KHANH_VINH)))
    assert meeting.state.next_in_line() == GIANG_LY
    meeting.joins(KHANH_VINH)
    assert meeting.state.next_in_line() == KHANH_VINH
    meeting.does(c.SiteLeft(KHANH_VINH, seat(KHANH_VINH)))
    assert meeting.state.next_in_line() == GIANG_LY


@pytest.mark.parametrize("actor", [CONSOLE, room(KHANH_VINH)])
def test_only_the_chair_names_who_is_next(meeting: Meeting, actor: c.Actor) -> None:
    assert meeting.refuses(c.NameNext(actor, KHANH_VINH)) is RefusalCode.NOT_ALLOWED


def test_a_stranger_an_absent_site_and_the_holder_are_not_next(meeting: Meeting) -> None:
    meeting.does(c.SiteLeft(KHANH_VINH, seat(KHANH_VINH)))
    for site in (STRANGER, KHANH_VINH, NHA_TRANG):
        assert meeting.refuses(c.NameNext(CHAIR, site)) is RefusalCode.NOT_ALLOWED
    assert meeting.refuses(c.NameNext(CHAIR)) is RefusalCode.UNCHANGED

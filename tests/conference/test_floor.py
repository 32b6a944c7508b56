"""The floor, and the microphones that follow it."""

import pytest

from nhipcau.conference import RefusalCode
from nhipcau.conference import commands as c
from nhipcau.quantities import SiteId

from .meeting import (
    CHAIR,
    CONSOLE,
    GIANG_LY,
    HALL,
    KHANH_VINH,
    NHA_TRANG,
    STRANGER,
    VAN_THANH,
    Meeting,
    opened,
    room,
    seat,
)


@pytest.fixture
def meeting() -> Meeting:
    return opened(HALL, NHA_TRANG, KHANH_VINH, GIANG_LY)


def test_the_floor_opens_the_microphone_and_clears_the_hand(meeting: Meeting) -> None:
    meeting.does(c.SetHand(room(GIANG_LY), up=True))
    meeting.does(c.GiveFloor(CHAIR, GIANG_LY))
    assert meeting.state.floor == (GIANG_LY,)
    assert meeting.state.hands == ()
    assert meeting.open_mics() == {GIANG_LY}


def test_the_next_speaker_replaces_the_last_whose_microphone_closes(meeting: Meeting) -> None:
    meeting.does(c.GiveFloor(CHAIR, GIANG_LY))
    meeting.does(c.GiveFloor(CHAIR, NHA_TRANG))
    assert meeting.state.floor == (NHA_TRANG,)
    assert meeting.open_mics() == {NHA_TRANG}


def test_two_sites_may_have_the_floor_and_no_third(meeting: Meeting) -> None:
    meeting.does(c.GiveFloor(CHAIR, GIANG_LY))
    meeting.does(c.GiveFloor(CHAIR, NHA_TRANG, beside=True))
    assert meeting.state.floor == (GIANG_LY, NHA_TRANG)
    assert meeting.open_mics() == {GIANG_LY, NHA_TRANG}
    third = c.GiveFloor(CHAIR, KHANH_VINH, beside=True)
    assert meeting.refuses(third) is RefusalCode.NOT_ALLOWED


def test_one_of_two_holders_can_be_left_alone_with_the_floor(meeting: Meeting) -> None:
    meeting.does(c.GiveFloor(CHAIR, GIANG_LY))
    meeting.does(c.GiveFloor(CHAIR, NHA_TRANG, beside=True))
    meeting.does(c.GiveFloor(CHAIR, NHA_TRANG))
    assert meeting.state.floor == (NHA_TRANG,)
    assert meeting.open_mics() == {NHA_TRANG}


def test_the_chairs_microphone_stays_open_when_the_floor_moves_on(meeting: Meeting) -> None:
    meeting.does(c.GiveFloor(CHAIR, HALL))
    meeting.does(c.GiveFloor(CHAIR, GIANG_LY))
    assert meeting.open_mics() == {HALL, GIANG_LY}
    meeting.does(c.TakeFloor(CHAIR))
    assert meeting.open_mics() == {HALL}


def test_the_floor_given_again_opens_a_microphone_that_its_holder_closed(meeting: Meeting) -> None:
    meeting.does(c.GiveFloor(CHAIR, GIANG_LY))
    assert meeting.refuses(c.GiveFloor(CHAIR, GIANG_LY)) is RefusalCode.UNCHANGED
    meeting.does(c.SetMicrophone(room(GIANG_LY), open=False))
    meeting.does(c.GiveFloor(CHAIR, GIANG_LY))
    assert meeting.open_mics() == {GIANG_LY}


def test_the_floor_is_taken_from_one_or_from_all(meeting: Meeting) -> None:
    meeting.does(c.GiveFloor(CHAIR, GIANG_LY))
    meeting.does(c.GiveFloor(CHAIR, NHA_TRANG, beside=True))
    assert meeting.refuses(c.TakeFloor(CHAIR, KHANH_VINH)) is RefusalCode.UNCHANGED
    meeting.does(c.TakeFloor(CHAIR, GIANG_LY))
    assert list(meeting.state.floor) == [NHA_TRANG]
    meeting.does(c.GiveFloor(CHAIR, GIANG_LY, beside=True))
    meeting.does(c.TakeFloor(CHAIR))
    assert not meeting.state.floor
    assert meeting.open_mics() == set()


@pytest.mark.parametrize("site", [VAN_THANH, STRANGER])
def test_nobody_gets_the_floor_who_is_not_there(meeting: Meeting, site: SiteId) -> None:
    assert meeting.refuses(c.GiveFloor(CHAIR, site)) is RefusalCode.NOT_ALLOWED


def test_a_lost_site_gets_no_floor_but_keeps_the_one_it_has(meeting: Meeting) -> None:
    meeting.does(c.GiveFloor(CHAIR, GIANG_LY))
    for site in (GIANG_LY, NHA_TRANG):
        meeting.does(c.SiteLost(site, seat(site)))
    assert meeting.refuses(c.GiveFloor(CHAIR, NHA_TRANG)) is RefusalCode.NOT_ALLOWED
    assert meeting.state.floor == (GIANG_LY,)


def test_only_the_chair_gives_and_takes_the_floor(meeting: Meeting) -> None:
    for actor in (CONSOLE, room(GIANG_LY)):
        assert meeting.refuses(c.GiveFloor(actor, GIANG_LY)) is RefusalCode.NOT_ALLOWED
        assert meeting.refuses(c.TakeFloor(actor)) is RefusalCode.NOT_ALLOWED


def test_a_room_without_microphone_can_have_the_floor_silently(meeting: Meeting) -> None:
    meeting.joins(VAN_THANH, capture=False)
    meeting.does(c.GiveFloor(CHAIR, VAN_THANH))
    assert meeting.state.floor == (VAN_THANH,)
    assert meeting.open_mics() == set()

"""Who may open and close which microphone."""

import pytest

from nhipcau.conference import RefusalCode
from nhipcau.conference import commands as c

from .meeting import (
    CHAIR,
    CONSOLE,
    GIANG_LY,
    HALL,
    KHANH_VINH,
    NHA_TRANG,
    PLAN,
    STRANGER,
    VAN_THANH,
    Meeting,
    opened,
    room,
)


@pytest.fixture
def meeting() -> Meeting:
    return opened(HALL, NHA_TRANG, KHANH_VINH, GIANG_LY)


def test_a_site_opens_and_closes_its_own_microphone(meeting: Meeting) -> None:
    meeting.does(c.SetMicrophone(room(GIANG_LY), open=True))
    assert meeting.open_mics() == {GIANG_LY}
    again = c.SetMicrophone(room(GIANG_LY), open=True)
    assert meeting.refuses(again) is RefusalCode.UNCHANGED
    meeting.does(c.SetMicrophone(room(GIANG_LY), open=False))
    assert meeting.open_mics() == set()


def test_mute_all_spares_the_floor_and_the_chair(meeting: Meeting) -> None:
    for site in (HALL, NHA_TRANG, KHANH_VINH):
        meeting.does(c.SetMicrophone(room(site), open=True))
    meeting.does(c.GiveFloor(CHAIR, GIANG_LY))
    meeting.does(c.MuteAll(CHAIR))
    assert meeting.open_mics() == {HALL, GIANG_LY}
    meeting.does(c.SetMicrophone(room(NHA_TRANG), open=True))
    assert NHA_TRANG in meeting.open_mics()


def test_under_the_lock_only_floor_and_chair_open_theirs(meeting: Meeting) -> None:
    meeting.does(c.MuteAll(CHAIR, locked=True))
    opening = c.SetMicrophone(room(NHA_TRANG), open=True)
    assert meeting.refuses(opening) is RefusalCode.NOT_ALLOWED
    meeting.does(c.SetMicrophone(CHAIR, open=True))
    meeting.does(c.GiveFloor(CHAIR, NHA_TRANG))
    meeting.does(c.SetMicrophone(room(NHA_TRANG), open=False))
    meeting.does(opening)
    assert meeting.open_mics() == {HALL, NHA_TRANG}


def test_mute_all_without_the_lock_ends_it(meeting: Meeting) -> None:
    meeting.does(c.MuteAll(CHAIR, locked=True))
    assert meeting.refuses(c.MuteAll(CHAIR, locked=True)) is RefusalCode.UNCHANGED
    meeting.does(c.MuteAll(CHAIR))
    meeting.does(c.SetMicrophone(room(NHA_TRANG), open=True))
    assert meeting.open_mics() == {NHA_TRANG}


@pytest.mark.parametrize("actor", [CHAIR, CONSOLE])
def test_chair_and_console_close_any_microphone(meeting: Meeting, actor: c.Actor) -> None:
    meeting.does(c.GiveFloor(CHAIR, GIANG_LY))
    meeting.does(c.Mute(actor, GIANG_LY))
    assert meeting.open_mics() == set()
    assert meeting.refuses(c.Mute(actor, GIANG_LY)) is RefusalCode.UNCHANGED
    assert meeting.refuses(c.Mute(actor, STRANGER)) is RefusalCode.NOT_ALLOWED


def test_a_site_mutes_nobody(meeting: Meeting) -> None:
    for command in (c.Mute(room(GIANG_LY), HALL), c.MuteAll(room(GIANG_LY))):
        assert meeting.refuses(command) is RefusalCode.NOT_ALLOWED
    assert meeting.refuses(c.MuteAll(CONSOLE)) is RefusalCode.NOT_ALLOWED


def test_who_has_no_seat_or_is_not_there_opens_nothing(meeting: Meeting) -> None:
    for actor in (CONSOLE, c.Actor(c.Role.CHAIR), room(VAN_THANH), room(STRANGER)):
        opening = c.SetMicrophone(actor, open=True)
        assert meeting.refuses(opening) is RefusalCode.NOT_ALLOWED


def test_a_chair_who_is_replaced_under_the_lock_is_heard_no_longer(meeting: Meeting) -> None:
    meeting.does(c.MuteAll(CHAIR, locked=True))
    meeting.does(c.SetMicrophone(CHAIR, open=True))
    plan = c.Open(PLAN.conference, PLAN.title, NHA_TRANG, PLAN.layouts, PLAN.roster)
    meeting.does(plan)
    assert meeting.open_mics() == set()
    assert meeting.state.chair_site == NHA_TRANG

"""The chair's last command, taken back within five seconds."""

from dataclasses import replace

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
    ROSTER,
    VAN_THANH,
    Meeting,
    opened,
    operator,
    room,
    seat,
)

UNDO = c.Undo(CHAIR)


@pytest.fixture
def meeting() -> Meeting:
    """Two speakers, two hands, a request, a shared screen, five open microphones."""
    meeting = opened(HALL, NHA_TRANG, KHANH_VINH, GIANG_LY, VAN_THANH)
    meeting.does(c.SetHandsViaParent(CHAIR, on=True))
    meeting.does(c.GiveFloor(CHAIR, NHA_TRANG))
    meeting.does(c.GiveFloor(CHAIR, VAN_THANH, beside=True))
    for site in (HALL, KHANH_VINH, GIANG_LY):
        meeting.does(c.SetMicrophone(room(site), open=True))
        meeting.does(c.SetHand(room(site), up=True))
    meeting.does(c.SetContent(room(KHANH_VINH), on=True))
    return meeting


COMMANDS: tuple[c.Command, ...] = (
    c.GiveFloor(CHAIR, KHANH_VINH),
    c.GiveFloor(CHAIR, GIANG_LY),
    c.GiveFloor(CHAIR, VAN_THANH),
    c.GiveFloor(CHAIR, HALL),
    c.TakeFloor(CHAIR),
    c.TakeFloor(CHAIR, NHA_TRANG),
    c.NameNext(CHAIR, GIANG_LY),
    c.Mute(CHAIR, NHA_TRANG),
    c.Mute(CHAIR, GIANG_LY),
    c.MuteAll(CHAIR),
    c.MuteAll(CHAIR, locked=True),
    c.LowerHand(CHAIR, HALL),
    c.LowerHand(CHAIR, GIANG_LY),
    c.StopContent(CHAIR),
    c.SetLayout(CHAIR, "3x3"),
    c.SetHandsViaParent(CHAIR, on=False),
    c.SetDoors(CHAIR, ask=True),
)


@pytest.mark.parametrize("command", COMMANDS, ids=repr)
@pytest.mark.parametrize("locked", [False, True])
def test_taken_back_at_once_nothing_is_left_of_it(
    meeting: Meeting, command: c.Command, locked: bool
) -> None:
    if locked:
        meeting.does(c.MuteAll(CHAIR, locked=True))
        if isinstance(command, c.MuteAll | c.Mute):
            command = c.MuteAll(CHAIR)
    before = meeting.state.snapshot()
    meeting.does(command)
    assert meeting.state.snapshot() != before
    meeting.does(UNDO)
    assert meeting.state.snapshot() == before


def test_it_is_possible_for_five_seconds(meeting: Meeting) -> None:
    meeting.does(c.TakeFloor(CHAIR))
    meeting.now += 5.001
    assert meeting.refuses(UNDO) is RefusalCode.NOT_ALLOWED
    meeting.now -= 0.001
    meeting.does(UNDO)


def test_it_is_possible_once_and_for_the_last_command_only(meeting: Meeting) -> None:
    meeting.does(c.SetLayout(CHAIR, "3x3"))
    meeting.does(c.TakeFloor(CHAIR))
    meeting.does(UNDO)
    assert meeting.state.layout == "3x3"
    assert meeting.refuses(UNDO) is RefusalCode.NOT_ALLOWED


def test_a_refused_command_takes_nobodys_place(meeting: Meeting) -> None:
    meeting.does(c.TakeFloor(CHAIR))
    assert meeting.refuses(c.TakeFloor(CHAIR)) is RefusalCode.UNCHANGED
    meeting.does(UNDO)
    assert meeting.state.floor == (NHA_TRANG, VAN_THANH)


def test_there_is_nothing_to_take_back_before_the_chair_does_anything() -> None:
    meeting = opened(HALL, GIANG_LY)
    assert meeting.refuses(UNDO) is RefusalCode.NOT_ALLOWED
    meeting.does(c.SetLayout(CONSOLE, "3x3"))
    meeting.does(c.SetHand(CHAIR, up=True))
    assert meeting.refuses(UNDO) is RefusalCode.NOT_ALLOWED


@pytest.mark.parametrize("actor", [CONSOLE, room(HALL), operator(HALL)])
def test_only_the_chair_takes_back(meeting: Meeting, actor: c.Actor) -> None:
    meeting.does(c.TakeFloor(CHAIR))
    assert meeting.refuses(c.Undo(actor)) is RefusalCode.NOT_ALLOWED


def test_what_others_did_since_stays(meeting: Meeting) -> None:
    meeting.does(c.MuteAll(CHAIR))
    meeting.does(c.SetMicrophone(CHAIR, open=False))
    meeting.does(c.SetHand(room(HALL), up=False))
    meeting.does(c.SetLayout(CONSOLE, "3x3"))
    meeting.does(c.SetContent(room(KHANH_VINH), on=False))
    meeting.does(UNDO)
    assert meeting.open_mics() == {NHA_TRANG, VAN_THANH, KHANH_VINH, GIANG_LY}
    assert meeting.state.hands == (KHANH_VINH,)
    assert (meeting.state.layout, meeting.state.content) == ("3x3", None)


def test_a_hand_raised_since_stands_behind_those_that_come_back(meeting: Meeting) -> None:
    meeting.does(c.GiveFloor(CHAIR, HALL))
    meeting.does(c.SetHand(room(NHA_TRANG), up=True))
    meeting.does(c.SetHand(room(VAN_THANH), up=True))
    meeting.does(c.LowerHand(CONSOLE, VAN_THANH))
    meeting.does(UNDO)
    assert meeting.state.hands == (HALL, KHANH_VINH)
    assert meeting.state.floor == (NHA_TRANG, VAN_THANH)


def test_who_left_gets_nothing_back_also_when_someone_sits_there_again(meeting: Meeting) -> None:
    meeting.does(c.TakeFloor(CHAIR))
    for site in (NHA_TRANG, VAN_THANH):
        meeting.does(c.SiteLeft(site, seat(site)))
    meeting.joins(NHA_TRANG)
    meeting.does(UNDO)
    assert meeting.state.floor == ()
    assert NHA_TRANG not in meeting.open_mics()


def test_who_was_lost_gets_it_back(meeting: Meeting) -> None:
    meeting.does(c.TakeFloor(CHAIR))
    meeting.does(c.SiteLost(NHA_TRANG, seat(NHA_TRANG)))
    meeting.does(UNDO)
    assert meeting.state.floor == (NHA_TRANG, VAN_THANH)
    assert NHA_TRANG in meeting.open_mics()


def test_a_person_who_took_a_synthetic_sites_seat_is_not_heard_by_it() -> None:
    meeting = opened(HALL)
    meeting.joins(GIANG_LY, synthetic=True)
    meeting.does(c.SetMicrophone(room(GIANG_LY), open=True))
    meeting.does(c.Mute(CHAIR, GIANG_LY))
    meeting.does(c.SiteJoined(GIANG_LY, seat(GIANG_LY, 2), capture=True))
    meeting.does(UNDO)
    assert meeting.open_mics() == set()


def test_a_site_that_is_no_longer_invited_is_passed_over(meeting: Meeting) -> None:
    meeting.does(c.TakeFloor(CHAIR))
    meeting.does(replace(PLAN, roster=tuple(row for row in ROSTER if row.site != NHA_TRANG)))
    meeting.does(UNDO)
    assert meeting.state.floor == (VAN_THANH,)


def test_doors_that_were_opened_ask_again_but_who_came_in_stays() -> None:
    meeting = opened(HALL)
    meeting.does(c.SetDoors(CHAIR, ask=True))
    meeting.joins(GIANG_LY)
    meeting.does(c.SetDoors(CHAIR, ask=False))
    meeting.does(UNDO)
    assert meeting.state.doors_ask
    assert meeting.state.is_present(GIANG_LY)


def test_doors_that_asked_by_mistake_leave_nobody_outside() -> None:
    meeting = opened(HALL)
    meeting.does(c.SetDoors(CHAIR, ask=True))
    meeting.joins(GIANG_LY)
    meeting.does(UNDO)
    assert meeting.state.is_present(GIANG_LY)


def test_a_request_whose_parent_left_stays_with_the_chair(meeting: Meeting) -> None:
    meeting.does(c.SetHandsViaParent(CHAIR, on=False))
    meeting.does(c.SiteLeft(KHANH_VINH, seat(KHANH_VINH)))
    meeting.does(UNDO)
    assert meeting.state.hands_via_parent
    assert (meeting.state.asked, meeting.state.hands) == ((), (HALL, GIANG_LY))

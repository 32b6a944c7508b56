"""Doors that ask: who joins waits, unseen and unheard, until someone lets them in."""

from dataclasses import replace

import pytest

from nhipcau.conference import Presence, RefusalCode
from nhipcau.conference import commands as c
from nhipcau.conference.arrange import arrange

from .geometry import LAYOUT_TABLE
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
    operator,
    room,
    seat,
)


@pytest.fixture
def meeting() -> Meeting:
    meeting = opened(HALL, NHA_TRANG)
    meeting.does(c.SetDoors(CHAIR, ask=True))
    return meeting


@pytest.fixture
def waiting(meeting: Meeting) -> Meeting:
    meeting.joins(GIANG_LY)
    return meeting


def test_who_joins_waits_and_who_was_there_does_not(waiting: Meeting) -> None:
    assert list(waiting.state.waiting()) == [GIANG_LY]
    assert list(waiting.state.present()) == [HALL, NHA_TRANG]
    assert waiting.state.sites[GIANG_LY].endpoint == seat(GIANG_LY)


def test_who_waits_is_not_shown(waiting: Meeting) -> None:
    assert GIANG_LY not in arrange(waiting.state, LAYOUT_TABLE).cells
    waiting.does(c.Admit(CHAIR, GIANG_LY))
    assert GIANG_LY in arrange(waiting.state, LAYOUT_TABLE).cells


def test_who_waits_may_do_nothing_but_switch_its_camera(waiting: Meeting) -> None:
    own = room(GIANG_LY)
    for command in (
        c.SetMicrophone(own, open=True),
        c.SetHand(own, up=True),
        c.SetContent(own, on=True),
        c.GiveFloor(CHAIR, GIANG_LY),
        c.GiveFloor(CHAIR, GIANG_LY, beside=True),
        c.Admit(own, GIANG_LY),
    ):
        assert waiting.refuses(command) is RefusalCode.NOT_ALLOWED
    waiting.does(c.SetCamera(own, on=False))
    waiting.does(c.Admit(CHAIR, GIANG_LY))
    assert not waiting.state.sites[GIANG_LY].camera


@pytest.mark.parametrize("actor", [CHAIR, CONSOLE, operator(KHANH_VINH), operator(GIANG_LY)])
def test_chair_console_and_operator_admit(waiting: Meeting, actor: c.Actor) -> None:
    waiting.does(c.Admit(actor, GIANG_LY))
    assert waiting.state.is_present(GIANG_LY)
    assert waiting.refuses(c.Admit(actor, GIANG_LY)) is RefusalCode.UNCHANGED
    waiting.does(c.SetMicrophone(room(GIANG_LY), open=True))


@pytest.mark.parametrize("actor", [room(HALL), room(KHANH_VINH), operator(NHA_TRANG)])
def test_nobody_else_admits(waiting: Meeting, actor: c.Actor) -> None:
    assert waiting.refuses(c.Admit(actor, GIANG_LY)) is RefusalCode.NOT_ALLOWED


def test_nobody_is_admitted_who_is_not_at_the_door(waiting: Meeting) -> None:
    for site in (VAN_THANH, STRANGER):
        assert waiting.refuses(c.Admit(CHAIR, site)) is RefusalCode.NOT_ALLOWED


def test_a_site_that_was_lost_comes_back_without_asking(waiting: Meeting) -> None:
    waiting.does(c.Admit(CHAIR, GIANG_LY))
    for site in (GIANG_LY, NHA_TRANG):
        waiting.does(c.SiteLost(site, seat(site)))
        waiting.joins(site)
        assert waiting.state.is_present(site)


def test_a_site_that_left_asks_again(waiting: Meeting) -> None:
    waiting.does(c.Admit(CHAIR, GIANG_LY))
    waiting.does(c.SiteLeft(GIANG_LY, seat(GIANG_LY)))
    waiting.joins(GIANG_LY)
    assert list(waiting.state.waiting()) == [GIANG_LY]


def test_who_is_lost_at_the_door_was_never_in(waiting: Meeting) -> None:
    waiting.does(c.SiteLost(GIANG_LY, seat(GIANG_LY)))
    assert waiting.state.sites[GIANG_LY].presence is Presence.ABSENT
    waiting.joins(GIANG_LY)
    assert list(waiting.state.waiting()) == [GIANG_LY]


def test_after_a_restart_who_waited_asks_again_and_who_was_in_does_not(waiting: Meeting) -> None:
    waiting.does(c.Restart())
    waiting.joins(HALL, NHA_TRANG, GIANG_LY)
    assert list(waiting.state.waiting()) == [GIANG_LY]


def test_a_newer_endpoint_waits_in_the_place_of_the_older(waiting: Meeting) -> None:
    waiting.does(c.SiteJoined(GIANG_LY, seat(GIANG_LY, 2), capture=True))
    assert list(waiting.state.waiting()) == [GIANG_LY]
    waiting.does(c.SiteJoined(NHA_TRANG, seat(NHA_TRANG, 2), capture=True))
    assert waiting.state.is_present(NHA_TRANG)


def test_a_synthetic_site_waits_too(meeting: Meeting) -> None:
    meeting.joins(GIANG_LY, synthetic=True)
    assert list(meeting.state.waiting()) == [GIANG_LY]


def test_the_chair_never_waits() -> None:
    meeting = opened(NHA_TRANG)
    meeting.does(c.SetDoors(CONSOLE, ask=True))
    meeting.joins(HALL, GIANG_LY)
    assert list(meeting.state.waiting()) == [GIANG_LY]
    meeting.does(replace(PLAN, chair_site=GIANG_LY))
    assert meeting.state.is_present(GIANG_LY)


def test_opened_doors_let_everyone_in_who_waits(waiting: Meeting) -> None:
    waiting.joins(VAN_THANH)
    waiting.does(c.SetDoors(CHAIR, ask=False))
    assert not list(waiting.state.waiting())
    assert waiting.state.is_present(VAN_THANH)
    assert waiting.refuses(c.SetDoors(CHAIR, ask=False)) is RefusalCode.UNCHANGED


@pytest.mark.parametrize("actor", [room(HALL), operator(HALL)])
def test_only_chair_and_console_set_the_doors(meeting: Meeting, actor: c.Actor) -> None:
    assert meeting.refuses(c.SetDoors(actor, ask=False)) is RefusalCode.NOT_ALLOWED

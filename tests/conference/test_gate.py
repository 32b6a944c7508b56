"""Who was removed stays out, guests wait at the door, and a locked meeting is locked."""

from dataclasses import replace

from nhipcau.conference import Presence, RefusalCode
from nhipcau.conference import commands as c
from nhipcau.conference.arrange import arrange
from nhipcau.conference.decide_gate import MAX_WRONG_PINS, guest_credential
from nhipcau.conference.replay import replay
from nhipcau.conference.views import SiteView, participants, roster_row, scene, site_view
from nhipcau.conference.wire import dump_event
from nhipcau.quantities import SiteId

from .geometry import LAYOUT_TABLE
from .meeting import (
    CHAIR,
    CONSOLE,
    GIANG_LY,
    HALL,
    NHA_TRANG,
    PLAN,
    ROSTER,
    Meeting,
    opened,
    operator,
    room,
    seat,
)

PRESS = SiteId("guest-press")
ROW = c.RosterRow(PRESS, "Báo Khánh Hòa", "guest")
WITH_GUEST = replace(PLAN, roster=(*ROSTER, ROW), guests=(PRESS,))
DEVICE = "device:one"


def joined(site: SiteId, number: int = 1, credential: str = "", **more: bool) -> c.SiteJoined:
    return c.SiteJoined(site, seat(site, number), True, credential=credential, **more)


def with_guest() -> Meeting:
    meeting = opened(HALL)
    meeting.does(WITH_GUEST)
    meeting.does(joined(PRESS, credential=guest_credential(PRESS)))
    return meeting


def test_a_guest_waits_also_where_the_doors_are_open() -> None:
    meeting = with_guest()
    assert list(meeting.state.waiting()) == [PRESS]
    meeting.does(c.Admit(CONSOLE, PRESS))
    assert meeting.state.is_present(PRESS)


def test_doors_that_open_let_no_guest_in() -> None:
    meeting = with_guest()
    meeting.does(c.SetDoors(CHAIR, ask=True))
    meeting.does(joined(GIANG_LY))
    meeting.does(c.SetDoors(CHAIR, ask=False))
    assert list(meeting.state.waiting()) == [PRESS]


def test_an_admitted_guest_comes_back_by_its_ticket_and_waits_anew_without_it() -> None:
    meeting = with_guest()
    meeting.does(c.Admit(CHAIR, PRESS))
    meeting.does(c.SiteLost(PRESS, seat(PRESS)))
    meeting.does(joined(PRESS, 2, guest_credential(PRESS), resumes=True))
    assert meeting.state.is_present(PRESS)
    meeting.does(c.GiveFloor(CHAIR, PRESS))
    meeting.does(joined(PRESS, 3, guest_credential(PRESS)))
    assert list(meeting.state.waiting()) == [PRESS]
    assert meeting.state.floor == ()


def test_a_removed_guest_is_refused_by_whatever_endpoint_and_after_a_restart() -> None:
    meeting = with_guest()
    meeting.does(c.Admit(CHAIR, PRESS))
    meeting.does(c.GiveFloor(CHAIR, PRESS))
    meeting.does(c.Remove(CHAIR, PRESS))
    assert meeting.state.sites[PRESS].presence is Presence.ABSENT
    assert meeting.state.floor == ()
    again = joined(PRESS, 2, guest_credential(PRESS))
    assert meeting.refuses(again) is RefusalCode.REMOVED
    meeting.state = replay(dump_event(event) for event in meeting.log)
    meeting.does(c.Restart())
    assert meeting.refuses(replace(again, resumes=True)) is RefusalCode.REMOVED


def test_a_guest_is_refused_at_the_door_and_before_it_comes() -> None:
    meeting = with_guest()
    meeting.does(c.Remove(CONSOLE, PRESS))
    assert list(meeting.state.waiting()) == []
    early = opened(HALL)
    early.does(WITH_GUEST)
    early.does(c.Remove(CHAIR, PRESS))
    knock = joined(PRESS, credential=guest_credential(PRESS))
    assert early.refuses(knock) is RefusalCode.REMOVED
    assert early.refuses(c.Remove(CHAIR, PRESS)) is RefusalCode.UNCHANGED


def test_who_is_let_back_may_ask_again() -> None:
    meeting = with_guest()
    meeting.does(c.Remove(CHAIR, PRESS))
    assert roster_row(meeting.state, PRESS).removed
    meeting.does(c.Restore(CHAIR, PRESS))
    assert not roster_row(meeting.state, PRESS).removed
    meeting.does(joined(PRESS, 2, guest_credential(PRESS)))
    assert list(meeting.state.waiting()) == [PRESS]


def test_a_removed_device_stays_out_and_the_rooms_own_comes_in() -> None:
    meeting = opened(HALL)
    meeting.does(joined(GIANG_LY, 1, DEVICE))
    meeting.does(c.Remove(CHAIR, GIANG_LY))
    assert meeting.refuses(joined(GIANG_LY, 2, DEVICE)) is RefusalCode.REMOVED
    meeting.does(joined(GIANG_LY, 3, "device:two"))
    assert meeting.state.is_present(GIANG_LY)


def test_a_lost_room_is_removed_by_what_it_had_shown() -> None:
    meeting = opened(HALL)
    meeting.does(joined(GIANG_LY, 1, DEVICE))
    meeting.does(c.Restart())
    meeting.does(c.Remove(CHAIR, GIANG_LY))
    assert meeting.refuses(joined(GIANG_LY, 2, DEVICE)) is RefusalCode.REMOVED


def test_the_chair_stays_and_an_empty_seat_has_nobody_to_remove() -> None:
    meeting = opened(HALL)
    assert meeting.refuses(c.Remove(CONSOLE, HALL)) is RefusalCode.NOT_ALLOWED
    assert meeting.refuses(c.Remove(CHAIR, GIANG_LY)) is RefusalCode.NOT_ALLOWED


def test_rooms_remove_nobody_and_an_operator_only_in_its_subtree() -> None:
    meeting = opened(HALL, GIANG_LY)
    for actor in (room(HALL), operator(NHA_TRANG)):
        for command in (
            c.Remove(actor, GIANG_LY),
            c.Restore(actor, GIANG_LY),
            c.Lock(actor, on=True),
            c.ShowRoster(actor, GIANG_LY, on=True),
        ):
            assert meeting.refuses(command) is RefusalCode.NOT_ALLOWED
    meeting.does(c.Remove(operator(GIANG_LY), GIANG_LY))


def test_a_locked_meeting_keeps_newcomers_out_and_takes_back_who_was_lost() -> None:
    meeting = opened(HALL, NHA_TRANG)
    meeting.does(c.Lock(CHAIR, on=True))
    assert meeting.refuses(joined(GIANG_LY)) is RefusalCode.LOCKED
    meeting.does(c.Restart())
    meeting.does(joined(NHA_TRANG, 2))
    meeting.does(joined(HALL, 2))
    meeting.does(c.SiteLeft(HALL, seat(HALL, 2)))
    meeting.does(joined(HALL, 3))
    meeting.does(c.Lock(CHAIR, on=False))
    meeting.does(joined(GIANG_LY))


def test_wrong_pins_are_counted_until_the_link_is_used_up() -> None:
    meeting = opened(HALL)
    meeting.does(WITH_GUEST)
    for _ in range(MAX_WRONG_PINS):
        meeting.does(c.RefusePin(PRESS))
    assert meeting.refuses(c.RefusePin(PRESS)) is RefusalCode.UNCHANGED
    assert meeting.state.wrong_pins[PRESS] == MAX_WRONG_PINS
    assert meeting.refuses(c.RefusePin(GIANG_LY)) is RefusalCode.NOT_ALLOWED


def test_what_another_mcu_says_of_the_removed_counts_here_too() -> None:
    meeting = with_guest()
    bar = c.Bar(guest_credential(PRESS), PRESS, barred=True, at_ms=5)
    meeting.does(c.NoteBars((bar,)))
    assert meeting.state.sites[PRESS].presence is Presence.ABSENT
    older = replace(bar, barred=False, at_ms=4)
    assert meeting.refuses(c.NoteBars((older, bar))) is RefusalCode.UNCHANGED
    meeting.does(c.NoteBars((replace(bar, barred=False, at_ms=6),)))
    meeting.does(joined(PRESS, 2, guest_credential(PRESS)))


def test_a_guest_sees_neither_the_roster_nor_at_the_door_anything_unless_let() -> None:
    meeting = with_guest()
    meeting.does(c.GiveFloor(CHAIR, HALL))
    seen = view_of_guest(meeting)
    assert (seen.waiting, seen.guest) == (True, True)
    assert (seen.floor, seen.cells, seen.present, seen.invited) == ((), (), 0, 0)
    meeting.does(c.Admit(CHAIR, PRESS))
    seen = view_of_guest(meeting)
    assert [site.site for site in seen.floor] == [HALL]
    assert (seen.cells, seen.present) == ((), 0)
    assert participants(meeting.state, PRESS) == ()
    meeting.does(c.ShowRoster(CHAIR, PRESS, on=True))
    assert view_of_guest(meeting).present == 2
    assert {site.site for site in participants(meeting.state, PRESS)} == {HALL, PRESS}
    assert participants(meeting.state, GIANG_LY) == ()


def test_a_guest_that_is_invited_no_more_is_no_guest() -> None:
    meeting = with_guest()
    meeting.does(PLAN)
    assert meeting.state.guests == frozenset()
    assert PRESS not in meeting.state.sites
    assert meeting.refuses(replace(WITH_GUEST, guests=(HALL,))) is RefusalCode.NOT_ALLOWED


def view_of_guest(meeting: Meeting) -> SiteView:
    arrangement = arrange(meeting.state, LAYOUT_TABLE)
    return site_view(meeting.state, PRESS, scene(meeting.state, arrangement, speaker=None))

"""Who comes, who is lost, who leaves, and what waits for their return."""

from nhipcau.conference import Presence, RefusalCode
from nhipcau.conference import commands as c
from nhipcau.conference import events as ev

from .meeting import (
    CHAIR,
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


def everything_held_by(site_meeting: Meeting) -> None:
    site_meeting.does(c.SetContent(room(GIANG_LY), on=True))
    site_meeting.does(c.SetCamera(room(GIANG_LY), on=False))
    site_meeting.does(c.GiveFloor(CHAIR, GIANG_LY))


def test_nothing_is_decided_before_the_conference_begins() -> None:
    assert Meeting().refuses(c.Restart()) is RefusalCode.NOT_ALLOWED


def test_a_site_that_is_not_on_the_roster_is_unknown() -> None:
    joined = c.SiteJoined(STRANGER, seat(STRANGER), capture=True)
    assert opened().refuses(joined) is RefusalCode.UNKNOWN_SITE


def test_a_site_arrives_with_its_camera_on_and_its_microphone_closed() -> None:
    row = opened(GIANG_LY).state.sites[GIANG_LY]
    assert (row.presence, row.endpoint) == (Presence.PRESENT, seat(GIANG_LY))
    assert (row.camera, row.mic) == (True, False)


def test_a_room_without_camera_or_microphone_only_listens() -> None:
    meeting = opened()
    meeting.joins(GIANG_LY, capture=False)
    assert not meeting.state.sites[GIANG_LY].camera
    for command in (c.SetMicrophone(room(GIANG_LY), open=True), c.SetCamera(room(GIANG_LY), True)):
        assert meeting.refuses(command) is RefusalCode.NOT_ALLOWED


def test_a_newer_endpoint_replaces_the_older() -> None:
    meeting = opened(GIANG_LY)
    events = meeting.does(c.SiteJoined(GIANG_LY, seat(GIANG_LY, 2), capture=True))
    assert [type(event) for event in events] == [ev.EndpointReplaced]
    assert isinstance(events[0], ev.EndpointReplaced)
    assert events[0].replaced == seat(GIANG_LY, 1)
    assert meeting.state.sites[GIANG_LY].endpoint == seat(GIANG_LY, 2)


def test_the_loss_of_an_endpoint_that_was_replaced_changes_nothing() -> None:
    meeting = opened(GIANG_LY)
    meeting.does(c.SiteJoined(GIANG_LY, seat(GIANG_LY, 2), capture=True))
    for late in (c.SiteLost(GIANG_LY, seat(GIANG_LY)), c.SiteLeft(GIANG_LY, seat(GIANG_LY))):
        assert meeting.refuses(late) is RefusalCode.STALE
    assert meeting.state.is_present(GIANG_LY)


def test_without_takeover_a_person_in_the_seat_is_asked_first() -> None:
    meeting = opened(GIANG_LY)
    second = c.SiteJoined(GIANG_LY, seat(GIANG_LY, 2), capture=True, takeover=False)
    assert meeting.refuses(second) is RefusalCode.OCCUPIED


def test_a_synthetic_site_yields_to_a_person_at_once() -> None:
    meeting = opened()
    meeting.joins(GIANG_LY, synthetic=True)
    meeting.does(c.SiteJoined(GIANG_LY, seat(GIANG_LY, 2), capture=True, takeover=False))
    assert not meeting.state.sites[GIANG_LY].synthetic


def test_a_synthetic_site_never_takes_a_persons_seat() -> None:
    meeting = opened(GIANG_LY)
    robot = c.SiteJoined(GIANG_LY, seat(GIANG_LY, 2), True, synthetic=True, takeover=False)
    assert meeting.refuses(robot) is RefusalCode.OCCUPIED


def test_a_person_in_a_synthetic_sites_seat_is_not_heard_unasked() -> None:
    meeting = opened()
    meeting.joins(GIANG_LY, NHA_TRANG, synthetic=True)
    meeting.does(c.SetMicrophone(room(GIANG_LY), open=True))
    meeting.does(c.GiveFloor(CHAIR, NHA_TRANG))
    for site in (GIANG_LY, NHA_TRANG):
        meeting.does(c.SiteJoined(site, seat(site, 2), capture=True))
    assert meeting.open_mics() == {NHA_TRANG}


def test_an_endpoint_without_microphone_closes_the_one_that_was_open() -> None:
    meeting = opened(GIANG_LY)
    meeting.does(c.GiveFloor(CHAIR, GIANG_LY))
    meeting.does(c.SiteJoined(GIANG_LY, seat(GIANG_LY, 2), capture=False))
    assert meeting.open_mics() == set()
    assert meeting.state.floor == (GIANG_LY,)


def test_a_lost_site_comes_back_as_it_was() -> None:
    meeting = opened(HALL, GIANG_LY)
    everything_held_by(meeting)
    before = meeting.state.sites[GIANG_LY]
    meeting.does(c.SiteLost(GIANG_LY, seat(GIANG_LY)))
    assert meeting.state.sites[GIANG_LY].presence is Presence.LOST
    assert (meeting.state.floor, meeting.state.content) == ((GIANG_LY,), GIANG_LY)
    meeting.does(c.SiteJoined(GIANG_LY, seat(GIANG_LY), capture=True))
    assert meeting.state.sites[GIANG_LY] == before


def test_a_raised_hand_keeps_its_place_through_a_lost_connection() -> None:
    meeting = opened(GIANG_LY, NHA_TRANG)
    meeting.does(c.SetHand(room(GIANG_LY), up=True))
    meeting.does(c.SetHand(room(NHA_TRANG), up=True))
    meeting.does(c.SiteLost(GIANG_LY, seat(GIANG_LY)))
    meeting.joins(GIANG_LY)
    assert meeting.state.hand_place(GIANG_LY) == 1


def test_a_site_that_leaves_gives_everything_back() -> None:
    meeting = opened(HALL, GIANG_LY)
    everything_held_by(meeting)
    meeting.does(c.SiteLeft(GIANG_LY, seat(GIANG_LY)))
    row = meeting.state.sites[GIANG_LY]
    assert (row.presence, row.mic, row.endpoint) == (Presence.ABSENT, False, None)
    assert (meeting.state.floor, meeting.state.content) == ((), None)
    meeting.joins(GIANG_LY)
    assert meeting.state.sites[GIANG_LY].camera


def test_a_site_that_leaves_lowers_its_hand() -> None:
    meeting = opened(GIANG_LY)
    meeting.does(c.SetHand(room(GIANG_LY), up=True))
    meeting.does(c.SiteLeft(GIANG_LY, seat(GIANG_LY)))
    assert meeting.state.hands == ()


def test_after_a_restart_everyone_is_lost_and_nothing_else_changed() -> None:
    meeting = opened(HALL, GIANG_LY, KHANH_VINH)
    everything_held_by(meeting)
    meeting.does(c.SetHand(room(KHANH_VINH), up=True))
    meeting.does(c.SetLayout(CHAIR, "1+7"))
    before = meeting.state
    meeting.does(c.Restart())
    after = meeting.state
    assert not list(after.present())
    assert (after.floor, after.hands, after.content, after.layout) == (
        before.floor,
        before.hands,
        before.content,
        before.layout,
    )
    assert meeting.open_mics() == {GIANG_LY}
    assert meeting.refuses(c.Restart()) is RefusalCode.UNCHANGED

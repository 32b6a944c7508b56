"""What pages are told."""

from dataclasses import fields

from nhipcau.conference import commands as c
from nhipcau.conference.arrange import arrange
from nhipcau.conference.views import (
    Meter,
    MicView,
    RosterView,
    SiteRef,
    SiteView,
    Tally,
    roster_row,
    scene,
    site_view,
    tally,
    visible_sites,
)
from nhipcau.quantities import SiteId

from .geometry import LAYOUT_TABLE
from .meeting import (
    CHAIR,
    CONSOLE,
    GIANG_LY,
    HALL,
    KHANH_VINH,
    NHA_TRANG,
    SITES,
    VAN_THANH,
    Meeting,
    opened,
    operator,
    room,
    seat,
)


def view(meeting: Meeting, site: SiteId | None) -> SiteView:
    arrangement = arrange(meeting.state, LAYOUT_TABLE)
    return site_view(meeting.state, site, scene(meeting.state, arrangement, speaker=GIANG_LY))


def lively() -> Meeting:
    meeting = opened(HALL, NHA_TRANG, KHANH_VINH, GIANG_LY)
    meeting.does(c.SetHand(room(KHANH_VINH), up=True))
    meeting.does(c.SetHand(room(NHA_TRANG), up=True))
    meeting.does(c.GiveFloor(CHAIR, GIANG_LY))
    meeting.does(c.SetContent(room(GIANG_LY), on=True))
    meeting.does(c.MuteAll(CHAIR, locked=True))
    return meeting


def test_the_fields_are_those_of_the_protocol() -> None:
    assert " ".join(field.name for field in fields(SiteView)) == (
        "seq tally mic camera hand asked waiting asking hands sharing floor next speaker content "
        "layout shown cells present invited undo_ms mics_locked hands_via_parent doors_ask "
        "locked guest cue vote prompt roll"
    )
    assert " ".join(field.name for field in fields(RosterView)) == (
        "site name level parent present state mic camera hand asked floor sharing synthetic "
        "level_dbov loss rung capture guest removed roster_shown spoken_ms "
        "speaks_since_ms branch"
    )


def test_the_speaking_sites_view() -> None:
    meeting = lively()
    seen = view(meeting, GIANG_LY)
    assert (seen.tally, seen.mic, seen.sharing) == (Tally.ON_AIR, MicView(True, False), True)
    assert seen.floor == (SiteRef(GIANG_LY, "Giang Ly"),)
    assert seen.speaker == seen.content == SiteRef(GIANG_LY, "Giang Ly")
    assert (seen.layout, seen.shown) == ("auto", "1+7")
    assert seen.cells[:2] == (SiteRef(GIANG_LY, "Giang Ly"), SiteRef(HALL, "Khánh Hòa"))
    assert (seen.present, seen.invited, seen.seq) == (4, 5, len(meeting.log))


def test_who_asked_first_is_told_that_it_is_next() -> None:
    seen = view(lively(), KHANH_VINH)
    assert (seen.tally, seen.hand, seen.hands) == (Tally.NEXT, 1, 2)
    assert seen.mic == MicView(open=False, locked=True)
    assert view(lively(), NHA_TRANG).tally is Tally.LISTEN


def test_an_open_microphone_is_on_air_without_the_floor() -> None:
    meeting = opened(HALL)
    assert tally(meeting.state, HALL) is Tally.LISTEN
    meeting.does(c.SetMicrophone(CHAIR, open=True))
    assert tally(meeting.state, HALL) is Tally.ON_AIR


def test_a_page_without_a_seat_listens() -> None:
    seen = view(lively(), None)
    assert (seen.tally, seen.mic, seen.camera) == (Tally.LISTEN, MicView(False, True), False)
    assert (seen.hand, seen.sharing, seen.hands) == (None, False, 2)


def test_a_roster_row_joins_state_and_measurement() -> None:
    row = roster_row(lively().state, GIANG_LY, Meter(level_dbov=-30, loss=0.01))
    assert (row.present, row.state, row.parent) == (True, "present", KHANH_VINH)
    assert (row.mic, row.floor, row.sharing, row.capture) == (True, True, True, True)
    assert (row.level_dbov, row.loss) == (-30, 0.01)


def test_a_lost_site_is_told_apart_from_an_absent_one() -> None:
    meeting = lively()
    meeting.does(c.SiteLost(NHA_TRANG, seat(NHA_TRANG)))
    lost = roster_row(meeting.state, NHA_TRANG)
    assert (lost.present, lost.state, lost.hand) == (False, "lost", 2)
    assert roster_row(meeting.state, SiteId("22519")).state == "absent"


def requests() -> Meeting:
    meeting = opened(HALL, NHA_TRANG, KHANH_VINH, GIANG_LY)
    meeting.does(c.SetDoors(CHAIR, ask=True))
    meeting.does(c.SetHandsViaParent(CHAIR, on=True))
    meeting.does(c.SetHand(room(GIANG_LY), up=True))
    meeting.joins(VAN_THANH)
    return meeting


def test_a_request_is_told_to_who_asks_and_to_who_passes_it_on() -> None:
    meeting, request = requests(), (SiteRef(GIANG_LY, "Giang Ly"),)
    asker, parent = view(meeting, GIANG_LY), view(meeting, KHANH_VINH)
    assert (asker.asked, asker.hand, asker.asking) == (True, None, ())
    assert (parent.asked, parent.asking) == (False, request)
    assert view(meeting, HALL).asking == view(meeting, None).asking == ()
    assert roster_row(meeting.state, GIANG_LY).asked
    assert not roster_row(meeting.state, KHANH_VINH).asked


def test_an_operator_is_told_all_requests_of_its_subtree() -> None:
    meeting = requests()
    common = scene(meeting.state, arrange(meeting.state, LAYOUT_TABLE), None)
    for subtree, count in ((KHANH_VINH, 1), (HALL, 1), (NHA_TRANG, 0)):
        assert len(site_view(meeting.state, None, common, subtree).asking) == count


def test_who_waits_at_the_door_is_told_so_and_counts_as_not_present() -> None:
    meeting = requests()
    seen = view(meeting, VAN_THANH)
    assert (seen.waiting, seen.mic, seen.tally) == (True, MicView(False, True), Tally.LISTEN)
    assert (seen.present, seen.invited) == (4, 5)
    assert not view(meeting, HALL).waiting
    row = roster_row(meeting.state, VAN_THANH)
    assert (row.present, row.state) == (False, "waiting")


def test_everyone_is_told_the_settings_and_until_when_the_chair_can_undo() -> None:
    meeting = requests()
    seen = view(meeting, None)
    assert (seen.hands_via_parent, seen.doors_ask, seen.mics_locked) == (True, True, False)
    assert seen.undo_ms == round(meeting.now * 1000) + 5000
    meeting.does(c.Undo(CHAIR))
    assert view(meeting, HALL).undo_ms == 0


def test_each_role_sees_its_part_of_the_roster() -> None:
    state = opened().state
    assert visible_sites(state, CHAIR) == visible_sites(state, CONSOLE) == SITES
    assert visible_sites(state, operator(KHANH_VINH)) == (KHANH_VINH, GIANG_LY)
    assert visible_sites(state, operator(SiteId("571"))) == (VAN_THANH,)
    assert visible_sites(state, c.Actor(c.Role.OPERATOR)) == ()
    assert visible_sites(state, room(HALL)) == ()

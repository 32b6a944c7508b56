"""Who stands below whom, at any depth, and an operator who reaches that far and no further."""

from dataclasses import replace
from itertools import pairwise

import pytest

from nhipcau.conference import RefusalCode
from nhipcau.conference import commands as c
from nhipcau.conference.lineage import ancestors, asks_at, is_within
from nhipcau.quantities import ConferenceId, SiteId

from .meeting import (
    CHAIR,
    GIANG_LY,
    HALL,
    KHANH_VINH,
    LAYOUTS,
    NHA_TRANG,
    PLAN,
    ROSTER,
    STRANGER,
    VAN_THANH,
    Meeting,
    opened,
    operator,
    room,
)

VAN_NINH = SiteId("571")
OF_KHANH_VINH = operator(KHANH_VINH)


def test_the_walk_goes_up_to_a_parent_that_is_not_on_the_roster() -> None:
    state = opened().state
    assert list(ancestors(state, GIANG_LY)) == [KHANH_VINH, HALL]
    assert list(ancestors(state, VAN_THANH)) == [VAN_NINH]
    assert list(ancestors(state, HALL)) == list(ancestors(state, STRANGER)) == []
    assert is_within(state, VAN_THANH, VAN_NINH)


def test_a_subtree_holds_its_root_and_what_is_below_and_nothing_beside_or_above() -> None:
    state = opened().state
    for site, within in ((KHANH_VINH, True), (GIANG_LY, True), (HALL, False), (NHA_TRANG, False)):
        assert is_within(state, site, KHANH_VINH) is within


def test_a_tree_of_a_hundred_levels_is_walked_to_its_top() -> None:
    sites = [SiteId(str(number)) for number in range(100)]
    below = (c.RosterRow(site, site, site, above) for above, site in pairwise(sites))
    rows = (c.RosterRow(sites[0], "0", "0"), *below)
    meeting = Meeting()
    meeting.does(c.Open(ConferenceId("deep"), "Sâu", sites[0], LAYOUTS, rows))
    assert list(ancestors(meeting.state, sites[-1])) == sites[-2::-1]


@pytest.mark.parametrize("parent", [GIANG_LY, KHANH_VINH])
def test_a_circle_of_parents_ends_the_walk(parent: SiteId) -> None:
    meeting = Meeting()
    rows = tuple(replace(row, parent=parent) if row.site == KHANH_VINH else row for row in ROSTER)
    meeting.does(replace(PLAN, roster=rows))
    meeting.joins(KHANH_VINH, GIANG_LY)
    meeting.does(c.SetHandsViaParent(CHAIR, on=True))
    assert not is_within(meeting.state, KHANH_VINH, HALL)
    assert set(ancestors(meeting.state, KHANH_VINH)) <= {GIANG_LY, KHANH_VINH}
    assert asks_at(meeting.state, KHANH_VINH) == (GIANG_LY if parent == GIANG_LY else None)


def test_an_operator_mutes_and_lowers_hands_in_its_subtree_only() -> None:
    meeting = opened(HALL, NHA_TRANG, KHANH_VINH, GIANG_LY)
    for site in (HALL, NHA_TRANG, KHANH_VINH, GIANG_LY):
        meeting.does(c.SetMicrophone(room(site), open=True))
        meeting.does(c.SetHand(room(site), up=True))
    for site in (HALL, NHA_TRANG, VAN_THANH, STRANGER):
        assert meeting.refuses(c.Mute(OF_KHANH_VINH, site)) is RefusalCode.NOT_ALLOWED
        assert meeting.refuses(c.LowerHand(OF_KHANH_VINH, site)) is RefusalCode.NOT_ALLOWED
    for site in (KHANH_VINH, GIANG_LY):
        meeting.does(c.Mute(OF_KHANH_VINH, site))
        meeting.does(c.LowerHand(OF_KHANH_VINH, site))
    assert meeting.open_mics() == {HALL, NHA_TRANG}
    assert meeting.state.hands == (HALL, NHA_TRANG)


def test_an_operator_leads_no_meeting() -> None:
    meeting = opened(HALL, KHANH_VINH, GIANG_LY)
    for command in (
        c.GiveFloor(OF_KHANH_VINH, GIANG_LY),
        c.TakeFloor(OF_KHANH_VINH, GIANG_LY),
        c.MuteAll(OF_KHANH_VINH),
        c.StopContent(OF_KHANH_VINH),
        c.SetLayout(OF_KHANH_VINH, "duo"),
        c.SetDoors(OF_KHANH_VINH, ask=True),
        c.SetHandsViaParent(OF_KHANH_VINH, on=True),
        c.Undo(OF_KHANH_VINH),
        c.SetMicrophone(replace(OF_KHANH_VINH, site=GIANG_LY), open=True),
    ):
        assert meeting.refuses(command) is RefusalCode.NOT_ALLOWED


def test_an_operator_without_a_subtree_reaches_nobody() -> None:
    meeting = opened(HALL, GIANG_LY)
    meeting.does(c.SetMicrophone(room(GIANG_LY), open=True))
    nobody = c.Actor(c.Role.OPERATOR, GIANG_LY)
    assert meeting.refuses(c.Mute(nobody, GIANG_LY)) is RefusalCode.NOT_ALLOWED


def test_a_changed_plan_moves_a_site_to_another_operator() -> None:
    meeting = opened(HALL, GIANG_LY)
    meeting.does(c.SetMicrophone(room(GIANG_LY), open=True))
    rows = tuple(replace(row, parent=NHA_TRANG) if row.site == GIANG_LY else row for row in ROSTER)
    meeting.does(replace(PLAN, roster=rows))
    muting = c.Mute(OF_KHANH_VINH, GIANG_LY)
    assert meeting.refuses(muting) is RefusalCode.NOT_ALLOWED
    meeting.does(c.Mute(operator(NHA_TRANG), GIANG_LY))

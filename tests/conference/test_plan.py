"""The plan of a conference, first and changed."""

from dataclasses import replace

import pytest

from nhipcau.conference import EMPTY, Presence, Refusal, RefusalCode, decide
from nhipcau.conference import commands as c
from nhipcau.conference.wire import MAX_EVENT_BYTES, dump_event
from nhipcau.quantities import ConferenceId, SiteId

from .meeting import CHAIR, GIANG_LY, HALL, NOW, PLAN, ROSTER, SITES, Meeting, opened


def test_the_roster_keeps_the_order_of_the_plan() -> None:
    state = opened().state
    assert tuple(state.sites) == SITES
    assert state.chair_site == HALL
    assert all(row.presence is Presence.ABSENT for row in state.sites.values())


def test_the_same_plan_again_changes_nothing() -> None:
    assert opened().refuses(PLAN) is RefusalCode.UNCHANGED


def test_a_changed_plan_keeps_who_is_seated_and_drops_who_is_gone() -> None:
    meeting = opened(*SITES)
    meeting.does(c.GiveFloor(CHAIR, GIANG_LY))
    meeting.does(c.SetLayout(CHAIR, "duo"))
    renamed = replace(ROSTER[0], name="Hội trường UBND tỉnh")
    guest = c.RosterRow(SiteId("khach-1"), "Cục Thống kê", "guest")
    meeting.does(replace(PLAN, roster=(renamed, *ROSTER[1:3], ROSTER[4], guest)))
    assert GIANG_LY not in meeting.state.sites
    assert meeting.state.floor == ()
    assert meeting.state.layout == "duo"
    assert meeting.state.sites[HALL].name == "Hội trường UBND tỉnh"
    assert meeting.state.is_present(HALL)
    assert list(meeting.state.sites)[-1] == "khach-1"


def test_a_layout_that_the_changed_plan_does_not_know_is_left() -> None:
    meeting = opened(HALL)
    meeting.does(c.SetLayout(CHAIR, "duo"))
    meeting.does(replace(PLAN, layouts=("4x4",)))
    assert meeting.state.layout == "auto"


@pytest.mark.parametrize(
    "bad",
    [
        replace(PLAN, conference=ConferenceId("")),
        replace(PLAN, chair_site=SiteId("999")),
        replace(PLAN, roster=(*ROSTER, ROSTER[0])),
        replace(PLAN, layout="17x17"),
    ],
)
def test_a_plan_that_contradicts_itself_is_refused(bad: c.Open) -> None:
    assert Meeting().refuses(bad) is RefusalCode.NOT_ALLOWED


def test_another_conferences_plan_is_refused() -> None:
    other = replace(PLAN, conference=ConferenceId("another"))
    assert opened().refuses(other) is RefusalCode.NOT_ALLOWED


def test_the_largest_plan_of_the_longest_names_fits_the_records_of_the_log() -> None:
    rows = tuple(
        c.RosterRow(SiteId(f"{number:016}"), "\U0001f3db" * 200, "ậ" * 50, SiteId("0" * 16))
        for number in range(2000)
    )
    plan = replace(PLAN, roster=rows, chair_site=rows[0].site, title="Ộ" * 500)
    outcome = decide(EMPTY, plan, NOW)
    assert not isinstance(outcome, Refusal)
    assert max(len(dump_event(event)) for event in outcome) <= MAX_EVENT_BYTES

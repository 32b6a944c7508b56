"""Drills: in a rehearsal only, one after another, and every site's word in the log."""

from dataclasses import replace

import pytest

from nhipcau.conference import RefusalCode
from nhipcau.conference import commands as c
from nhipcau.conference.drill import OPEN_MS, DrillKind, Served, percentile
from nhipcau.conference.drill_views import drill_view
from nhipcau.conference.replay import replay
from nhipcau.conference.wire import dump_event
from nhipcau.quantities import McuName, SiteId

from .meeting import (
    CHAIR,
    CONSOLE,
    GIANG_LY,
    HALL,
    KHANH_VINH,
    NHA_TRANG,
    PLAN,
    VAN_THANH,
    Meeting,
    operator,
    room,
)

ROOT, LEAF, OTHER = McuName("mcu-tinh"), McuName("mcu-573"), McuName("mcu-568")
SERVED = (
    Served(ROOT, (HALL,)),
    Served(LEAF, (KHANH_VINH, GIANG_LY)),
    Served(OTHER, (NHA_TRANG,)),
)


def drill(
    kind: DrillKind = DrillKind.KILL, mcu: McuName = LEAF, actor: c.Actor = CONSOLE
) -> c.BeginDrill:
    return c.BeginDrill(actor, kind, mcu, ROOT, SERVED, "Trực kỹ thuật")


@pytest.fixture
def meeting() -> Meeting:
    found = Meeting()
    found.does(replace(PLAN, rehearsal=True))
    found.joins(HALL, NHA_TRANG, KHANH_VINH, GIANG_LY)
    return found


def test_a_real_session_has_no_drill() -> None:
    meeting = Meeting()
    meeting.does(PLAN)
    assert meeting.refuses(drill()) is RefusalCode.NOT_REHEARSAL


def test_no_plan_makes_a_rehearsal_of_a_session_that_has_begun() -> None:
    meeting = Meeting()
    meeting.does(PLAN)
    assert meeting.refuses(replace(PLAN, rehearsal=True)) is RefusalCode.UNCHANGED
    assert meeting.refuses(drill()) is RefusalCode.NOT_REHEARSAL


def test_a_plan_that_says_it_is_none_any_more_ends_the_drills(meeting: Meeting) -> None:
    meeting.does(PLAN)
    assert meeting.refuses(drill()) is RefusalCode.NOT_REHEARSAL


@pytest.mark.parametrize("actor", [CHAIR, room(NHA_TRANG), operator(KHANH_VINH)])
def test_the_console_alone_begins_one(meeting: Meeting, actor: c.Actor) -> None:
    assert meeting.refuses(drill(actor=actor)) is RefusalCode.NOT_ALLOWED


def test_nobody_drills_an_mcu_that_cannot_be_reached(meeting: Meeting) -> None:
    assert meeting.refuses(drill(mcu=McuName("mcu-999"))) is RefusalCode.NOT_ALLOWED


def test_the_root_has_no_trunk_to_cut(meeting: Meeting) -> None:
    assert meeting.refuses(drill(DrillKind.CUT, ROOT)) is RefusalCode.NOT_ALLOWED
    meeting.does(drill(DrillKind.CUT, LEAF))


def test_the_next_one_waits_until_every_site_could_report(meeting: Meeting) -> None:
    meeting.does(drill())
    assert meeting.refuses(drill()) is RefusalCode.DRILL_RUNS
    meeting.now += OPEN_MS / 1000
    meeting.does(drill(mcu=ROOT))
    assert [one.drill for one in meeting.state.drills] == [1, 2]


def test_a_site_is_heard_once_and_for_a_drill_that_is_on(meeting: Meeting) -> None:
    meeting.does(drill())
    report = c.ReportDrill(room(GIANG_LY), 1, ROOT, 230, 310)
    meeting.does(report)
    assert meeting.refuses(replace(report, sound_ms=1)) is RefusalCode.UNCHANGED
    assert meeting.refuses(replace(report, drill=2)) is RefusalCode.NOT_ALLOWED
    assert meeting.refuses(replace(report, actor=room(VAN_THANH))) is RefusalCode.NOT_ALLOWED
    meeting.now += OPEN_MS / 1000
    late = replace(report, actor=room(KHANH_VINH))
    assert meeting.refuses(late) is RefusalCode.NOT_ALLOWED
    assert meeting.state.drills[0].reports[GIANG_LY].worst_ms == 310


def test_a_leafs_sites_are_held_against_its_goal_and_the_others_against_nothing(
    meeting: Meeting,
) -> None:
    meeting.does(drill())
    for site, mcu, sound_ms, picture_ms in (
        (GIANG_LY, ROOT, 230, 310),
        (KHANH_VINH, ROOT, 380, 420),
        (NHA_TRANG, OTHER, 0, 0),
        (HALL, ROOT, 0, 40),
    ):
        meeting.does(c.ReportDrill(room(site), 1, mcu, sound_ms, picture_ms))
    figures = meeting.state.drills[0].figures()
    assert figures == (2, 2, 380, 380, 420, 420, 1, 1)
    view = drill_view(meeting.state.drills[0], {KHANH_VINH: "Khánh Vĩnh"})
    assert view.goal_ms == 400
    assert view.met is False
    assert [(row.site, row.met) for row in view.sites] == [
        (KHANH_VINH, False),
        (HALL, False),
        (GIANG_LY, True),
        (NHA_TRANG, True),
    ]
    assert (view.sites[0].name, view.sites[0].before, view.sites[0].after) == (
        "Khánh Vĩnh",
        LEAF,
        ROOT,
    )


def test_a_root_strikes_everybody_and_is_met_when_all_have_told_it(meeting: Meeting) -> None:
    meeting.does(drill(mcu=ROOT))
    told = {HALL: 700, NHA_TRANG: 500, KHANH_VINH: 510, GIANG_LY: 800}
    for site, gap_ms in told.items():
        assert drill_view(meeting.state.drills[0], {}).met is None
        meeting.does(c.ReportDrill(room(site), 1, McuName("mcu-du-phong"), gap_ms, gap_ms))
    view = drill_view(meeting.state.drills[0], {})
    assert view.goal_ms == 800
    assert view.met is True
    assert view.figures["sound_p95_ms"] == 800


def test_who_is_silent_stands_before_who_is_well(meeting: Meeting) -> None:
    meeting.does(drill())
    meeting.does(c.ReportDrill(room(NHA_TRANG), 1, OTHER, 0, 0))
    rows = drill_view(meeting.state.drills[0], {}).sites
    assert rows[-1].site == NHA_TRANG
    assert {row.met for row in rows[:-1]} == {None}


def test_the_log_brings_drills_back(meeting: Meeting) -> None:
    meeting.does(drill())
    meeting.does(c.ReportDrill(room(GIANG_LY), 1, ROOT, 230, 310))
    again = replay([dump_event(event) for event in meeting.log])
    assert again.drills == meeting.state.drills
    assert again.rehearsal


def test_a_drill_of_two_thousand_sites_fits_into_records(meeting: Meeting) -> None:
    rows = tuple(c.RosterRow(s, "x", "commune") for s in map(_long_site, range(1900)))
    meeting.does(replace(PLAN, roster=(*PLAN.roster, *rows), rehearsal=True))
    served = (*SERVED, Served(McuName("mcu-x"), tuple(row.site for row in rows)))
    for event in meeting.does(replace(drill(), served=served)):
        dump_event(event)
    assert len(meeting.state.drills[0].before) == 1904


def _long_site(number: int) -> SiteId:
    return SiteId(f"{number:036}")


@pytest.mark.parametrize(
    ("values", "expected"),
    [([], None), ([7], 7), (list(range(1, 21)), 19), (list(range(1, 101)), 95), ([3, 1, 2], 3)],
)
def test_the_nearest_rank_is_taken(values: list[int], expected: int | None) -> None:
    assert percentile(values) == expected

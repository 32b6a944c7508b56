"""A part that was cut off and went on by itself is a gap in the meeting's report, with its log."""

from dataclasses import replace
from zoneinfo import ZoneInfo

from nhipcau.conference import commands as c
from nhipcau.conference.scenario import Step
from nhipcau.quantities import ConferenceId
from nhipcau.report.attending import Standing
from nhipcau.report.mishaps import Mishap, MishapKind
from nhipcau.report.report import Aside, Report, make_report
from nhipcau.report.tables import tables_of
from nhipcau.report.worded import Language, TableKey

from ..conference.meeting import CHAIR, GIANG_LY, HALL, KHANH_VINH, NHA_TRANG, Meeting, seat
from ..conference.sheet import SESSION, UPLAND, convened, presses_next

PART = ConferenceId("tet-2024--mcu-573-1")
CUT = (KHANH_VINH, GIANG_LY)


def meeting_that_was_cut(*, comes_back: bool = True) -> tuple[Meeting, Meeting]:
    """Return a meeting and its part: cut in the turn of Khánh Vĩnh, 30 s apart."""
    whole = convened(HALL, NHA_TRANG, *CUT)
    presses_next(whole, 2)
    whole.now += 60
    lost_ms = round(whole.now * 1000)
    whole.now += 1
    for site in CUT:
        whole.does(c.SiteLost(site, seat(site)))
    part = Meeting(now=whole.now + 2)
    roster = tuple(row for row in SESSION.roster if row.site in CUT)
    part.does(
        replace(
            SESSION,
            conference=PART,
            title="Khánh Vĩnh",
            chair_site=KHANH_VINH,
            roster=roster,
            scenario=(UPLAND,),
            splits=(),
        )
    )
    part.does(
        c.CarryOn(
            SESSION.conference,
            lost_ms,
            sites=tuple(c.CarriedSite(site, True, False, True, False) for site in CUT),
            floor=(KHANH_VINH,),
            step=c.CarriedStep(Step("c2", "0"), lost_ms - 60_000, lost_ms - 60_000, 0),
        )
    )
    part.now += 1
    for site in CUT:
        part.does(c.SiteJoined(site, seat(site, 2), capture=True))
    part.now += 26
    part.does(c.EndByPlan())
    whole.now = part.now + 1
    for site in CUT if comes_back else ():
        whole.does(c.SiteJoined(site, seat(site, 3), capture=True))
    whole.now += 120
    whole.does(c.EndMeeting(CHAIR))
    return whole, part


def report_of(whole: Meeting, part: Meeting) -> Report:
    return make_report(whole.log, Aside(branches=(make_report(part.log),)))


def cut_off(report: Report) -> list[Mishap]:
    return [one for one in report.mishaps if one.kind is MishapKind.CUT_OFF]


def test_the_gap_is_one_mishap_of_all_its_sites_and_no_lost_connection() -> None:
    report = report_of(*meeting_that_was_cut())
    (gap,) = cut_off(report)
    assert (gap.name, gap.sites, gap.speaking, gap.cue) == ("Khánh Vĩnh", 2, True, "Mục c2")
    assert gap.lasted_ms == 30_000
    assert [one for one in report.mishaps if one.kind is MishapKind.LOST] == []


def test_its_log_is_a_child_that_says_when_the_line_was_lost() -> None:
    whole, part = meeting_that_was_cut()
    report = report_of(whole, part)
    (child,) = report.children
    assert (child.conference, child.chair, child.attended, child.sites) == (
        PART,
        "Khánh Vĩnh",
        2,
        2,
    )
    assert child.cut_ms == part.state.cut_ms
    assert (child.to_ms, child.back_ms) == (3000, 1000)
    own = make_report(part.log)
    assert own.cut_ms == child.cut_ms
    assert report.cut_ms is None


def test_who_was_in_it_attended_the_meeting_all_the_time_but_for_the_way() -> None:
    report = report_of(*meeting_that_was_cut())
    for site in CUT:
        row = next(one for one in report.attendance if one.site == site)
        assert (row.standing, row.losses) == (Standing.PRESENT, 0)
        assert row.present_ms == report.lasted_ms - 4000


def test_what_was_said_in_the_part_is_told_by_its_own_report() -> None:
    _, part = meeting_that_was_cut()
    own = make_report(part.log)
    assert [(span.site, span.spoken_ms) for span in own.spans] == [(KHANH_VINH, 26_000)]


def test_a_part_whose_sites_did_not_come_back_is_a_gap_that_does_not_end() -> None:
    report = report_of(*meeting_that_was_cut(comes_back=False))
    (gap,) = cut_off(report)
    assert gap.until_ms is None
    assert report.children[0].back_ms is None


def test_a_meeting_without_such_a_part_has_no_such_mishap() -> None:
    whole, _ = meeting_that_was_cut()
    assert cut_off(make_report(whole.log)) == []


def test_the_tables_say_it_in_words() -> None:
    report = report_of(*meeting_that_was_cut())
    tables = {one.key: one for one in tables_of(report, Language(ZoneInfo("Asia/Ho_Chi_Minh"), {}))}
    incident = tables[TableKey.INCIDENTS].rows[0]
    assert incident[2] == "Khánh Vĩnh"
    assert incident[3] == "Mất kết nối, họp riêng, 2 điểm cầu khi đang phát biểu"
    (session,) = tables[TableKey.SESSIONS].rows
    assert "mất kết nối lúc" in session[1]

"""A rehearsal is made of a meeting, and its drills are evidence for the meeting's backup plan."""

from dataclasses import replace

import pytest

from nhipcau.conference import commands as c
from nhipcau.conference.drill import DrillKind, Served
from nhipcau.conference.wire import dump_event
from nhipcau.office.drills import drill_lines
from nhipcau.office.planning.briefing import meeting_of
from nhipcau.office.planning.reading import lay_out
from nhipcau.planning.lineup import Mcu
from nhipcau.ports.eventstore import LogHead, LogKey, Stretch
from nhipcau.quantities import ConferenceId, McuName
from tests.conference.meeting import CONSOLE, GIANG_LY, HALL, KHANH_VINH, PLAN, Meeting, room

from .planning import MEETING, PATH, Planner

ROOT, LEAF = McuName("mcu-tinh"), McuName("mcu-573")
STARTS = "2024-01-24T14:00:00"


def rehearse(planner: Planner) -> str:
    """Make the meeting's rehearsal; return its id."""
    host = planner.secretary.ask("GET", PATH).json()["header"]["host"]
    body = {"host": host, "from_meeting": MEETING, "rehearsal": True, "starts": STARTS}
    answer = planner.secretary.ask("POST", "/meetings", body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def drilled(rehearsal: str) -> Meeting:
    """Return a rehearsal in which a leaf was killed and all but one site have reported."""
    meeting = Meeting()
    meeting.does(replace(PLAN, conference=ConferenceId(rehearsal), rehearsal=True))
    meeting.joins(HALL, KHANH_VINH, GIANG_LY)
    served = (Served(ROOT, (HALL,)), Served(LEAF, (KHANH_VINH, GIANG_LY)))
    meeting.does(c.BeginDrill(CONSOLE, DrillKind.KILL, LEAF, ROOT, served, "Nguyễn Trực Mẫu"))
    meeting.does(c.ReportDrill(room(KHANH_VINH), 1, ROOT, 230, 310))
    meeting.does(c.ReportDrill(room(HALL), 1, ROOT, 0, 0))
    return meeting


def keep(planner: Planner, rehearsal: str) -> None:
    """Have the office gather the log of such a rehearsal."""
    records = tuple(dump_event(event) for event in drilled(rehearsal).log)
    key = LogKey(ConferenceId(rehearsal), "")
    planner.house.events.append(key, ROOT, Stretch(LogHead(), records))


@pytest.fixture
def planner() -> Planner:
    return Planner().approved()


def test_a_rehearsal_is_the_meeting_again_at_its_own_time(planner: Planner) -> None:
    real = planner.secretary.ask("GET", PATH).json()
    plan = planner.secretary.ask("GET", f"/meetings/{rehearse(planner)}").json()
    assert plan["header"]["rehearses"] == MEETING
    assert plan["header"]["title"] == f"Tổng duyệt: {real['header']['title']}"
    assert plan["header"]["starts"] == STARTS
    assert plan["state"] == "draft"
    assert plan["cues"] == real["cues"]
    assert plan["participants"] == real["participants"]
    # It is called at short notice, and its content is what it was: nothing is asked again.
    assert plan["header"]["urgent"]
    assert plan["header"]["secret"] is False


def test_nothing_is_rehearsed_twice_over_and_no_meeting_becomes_a_rehearsal(
    planner: Planner,
) -> None:
    rehearsal = rehearse(planner)
    host = planner.secretary.ask("GET", PATH).json()["header"]["host"]
    for body in (
        {"host": host, "from_meeting": rehearsal, "rehearsal": True},
        {"host": host, "rehearsal": True},
    ):
        assert planner.secretary.ask("POST", "/meetings", body).status_code == 422
    copy = planner.secretary.ask("POST", "/meetings", {"host": host, "from_meeting": rehearsal})
    assert copy.json()["header"]["rehearses"] == ""
    for meeting in (copy.json()["id"], rehearsal):
        path, value = f"/meetings/{meeting}", "another"
        edit = {"changes": [{"op": "set", "part": "header/rehearses", "value": value}]}
        answer = planner.secretary.ask("PATCH", path, edit, headers={"If-Match": '"1"'})
        assert answer.status_code == 422, answer.text


def test_only_a_rehearsals_plan_lets_mcus_be_killed(planner: Planner) -> None:
    desk = planner.house.desk
    root = Mcu(ROOT, "", url="http://127.0.0.1:1")
    for meeting, expected in ((rehearse(planner), True), (MEETING, False)):
        record = desk.plans.load(meeting)
        assert meeting_of(desk, lay_out(desk, record), root).rehearsal is expected


def test_drills_are_evidence_at_the_rehearsal_and_at_the_meeting(planner: Planner) -> None:
    assert planner.secretary.ask("GET", f"{PATH}/drills").json() == []
    rehearsal = rehearse(planner)
    keep(planner, rehearsal)
    for path in (PATH, f"/meetings/{rehearsal}"):
        [found] = planner.secretary.ask("GET", f"{path}/drills").json()
        assert found["meeting"] == rehearsal
        assert found["zone"] == "Asia/Ho_Chi_Minh"
        drill = found["drill"]
        assert (drill["mcu"], drill["by"], drill["goal_ms"]) == (LEAF, "Nguyễn Trực Mẫu", 400)
        assert drill["figures"]["struck"] == 2
        assert drill["figures"]["reported"] == 1
        assert drill["met"] is None
        assert drill["sites"][0]["name"] == "Khánh Vĩnh"
    assert planner.secretary.ask("GET", "/meetings/none/drills").status_code == 404


def test_the_printed_backup_plan_has_a_line_for_each_drill(planner: Planner) -> None:
    keep(planner, rehearse(planner))
    [line] = drill_lines(planner.house.desk, planner.house.events, MEETING)
    assert line.deed == "Ngắt MCU mcu-573"
    assert line.by == "Nguyễn Trực Mẫu"
    assert (line.sites, line.sound, line.picture) == ("1/2", "0,23 / 0,23", "0,31 / 0,31")
    assert line.verdict == "Chưa đủ kết quả"


def test_a_rehearsals_report_has_its_drills_site_by_site(planner: Planner) -> None:
    rehearsal = rehearse(planner)
    keep(planner, rehearsal)
    report = planner.secretary.ask("GET", f"/reports/{rehearsal}").json()["report"]
    assert [one["drill"] for one in report["drills"]] == [1]
    rows = planner.secretary.ask("GET", f"/reports/{rehearsal}/drilled-sites.csv").text
    assert "Khánh Vĩnh" in rows
    assert "Chưa báo" in rows
    assert "Không ảnh hưởng" in rows

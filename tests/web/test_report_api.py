"""The API of reports: whose meeting it was reads what became of it, and nobody else."""

import csv
import io
import zipfile
from typing import Any
from xml.etree import ElementTree

import pytest
from docx import Document
from pypdf import PdfReader

from nhipcau.access.roles import Role
from nhipcau.bench.longsession import long_session
from nhipcau.conference.events import Event
from nhipcau.conference.wire import dump_event
from nhipcau.office.reporting import Reports, Yardstick, find_meeting, print_report, report_of
from nhipcau.papers.press import Press
from nhipcau.ports.eventstore import LogHead, LogKey, Stretch
from nhipcau.ports.papers import PaperFormat
from nhipcau.quantities import ConferenceId, McuName, SiteId
from nhipcau.report.examples import example_rates, example_roads
from nhipcau.web.report_api import ReportFile

from .people import DISTRICT, PROVINCE, Browser
from .planning import MEETING, PATH, Planner, author
from .twosides import keep_log

HALL = McuName("mcu-tinh")
REPORT = f"/reports/{MEETING}"


def keep(planner: Planner, events: list[Event], branch: str = "") -> None:
    records = tuple(dump_event(event) for event in events)
    key = LogKey(ConferenceId(MEETING), branch)
    planner.house.events.append(key, HALL, Stretch(LogHead(), records))


@pytest.fixture(scope="module")
def session() -> list[Event]:
    return long_session(60, conference=ConferenceId(MEETING))


@pytest.fixture
def planner(session: list[Event]) -> Planner:
    made = Planner().approved()
    keep(made, session)
    return made


def read(browser: Browser, path: str = REPORT) -> dict[str, Any]:
    answer = browser.ask("GET", path)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_those_whose_meeting_it_was_and_their_auditors_read_it_and_nobody_else(
    planner: Planner,
) -> None:
    house = planner.house
    house.account("kiem-tra", Role.AUDITOR, code=PROVINCE)
    house.account("ky-thuat", Role.TECHNICIAN, code=PROVINCE)
    auditor, technician = (Browser(house).enter(name) for name in ("kiem-tra", "ky-thuat"))
    for browser in (planner.secretary, planner.chair, planner.operator, auditor):
        assert read(browser)["report"]["title"]
        assert [one["conference"] for one in browser.ask("GET", "/reports").json()] == [MEETING]
    # The district took part: it sees the plan, and not the report.
    assert planner.district.ask("GET", PATH).status_code == 200
    assert planner.district.ask("GET", REPORT).status_code == 404
    assert planner.district.ask("GET", f"{REPORT}/attendance.csv").status_code == 404
    assert planner.district.ask("GET", "/reports").json() == []
    assert technician.ask("GET", REPORT).status_code == 403
    assert planner.secretary.ask("GET", "/reports/none").status_code == 404


def test_a_report_says_who_was_here_and_what_it_was_made_of(planner: Planner) -> None:
    said = read(planner.secretary)
    assert said["host"] == "Ủy ban nhân dân tỉnh Khánh Hòa"
    assert (said["planned"], said["others"], said["trouble"]) == (True, [], "")
    assert said["log"]["events"] == len(planner.house.events.read(LogKey(ConferenceId(MEETING))))
    assert said["levels"]["commune"] == "Cấp xã"
    rows = said["report"]["attendance"]
    assert len(rows) == 60
    assert {row["standing"] for row in rows} >= {"present", "late", "absent"}
    assert said["report"]["savings"] is None


def test_people_come_from_the_answers_to_the_invitation(planner: Planner) -> None:
    planner.house.yardstick = Yardstick(example_rates(), example_roads())
    unit = planner.house.unit(DISTRICT)
    reply = {"coming": True, "delegates": ["Một", "Hai", "Ba", "Bốn", "Năm"]}
    answer = planner.district.ask("PUT", f"{PATH}/attendance/{unit}", reply)
    assert answer.status_code == 204
    saved = read(planner.secretary)["report"]["savings"]
    row = next(one for one in saved["rows"] if one["site"] == DISTRICT)
    assert (row["delegates"], row["asked"], row["cars"]) == (5, True, 2)
    assert saved["rates"]["example"]


def test_every_table_comes_as_a_file_that_a_spreadsheet_takes_for_text(planner: Planner) -> None:
    for file in ReportFile:
        if not file.endswith(".csv"):
            continue
        answer = planner.secretary.ask("GET", f"{REPORT}/{file}")
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert answer.headers["content-disposition"] == f'attachment; filename="{file}"'
        rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
        assert len({len(row) for row in rows}) == 1, file
    data = planner.secretary.ask("GET", f"{REPORT}/attendance.csv").content
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    assert (len(rows), rows[0][1], rows[1][1]) == (61, "Điểm cầu", "Tỉnh Khánh Hòa")


def test_a_conference_that_nobody_planned_is_whose_room_chaired_it(planner: Planner) -> None:
    keep_log(planner.house, "khan-cap-1", SiteId(DISTRICT))
    said = read(planner.district, "/reports/khan-cap-1")
    assert (said["planned"], said["host"]) == (False, "Ủy ban nhân dân huyện Khánh Vĩnh")
    # Whoever is above it reads it, too.
    listed = planner.secretary.ask("GET", "/reports").json()
    assert [one["conference"] for one in listed] == ["khan-cap-1", MEETING]
    keep_log(planner.house, "nobody", SiteId("no such room"))
    assert planner.secretary.ask("GET", "/reports/nobody").status_code == 404


def test_a_log_that_was_begun_anew_is_read_by_its_branch(
    planner: Planner, session: list[Event]
) -> None:
    keep(planner, session[:40], "mcu-tinh.1")
    said = read(planner.secretary)
    assert [one["branch"] for one in said["others"]] == ["mcu-tinh.1"]
    other = read(planner.secretary, f"{REPORT}?branch=mcu-tinh.1")
    assert (other["log"]["events"], other["report"]["over"]) == (40, False)
    assert planner.secretary.ask("GET", f"{REPORT}?branch=none").status_code == 404


def test_a_log_of_a_newer_program_is_a_problem_and_no_failure(planner: Planner) -> None:
    key = LogKey(ConferenceId("newer"))
    begun = [dump_event(event) for event in long_session(2, conference=key.conference)[:8]]
    newer = b'{"v":99,"event":"danced","at_ms":5}'
    planner.house.events.append(key, HALL, Stretch(LogHead(), (*begun, newer)))
    answer = planner.secretary.ask("GET", "/reports/newer")
    assert answer.status_code == 409
    assert "không đọc được" in answer.json()["detail"]


def test_the_paper_is_one_of_the_offices_own(planner: Planner) -> None:
    press = Press()
    house = planner.house
    yardstick = Yardstick(example_rates(), example_roads())
    reports = Reports(house.desk, house.events, press, lambda: yardstick)
    behind = find_meeting(reports, author(house, "thu-ky"), ConferenceId(MEETING))
    report = report_of(reports, behind)
    data = print_report(reports, behind, report, PaperFormat.DOCX)
    assert data == print_report(reports, behind, report, PaperFormat.DOCX)
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        assert file.testzip() is None
        for name in file.namelist():
            if name.endswith((".xml", ".rels")):
                ElementTree.fromstring(file.read(name))
    paper = Document(io.BytesIO(data))
    said = [line.text for line in paper.paragraphs]
    assert "BÁO CÁO" in said
    assert any(line.startswith("I. ĐIỂM DANH, THAM DỰ") for line in said)
    assert any("Số liệu ví dụ" in line for line in said)
    sizes = [len(table.rows) for table in paper.tables]
    assert 61 in sizes
    pdf = PdfReader(io.BytesIO(print_report(reports, behind, report, PaperFormat.PDF)))
    text = "\n".join(page.extract_text() for page in pdf.pages)
    assert "KỊCH BẢN: KẾ HOẠCH VÀ THỰC TẾ" in text
    assert "SHA-256" in text

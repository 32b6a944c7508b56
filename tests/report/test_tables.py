"""A report in words: what an office reads, and nothing that a spreadsheet takes for a formula."""

import csv
import io
from dataclasses import replace
from zoneinfo import ZoneInfo

from nhipcau.bench.longsession import long_session
from nhipcau.conference import commands as c
from nhipcau.conference.events import ConferenceOpened, SitesListed
from nhipcau.report import words
from nhipcau.report.examples import example_rates, example_roads
from nhipcau.report.report import Aside, Report, make_report
from nhipcau.report.sheetfile import csv_of
from nhipcau.report.tables import facts_of, tables_of
from nhipcau.report.worded import Language, TableKey, WordTable

from ..conference.meeting import CHAIR, HALL, NHA_TRANG, SITES, opened, room
from ..conference.sheet import convened, presses_next

VIETNAM = Language(ZoneInfo("Asia/Ho_Chi_Minh"), {"commune": "Cấp xã"})


def table(report: Report, key: TableKey) -> WordTable:
    return next(one for one in tables_of(report, VIETNAM) if one.key is key)


def test_a_long_session_reads_as_an_office_writes_it() -> None:
    aside = Aside(roads=example_roads(), rates=example_rates())
    report = make_report(long_session(40), aside)
    facts = dict(facts_of(report, VIETNAM))
    assert facts["Thời gian"].startswith("25/01/2024, từ 08:00 đến 11:")
    assert facts["Số điểm cầu"].startswith(f"tham dự {report.attended}/40; đến muộn ")
    assert "bổ sung 1 mục; bỏ qua 1 mục; đổi thứ tự 1 mục" in facts["So với kịch bản"]
    for one in tables_of(report, VIETNAM):
        assert all(len(row) == len(one.columns) for row in one.rows), one.key
        assert one.rows or one.empty or not one.printed, one.key
    cues = {row[2]: row for row in table(report, TableKey.CUES).rows}
    assert "kéo dài 3 phút" in cues["Giải đáp"][-1]
    assert "bổ sung" in cues["Giải lao"][-1]
    assert "Số liệu ví dụ" in table(report, TableKey.SAVINGS).note
    attended = [row[3] for row in table(report, TableKey.ATTENDANCE).rows]
    assert {"Có mặt", "Vắng mặt"} <= set(attended)
    assert any(word.startswith("Đến muộn ") for word in attended)


def test_a_name_that_begins_like_a_formula_stays_text() -> None:
    meeting = opened(HALL, NHA_TRANG)
    rows = tuple(
        c.RosterRow(site, f"{sign}1+1", "commune")
        for site, sign in zip(SITES, "=+-@\t", strict=True)
    )
    meeting.state = replace(meeting.state)
    log = [*meeting.log, SitesListed(round(meeting.now * 1000), rows)]
    data = csv_of(table(make_report(log), TableKey.ATTENDANCE))
    assert data.startswith("\ufeff".encode())
    read = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    assert [row[1] for row in read[1:]] == ["'=1+1", "'+1+1", "'-1+1", "'@1+1", "'\t1+1"]
    for row in read:
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row)


def test_requests_votes_and_incidents_are_sentences() -> None:
    meeting = convened(*SITES)
    meeting.does(c.SetHand(room(NHA_TRANG), True))
    presses_next(meeting, 7)
    meeting.does(c.RecordVote(CHAIR, "v1", NHA_TRANG, 1))
    meeting.does(c.Restart())
    report = make_report(meeting.log)
    assert table(report, TableKey.REQUESTS).rows[0][-1] in (
        "Chưa được mời phát biểu",
        "Được mời phát biểu lúc 08:00",
    )
    assert table(report, TableKey.VOTES).rows[0][-1] == (
        "Đồng ý: 0; Không đồng ý: 1; Ý kiến khác: 0; chưa trả lời: 1"
    )
    ballots = table(report, TableKey.BALLOTS).rows
    assert [row[2:] for row in ballots] == [
        ("Không đồng ý", "Ghi hộ qua điện thoại"),
        ("Chưa trả lời", ""),
    ]
    assert table(report, TableKey.INCIDENTS).rows[-1][3].startswith("MCU khởi động lại, 5 điểm")


def test_moments_that_no_calendar_has_are_a_dash() -> None:
    for at_ms in (-1, 0, 10**18):
        assert words.clock(at_ms, VIETNAM.zone) == words.NONE
        assert words.day(at_ms, VIETNAM.zone) == words.NONE
    opening = ConferenceOpened(10**18, NHA_TRANG, "x", HALL, (), "auto")  # type: ignore[arg-type]
    report = make_report([opening])
    assert tables_of(report, VIETNAM)
    assert facts_of(report, VIETNAM)
    assert facts_of(make_report([]), VIETNAM)


def test_numbers_are_written_as_in_vietnamese() -> None:
    assert words.number(1_234_567) == "1.234.567"
    assert words.number(1234.5) == "1.234,5"
    assert (words.lasting(65_000), words.lasting(3_725_000)) == ("1:05", "1:02:05")
    assert (words.differing(-40_000), words.differing(130_000)) == ("−0:40", "+2:10")

"""A report as facts and tables of words, for paper and for spreadsheets alike.

Report ─▶ facts, tables ─┬▶ DOCX, PDF (papers)
                         └▶ CSV, one file a table
"""

from collections.abc import Callable

from nhipcau.report import words
from nhipcau.report.attending import Standing
from nhipcau.report.report import Report
from nhipcau.report.tables_of_course import cues_table, incidents_table, sessions_table
from nhipcau.report.tables_of_drills import drilled_sites_table, drills_table
from nhipcau.report.tables_of_people import attendance_table, requests_table, speaking_table
from nhipcau.report.tables_of_savings import savings_table
from nhipcau.report.tables_of_votes import ballots_table, votes_table
from nhipcau.report.worded import Language, WordTable


def facts_of(report: Report, language: Language) -> tuple[tuple[str, str], ...]:
    """Return the report in a few pairs: ("Số điểm cầu", "tham dự 143/145")."""
    zone = language.zone
    standings = [row.standing for row in report.attendance]
    late = sum(one in (Standing.LATE, Standing.LATE_AND_LEFT_EARLY) for one in standings)
    early = sum(one in (Standing.LEFT_EARLY, Standing.LATE_AND_LEFT_EARLY) for one in standings)
    absent = len(standings) - report.attended
    ended = words.clock(report.ended_ms, zone) if report.over else "chưa kết thúc"
    facts = [
        (
            "Thời gian",
            f"{words.day(report.opened_ms, zone)}, từ {words.clock(report.opened_ms, zone)} "
            f"đến {ended} ({words.lasting(report.lasted_ms)})",
        ),
        ("Điểm cầu chủ tọa", report.chair or words.NONE),
        (
            "Số điểm cầu",
            f"tham dự {report.attended}/{len(standings)}; đến muộn {late}; "
            f"về sớm {early}; vắng mặt {absent}",
        ),
    ]
    if report.planned:
        facts.append(("So với kịch bản", _against_plan(report)))
    else:
        facts.append(("Kịch bản", "họp không có kịch bản định trước"))
    return tuple(facts)


def tables_of(report: Report, language: Language) -> tuple[WordTable, ...]:
    """Return every table of a report, those without rows, too."""
    return tuple(make(report, language) for make in _TABLES)


def _against_plan(report: Report) -> str:
    late = words.minutes(abs(report.late_ms))
    end = "kết thúc đúng giờ"
    if late:
        end = f"kết thúc {'muộn' if report.late_ms > 0 else 'sớm'} {late} phút"
    counts = (
        ("bổ sung", sum(row.put_in for row in report.cues)),
        ("bỏ qua", sum(row.state == "skipped" for row in report.cues)),
        ("đổi thứ tự", sum(row.moved for row in report.cues)),
        ("không tiến hành", sum(row.state == "not_reached" for row in report.cues)),
    )
    return "; ".join([end, *(f"{word} {count} mục" for word, count in counts if count)])


_TABLES: tuple[Callable[[Report, Language], WordTable], ...] = (
    attendance_table,
    cues_table,
    speaking_table,
    requests_table,
    votes_table,
    ballots_table,
    incidents_table,
    sessions_table,
    savings_table,
    drills_table,
    drilled_sites_table,
)

"""Who was here, who spoke how long, who asked to, in words."""

from nhipcau.report import words
from nhipcau.report.attending import Attendance, Standing
from nhipcau.report.report import Report
from nhipcau.report.worded import Column, Language, TableKey, WordTable


def attendance_table(report: Report, language: Language) -> WordTable:
    return WordTable(
        TableKey.ATTENDANCE,
        "Điểm danh, tham dự",
        (
            Column("TT", 10, centred=True),
            Column("Điểm cầu", 58),
            Column("Cấp", 24),
            Column("Tham dự", 40),
            Column("Đến lúc", 18, centred=True),
            Column("Rời lúc", 18, centred=True),
            Column("Có mặt", 22, centred=True),
            Column("Mất kết nối", 26, centred=True),
            Column("Chứng cứ điểm danh", 36),
        ),
        tuple(
            (str(place), *_attendance_cells(row, language))
            for place, row in enumerate(report.attendance, 1)
        ),
        note="Có mặt: tổng thời gian (phút:giây) từ khai mạc đến kết thúc; kết nối lại không "
        "tính là lần đến khác.",
    )


def _attendance_cells(row: Attendance, language: Language) -> tuple[str, ...]:
    lost = f"{row.losses} lần, {words.lasting(row.away_ms)}" if row.losses else ""
    guest = " (khách mời)" if row.guest else ""
    here = row.standing is not Standing.ABSENT
    left = words.clock(row.left_ms, language.zone) if row.left_ms is not None else ""
    return (
        f"{row.name}{guest}",
        language.levels.get(row.level, row.level),
        words.attended(row),
        words.clock(row.first_ms, language.zone) if row.first_ms is not None else "",
        left,
        words.lasting(row.present_ms) if here else "",
        lost,
        words.EVIDENCE[row.evidence],
    )


def speaking_table(report: Report, _language: Language) -> WordTable:
    spoke = [row for row in report.attendance if row.turns or row.spoken_ms]
    spoke.sort(key=lambda row: -row.spoken_ms)
    return WordTable(
        TableKey.SPEAKING,
        "Thời gian phát biểu",
        (
            Column("TT", 10, centred=True),
            Column("Điểm cầu", 100),
            Column("Số lượt", 30, centred=True),
            Column("Thời gian (phút:giây)", 50, centred=True),
        ),
        tuple(
            (str(place), row.name, str(row.turns), words.lasting(row.spoken_ms))
            for place, row in enumerate(spoke, 1)
        ),
        empty="Không điểm cầu nào được mời phát biểu.",
    )


def requests_table(report: Report, language: Language) -> WordTable:
    rows = []
    for place, one in enumerate(report.requests, 1):
        if one.heard_ms is not None:
            came = f"Được mời phát biểu lúc {words.clock(one.heard_ms, language.zone)}"
        elif one.lowered_ms is not None:
            came = f"Hạ tay lúc {words.clock(one.lowered_ms, language.zone)}, chưa phát biểu"
        else:
            came = "Chưa được mời phát biểu"
        rows.append((str(place), one.name, words.clock(one.asked_ms, language.zone), came))
    return WordTable(
        TableKey.REQUESTS,
        "Giơ tay xin phát biểu",
        (
            Column("TT", 10, centred=True),
            Column("Điểm cầu", 80),
            Column("Giơ tay lúc", 30, centred=True),
            Column("Kết quả", 80),
        ),
        tuple(rows),
        empty="Không điểm cầu nào giơ tay.",
    )

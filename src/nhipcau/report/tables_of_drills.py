"""Drills of the backup plan, in words: what was done, and what each site missed."""

from datetime import tzinfo

from nhipcau.conference.drill_views import DrillRow, DrillView
from nhipcau.report import words
from nhipcau.report.report import Report
from nhipcau.report.worded import Column, Language, TableKey, WordTable

_DEEDS = {"kill": "Ngắt MCU {mcu}", "cut": "Cắt đường nối {mcu} trong 10 giây"}
_MS_PER_S = 1000


def deed(drill: DrillView) -> str:
    """Return what was done: "Ngắt MCU mcu-573"."""
    root = " (MCU chính)" if drill.root else ""
    return _DEEDS[drill.kind].format(mcu=drill.mcu) + root


def seconds(ms: int | None) -> str:
    """Return "0,38"; nothing where nobody has said."""
    return words.NONE if ms is None else f"{ms / _MS_PER_S:.2f}".replace(".", ",")


def verdict(met: bool | None) -> str:
    """Return whether a goal was met, as a check of a room says it."""
    return {True: "Đạt", False: "Không đạt", None: "Chưa đủ kết quả"}[met]


def moment_words(at_ms: int, zone: tzinfo) -> str:
    """Return "09:05 25/01/2024"."""
    return f"{words.clock(at_ms, zone)} {words.day(at_ms, zone)}"


def drills_table(report: Report, language: Language) -> WordTable:
    """Return one line for each drill."""
    rows = tuple(
        (
            moment_words(one.began_ms, language.zone),
            deed(one),
            one.by or "Bàn trực kỹ thuật",
            f"{one.figures['reported']}/{one.figures['struck']}",
            _range(one.figures["sound_p95_ms"], one.figures["sound_max_ms"]),
            _range(one.figures["picture_p95_ms"], one.figures["picture_max_ms"]),
            seconds(one.goal_ms),
            verdict(one.met),
        )
        for one in report.drills
    )
    return WordTable(
        TableKey.DRILLS,
        "Diễn tập phương án dự phòng",
        (
            Column("Thời điểm", 24, centred=True),
            Column("Nội dung diễn tập", 50),
            Column("Người thực hiện", 34),
            Column("Điểm cầu báo kết quả", 22, centred=True),
            Column("Có tiếng lại (giây)", 24, centred=True),
            Column("Có hình lại (giây)", 24, centred=True),
            Column("Mức yêu cầu (giây)", 20, centred=True),
            Column("Kết quả", 20, centred=True),
        ),
        rows,
        note="Thời gian có tiếng, có hình lại: 95% số điểm cầu / lâu nhất.",
        printed=bool(rows),
    )


def drilled_sites_table(report: Report, language: Language) -> WordTable:
    """Return one line for each site of each drill, the worst first."""
    rows = tuple(
        (
            f"{words.clock(drill.began_ms, language.zone)} {deed(drill)}",
            row.name,
            row.before or words.NONE,
            row.after or words.NONE,
            seconds(row.sound_ms),
            seconds(row.picture_ms),
            _verdict_of(row),
        )
        for drill in report.drills
        for row in drill.sites
    )
    return WordTable(
        TableKey.DRILLED_SITES,
        "Kết quả diễn tập của từng điểm cầu",
        (
            Column("Lần diễn tập", 50),
            Column("Điểm cầu", 50),
            Column("MCU trước", 26),
            Column("MCU sau", 26),
            Column("Có tiếng lại (giây)", 22, centred=True),
            Column("Có hình lại (giây)", 22, centred=True),
            Column("Kết quả", 24, centred=True),
        ),
        rows,
        printed=bool(rows),
    )


def _range(p95_ms: int | None, max_ms: int | None) -> str:
    return words.NONE if p95_ms is None else f"{seconds(p95_ms)} / {seconds(max_ms)}"


def _verdict_of(row: DrillRow) -> str:
    if row.met is None:
        return "Chưa báo"
    if row.met and not row.struck:
        return "Không ảnh hưởng"
    return verdict(row.met)

"""How the meeting went, in words: its cues, what went wrong, what it split into."""

from collections.abc import Iterator
from datetime import tzinfo

from nhipcau.report import words
from nhipcau.report.leading import CueRow
from nhipcau.report.mishaps import Mishap, MishapKind
from nhipcau.report.report import Report
from nhipcau.report.splitting import Child
from nhipcau.report.worded import Column, Language, TableKey, WordTable


def cues_table(report: Report, language: Language) -> WordTable:
    return WordTable(
        TableKey.CUES,
        "Kịch bản: kế hoạch và thực tế",
        (
            Column("TT kế hoạch", 18, centred=True),
            Column("TT thực tế", 16, centred=True),
            Column("Nội dung", 78),
            Column("Giờ kế hoạch", 20, centred=True),
            Column("Giờ bắt đầu", 20, centred=True),
            Column("Phút kế hoạch", 20, centred=True),
            Column("Thực tế", 20, centred=True),
            Column("Chênh lệch", 24, centred=True),
            Column("Ghi chú", 46),
        ),
        tuple(_cue_cells(row, language.zone) for row in report.cues),
        empty="Họp không có kịch bản.",
    )


def _cue_cells(row: CueRow, zone: tzinfo) -> tuple[str, ...]:
    return (
        str(row.planned_place or words.NONE),
        str(row.actual_place or words.NONE),
        row.title,
        words.clock(row.planned_ms, zone),
        words.clock(row.began_ms, zone),
        words.number(row.planned_min),
        words.lasting(row.spent_ms) if row.began_ms else words.NONE,
        words.differing(row.over_ms) if row.began_ms else words.NONE,
        "; ".join(_cue_notes(row)),
    )


def _cue_notes(row: CueRow) -> Iterator[str]:
    if row.put_in:
        yield "bổ sung"
    if row.moved:
        yield "đổi thứ tự"
    if row.extra_min:
        yield f"{'kéo dài' if row.extra_min > 0 else 'rút ngắn'} {abs(row.extra_min)} phút"
    if words.CUE_STATES[row.state]:
        yield words.CUE_STATES[row.state]
    for turn in row.turns:
        if turn.state in ("skipped", "not_reached") and row.began_ms:
            yield f"{turn.name or turn.speaker}: {words.CUE_STATES[turn.state]}"


def incidents_table(report: Report, language: Language) -> WordTable:
    return WordTable(
        TableKey.INCIDENTS,
        "Sự cố trong cuộc họp",
        (
            Column("TT", 10, centred=True),
            Column("Thời điểm", 22, centred=True),
            Column("Điểm cầu", 60),
            Column("Sự cố", 60),
            Column("Kéo dài", 30, centred=True),
            Column("Mục đang họp", 68),
        ),
        tuple(
            (str(place), *_incident_cells(one, language.zone))
            for place, one in enumerate(report.mishaps, 1)
        ),
        empty="Không có sự cố.",
    )


def _incident_cells(one: Mishap, zone: tzinfo) -> tuple[str, ...]:
    what = words.MISHAPS[one.kind]
    if one.kind is MishapKind.MCU_RESTARTED:
        what += f", {one.sites} điểm cầu mất kết nối"
    if one.kind is MishapKind.ROOT_CHANGED:
        what += f", {one.sites} điểm cầu tiếp tục"
    if one.kind is MishapKind.CUT_OFF:
        what += f", {one.sites} điểm cầu"
    if one.speaking and one.kind in (MishapKind.LOST, MishapKind.CUT_OFF):
        what += " khi đang phát biểu"
    lasted = words.lasting(one.lasted_ms) if one.until_ms is not None else ""
    if one.kind in (MishapKind.LOST, MishapKind.CUT_OFF) and one.until_ms is None:
        lasted = "không vào lại"
    return (words.clock(one.at_ms, zone), one.name, what, lasted, one.cue)


def _session_title(one: Child, zone: tzinfo) -> str:
    if one.cut_ms is None:
        return one.title
    return f"{one.title} (mất kết nối lúc {words.clock(one.cut_ms, zone)})"


def sessions_table(report: Report, language: Language) -> WordTable:
    rows = [
        (
            one.chair,
            _session_title(one, language.zone),
            words.clock(one.begun_ms, language.zone),
            words.clock(one.ended_ms, language.zone) if one.over else "chưa kết thúc",
            f"{one.attended}/{one.sites}",
            words.lasting(one.to_ms),
            words.lasting(one.back_ms) if one.back_ms is not None else "chưa nhập lại",
        )
        for one in report.children
    ]
    return WordTable(
        TableKey.SESSIONS,
        "Các phiên tách",
        (
            Column("Điểm cầu chủ tọa", 50),
            Column("Cuộc họp", 60),
            Column("Bắt đầu", 22, centred=True),
            Column("Kết thúc", 22, centred=True),
            Column("Điểm cầu tham dự", 26, centred=True),
            Column("Chuyển sang", 26, centred=True),
            Column("Nhập lại", 26, centred=True),
        ),
        tuple(rows),
        printed=bool(rows),
    )

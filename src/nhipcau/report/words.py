"""Numbers, moments and states of a report in Vietnamese, as an office writes them."""

from datetime import UTC, datetime, tzinfo

from nhipcau.report.attending import Attendance, Standing
from nhipcau.report.mishaps import MishapKind

# Where there is nothing to say.
NONE = "–"
_MS_PER_S, _S_PER_MIN, _S_PER_H = 1000, 60, 3600
# The years that a date can be written of.
_LATEST_MS = 253_370_764_800_000

STANDINGS = {
    Standing.PRESENT: "Có mặt",
    Standing.LATE: "Đến muộn",
    Standing.LEFT_EARLY: "Về sớm",
    Standing.LATE_AND_LEFT_EARLY: "Đến muộn, về sớm",
    Standing.ABSENT: "Vắng mặt",
}
EVIDENCE = {
    "": "Không gọi",
    "pending": "Chưa gọi đến",
    "missing": "Không có hình, tiếng",
    "doubtful": "Chưa chắc chắn",
    "seen": "Có hình, tiếng",
    "confirmed": "Đã xác nhận",
}
CUE_STATES = {
    "done": "",
    "running": "đang tiến hành",
    "skipped": "bỏ qua",
    "coming": "chưa đến",
    "not_reached": "không tiến hành",
    "removed": "đưa ra khỏi kịch bản",
}
MISHAPS = {
    MishapKind.LOST: "Mất kết nối",
    MishapKind.MCU_RESTARTED: "MCU khởi động lại",
    MishapKind.ROOT_CHANGED: "MCU tiếp quản cuộc họp",
    MishapKind.ABSENT_AT_TURN: "Vắng mặt khi đến lượt",
    MishapKind.REMOVED: "Đưa ra khỏi cuộc họp",
    MishapKind.MUTED: "Tắt tiếng điểm cầu",
    MishapKind.MICROPHONES_LOCKED: "Tắt tiếng tất cả",
    MishapKind.CUT_OFF: "Mất kết nối, họp riêng",
    MishapKind.CLOCK_SET: "Đồng hồ máy chủ bị đặt lùi",
}


def moment(at_ms: int, zone: tzinfo) -> datetime | None:
    """Return a moment in a zone; None for one that no calendar has."""
    if not 0 < at_ms < _LATEST_MS:
        return None
    return datetime.fromtimestamp(at_ms / _MS_PER_S, UTC).astimezone(zone)


def clock(at_ms: int | None, zone: tzinfo) -> str:
    """Return "08:05"."""
    at = moment(at_ms or 0, zone)
    return NONE if at is None else f"{at:%H:%M}"


def day(at_ms: int, zone: tzinfo) -> str:
    """Return "25/01/2024"."""
    at = moment(at_ms, zone)
    return NONE if at is None else f"{at:%d/%m/%Y}"


def lasting(ms: int) -> str:
    """Return "7:05" for seven minutes and five seconds, "1:02:05" for more than an hour."""
    seconds = round(max(0, ms) / _MS_PER_S)
    hours, rest = divmod(seconds, _S_PER_H)
    minutes, seconds = divmod(rest, _S_PER_MIN)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"


def differing(ms: int) -> str:
    """Return "+2:10" or "−0:40"; with a minus that no spreadsheet takes for a formula."""
    sign = "+" if ms > 0 else "−" if ms < 0 else ""
    return f"{sign}{lasting(abs(ms))}"


def number(value: float) -> str:
    """Return "1.234.567,5": dots between thousands, a comma before the rest."""
    whole = value == int(value)
    text = f"{value:,.0f}" if whole else f"{value:,.1f}"
    return text.translate(str.maketrans(",.", ".,"))


def attended(row: Attendance) -> str:
    """Return how a site attended: "Đến muộn 7 phút"."""
    words = []
    if row.standing in (Standing.LATE, Standing.LATE_AND_LEFT_EARLY):
        words.append(f"đến muộn {minutes(row.late_ms)} phút")
    if row.standing in (Standing.LEFT_EARLY, Standing.LATE_AND_LEFT_EARLY):
        words.append(f"về sớm {minutes(row.early_ms)} phút")
    text = ", ".join(words) or STANDINGS[row.standing]
    return text[:1].upper() + text[1:]


def minutes(ms: int) -> int:
    """Return full minutes."""
    return ms // (_MS_PER_S * _S_PER_MIN)

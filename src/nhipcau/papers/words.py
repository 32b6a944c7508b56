"""Numbers, dates and lists as official papers write them. Source: Decree 30/2020/NĐ-CP, Annex I."""

from collections.abc import Sequence
from datetime import date, datetime

from nhipcau.ports.papers import Letterhead

NATION = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
RECIPIENTS = "Nơi nhận:"
DRAFT = "DỰ THẢO"
# Room for a number, a day or a month that is written by hand.
_OPEN = "\u2007" * 4


def number_line(head: Letterhead) -> str:
    """Return "Số: 05/GM-UBND"; a number below 10 has a zero before it."""
    number = _OPEN if head.number is None else f"{head.number:02d}"
    return f"Số: {number}/{head.symbol}"


def date_line(head: Letterhead) -> str:
    """Return "Khánh Hòa, ngày 05 tháng 01 năm 2024", with room where there is no day yet."""
    day = f"ngày{_OPEN}tháng{_OPEN}năm{_OPEN}" if head.day is None else day_words(head.day)
    return f"{head.place}, {day}"


def day_words(day: date) -> str:
    """Return "ngày 05 tháng 01 năm 2024".

    Days below 10 and the months 1 and 2 have a zero before them, the others none.
    """
    month = f"{day.month:02d}" if day.month <= 2 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


_WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")


def moment_words(moment: datetime) -> str:
    """Return "08 giờ 00 phút, thứ Năm, ngày 25 tháng 01 năm 2024"."""
    weekday = _WEEKDAYS[moment.weekday()]
    return f"{moment:%H} giờ {moment:%M} phút, {weekday}, {day_words(moment.date())}"


def recipient_lines(recipients: Sequence[str]) -> tuple[str, ...]:
    """Return each recipient on a line of its own: a dash before, a semicolon or a stop behind."""
    last = len(recipients) - 1
    return tuple(
        f"- {one.rstrip('.;')}{'.' if at == last else ';'}" for at, one in enumerate(recipients)
    )

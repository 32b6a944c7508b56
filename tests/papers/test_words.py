"""Dates, numbers and what a paper says, in words."""

from datetime import date, datetime

import pytest

from nhipcau.papers.press import PlainPress
from nhipcau.papers.words import day_words, moment_words, recipient_lines
from nhipcau.ports.papers import PaperFormat

from .samples import DUTIES, INVITATION, RUN_SHEET


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2024, 1, 5), "ngày 05 tháng 01 năm 2024"),
        (date(2024, 2, 29), "ngày 29 tháng 02 năm 2024"),
        (date(2025, 3, 1), "ngày 01 tháng 3 năm 2025"),
        (date(2025, 12, 31), "ngày 31 tháng 12 năm 2025"),
    ],
)
def test_small_days_and_the_first_two_months_have_a_zero(day: date, words: str) -> None:
    assert day_words(day) == words


def test_a_moment_names_its_weekday() -> None:
    said = moment_words(datetime(2024, 1, 28, 7, 45))
    assert said == "07 giờ 45 phút, Chủ nhật, ngày 28 tháng 01 năm 2024"


def test_recipients_end_with_semicolons_and_the_last_with_a_stop() -> None:
    assert recipient_lines(["Như trên;", "Lưu: VT"]) == ("- Như trên;", "- Lưu: VT.")
    assert recipient_lines([]) == ()


def test_an_invitation_ends_as_official_texts_do() -> None:
    said = PlainPress().print(INVITATION, PaperFormat.PDF).decode().splitlines()
    assert "Ủy ban nhân dân tỉnh Khánh Hòa trân trọng kính mời:" in said
    assert "- Lãnh đạo các sở;" in said and "- Công an tỉnh." in said
    assert "Thời gian: 08 giờ 00 phút, thứ Năm, ngày 25 tháng 01 năm 2024." in said
    assert "Đề nghị các điểm cầu thử kết nối trước giờ họp./." in said


def test_a_run_sheet_has_its_backup_plan_below() -> None:
    said = PlainPress().print(RUN_SHEET, PaperFormat.PDF).decode().splitlines()
    assert said.index("I. DIỄN BIẾN") < said.index("II. PHƯƠNG ÁN DỰ PHÒNG")
    assert "1 | Mất MCU tỉnh | Chuyển dự phòng | ≤ 1 s | Hệ thống | Giữ vị trí." in said


def test_duties_are_numbered_through_all_phases() -> None:
    said = PlainPress().print(DUTIES, PaperFormat.DOCX).decode().splitlines()
    assert said[said.index("I. TRƯỚC HỘI NGHỊ") + 1].startswith("1 | Thử kết nối")
    assert said[said.index("II. SAU HỘI NGHỊ") + 1].startswith("2 | Báo cáo")

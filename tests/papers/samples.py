"""Papers of an invented meeting, and what a rendered PDF shows where."""

import io
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from pypdf import PdfReader

from nhipcau.papers.measure import text_width_mm
from nhipcau.papers.press import Press
from nhipcau.ports.papers import (
    BackupCase,
    CalendarEntry,
    Duty,
    DutyPhase,
    Invitation,
    InvitedGroup,
    Letterhead,
    Paper,
    PaperFormat,
    PaperFrame,
    Responsibilities,
    RunItem,
    RunSheet,
    Signature,
)

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
_MM_PER_PT = 25.4 / 72
HEAD = Letterhead(
    agency=("Ủy ban nhân dân", "tỉnh Khánh Hòa"),
    place="Khánh Hòa",
    symbol="GM-UBND",
    number=5,
    day=date(2024, 1, 8),
)
FRAME = PaperFrame(
    letterhead=HEAD,
    title="Hội nghị trực tuyến ba cấp về chăm lo Tết cho người nghèo",
    signature=Signature(("TL. Chủ tịch", "Chánh Văn phòng"), "Trần Thị Mẫu"),
    recipients=("Như thành phần mời", "Thường trực Tỉnh ủy", "Lưu: VT"),
    approval="Phiên bản 2, chủ tọa duyệt lúc 16:40 ngày 22/01/2024.",
)
INVITATION = Invitation(
    frame=FRAME,
    host="Ủy ban nhân dân tỉnh Khánh Hòa",
    chair="Chủ tịch Ủy ban nhân dân tỉnh Khánh Hòa",
    begins=datetime(2024, 1, 25, 8, 0, tzinfo=ZONE),
    venue="Hội trường Ủy ban nhân dân tỉnh",
    groups=(InvitedGroup("Tại điểm cầu trung tâm", ("Lãnh đạo các sở", "Công an tỉnh")),),
    summary=("Nội dung: chăm lo Tết.",),
    requests=("Đề nghị các điểm cầu thử kết nối trước giờ họp",),
)
FACTS = (("Thời gian", "08:00 ngày 25/01/2024"),)
RUN_SHEET = RunSheet(
    frame=FRAME,
    facts=FACTS,
    items=tuple(
        RunItem(
            str(n), f"{8 + n // 6:02d}:{n % 6 * 10:02d}", "10", f"mục {n}", "Chủ tọa", "1+7", "", ""
        )
        for n in range(40)
    ),
    papers=("TL1: Báo cáo", "TL2: Kế hoạch"),
    cases=(BackupCase("Mất MCU tỉnh", "chuyển dự phòng", "≤ 1 s", "hệ thống", "Giữ vị trí."),),
)
DUTIES = Responsibilities(
    frame=FRAME,
    facts=FACTS,
    phases=(
        DutyPhase("Trước hội nghị", (Duty("Thử kết nối", "24/01/2024", "Trung tâm", "Bà Mẫu"),)),
        DutyPhase("Sau hội nghị", (Duty("Báo cáo", "26/01/2024", "Trung tâm", done="15:10"),)),
    ),
)
PAPERS: dict[str, Paper] = {
    "invitation": INVITATION,
    "run sheet": RUN_SHEET,
    "responsibilities": DUTIES,
}
ENTRY = CalendarEntry(
    uid="m1@nhipcau",
    version=0,
    changed=datetime(2024, 1, 18, 9, 30, tzinfo=ZONE),
    title="Hội nghị; ba cấp, Tết",
    begins=datetime(2024, 1, 25, 8, 0, tzinfo=ZONE),
    ends=datetime(2024, 1, 25, 11, 36, tzinfo=ZONE),
    venue="Hội trường",
    organizer="Ủy ban nhân dân tỉnh Khánh Hòa",
    organizer_email="hop@example.vn",
)


@dataclass(frozen=True)
class Words:
    """Words on a page: where they begin from the left and from the top, in millimetres."""

    page: int
    text: str
    left_mm: float
    base_mm: float
    right_mm: float
    size_pt: float
    font: str


@dataclass(frozen=True)
class Printed:
    """A rendered PDF."""

    reader: PdfReader
    words: tuple[Words, ...]

    def the(self, text: str) -> Words:
        """Return the one piece of text that begins so."""
        (found,) = (one for one in self.words if one.text.startswith(text))
        return found

    def on(self, page: int) -> list[Words]:
        """Return what a page shows."""
        return [one for one in self.words if one.page == page]

    @property
    def text(self) -> str:
        """All of it, pieces parted by line ends."""
        return "\n".join(one.text for one in self.words)


def printed(paper: Paper) -> Printed:
    """Return a paper as a PDF that was read again."""
    reader = PdfReader(io.BytesIO(Press().print(paper, PaperFormat.PDF)))
    found: list[Words] = []
    for number, page in enumerate(reader.pages, 1):
        height_pt = float(page.mediabox.height)

        def see(
            text: str,
            cm: list[float],
            _tm: Any,
            font: Any,
            size: float,
            number: int = number,
            height_pt: float = height_pt,
        ) -> None:
            if text.strip():
                name = font["/BaseFont"].partition("+")[2]
                words = text.strip("\n")
                wide = text_width_mm(words.rstrip(), size, bold="Bold" in name)
                left = cm[4] * _MM_PER_PT
                base = (height_pt - cm[5]) * _MM_PER_PT
                found.append(Words(number, words.strip(), left, base, left + wide, size, name))

        page.extract_text(visitor_text=see)
    return Printed(reader, tuple(found))


def headed(**more: Any) -> Invitation:
    """Return the invitation under another letterhead."""
    return replace(INVITATION, frame=replace(FRAME, letterhead=replace(HEAD, **more)))

"""Rendered PDFs keep the form of Decree 30/2020/NĐ-CP, Annex I: measured on the pages."""

import unicodedata
from dataclasses import replace
from importlib.resources import files

import pytest
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # no stubs exist

from nhipcau.papers.press import Press
from nhipcau.ports.papers import Duty, DutyPhase, PaperFormat

from .samples import DUTIES, INVITATION, PAPERS, RUN_SHEET, Printed, headed, printed

NATION, MOTTO = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"
A4_MM = (210, 297)


@pytest.fixture(scope="module", params=PAPERS)
def paper(request: pytest.FixtureRequest) -> Printed:
    return printed(PAPERS[request.param])


def millimetres(paper: Printed) -> tuple[int, int]:
    box = paper.reader.pages[0].mediabox
    return round(float(box.width) * 25.4 / 72), round(float(box.height) * 25.4 / 72)


def test_the_page_is_a4(paper: Printed) -> None:
    assert sorted(millimetres(paper)) == sorted(A4_MM)


def test_nothing_stands_in_the_margins(paper: Printed) -> None:
    width, height = millimetres(paper)
    for one in paper.words:
        if one.text.isdigit() and one.page > 1 and one.base_mm < 20:
            continue
        assert 30 - 0.1 <= one.left_mm <= 35 or one.left_mm > 35, one
        assert one.right_mm <= width - (20 if width == 210 else 15) + 0.3, one
        assert 20 <= one.base_mm <= height - 20, one


def test_the_text_begins_at_the_left_margin_of_30_mm(paper: Printed) -> None:
    assert min(one.left_mm for one in paper.words) == pytest.approx(30, abs=2.5)


def test_nation_and_motto_stand_top_right_in_bold(paper: Printed) -> None:
    nation, motto = paper.the(NATION), paper.the(MOTTO)
    assert (nation.page, nation.font, nation.size_pt) == (1, "LiberationSerif-Bold", 12)
    assert (motto.page, motto.font, motto.size_pt) == (1, "LiberationSerif-Bold", 13)
    assert nation.left_mm > millimetres(paper)[0] * 0.4
    middle = (nation.left_mm + nation.right_mm) / 2
    assert (motto.left_mm + motto.right_mm) / 2 == pytest.approx(middle, abs=0.5)
    assert 3 < motto.base_mm - nation.base_mm < 8


def test_the_agency_stands_top_left_and_its_number_below(paper: Printed) -> None:
    nation, agency = paper.the(NATION), paper.the("ỦY BAN NHÂN DÂN")
    province, number = paper.the("TỈNH KHÁNH HÒA"), paper.the("Số: ")
    assert agency.base_mm == pytest.approx(nation.base_mm, abs=0.3)
    assert agency.right_mm < nation.left_mm
    assert agency.font == province.font == "LiberationSerif-Bold"
    assert (number.text, number.size_pt) == ("Số: 05/GM-UBND", 13)
    assert number.base_mm > province.base_mm


def test_place_and_date_are_italic_below_the_motto(paper: Printed) -> None:
    day = paper.the("Khánh Hòa, ngày")
    assert day.text == "Khánh Hòa, ngày 08 tháng 01 năm 2024"
    assert (day.font, day.size_pt) == ("LiberationSerif-Italic", 13)
    assert day.base_mm > paper.the(MOTTO).base_mm


def test_kind_and_abstract_are_centred_and_bold(paper: Printed) -> None:
    kinds = ("GIẤY MỜI", "KỊCH BẢN", "BẢNG PHÂN CÔNG NHIỆM VỤ")
    (kind,) = (one for one in paper.words if one.text in kinds)
    abstract = next(one for one in paper.words if one.text.startswith("Hội nghị trực tuyến"))
    right = 20 if kind.text == "GIẤY MỜI" else 15
    middle = (30 + millimetres(paper)[0] - right) / 2
    for one, size in ((kind, 14), (abstract, 13)):
        assert (one.font, one.size_pt) == ("LiberationSerif-Bold", size)
        assert (one.left_mm + one.right_mm) / 2 == pytest.approx(middle, abs=1)


def test_text_is_of_13_to_14_points_but_where_the_decree_says_otherwise(paper: Printed) -> None:
    smaller = {one.text for one in paper.words if one.size_pt < 13}
    allowed = {NATION, "ỦY BAN NHÂN DÂN", "TỈNH KHÁNH HÒA", "Nơi nhận:"}
    assert all(text in allowed or text.startswith(("- ", "Phiên bản")) for text in smaller), smaller
    assert max(one.size_pt for one in paper.words) == 14


def test_recipients_stand_left_and_the_signature_right(paper: Printed) -> None:
    label, office = paper.the("Nơi nhận:"), paper.the("CHÁNH VĂN PHÒNG")
    name, first = paper.the("Trần Thị Mẫu"), paper.the("- Như thành phần mời;")
    assert (label.size_pt, label.font) == (12, "LiberationSerif-BoldItalic")
    assert (first.size_pt, paper.the("- Lưu: VT.").size_pt) == (11, 11)
    assert label.right_mm < office.left_mm
    assert paper.the("TL. CHỦ TỊCH").base_mm < office.base_mm < name.base_mm - 20
    assert (name.font, name.page) == ("LiberationSerif-Bold", office.page)


def test_pages_are_numbered_from_the_second_in_the_middle_of_the_top_margin() -> None:
    paper = printed(PAPERS["run sheet"])
    assert len(paper.reader.pages) > 2
    for page in range(1, len(paper.reader.pages) + 1):
        above = [one for one in paper.on(page) if one.base_mm < 20]
        assert [one.text for one in above] == ([str(page)] if page > 1 else [])
        for one in above:
            assert one.left_mm == pytest.approx((30 + 297 - 15) / 2, abs=2)
            assert one.size_pt == 13


def test_a_table_repeats_its_heading_on_every_page() -> None:
    paper = printed(PAPERS["run sheet"])
    pages = [one.page for one in paper.words if one.text == "Người nói, điểm cầu"]
    last = next(one.page for one in paper.words if one.text == "Mục 39")
    assert pages == list(range(1, last + 1))


@pytest.mark.parametrize("count", range(3, 24, 2))
def test_a_signature_never_stands_alone_on_a_page(count: int) -> None:
    paper = printed(replace(RUN_SHEET, items=RUN_SHEET.items[:count], cases=()))
    office, last = paper.the("CHÁNH VĂN PHÒNG"), paper.the(f"Mục {count - 1}")
    approval = paper.the("Phiên bản")
    assert office.page == last.page == approval.page
    # The table's heading stands once on each page that has rows of it.
    heads = [one.page for one in paper.words if one.text == "Người nói, điểm cầu"]
    rows = {one.page for one in paper.words if one.text.startswith("Mục ")}
    assert heads == sorted(rows)


def test_every_contact_of_a_task_has_a_line_and_no_number_is_broken() -> None:
    people = ("Bà Mẫu, +84\u00a0258\u00a0000\u00a00001", "Ông Mẫu, +84\u00a0258\u00a0000\u00a00002")
    duty = Duty("Trực", "25/01/2024", "Trung tâm; VNPT", "\n".join(people))
    paper = printed(replace(DUTIES, phases=(DutyPhase("Trong hội nghị", (duty,)),)))
    first, second = (paper.the(name) for name in ("Bà Mẫu", "Ông Mẫu"))
    assert second.base_mm - first.base_mm > 4
    assert first.left_mm == pytest.approx(second.left_mm, abs=0.1)
    for one in ("+84 258 000 0001", "+84 258 000 0002"):
        assert one in paper.text.replace("\u00a0", " ")


def test_the_backup_plan_says_who_acts_who_decides_and_whom_to_call() -> None:
    case = replace(RUN_SHEET.cases[0], decides="Trực trưởng", call="Sở TT&TT")
    paper = printed(replace(RUN_SHEET, items=RUN_SHEET.items[:2], cases=(case,)))
    lines = [paper.the(text) for text in ("Hệ thống", "Quyết định: Trực trưởng", "Gọi: Sở TT&TT")]
    assert [one.base_mm for one in lines] == sorted(one.base_mm for one in lines)
    assert len({round(one.left_mm, 1) for one in lines}) == 1


def test_all_fonts_are_embedded_and_as_wide_as_times(paper: Printed) -> None:
    found = set()
    for page in paper.reader.pages:
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index]
            inner = font.get_object()["/DescendantFonts"][0].get_object()
            found.add(inner["/BaseFont"].partition("+")[2])
            assert "/FontFile2" in inner["/FontDescriptor"]
    assert found <= {f"LiberationSerif{face}" for face in ("", "-Bold", "-Italic", "-BoldItalic")}


def vietnamese() -> set[str]:
    """Return every letter of the Vietnamese alphabet with every tone, small and capital."""
    tones = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
    vowels = {unicodedata.normalize("NFC", v + t) for v in "aăâeêioôơuưy" for t in tones}
    small = vowels | set("abcdđeghiklmnopqrstuvxyfjwz")
    return small | {letter.upper() for letter in small} | set("0123456789–—…“”≤≥×°½")


@pytest.mark.parametrize("face", ["Regular", "Bold", "Italic", "BoldItalic"])
def test_every_face_has_all_of_vietnamese(face: str) -> None:
    path = files("nhipcau.papers") / "fonts" / f"LiberationSerif-{face}.ttf"
    with path.open("rb") as file:
        glyphs = TTFont(file).getBestCmap()
    assert [letter for letter in sorted(vietnamese()) if ord(letter) not in glyphs] == []


def test_what_is_not_known_yet_is_left_open_and_a_draft_is_marked() -> None:
    paper = printed(headed(number=None, day=None, draft=True))
    assert paper.the("Số: ").text == f"Số: {'\u2007' * 4}/GM-UBND"
    assert "tháng\u2007\u2007\u2007\u2007năm" in paper.the("Khánh Hòa, ngày").text
    assert paper.the("DỰ THẢO").font == "LiberationSerif-Bold"


def test_an_agency_below_a_committee_names_it_above_itself() -> None:
    paper = printed(headed(agency=("Sở Y tế",), parent_agency="Ủy ban nhân dân tỉnh Khánh Hòa"))
    above, agency = paper.the("ỦY BAN NHÂN DÂN"), paper.the("SỞ Y TẾ")
    assert (above.font, agency.font) == ("LiberationSerif", "LiberationSerif-Bold")
    assert above.base_mm < agency.base_mm


@pytest.mark.parametrize("text", ['#set page(fill: red) $x$ *đậm* <a> \\ "', "[[ {{ }} %}"])
def test_text_is_never_read_as_markup(text: str) -> None:
    paper = printed(headed(place=text))
    assert paper.the(text.split(maxsplit=1)[0]).text.startswith(text)


def test_the_same_paper_gives_the_same_bytes() -> None:
    press = Press()
    one, two = (press.print(INVITATION, PaperFormat.PDF) for _ in range(2))
    assert one == two


def test_it_says_that_it_is_an_archive_file_and_whose(paper: Printed) -> None:
    about = paper.reader.metadata
    assert about is not None and about.author == "Ủy ban nhân dân tỉnh Khánh Hòa"
    meta = paper.reader.trailer["/Root"]["/Metadata"].get_object().get_data()  # type: ignore[index]
    assert b"<pdfaid:part>2</pdfaid:part>" in meta

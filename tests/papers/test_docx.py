"""The DOCX files: the same words in the same form, read from their XML."""

import io
import re
import zipfile

import pytest
from docx import Document
from docx.document import Document as DocxDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Length

from nhipcau.papers.measure import text_width_mm
from nhipcau.papers.press import Press
from nhipcau.ports.papers import Paper, PaperFormat

from .samples import INVITATION, PAPERS, headed, printed


def file_of(paper: Paper) -> bytes:
    return Press().print(paper, PaperFormat.DOCX)


def opened(paper: Paper) -> DocxDocument:
    return Document(io.BytesIO(file_of(paper)))


def xml(paper: Paper, part: str = "word/document.xml") -> str:
    with zipfile.ZipFile(io.BytesIO(file_of(paper))) as archive:
        return archive.read(part).decode()


def mm(length: Length | None) -> int:
    assert length is not None
    return round(float(length.mm))


def words(document: DocxDocument) -> str:
    cells = (cell for table in document.tables for row in table.rows for cell in row.cells)
    texts = [one.text for cell in cells for one in cell.paragraphs]
    return "\n".join([*(one.text for one in document.paragraphs), *texts])


@pytest.mark.parametrize("name", PAPERS)
def test_page_and_margins_are_those_of_the_decree(name: str) -> None:
    (section,) = opened(PAPERS[name]).sections
    assert sorted((mm(section.page_width), mm(section.page_height))) == [210, 297]
    assert 20 <= mm(section.top_margin) <= 25 and 20 <= mm(section.bottom_margin) <= 25
    assert 30 <= mm(section.left_margin) <= 35
    assert 15 <= mm(section.right_margin) <= 20


@pytest.mark.parametrize("name", PAPERS)
def test_everything_is_in_times_new_roman_and_in_vietnamese(name: str) -> None:
    styles = xml(PAPERS[name], "word/styles.xml")
    normal = re.search(r'<w:style [^>]*w:styleId="Normal".*?</w:style>', styles, re.DOTALL)
    assert normal is not None
    for script in ("ascii", "hAnsi", "cs", "eastAsia"):
        assert f'w:{script}="Times New Roman"' in normal[0]
    assert '<w:sz w:val="26"/>' in normal[0] and '<w:lang w:val="vi-VN"/>' in normal[0]
    assert "w:rFonts" not in xml(PAPERS[name])


@pytest.mark.parametrize("name", PAPERS)
def test_sizes_are_13_to_14_points_but_where_the_decree_says_otherwise(name: str) -> None:
    document = opened(PAPERS[name])
    cells = [cell for table in document.tables for row in table.rows for cell in row.cells]
    lines = [*document.paragraphs, *(one for cell in cells for one in cell.paragraphs)]
    for line in lines:
        for run in line.runs:
            if run.text and run.font.size.pt < 13:
                assert run.font.size.pt in (11, 12)
                assert run.text.isupper() or run.text.startswith(("- ", "Nơi nhận", "Phiên bản"))


@pytest.mark.parametrize("name", PAPERS)
def test_it_says_what_the_pdf_says(name: str) -> None:
    said = set(words(opened(PAPERS[name])).split())
    shown = set(printed(PAPERS[name]).text.split())
    assert {one for one in shown - said if not one.isdigit()} == set()


def test_the_head_is_two_columns_with_rules_below_agency_and_motto() -> None:
    head = opened(INVITATION).tables[0]
    left, right = (head.cell(0, column).text.split("\n") for column in (0, 1))
    assert left[:2] == ["ỦY BAN NHÂN DÂN", "TỈNH KHÁNH HÒA"]
    assert right[:2] == ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"]
    assert head.cell(1, 0).text == "Số: 05/GM-UBND"
    day = head.cell(1, 1).paragraphs[0]
    assert (day.text, day.runs[0].italic) == ("Khánh Hòa, ngày 08 tháng 01 năm 2024", True)
    assert all(line.alignment is WD_ALIGN_PARAGRAPH.CENTER for line in head.cell(0, 1).paragraphs)
    assert xml(INVITATION).count("<w:pBdr>") == 3


# The order in which the schema wants them; word processors refuse another. ECMA-376 part 1, §17.
ORDERS = {
    "tblPr": ["tblStyle", "tblW", "jc", "tblBorders", "tblLayout", "tblCellMar", "tblLook"],
    "pPr": ["pStyle", "keepNext", "pBdr", "spacing", "ind", "jc", "rPr"],
    "trPr": ["cantSplit", "tblHeader"],
}


@pytest.mark.parametrize("name", PAPERS)
@pytest.mark.parametrize("tag", ORDERS)
def test_properties_stand_in_the_order_of_the_schema(name: str, tag: str) -> None:
    for found in opened(PAPERS[name]).element.body.iter(qn(f"w:{tag}")):
        children = [child.tag.rpartition("}")[2] for child in found]
        assert set(children) <= set(ORDERS[tag]), children
        if tag != "trPr":
            assert children == sorted(children, key=ORDERS[tag].index)


def test_pages_are_numbered_but_for_the_first() -> None:
    (section,) = opened(INVITATION).sections
    assert section.different_first_page_header_footer
    line = section.header.paragraphs[0]
    assert "PAGE" in line._p.xml and line.alignment is WD_ALIGN_PARAGRAPH.CENTER
    assert section.first_page_header.paragraphs[0].text == ""


def test_a_table_repeats_its_heading_and_splits_no_row() -> None:
    text = xml(PAPERS["run sheet"])
    assert text.count("<w:tblHeader/>") == 2
    # 40 items, a case, two headings and the signature's row.
    assert text.count("<w:cantSplit/>") == 44


def test_the_last_rows_stay_with_the_signature() -> None:
    rows = opened(PAPERS["run sheet"]).tables[2].rows
    kept = [row.cells[0].paragraphs[0].paragraph_format.keep_with_next for row in rows]
    assert kept[-2:] == [True, True]


def test_the_nations_name_fits_into_its_half_of_the_page() -> None:
    head = opened(INVITATION).tables[0]
    nation = text_width_mm("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 12, bold=True)
    assert head.cell(0, 1).width is not None and nation < head.cell(0, 1).width.mm
    margins = head._tbl.tblPr.find(qn("w:tblCellMar"))
    assert [one.get(qn("w:w")) for one in margins] == ["0", "0"]


def test_a_phase_spans_the_table() -> None:
    assert '<w:gridSpan w:val="6"/>' in xml(PAPERS["responsibilities"])


def test_the_draft_is_marked() -> None:
    assert "DỰ THẢO" in words(opened(headed(draft=True)))
    assert "DỰ THẢO" not in words(opened(INVITATION))


def test_text_with_signs_of_xml_stays_text() -> None:
    assert '<b>&amp; "x"' in words(opened(headed(place='<b>&amp; "x"')))


def test_the_same_paper_gives_the_same_content() -> None:
    assert xml(INVITATION) == xml(INVITATION)
    assert xml(INVITATION, "docProps/core.xml") == xml(INVITATION, "docProps/core.xml")

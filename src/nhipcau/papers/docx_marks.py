"""Marks that OOXML has and python-docx has no words for. Source: ECMA-376 part 1, §17."""

from docx.document import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Length, Pt
from docx.table import Table, _Row
from docx.text.paragraph import Paragraph

# The decree names it; where it is not installed, Liberation Serif has letters as wide.
FONT = "Times New Roman"
PAGE_FIELD = "PAGE"
# In eighths of a point.
_RULE = {"w:val": "single", "w:sz": "6", "w:space": "0", "w:color": "000000"}
# How high the empty line is below which a rule is drawn.
_RULE_LINE_PT = 4
_EDGES = ("top", "left", "bottom", "right", "insideH", "insideV")


def set_fonts(document: Document, size_pt: int) -> None:
    """Make the typeface, its size and the language those of the whole document."""
    style = document.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(size_pt)
    properties = style.element.get_or_add_rPr()
    fonts = properties.find(qn("w:rFonts"))
    for script in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{script}"), FONT)
    properties.append(_element("w:lang", {"w:val": "vi-VN"}))


def add_field(paragraph: Paragraph, code: str, size_pt: int) -> None:
    """Add a field that the word processor works out, such as the number of the page."""
    run = paragraph.add_run()
    run.font.size = Pt(size_pt)
    for kind in ("begin", "instr", "end"):
        if kind == "instr":
            element = _element("w:instrText", {"xml:space": "preserve"})
            element.text = code
        else:
            element = _element("w:fldChar", {"w:fldCharType": kind})
        run._r.append(element)


def border_below(paragraph: Paragraph, aside: Length) -> None:
    """Draw a rule below an empty paragraph, `aside` away from both ends of the line."""
    paragraph.paragraph_format.line_spacing = Pt(_RULE_LINE_PT)
    paragraph.paragraph_format.left_indent = aside
    paragraph.paragraph_format.right_indent = aside
    borders = _element("w:pBdr")
    borders.append(_element("w:bottom", _RULE))
    paragraph._p.get_or_add_pPr().insert_element_before(
        borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )


def no_borders(table: Table) -> None:
    """Draw no rule around or in a table."""
    _borders(table, {"w:val": "nil"})


def rule_table(table: Table) -> None:
    """Draw a rule around every cell."""
    _borders(table, {**_RULE, "w:sz": "4"})


def set_side_margins(table: Table, margin: Length) -> None:
    """Set how far the text stands from the left and right edge of each cell."""
    margins = _element("w:tblCellMar")
    for edge in ("left", "right"):
        width = str(round(margin.twips))
        margins.append(_element(f"w:{edge}", {"w:w": width, "w:type": "dxa"}))
    table._tbl.tblPr.insert_element_before(margins, "w:tblLook")


def mark_heading_row(row: _Row) -> None:
    """Make a row come again on every page."""
    row._tr.get_or_add_trPr().append(_element("w:tblHeader"))


def no_splitting(row: _Row) -> None:
    """Keep a row on one page."""
    row._tr.get_or_add_trPr().append(_element("w:cantSplit"))


def _borders(table: Table, look: dict[str, str]) -> None:
    borders = _element("w:tblBorders")
    for edge in _EDGES:
        borders.append(_element(f"w:{edge}", look))
    table._tbl.tblPr.insert_element_before(
        borders, "w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook"
    )


def _element(name: str, attributes: dict[str, str] | None = None) -> BaseOxmlElement:
    element = OxmlElement(name)
    for key, value in (attributes or {}).items():
        element.set(qn(key), value)
    return element

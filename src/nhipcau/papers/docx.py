"""A sheet as DOCX, to be read and corrected in any office's word processor."""

import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime

from docx import Document
from docx.document import Document as DocxDocument
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Length, Mm, Pt
from docx.table import Table as DocxTable
from docx.table import _Cell
from docx.text.paragraph import Paragraph as DocxParagraph

from nhipcau.papers.docx_marks import (
    PAGE_FIELD,
    add_field,
    border_below,
    mark_heading_row,
    no_borders,
    no_splitting,
    rule_table,
    set_fonts,
    set_side_margins,
)
from nhipcau.papers.measure import text_width_mm
from nhipcau.papers.sheet import Block, Paragraph, Sheet, Table
from nhipcau.papers.words import (
    DRAFT,
    MOTTO,
    NATION,
    RECIPIENTS,
    date_line,
    number_line,
    recipient_lines,
)
from nhipcau.ports.papers import Letterhead, PaperFrame

BODY_PT, NATION_PT, LIST_PT, LABEL_PT, KIND_PT = 13, 12, 11, 12, 14
_A4_MM = (210, 297)
# Annex I, I.2 of the decree: top and bottom 20 to 25 mm, left 30 to 35, right 15 to 20.
_TOP_MM, _LEFT_MM = 20, 30
_SIGNATURE_MM = 22
_ROWS_WITH_SIGNATURE = 2
# As in the PDF: 4 points from a rule to the text.
_CELL_MM = 1.4
_CENTRE = WD_ALIGN_PARAGRAPH.CENTER
# So that the same sheet gives the same bytes.
_NO_TIME = datetime(2000, 1, 1, tzinfo=UTC)


def docx_of(sheet: Sheet) -> bytes:
    """Return a sheet as DOCX."""
    document = Document()
    _Setter(document, sheet).set()
    file = io.BytesIO()
    document.save(file)
    return _timeless(file.getvalue())


def _timeless(archive: bytes) -> bytes:
    """Return the archive with no hour of the day in it, so that the same sheet is the same file."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(made, "w") as new:
        for entry in old.infolist():
            new.writestr(zipfile.ZipInfo(entry.filename), old.read(entry), zipfile.ZIP_DEFLATED)
    return made.getvalue()


class _Setter:
    """Sets one sheet into an empty document."""

    def __init__(self, document: DocxDocument, sheet: Sheet) -> None:
        self._document = document
        self._sheet = sheet
        self._right_mm = 15 if sheet.landscape else 20
        page_mm = _A4_MM[1] if sheet.landscape else _A4_MM[0]
        self._width_mm = page_mm - _LEFT_MM - self._right_mm

    def set(self) -> None:
        set_fonts(self._document, BODY_PT)
        self._set_page()
        self._set_properties()
        self._letterhead(self._sheet.frame.letterhead)
        self._heading()
        for block in self._sheet.blocks:
            self._block(block, last=block is self._sheet.blocks[-1])
        self._closing(self._sheet.frame)
        if self._sheet.frame.approval:
            line = self._document.add_paragraph()
            line.paragraph_format.space_before = Pt(12)
            _write(line, self._sheet.frame.approval, LIST_PT, italic=True)

    def _set_page(self) -> None:
        section = self._document.sections[0]
        width, height = _A4_MM
        if self._sheet.landscape:
            section.orientation = WD_ORIENT.LANDSCAPE
            width, height = height, width
        section.page_width, section.page_height = Mm(width), Mm(height)
        section.top_margin = section.bottom_margin = Mm(_TOP_MM)
        section.left_margin, section.right_margin = Mm(_LEFT_MM), Mm(self._right_mm)
        section.header_distance = Mm(10)
        # Annex I, I.7: the number in the middle of the top margin, not on the first page.
        section.different_first_page_header_footer = True
        number = section.header.paragraphs[0]
        number.alignment = _CENTRE
        add_field(number, PAGE_FIELD, BODY_PT)

    def _set_properties(self) -> None:
        about = self._document.core_properties
        about.title = f"{self._sheet.kind}: {self._sheet.abstract}"[:255]
        about.author = " ".join(self._sheet.frame.letterhead.agency)[:255]
        about.comments = ""
        about.language = "vi-VN"
        about.created = about.modified = _NO_TIME

    def _grid(self, rows: int, shares: Sequence[float]) -> DocxTable:
        """Return a table without rules, its columns as wide as the shares of the text's width."""
        table: DocxTable = self._document.add_table(rows, len(shares))
        table.autofit = False
        no_borders(table)
        # The nation's name is as wide as its half of the page.
        set_side_margins(table, Mm(0))
        _set_widths(table, [Mm(self._width_mm * share) for share in shares])
        return table

    def _letterhead(self, head: Letterhead) -> None:
        share = 0.40 if self._sheet.landscape else 0.42
        widths = self._width_mm * share, self._width_mm * (1 - share)
        table = self._grid(2, (share, 1 - share))
        left = _first(table.cell(0, 0))
        if head.parent_agency:
            _write(left, head.parent_agency.upper(), NATION_PT)
            left = table.cell(0, 0).add_paragraph()
        lines = [line.upper() for line in head.agency]
        for line in lines[:-1]:
            _write(left, line, NATION_PT, bold=True)
            left = table.cell(0, 0).add_paragraph()
        _write(left, lines[-1], NATION_PT, bold=True)
        longest = max(text_width_mm(line, NATION_PT, bold=True) for line in lines)
        _rule(table.cell(0, 0), widths[0], longest * 0.4)
        _write(_first(table.cell(0, 1)), NATION, NATION_PT, bold=True)
        _write(table.cell(0, 1).add_paragraph(), MOTTO, BODY_PT, bold=True)
        _rule(table.cell(0, 1), widths[1], text_width_mm(MOTTO, BODY_PT, bold=True))
        _write(_first(table.cell(1, 0)), number_line(head), BODY_PT)
        _write(_first(table.cell(1, 1)), date_line(head), BODY_PT, italic=True)
        if head.draft:
            _write(table.cell(1, 0).add_paragraph(), DRAFT, NATION_PT, bold=True)
        for cell in (table.cell(row, column) for row in (0, 1) for column in (0, 1)):
            for paragraph in cell.paragraphs:
                _tighten(paragraph)
                paragraph.alignment = _CENTRE
        for column in (0, 1):
            _first(table.cell(1, column)).paragraph_format.space_before = Pt(4)

    def _heading(self) -> None:
        kind = self._document.add_paragraph()
        kind.paragraph_format.space_before, kind.paragraph_format.space_after = Pt(14), Pt(0)
        _write(kind, self._sheet.kind, KIND_PT, bold=True)
        abstract = self._document.add_paragraph()
        abstract.paragraph_format.space_after = Pt(0)
        _write(abstract, self._sheet.abstract, BODY_PT, bold=True)
        rule = self._document.add_paragraph()
        border_below(rule, Mm((self._width_mm - 32) / 2))
        rule.paragraph_format.space_after = Pt(8)
        for line in (kind, abstract, rule):
            line.alignment = _CENTRE
            line.paragraph_format.keep_with_next = True

    def _block(self, block: Block, *, last: bool) -> None:
        if isinstance(block, Table):
            made = self._table(block)
            # The signature never stands alone on a page: the last rows go with it.
            for row in made.rows[-_ROWS_WITH_SIGNATURE:] if last else ():
                for cell in row.cells:
                    for line in cell.paragraphs:
                        line.paragraph_format.keep_with_next = True
        else:
            self._paragraph(block)

    def _paragraph(self, block: Paragraph) -> None:
        line = self._document.add_paragraph()
        line.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
        form = line.paragraph_format
        form.space_after = Pt(6)
        form.first_line_indent = Mm(10) if block.indent else None
        form.keep_with_next = block.keep
        for run in block.runs:
            _write(line, run.text, BODY_PT, bold=run.bold, italic=run.italic)

    def _table(self, block: Table) -> DocxTable:
        whole = sum(column.share for column in block.columns)
        widths = [Mm(self._width_mm * column.share / whole) for column in block.columns]
        table: DocxTable = self._document.add_table(1, len(block.columns))
        table.autofit = False
        rule_table(table)
        set_side_margins(table, Mm(_CELL_MM))
        for cell, column in zip(table.rows[0].cells, block.columns, strict=True):
            _fill(cell, column.heading, bold=True, centred=True)
        mark_heading_row(table.rows[0])
        for row in block.rows:
            cells = table.add_row().cells  # type: ignore[no-untyped-call]  # python-docx has no types here
            if row.spans:
                _fill(cells[0].merge(cells[-1]), row.cells[0], bold=True)
                continue
            for cell, text, column in zip(cells, row.cells, block.columns, strict=True):
                _fill(cell, text, centred=column.centred)
        for made in table.rows:
            no_splitting(made)
        _set_widths(table, widths)
        return table

    def _closing(self, frame: PaperFrame) -> None:
        spacer = self._document.add_paragraph()
        _tighten(spacer)
        spacer.paragraph_format.keep_with_next = True
        table = self._grid(1, (0.5, 0.5))
        no_splitting(table.rows[0])
        left, right = table.cell(0, 0), table.cell(0, 1)
        if frame.recipients:
            _write(_first(left), RECIPIENTS, LABEL_PT, bold=True, italic=True)
            for text in recipient_lines(frame.recipients):
                _write(left.add_paragraph(), text, LIST_PT)
        line = _first(right)
        for at, text in enumerate(frame.signature.authority):
            line = line if at == 0 else right.add_paragraph()
            _write(line, text.upper(), BODY_PT, bold=True)
        name = right.add_paragraph()
        _write(name, frame.signature.name, BODY_PT, bold=True)
        for paragraph in (*left.paragraphs, *right.paragraphs):
            _tighten(paragraph)
            paragraph.paragraph_format.keep_with_next = bool(frame.approval)
        for paragraph in right.paragraphs:
            paragraph.alignment = _CENTRE
        name.paragraph_format.space_before = Mm(_SIGNATURE_MM)


def _write(
    paragraph: DocxParagraph, text: str, size_pt: int, *, bold: bool = False, italic: bool = False
) -> None:
    run = paragraph.add_run(text)
    run.font.size = Pt(size_pt)
    run.bold = bold or None
    run.italic = italic or None


def _fill(cell: _Cell, text: str, *, bold: bool = False, centred: bool = False) -> None:
    line = _first(cell)
    _write(line, text, BODY_PT, bold=bold)
    _tighten(line)
    line.alignment = _CENTRE if centred else WD_ALIGN_PARAGRAPH.LEFT


def _first(cell: _Cell) -> DocxParagraph:
    line: DocxParagraph = cell.paragraphs[0]
    return line


def _tighten(paragraph: DocxParagraph) -> None:
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(0)


def _rule(cell: _Cell, cell_mm: float, rule_mm: float) -> None:
    """Draw a rule in the middle below what the cell holds: an empty line with a border."""
    line = cell.add_paragraph()
    border_below(line, Mm(max(0.0, (cell_mm - rule_mm) / 2)))


def _set_widths(table: DocxTable, widths: Sequence[Length]) -> None:
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = width
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width

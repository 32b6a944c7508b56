"""The paper press: the real one, and its plain twin for tests."""

from nhipcau.papers.calendar import calendar_of
from nhipcau.papers.docx import docx_of
from nhipcau.papers.pdf import pdf_of
from nhipcau.papers.sheet import Paragraph, Sheet
from nhipcau.papers.wording import sheet_of
from nhipcau.papers.words import date_line, number_line, recipient_lines
from nhipcau.ports.papers import CalendarEntry, Paper, PaperFormat


class Press:
    """A `PaperPress` that sets type."""

    def print(self, paper: Paper, form: PaperFormat) -> bytes:
        """Return a paper as DOCX or PDF."""
        sheet = sheet_of(paper)
        return docx_of(sheet) if form is PaperFormat.DOCX else pdf_of(sheet)

    def calendar(self, entry: CalendarEntry) -> bytes:
        """Return a calendar file.

        Raises:
            ValueError: a time has no zone, or it ends before it begins.
        """
        return calendar_of(entry)


class PlainPress:
    """A `PaperPress` that writes every paper as plain text, one line for each row."""

    def print(self, paper: Paper, form: PaperFormat) -> bytes:
        """Return what a paper says, in UTF-8."""
        return f"{form.value}\n{text_of(sheet_of(paper))}".encode()

    def calendar(self, entry: CalendarEntry) -> bytes:
        """Return a calendar file.

        Raises:
            ValueError: as the real one.
        """
        return calendar_of(entry)


def text_of(sheet: Sheet) -> str:
    """Return all words of a sheet in reading order; cells are parted by " | "."""
    frame = sheet.frame
    lines = [" ".join(frame.letterhead.agency).upper(), number_line(frame.letterhead)]
    lines += [date_line(frame.letterhead), sheet.kind, sheet.abstract]
    for block in sheet.blocks:
        if isinstance(block, Paragraph):
            lines.append("".join(run.text for run in block.runs))
        else:
            lines.append(" | ".join(column.heading for column in block.columns))
            lines += [" | ".join(row.cells) for row in block.rows]
    lines += [*frame.signature.authority, frame.signature.name]
    lines += [*recipient_lines(frame.recipients), frame.approval]
    return "\n".join(line for line in lines if line)

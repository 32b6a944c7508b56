"""A table as CSV that any spreadsheet opens as it is meant: UTF-8 with its mark, text as text."""

import csv
import io

from nhipcau.report.worded import WordTable

# With it a spreadsheet takes the file for UTF-8.
_MARK = "\ufeff"
# What a spreadsheet takes for a formula; an apostrophe before it makes it text.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv_of(table: WordTable) -> bytes:
    """Return a table with its headings; no cell is ever a formula."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([column.heading for column in table.columns])
    writer.writerows([[_plain(cell) for cell in row] for row in table.rows])
    return (_MARK + text.getvalue()).encode()


def _plain(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell

"""A CSV file in UTF-8 as rows of named cells, with every line that can't be read.

bytes ── CsvTable(data, shape) ──▶ .rows (line, cells by column), .problems

What the columns mean is the business of the file's own module. A file is taken whole or not at all:
whoever made it corrects it in one go.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from nhipcau.org.names import tidy

# A province of 12,000 villages is 2 MB; more is no file of units.
MAX_FILE_BYTES = 8 * 1024 * 1024
# What all columns at their longest come to.
_MAX_LINE_BYTES = 16 * 1024
# Worse files say nothing new after this many lines, and an answer must stay readable.
MAX_PROBLEMS = 1000

# What a spreadsheet takes for a formula when the file is opened there again.
_FORMULA = re.compile(r"[=+\-@]")
_PHONE = re.compile(r"\+[\d ().-]+\Z")
_FREE_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z.\-]*\Z")


@dataclass(frozen=True, slots=True)
class LineProblem:
    """What is wrong on one line, counted from 1 with the header; `code` is for translations."""

    line: int
    code: str
    detail: str

    def __str__(self) -> str:
        """Return it as a line for a person."""
        return f"line {self.line}: {self.detail}"


class UnitFileError(Exception):
    """The file can't be taken. `problems` are all of its bad lines, in order."""

    def __init__(self, problems: Sequence[LineProblem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: problem.line)[:MAX_PROBLEMS])
        super().__init__("\n".join(str(problem) for problem in self.problems))


@dataclass(frozen=True, slots=True)
class TableShape:
    """Which columns a file has.

    Attributes:
        required: those that must be there, in the order in which they are told.
        longest: the letters that a cell of each known column may have.
        filled: columns whose cells may not be empty.
        phones: columns in which a telephone number may begin with "+".
    """

    required: tuple[str, ...]
    longest: Mapping[str, int]
    filled: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()


class CsvTable:
    """The rows that could be read, each with the line on which it begins, and what is wrong.

    Cells are brought to NFC with single spaces; a byte order mark and empty lines are passed over.
    """

    def __init__(self, data: bytes, shape: TableShape) -> None:
        self.problems: list[LineProblem] = []
        self.columns: tuple[str, ...] = ()
        self._shape = shape
        text = self._decoded(data)
        self.rows: tuple[tuple[int, dict[str, str]], ...] = (
            () if text is None else tuple(self._read(text))
        )
        for line, cells in self.rows:
            self.problems.extend(self._cell_problems(line, cells))

    def _decoded(self, data: bytes) -> str | None:
        """Return the text without what is too long; None when it is no text of ours at all."""
        if len(data) > MAX_FILE_BYTES:
            detail = f"the file is larger than {MAX_FILE_BYTES // 1024 // 1024} MB"
            self._refuse(1, "too_large", detail)
            return None
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            self._refuse(1, "encoding", "the file is UTF-16: save it as CSV UTF-8")
            return None
        lines = data.removeprefix(b"\xef\xbb\xbf").split(b"\n")
        for number, line in enumerate(lines, 1):
            if len(line) > _MAX_LINE_BYTES:
                detail = f"the line is longer than {_MAX_LINE_BYTES} bytes"
                self._refuse(number, "too_long", detail)
                lines[number - 1] = b""
                continue
            try:
                line.decode()
            except UnicodeDecodeError as error:
                detail = f"byte {error.start + 1} is not UTF-8: save the file as CSV UTF-8"
                self._refuse(number, "encoding", detail)
                lines[number - 1] = b""
        return b"\n".join(lines).decode()

    def _read(self, text: str) -> Iterator[tuple[int, dict[str, str]]]:
        """Yield the rows below the header."""
        lines = self._lines(text)
        line, header = next(lines, (1, []))
        self.columns = tuple(tidy(cell) for cell in header)
        wrong = self._header_problem()
        if wrong:
            self._refuse(line, "header", wrong)
            return
        for line, cells in lines:
            if len(cells) == len(self.columns):
                yield line, dict(zip(self.columns, map(tidy, cells), strict=True))
            else:
                detail = f"{len(cells)} columns instead of {len(self.columns)}"
                self._refuse(line, "columns", detail)

    def _header_problem(self) -> str:
        required, known = self._shape.required, self._shape.longest
        missing = [column for column in required if column not in self.columns]
        unknown = [column for column in self.columns if column not in known]
        if missing or unknown or len(set(self.columns)) < len(self.columns):
            optional = ",".join(column for column in known if column not in required)
            return (
                f"the header must be {','.join(required)} and any of {optional}, "
                "each once, with commas between"
            )
        return ""

    def _lines(self, text: str) -> Iterator[tuple[int, list[str]]]:
        """Yield the line on which each row begins, and its cells; empty rows are passed over."""
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        while True:
            line = reader.line_num + 1
            try:
                cells = next(reader, None)
            except csv.Error as error:
                self._refuse(line, "csv", f"no CSV: {error}")
                continue
            if cells is None:
                return
            if any(cell.strip() for cell in cells):
                yield line, cells

    def _cell_problems(self, line: int, cells: Mapping[str, str]) -> Iterator[LineProblem]:
        for column, cell in cells.items():
            if not cell:
                if column in self._shape.filled:
                    yield LineProblem(line, "missing", f"{column} is empty")
                continue
            longest = self._shape.longest[column]
            if len(cell) > longest:
                yield LineProblem(line, "too_long", f"{column} is longer than {longest} letters")
            if not cell.isprintable():
                yield LineProblem(line, "unprintable", f"{column} holds a control character")
            is_phone = column in self._shape.phones and _PHONE.match(cell)
            if _FORMULA.match(cell) and not is_phone:
                detail = f"{column} begins like a formula of a spreadsheet: {cell[:20]}"
                yield LineProblem(line, "formula", detail)

    def _refuse(self, line: int, code: str, detail: str) -> None:
        self.problems.append(LineProblem(line, code, detail))


def code_problem(code: str, digits: int) -> str:
    """Return of what a unit's code should be made; nothing when it is.

    Args:
        code: the code.
        digits: how many digits its level asks for; 0: any letters, digits, dots and dashes.
    """
    if digits:
        is_code = code.isascii() and code.isdigit() and len(code) == digits
        return "" if is_code else f"{digits} digits"
    return "" if _FREE_CODE.match(code) else "letters, digits, dots and dashes"

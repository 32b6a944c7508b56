"""The file of units: CSV in UTF-8 with the columns code, name, level, parent_code and a few more.

bytes ── read_units ──▶ UnitFile(rows, problems)      one row a line, every bad line named at once

    type         the type, where the name doesn't begin with it
    place        name of the building; equal names are one building
    line_kbps    what the building's line is declared to carry
    address, contact
    site         empty: a room of its own; "none"; or the code of the unit in whose room it sits
    follows      codes of the units of the day before that this one comes from (ImportPlan)

A file is taken whole or not at all: whoever made it corrects it in one go.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from nhipcau.org.names import split_name, tidy
from nhipcau.org.units import Level

COLUMNS = ("code", "name", "level", "parent_code")

# The longest that the bus messages carry, too (ports.messages), and that fits on a line of paper.
_MAX_LENGTHS = {
    "code": 32,
    "name": 200,
    "level": 50,
    "parent_code": 32,
    "type": 50,
    "place": 200,
    "line_kbps": 9,
    "address": 300,
    "contact": 200,
    "site": 32,
    "follows": 1000,
}
_MAY_BE_EMPTY = frozenset(_MAX_LENGTHS) - {"code", "name", "level"}

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
class UnitRow:
    """One row: the line on which it begins, and its tidy cells; a column left out is empty."""

    line: int
    code: str
    name: str
    level: str
    parent_code: str = ""
    type: str = ""
    place: str = ""
    line_kbps: str = ""
    address: str = ""
    contact: str = ""
    site: str = ""
    follows: str = ""

    @property
    def unit_type(self) -> str:
        """The type that the file gives, else the one that the name begins with."""
        return self.type or split_name(self.name).type


@dataclass(frozen=True, slots=True)
class UnitFile:
    """The rows that could be read, and what is wrong with the file itself."""

    rows: tuple[UnitRow, ...]
    problems: tuple[LineProblem, ...]
    columns: frozenset[str] = field(default=frozenset())


def read_units(data: bytes, levels: Sequence[Level]) -> UnitFile:
    """Return the file's rows in its order and all that is wrong with them, taken by themselves.

    Names are brought to NFC with single spaces; a byte order mark and empty lines are passed over.
    """
    problems: list[LineProblem] = []
    text = _decoded(data, problems)
    table = _Table(problems)
    rows = tuple(table.rows(text)) if text is not None else ()
    if not problems and not rows:
        problems.append(LineProblem(1, "empty", "the file has no units"))
    known = {level.key: level for level in levels}
    for row in rows:
        problems.extend(_cell_problems(row))
        problems.extend(_meaning_problems(row, known))
    problems.extend(_code_problems(rows))
    return UnitFile(rows, tuple(problems), frozenset(table.columns))


def _decoded(data: bytes, problems: list[LineProblem]) -> str | None:
    """Return the text without what is too long; None when it is no text of ours at all."""
    if len(data) > MAX_FILE_BYTES:
        detail = f"the file is larger than {MAX_FILE_BYTES // 1024 // 1024} MB"
        problems.append(LineProblem(1, "too_large", detail))
        return None
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        problems.append(LineProblem(1, "encoding", "the file is UTF-16: save it as CSV UTF-8"))
        return None
    lines = data.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    for number, line in enumerate(lines, 1):
        if len(line) > _MAX_LINE_BYTES:
            detail = f"the line is longer than {_MAX_LINE_BYTES} bytes"
            problems.append(LineProblem(number, "too_long", detail))
            lines[number - 1] = b""
            continue
        try:
            line.decode()
        except UnicodeDecodeError as error:
            detail = f"byte {error.start + 1} is not UTF-8: save the file as CSV UTF-8"
            problems.append(LineProblem(number, "encoding", detail))
            lines[number - 1] = b""
    return b"\n".join(lines).decode()


class _Table:
    """Splits the text into rows; what can't be split goes to `problems`."""

    def __init__(self, problems: list[LineProblem]) -> None:
        self.columns: tuple[str, ...] = ()
        self._problems = problems

    def rows(self, text: str) -> Iterator[UnitRow]:
        """Yield the rows below the header."""
        lines = self._lines(text)
        line, header = next(lines, (1, []))
        self.columns = tuple(tidy(cell) for cell in header)
        wrong = self._header_problem()
        if wrong:
            self._problems.append(LineProblem(line, "header", wrong))
            return
        for line, cells in lines:
            if len(cells) == len(self.columns):
                given = dict(zip(self.columns, map(tidy, cells), strict=True))
                yield UnitRow(line, **given)
            else:
                detail = f"{len(cells)} columns instead of {len(self.columns)}"
                self._problems.append(LineProblem(line, "columns", detail))

    def _header_problem(self) -> str:
        missing = [column for column in COLUMNS if column not in self.columns]
        unknown = [column for column in self.columns if column not in _MAX_LENGTHS]
        if missing or unknown or len(set(self.columns)) < len(self.columns):
            optional = ",".join(column for column in _MAX_LENGTHS if column not in COLUMNS)
            return (
                f"the header must be {','.join(COLUMNS)} and any of {optional}, "
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
                self._problems.append(LineProblem(line, "csv", f"no CSV: {error}"))
                continue
            if cells is None:
                return
            if any(cell.strip() for cell in cells):
                yield line, cells


def _cells(row: UnitRow) -> Iterator[tuple[str, str]]:
    for column in _MAX_LENGTHS:
        yield column, getattr(row, column)


def _cell_problems(row: UnitRow) -> Iterator[LineProblem]:
    for column, cell in _cells(row):
        if not cell:
            if column not in _MAY_BE_EMPTY:
                yield LineProblem(row.line, "missing", f"{column} is empty")
            continue
        longest = _MAX_LENGTHS[column]
        if len(cell) > longest:
            yield LineProblem(row.line, "too_long", f"{column} is longer than {longest} letters")
        if not cell.isprintable():
            yield LineProblem(row.line, "unprintable", f"{column} holds a control character")
        if _FORMULA.match(cell) and not (column == "contact" and _PHONE.match(cell)):
            detail = f"{column} begins like a formula of a spreadsheet: {cell[:20]}"
            yield LineProblem(row.line, "formula", detail)


def _meaning_problems(row: UnitRow, levels: Mapping[str, Level]) -> Iterator[LineProblem]:
    level = levels.get(row.level)
    if row.level and level is None:
        known = ", ".join(levels)
        yield LineProblem(row.line, "level", f"level {row.level} is not one of {known}")
    digits = level.code_digits if level else 0
    if row.code and not _is_code(row.code, digits):
        form = f"{digits} digits" if digits else "letters, digits, dots and dashes"
        yield LineProblem(row.line, "code_form", f"code {row.code} is not made of {form}")
    if row.line_kbps and not (row.line_kbps.isascii() and row.line_kbps.isdigit()):
        yield LineProblem(row.line, "number", f"line_kbps {row.line_kbps} is not a whole number")


def _is_code(code: str, digits: int) -> bool:
    if digits:
        return code.isascii() and code.isdigit() and len(code) == digits
    return _FREE_CODE.match(code) is not None


def _code_problems(rows: Sequence[UnitRow]) -> Iterator[LineProblem]:
    first: dict[str, int] = {}
    for row in rows:
        known = first.setdefault(row.code, row.line)
        if row.code and known != row.line:
            yield LineProblem(row.line, "twice", f"code {row.code} is on line {known} already")

"""The file of units: CSV with the columns code, name, level, parent_code.

A file is taken whole or not at all, and every bad line is named at once, so that whoever made it
corrects it in one go.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from nhipcau.org.names import tidy
from nhipcau.org.units import Unit

COLUMNS = ("code", "name", "level", "parent_code")

# The longest that the bus messages carry, too (ports.messages).
_MAX_LENGTHS = {"code": 32, "name": 200, "level": 50, "parent_code": 32}


@dataclass(frozen=True, slots=True)
class LineProblem:
    """What is wrong on one line, counted from 1 with the header; `code` is for translations."""

    line: int
    code: str
    detail: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.detail}"


class UnitFileError(Exception):
    """The file can't be taken. `problems` are all of its bad lines, in order."""

    def __init__(self, problems: Sequence[LineProblem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of the file: the line on which it begins, and its cells by column."""

    line: int
    cells: Mapping[str, str]

    @property
    def unit(self) -> Unit:
        cells = self.cells
        return Unit(cells["code"], cells["name"], cells["level"], cells["parent_code"] or None)


def parse_units(csv_text: str) -> tuple[Unit, ...]:
    """Return the units of the file in its order; parents may follow their children.

    Names are brought to NFC with single spaces; a byte order mark and empty lines are passed over.

    Raises:
        UnitFileError: at least one line is bad; it lists every one.
    """
    problems: list[LineProblem] = []
    rows = list(_rows(csv_text.removeprefix("\ufeff"), problems))
    if not problems and not rows:
        problems.append(LineProblem(1, "empty", "the file has no units"))
    for row in rows:
        problems.extend(_cell_problems(row))
    problems.extend(_code_problems(rows))
    problems.extend(_parent_problems(rows))
    if problems:
        raise UnitFileError(sorted(problems, key=lambda problem: problem.line))
    return tuple(row.unit for row in rows)


def _rows(text: str, problems: list[LineProblem]) -> Iterator[_Row]:
    """Yield the rows below the header; what can't be split into columns goes to `problems`."""
    lines = _lines(text, problems)
    line, header = next(lines, (1, []))
    if tuple(tidy(cell) for cell in header) != COLUMNS:
        problems.append(LineProblem(line, "header", f"the header must be {','.join(COLUMNS)}"))
        return
    for line, cells in lines:
        if len(cells) == len(COLUMNS):
            yield _Row(line, dict(zip(COLUMNS, map(tidy, cells), strict=True)))
        else:
            detail = f"{len(cells)} columns instead of {len(COLUMNS)}"
            problems.append(LineProblem(line, "columns", detail))


def _lines(text: str, problems: list[LineProblem]) -> Iterator[tuple[int, list[str]]]:
    """Yield the line on which each row begins, and its cells; empty rows are passed over."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            problems.append(LineProblem(line, "csv", f"no CSV: {error}"))
            continue
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            yield line, cells


def _cell_problems(row: _Row) -> Iterator[LineProblem]:
    for column, longest in _MAX_LENGTHS.items():
        cell = row.cells[column]
        if not cell and column != "parent_code":
            yield LineProblem(row.line, "missing", f"{column} is empty")
        if len(cell) > longest:
            yield LineProblem(row.line, "too_long", f"{column} is longer than {longest} letters")
        if not cell.isprintable():
            yield LineProblem(row.line, "unprintable", f"{column} holds a control character")


def _code_problems(rows: Sequence[_Row]) -> Iterator[LineProblem]:
    first: dict[str, int] = {}
    for row in rows:
        code = row.cells["code"]
        known = first.setdefault(code, row.line)
        if code and known != row.line:
            yield LineProblem(row.line, "twice", f"code {code} is on line {known} already")


def _parent_problems(rows: Sequence[_Row]) -> Iterator[LineProblem]:
    coded = [row for row in reversed(rows) if row.cells["code"]]
    parents = {row.cells["code"]: row.cells["parent_code"] for row in coded}
    circular = _in_circles(parents)
    for row in rows:
        code, parent = row.cells["code"], row.cells["parent_code"]
        if parent and parent not in parents:
            yield LineProblem(row.line, "parent", f"parent_code {parent} is not in the file")
        elif code in circular:
            yield LineProblem(row.line, "circle", f"{code} is above itself")


def _in_circles(parents: Mapping[str, str]) -> set[str]:
    """Return the codes that are their own ancestor; visits each code once."""
    circular: set[str] = set()
    done: set[str] = set()
    for start in parents:
        path: dict[str, None] = {}
        code = start
        while code in parents and code not in done and code not in path:
            path[code] = None
            code = parents[code]
        if code in path:
            walked = list(path)
            circular.update(walked[walked.index(code) :])
        done.update(path)
    return circular

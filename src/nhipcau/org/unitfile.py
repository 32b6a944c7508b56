"""The file of units: CSV in UTF-8 with the columns code, name, level, parent_code and a few more.

bytes ── read_units ──▶ UnitFile(rows, problems)      one row a line, every bad line named at once

    type         the type, where the name doesn't begin with it
    place        name of the building; equal names are one building
    line_kbps    what the building's line is declared to carry
    line_operator  the company whose line it is
    address, contact
    site         empty: a room of its own; "none"; or the code of the unit in whose room it sits
    follows      codes of the units of the day before that this one comes from (ImportPlan)
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from nhipcau.org.csvtable import CsvTable, LineProblem, TableShape, code_problem
from nhipcau.org.names import split_name
from nhipcau.org.units import Level

COLUMNS = ("code", "name", "level", "parent_code")
_SHAPE = TableShape(
    required=COLUMNS,
    # The longest that the bus messages carry, too (ports.messages), and that fits on a line of
    # paper.
    longest={
        "code": 32,
        "name": 200,
        "level": 50,
        "parent_code": 32,
        "type": 50,
        "place": 200,
        "line_kbps": 9,
        "line_operator": 200,
        "address": 300,
        "contact": 200,
        "site": 32,
        "follows": 1000,
    },
    filled=frozenset({"code", "name", "level"}),
    phones=frozenset({"contact"}),
)


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
    line_operator: str = ""
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
    """The rows that could be read, and what is wrong with the file itself.

    `ended` holds the codes of units that end although no row follows them.
    """

    rows: tuple[UnitRow, ...]
    problems: tuple[LineProblem, ...]
    columns: frozenset[str] = field(default=frozenset())
    ended: frozenset[str] = field(default=frozenset())


def read_units(data: bytes, levels: Sequence[Level]) -> UnitFile:
    """Return the file's rows in its order and all that is wrong with them, taken by themselves."""
    table = CsvTable(data, _SHAPE)
    rows = tuple(UnitRow(line, **cells) for line, cells in table.rows)
    problems = table.problems
    if not problems and not rows:
        problems.append(LineProblem(1, "empty", "the file has no units"))
    known = {level.key: level for level in levels}
    for row in rows:
        problems.extend(_meaning_problems(row, known))
    problems.extend(_code_problems(rows))
    return UnitFile(rows, tuple(problems), frozenset(table.columns))


def _meaning_problems(row: UnitRow, levels: Mapping[str, Level]) -> Iterator[LineProblem]:
    level = levels.get(row.level)
    if row.level and level is None:
        known = ", ".join(levels)
        yield LineProblem(row.line, "level", f"level {row.level} is not one of {known}")
    form = code_problem(row.code, level.code_digits if level else 0)
    if row.code and form:
        yield LineProblem(row.line, "code_form", f"code {row.code} is not made of {form}")
    if row.line_kbps and not (row.line_kbps.isascii() and row.line_kbps.isdigit()):
        yield LineProblem(row.line, "number", f"line_kbps {row.line_kbps} is not a whole number")


def _code_problems(rows: Sequence[UnitRow]) -> Iterator[LineProblem]:
    first: dict[str, int] = {}
    for row in rows:
        known = first.setdefault(row.code, row.line)
        if row.code and known != row.line:
            yield LineProblem(row.line, "twice", f"code {row.code} is on line {known} already")

"""The table of a reform: CSV in UTF-8, one row for each edge from an old unit to a new one.

bytes ── read_succession ──▶ SuccessionFile ── as_unit_file ──▶ UnitFile, for plan_import

    old_code         code of the unit on the day before; empty for one that comes from nobody here
    old_name         its name, as proof that the code is not another unit's
    new_code         code from the day on; all four empty for a unit that ends without an heir
    new_name, new_level, new_parent_code
    main             "x" on the one row that gets the rooms of a unit that goes to several
    note             for people; not kept

A unit that three others merge into has three rows, a commune that splits into three has three rows,
a rename has one. Rows of one new unit say the same of it. Neither an equal code nor an equal name
ties two units: only a row does. A unit that no row names stays as it is.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from nhipcau.org.csvtable import CsvTable, LineProblem, TableShape, code_problem
from nhipcau.org.names import search_key
from nhipcau.org.unitfile import UnitFile, UnitRow
from nhipcau.org.units import Level
from nhipcau.org.view import TreeView

COLUMNS = (
    "old_code",
    "old_name",
    "new_code",
    "new_name",
    "new_level",
    "new_parent_code",
)
_SHAPE = TableShape(
    required=COLUMNS,
    longest={
        "old_code": 32,
        "old_name": 200,
        "new_code": 32,
        "new_name": 200,
        "new_level": 50,
        "new_parent_code": 32,
        "main": 1,
        "note": 300,
    },
)
_MAIN = "x"


@dataclass(frozen=True, slots=True)
class SuccessionRow:
    """One row: the line on which it begins, and its tidy cells."""

    line: int
    old_code: str
    old_name: str
    new_code: str
    new_name: str
    new_level: str
    new_parent_code: str
    main: str = ""
    note: str = ""

    @property
    def heir(self) -> tuple[str, str, str]:
        """What the row says of the new unit: name, level and parent."""
        return self.new_name, self.new_level, self.new_parent_code


@dataclass(frozen=True, slots=True)
class SuccessionFile:
    """The rows that could be read, and what is wrong with the file itself."""

    rows: tuple[SuccessionRow, ...]
    problems: tuple[LineProblem, ...]


def read_succession(data: bytes, levels: Sequence[Level]) -> SuccessionFile:
    """Return the file's rows in its order and all that is wrong with them, taken by themselves."""
    table = CsvTable(data, _SHAPE)
    rows = tuple(SuccessionRow(line, **cells) for line, cells in table.rows)
    problems = table.problems
    if not problems and not rows:
        problems.append(LineProblem(1, "empty", "the table has no rows"))
    known = {level.key: level for level in levels}
    for row in rows:
        problems.extend(_row_problems(row, known))
    problems.extend(_disagreements(rows))
    return SuccessionFile(rows, tuple(problems))


def as_unit_file(file: SuccessionFile, before: TreeView) -> UnitFile:
    """Return the table as a file of changes: a row for each new unit, and who ends without an heir.

    Args:
        file: the table.
        before: the tree until the change; each old code must be there under its name.
    """
    problems = [*file.problems]
    heirs: dict[str, list[SuccessionRow]] = {}
    ended: set[str] = set()
    for row in file.rows:
        problems.extend(_old_problems(row, before))
        if row.new_code:
            heirs.setdefault(row.new_code, []).append(row)
        else:
            ended.add(row.old_code)
    rows = tuple(_unit_row(rows, before) for rows in heirs.values())
    return UnitFile(rows, tuple(problems), ended=frozenset(ended))


def _unit_row(rows: Sequence[SuccessionRow], before: TreeView) -> UnitRow:
    """Return the row of one new unit; an old code that nobody bears is named already."""
    first = rows[0]
    known = (row for row in rows if row.old_code in before.by_code)
    words = (f"{row.old_code}{'*' if row.main else ''}" for row in known)
    return UnitRow(
        line=first.line,
        code=first.new_code,
        name=first.new_name,
        level=first.new_level,
        parent_code=first.new_parent_code,
        follows=" ".join(words),
    )


def _row_problems(row: SuccessionRow, levels: Mapping[str, Level]) -> Iterator[LineProblem]:
    if not row.old_code and not row.new_code:
        yield LineProblem(row.line, "missing", "neither old_code nor new_code is given")
    for code, name, column in (
        (row.old_code, row.old_name, "old_name"),
        (row.new_code, row.new_name, "new_name"),
    ):
        if bool(code) != bool(name):
            wrong = f"{column} is empty" if code else f"{column} is given without a code"
            yield LineProblem(row.line, "missing", wrong)
    if row.main not in ("", _MAIN):
        yield LineProblem(row.line, "main", f"main is {row.main!r}, neither empty nor {_MAIN}")
    if row.new_code:
        yield from _heir_problems(row, levels)
    elif any(row.heir) or row.main:
        detail = "without new_code nothing else may be said of an heir"
        yield LineProblem(row.line, "heir", detail)


def _heir_problems(row: SuccessionRow, levels: Mapping[str, Level]) -> Iterator[LineProblem]:
    level = levels.get(row.new_level)
    if level is None:
        detail = f"new_level {row.new_level!r} is not one of {', '.join(levels)}"
        yield LineProblem(row.line, "level", detail)
    form = code_problem(row.new_code, level.code_digits if level else 0)
    if form:
        detail = f"new_code {row.new_code} is not made of {form}"
        yield LineProblem(row.line, "code_form", detail)


def _disagreements(rows: Sequence[SuccessionRow]) -> Iterator[LineProblem]:
    """Yield the rows that say of a unit something else than an earlier row does."""
    heirs: dict[str, SuccessionRow] = {}
    ends: dict[str, SuccessionRow] = {}
    edges: dict[tuple[str, str], int] = {}
    for row in rows:
        known = heirs.setdefault(row.new_code, row)
        if row.new_code and known.heir != row.heir:
            detail = f"{row.new_code} is told otherwise on line {known.line}"
            yield LineProblem(row.line, "heir", detail)
        line = edges.setdefault((row.old_code, row.new_code), row.line)
        if line != row.line:
            detail = f"line {line} says already what becomes of {row.old_code or row.new_code}"
            yield LineProblem(row.line, "twice", detail)
        first = ends.setdefault(row.old_code, row)
        if row.old_code and bool(first.new_code) != bool(row.new_code):
            detail = f"{row.old_code} has no heir here and one on line {first.line}, or the reverse"
            yield LineProblem(row.line, "heir", detail)


def _old_problems(row: SuccessionRow, before: TreeView) -> Iterator[LineProblem]:
    if not row.old_code:
        return
    version = before.by_code.get(row.old_code)
    if version is None:
        detail = f"old_code {row.old_code} is no unit's code until then"
        yield LineProblem(row.line, "old_code", detail)
    elif row.old_name and search_key(row.old_name) != search_key(version.name):
        detail = f"{row.old_code} is {version.name} until then, not {row.old_name}"
        yield LineProblem(row.line, "old_name", detail)

"""The model province, imported from the package's own file, and what imports need in tests."""

from collections.abc import Callable
from datetime import date
from functools import cache
from importlib.resources import files
from itertools import count

import pytest

from nhipcau.org.csvtable import LineProblem, UnitFileError
from nhipcau.org.importplan import ImportOrder, ImportPlan, plan_import
from nhipcau.org.levelfile import read_levels
from nhipcau.org.record import TreeRecord, change_record
from nhipcau.org.tree import Tree
from nhipcau.org.unitfile import read_units
from nhipcau.org.units import Level, UnitVersion
from nhipcau.org.view import TreeView

START = date(2024, 1, 1)
HEADER = "code,name,level,parent_code\n"


def text_of(name: str) -> str:
    """Return one of the package's data files."""
    return (files("nhipcau.org") / "data" / name).read_text(encoding="utf-8")


def levels() -> tuple[Level, ...]:
    """Return the levels that a new system starts with."""
    return read_levels(text_of("levels.csv"))


def empty_tree() -> Tree:
    """Return a tree with levels and no unit."""
    return Tree(TreeRecord(levels=levels()))


def ids(prefix: str = "u") -> Callable[[], str]:
    """Return what gives u0, u1, …"""
    numbers = count()
    return lambda: f"{prefix}{next(numbers)}"


def plan(tree: Tree, data: bytes | str, order: ImportOrder | None = None) -> ImportPlan:
    """Return what a file would change in the tree."""
    file = read_units(data if isinstance(data, bytes) else data.encode(), tree.levels)
    return plan_import(tree, file, order or ImportOrder(START), ids(f"{tree.record.revision}-"))


def imported(tree: Tree, text: str, order: ImportOrder | None = None) -> Tree:
    """Return the tree after an import."""
    return Tree(change_record(tree.record, plan(tree, text, order).change))


@cache
def khanh_hoa() -> Tree:
    """Return the tree of January 2024."""
    return imported(empty_tree(), text_of("khanh-hoa-2024.csv"))


def january() -> TreeView:
    """Return its 145 units on the day of the first session."""
    return khanh_hoa().as_of(date(2024, 1, 25))


def named(name: str, view: TreeView | None = None) -> UnitVersion:
    """Return the unit of this full name."""
    (found,) = (unit for unit in (view or january()).units.values() if unit.name == name)
    return found


def refusal(tree: Tree, data: bytes | str, order: ImportOrder | None = None) -> list[LineProblem]:
    """Return what is wrong with a file that must be refused."""
    with pytest.raises(UnitFileError) as caught:
        plan(tree, data, order)
    return list(caught.value.problems)

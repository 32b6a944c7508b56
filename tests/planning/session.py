"""The first three-level session as the tests plan it, and its tree with the departments."""

from datetime import date
from functools import cache
from typing import Any

from nhipcau.org.importplan import ImportOrder
from nhipcau.org.tree import Tree
from nhipcau.org.view import TreeView
from nhipcau.planning.checks import Checked, Scene
from nhipcau.planning.editing import Change, Edit, SetPart, apply_edit, edit_parts
from nhipcau.planning.parts import parts_of, plan_of
from nhipcau.planning.plan import Plan
from nhipcau.planning.planfile import first_session
from nhipcau.planning.problems import Problem
from nhipcau.planning.rules import shipped_rules

from ..org.province import START, imported, khanh_hoa, text_of

DAY = date(2024, 1, 25)
LAYOUTS = frozenset({"speaker", "duo", "1+2", "1+7", "1+8", "2x2", "3x3", "4x4"})
MCUS = frozenset({"mcu-tinh", "mcu-du-phong", *(f"mcu-{code}" for code in range(568, 576))})


@cache
def tree() -> Tree:
    """Return the model province with its departments, who sit in the hall."""
    departments = text_of("khanh-hoa-2024-departments.csv")
    return imported(khanh_hoa(), departments, ImportOrder(START, whole=False))


def view() -> TreeView:
    """Return the tree of the session's day."""
    return tree().as_of(DAY)


def unit(code: str) -> str:
    """Return the id of the unit that bore a code on the day."""
    return view().by_code[code].unit


@cache
def session() -> Plan:
    """Return the plan of the first session."""
    return first_session(view())


def scene() -> Scene:
    """Return what it is checked against."""
    return Scene(view(), shipped_rules(), LAYOUTS, MCUS)


def checked(*changes: Change) -> Checked:
    """Return the first session after some changes, checked."""
    parts = parts_of(session())
    return Checked(plan_of(apply_edit(parts, edit_parts(parts, changes))), scene())


def problems(*changes: Change) -> list[Problem]:
    """Return what is wrong with the first session after some changes."""
    return list(checked(*changes).problems)


def codes(*changes: Change) -> list[tuple[str, str]]:
    """Return where something is wrong, and what."""
    return [(problem.part, problem.code) for problem in problems(*changes)]


def row(part: str, **fields: Any) -> SetPart:
    """Return the change that writes some fields of a row of the first session anew."""
    return SetPart(op="set", part=part, value={**parts_of(session()).get(part, {}), **fields})


def field(name: str, value: Any) -> SetPart:
    """Return the change that writes a field of the header."""
    return SetPart(op="set", part=f"header/{name}", value=value)


def edit(*changes: Change) -> Edit:
    """Return what changes make of the first session."""
    return edit_parts(parts_of(session()), changes)

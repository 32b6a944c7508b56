"""A plan as a TOML file, as a person writes one: units by their official codes, rows as they stand.

text ── read_plan(view) ──▶ Plan        codes become ids by the tree of the meeting's day
"""

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from pydantic import ValidationError

from nhipcau.org.view import TreeView
from nhipcau.planning.ordering import spread
from nhipcau.planning.parts import SECTIONS
from nhipcau.planning.plan import Plan

# The fields that name units, wherever they stand.
_UNIT_FIELDS = frozenset({"unit", "host"})
_UNIT_LISTS = frozenset({"units", "delegations"})


class PlanFileError(ValueError):
    """The file is no plan; `errors` says what is wrong, one line each."""

    def __init__(self, errors: list[str]) -> None:
        self.errors = tuple(errors)
        super().__init__("; ".join(errors))


def read_plan(text: str, view: TreeView) -> Plan:
    """Return the plan that a file describes.

    Raises:
        PlanFileError: it is no TOML, names a unit that is not there, or is not as the schema says.
    """
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PlanFileError([str(error)]) from error
    unknown: list[str] = []
    named = _with_ids(tables, view, unknown)
    if unknown:
        raise PlanFileError([f"no unit has the code {code!r} on {view.day}" for code in unknown])
    for section in SECTIONS:
        rows = named.get(section, ())
        for row, place in zip(rows, spread(len(rows)), strict=True):
            row["place"] = place
    try:
        return Plan.model_validate(named)
    except ValidationError as error:
        lines = error.errors(include_url=False, include_input=False)
        raise PlanFileError(
            [f"{'.'.join(str(step) for step in one['loc'])}: {one['msg']}" for one in lines]
        ) from error


def first_session(view: TreeView) -> Plan:
    """Return the plan of the model province's first three-level session.

    Raises:
        PlanFileError: the tree is not that of the model province.
    """
    file = files("nhipcau.planning").joinpath("data/first-session.toml")
    return read_plan(file.read_text(encoding="utf-8"), view)


def _with_ids(value: Any, view: TreeView, unknown: list[str], name: str = "") -> Any:
    if isinstance(value, Mapping):
        return {key: _with_ids(one, view, unknown, key) for key, one in value.items()}
    if isinstance(value, list):
        inner = "unit" if name in _UNIT_LISTS else ""
        return [_with_ids(one, view, unknown, inner) for one in value]
    if name in _UNIT_FIELDS and isinstance(value, str) and value:
        version = view.by_code.get(value)
        if version is None:
            unknown.append(value)
            return value
        return version.unit
    return value

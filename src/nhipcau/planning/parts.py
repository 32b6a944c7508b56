"""A plan in parts, so that two people who change different parts never meet.

    "header/title"      one field of the header
    "cues/c7"           one row, without its id and its place
    "cues/c7#place"     where the row stands

Plan ── parts_of ──▶ Parts ── edit ──▶ Parts ── plan_of ──▶ Plan       Parts ── seal ──▶ SHA-256
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from nhipcau.planning.plan import Case, Cue, Header, Paper, Pick, Plan, Row, StandIn, Task

Parts = Mapping[str, Any]
"""Part → JSON value."""

SECTIONS: Mapping[str, type[Row]] = {
    "participants": Pick,
    "cues": Cue,
    "tasks": Task,
    "cases": Case,
    "papers": Paper,
    "standins": StandIn,
}
PLACE = "#place"
REHEARSES = "rehearses"
# So many rows a table can have; a scenario of 200 cues is a very long day.
MAX_ROWS = 1000


class PartError(ValueError):
    """Parts that make no plan; `errors` says which and why, one line each."""

    def __init__(self, errors: list[str]) -> None:
        self.errors = tuple(errors)
        super().__init__("; ".join(errors))


def parts_of(plan: Plan) -> dict[str, Any]:
    """Return all parts of a plan."""
    header = plan.header.model_dump(mode="json")
    if not plan.header.rehearses:
        # A part that only a rehearsal has: no other meeting becomes one by an edit.
        del header[REHEARSES]
    parts: dict[str, Any] = {f"header/{name}": value for name, value in header.items()}
    for section in SECTIONS:
        for row in getattr(plan, section):
            value = row.model_dump(mode="json", exclude={"id", "place"})
            parts[f"{section}/{row.id}"] = value
            parts[f"{section}/{row.id}{PLACE}"] = row.place
    return parts


def plan_of(parts: Parts) -> Plan:
    """Return the plan that parts make, its rows in their order.

    Raises:
        PartError: a part is not as the plan's schema says, or of an unknown kind.
    """
    errors: list[str] = []
    header: dict[str, Any] = {}
    rows: dict[str, list[Row]] = {section: [] for section in SECTIONS}
    for part, value in parts.items():
        section, _, name = part.partition("/")
        if section == "header":
            header[name] = value
        elif section not in SECTIONS:
            errors.append(f"{part}: there is no such part")
        elif not name.endswith(PLACE):
            row = row_of(part, value, parts.get(part + PLACE, ""), errors)
            rows[section] += [] if row is None else [row]
    try:
        made = Header.model_validate(header)
    except ValidationError as error:
        errors += _lines("header", error)
    errors += [f"{name}: more than {MAX_ROWS} rows" for name in rows if len(rows[name]) > MAX_ROWS]
    if errors:
        raise PartError(errors)
    ordered = {name: tuple(sorted(rows[name], key=_standing)) for name in SECTIONS}
    return Plan.model_validate({"header": made, **ordered})


def row_of(part: str, value: Any, place: str, errors: list[str]) -> Row | None:
    """Return the row that a part's value makes; None after adding to `errors` what is wrong."""
    section, _, name = part.partition("/")
    if not isinstance(value, Mapping):
        errors.append(f"{part}: must be an object")
        return None
    if "id" in value or "place" in value:
        errors.append(f"{part}: id and place are not part of the value")
        return None
    try:
        return SECTIONS[section].model_validate({**value, "id": name, "place": place})
    except ValidationError as error:
        errors += _lines(part, error)
        return None


def canonical(parts: Parts) -> bytes:
    """Return parts as bytes that are the same for the same content: sorted JSON in UTF-8.

    Places are replaced by the numbers of their rows, so that a row that was moved away and back
    leaves no trace. Source: RFC 8785 §3.2, for strings, integers, booleans, null (no floats here).
    """
    plan = parts_of(plan_of(parts))
    seen: dict[str, int] = {}
    for part in plan:
        if part.endswith(PLACE):
            section = part.partition("/")[0]
            plan[part] = seen[section] = seen.get(section, 0) + 1
    text = json.dumps(plan, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def seal(parts: Parts) -> str:
    """Return the SHA-256 of the canonical content, in hexadecimal."""
    return hashlib.sha256(canonical(parts)).hexdigest()


def _standing(row: Row) -> tuple[str, str]:
    return row.place, row.id


def _lines(part: str, error: ValidationError) -> list[str]:
    return [
        f"{'/'.join((part, *(str(step) for step in one['loc'])))}: {one['msg']}"
        for one in error.errors(include_url=False, include_input=False)
    ]

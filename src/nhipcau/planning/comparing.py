"""The visible difference between two versions of a plan, part by part and field by field."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from nhipcau.planning.parts import PLACE, SECTIONS, Parts


class FieldChange(NamedTuple):
    """One field before and after."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class PartChange:
    """What became of one part.

    Attributes:
        part: "cues/c7" or "header/title".
        kind: added, removed, changed, or moved (a row that is otherwise the same).
        label: what a person calls it, from the newer version where it is there.
        fields: what changed in it; all of its fields when added or removed.
        moved: True when the row stands after another one than before.
    """

    part: str
    kind: str
    label: str
    fields: tuple[FieldChange, ...]
    moved: bool = False


def compare(before: Parts, after: Parts) -> tuple[PartChange, ...]:
    """Return what changed, the header first, then table by table in the order of the newer one."""
    moved = _moved(before, after)
    found = []
    for part in _ordered(before, after):
        old, new = before.get(part), after.get(part)
        if old == new and part not in moved:
            continue
        found.append(_change(part, old, new, part in moved))
    return tuple(found)


def _change(part: str, old: Any, new: Any, moved: bool) -> PartChange:
    if part.startswith("header/"):
        name = part.partition("/")[2]
        return PartChange(part, "changed", name, (FieldChange(name, old, new),))
    kind = "added" if old is None else "removed" if new is None else "changed"
    label = _label(part, new if new is not None else old)
    if old == new:
        return PartChange(part, "moved", label, (), moved=True)
    before, after = old or {}, new or {}
    fields = tuple(
        FieldChange(name, before.get(name), after.get(name))
        for name in {**before, **after}
        if before.get(name) != after.get(name)
    )
    return PartChange(part, kind, label, fields, moved)


def _label(part: str, value: Mapping[str, Any]) -> str:
    for name in ("title", "text", "trigger", "name"):
        if value.get(name):
            return str(value[name])
    return part.partition("/")[2]


def _ordered(before: Parts, after: Parts) -> list[str]:
    """Return every part but places: the header, then rows as they stand, removed ones last."""
    fields = [part for part in {**before, **after} if part.startswith("header/")]
    rows: list[str] = []
    for section in SECTIONS:
        standing = _rows(after, section)
        rows += standing
        rows += [part for part in _rows(before, section) if part not in after]
    return fields + rows


def _rows(parts: Parts, section: str) -> list[str]:
    rows = [part for part in parts if part.startswith(f"{section}/") and not part.endswith(PLACE)]
    return sorted(rows, key=lambda part: (parts.get(part + PLACE, ""), part))


def _moved(before: Parts, after: Parts) -> set[str]:
    """Return the rows whose neighbours show that they were moved: as few as explain the order."""
    found: set[str] = set()
    for section in SECTIONS:
        rows = [part for part in _rows(after, section) if part in before]
        rank = {part: number for number, part in enumerate(_rows(before, section))}
        kept = _longest_rising([rank[part] for part in rows])
        found.update(part for part in rows if rank[part] not in kept)
    return found


def _longest_rising(numbers: list[int]) -> set[int]:
    """Return the members of a longest rising subsequence: rows that stayed in their order."""
    best: list[list[int]] = []
    for number in numbers:
        head = next((run for run in best if run[-1] >= number), None)
        if head is None:
            best.append([*(best[-1] if best else ()), number])
        else:
            position = best.index(head)
            best[position] = [*(best[position - 1] if position else ()), number]
    return set(best[-1]) if best else set()

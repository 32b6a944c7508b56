"""Edits of a plan: each names the revision it saw; of different parts they merge.

revision 7 ── mine (saw 5) ──┐
      └ 6, 7: theirs ────────┴─▶ no part in common ──▶ revision 8
                                 a part in common  ──▶ ConflictError with both texts
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from nhipcau.planning.ordering import between, spread
from nhipcau.planning.parts import (
    PLACE,
    REHEARSES,
    SECTIONS,
    PartError,
    Parts,
    parts_of,
    plan_of,
)
from nhipcau.planning.plan import Header, RowId

_HEADER_FIELDS = frozenset(Header.model_fields)


class _Change(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    part: str = Field(max_length=80, pattern=r"^[a-z]+/[A-Za-z0-9_.-]+$")


class SetPart(_Change):
    """Write a part: a field of the header, or a row (a new one if there is none of that id).

    `after` says where a new row goes: after which row; left out or null: at the end.
    """

    op: Literal["set"]
    value: Any
    after: RowId | None = None


class MovePart(_Change):
    """Let a row stand after another one of its table; null: first of all."""

    op: Literal["move"]
    after: RowId | None


class RemovePart(_Change):
    """Take a row away."""

    op: Literal["remove"]


Change = Annotated[SetPart | MovePart | RemovePart, Field(discriminator="op")]


class Edit(NamedTuple):
    """What an edit did: its parts before and after; a part that was not there is None."""

    before: Mapping[str, Any]
    after: Mapping[str, Any]


class Conflict(NamedTuple):
    """A part that two people changed: as both had seen it, as it is now, as the later one wants."""

    part: str
    base: Any
    theirs: Any
    mine: Any


class ConflictError(Exception):
    """Somebody else changed the same parts meanwhile; nothing was changed, both texts are here."""

    def __init__(self, conflicts: Sequence[Conflict]) -> None:
        self.conflicts = tuple(conflicts)
        super().__init__(f"{len(self.conflicts)} parts were changed meanwhile")


class SecretError(ValueError):
    """The content is a state secret: it has no place in this system."""

    def __init__(self) -> None:
        super().__init__(
            "Cuộc họp có nội dung bí mật nhà nước: không được tổ chức trên hệ thống này, theo Luật "
            "Bảo vệ bí mật nhà nước và Nghị định 26/2020/NĐ-CP."
        )


def edit_parts(parts: Parts, changes: Iterable[Change]) -> Edit:
    """Return what the changes, one after another, make of `parts`; only parts that really change.

    Raises:
        PartError: a change names what is not there, or its value is not as the schema says.
        SecretError: the content is said to be a state secret.
    """
    made = dict(parts)
    errors: list[str] = []
    for change in changes:
        match change:
            case SetPart():
                _set(made, change, errors)
            case MovePart():
                _move(made, change, errors)
            case RemovePart():
                _remove(made, change, errors)
    if errors:
        raise PartError(errors)
    # Written as the schema writes it, so that the same content is always the same value.
    return difference(parts, parts_of(plan_of(made)))


def difference(before: Parts, after: Parts) -> Edit:
    """Return the parts in which two sets differ."""
    touched = [part for part in {**before, **after} if before.get(part) != after.get(part)]
    return Edit(
        {part: before.get(part) for part in touched}, {part: after.get(part) for part in touched}
    )


def apply_edit(parts: Parts, edit: Edit) -> dict[str, Any]:
    """Return `parts` after an edit."""
    made = {**parts, **edit.after}
    return {part: value for part, value in made.items() if value is not None or _is_field(part)}


def rewind(parts: Parts, since: Sequence[Edit]) -> dict[str, Any]:
    """Return parts as they were before some edits, given oldest first."""
    for edit in reversed(since):
        parts = apply_edit(parts, Edit(edit.after, edit.before))
    return dict(parts)


def merge_edit(since: Sequence[Edit], edit: Edit) -> Edit:
    """Return an edit as it is to be applied after the ones that came since what it saw.

    Args:
        since: the edits that its author had not seen, oldest first.
        edit: made on what its author saw.

    Raises:
        ConflictError: they changed a part that it changes, to something else.
    """
    base: dict[str, Any] = {}
    theirs: dict[str, Any] = {}
    for one in since:
        base = {**one.before, **base}
        theirs.update(one.after)
    conflicts = [
        Conflict(part, base[part], theirs[part], mine)
        for part, mine in edit.after.items()
        if part in theirs and theirs[part] not in (mine, base[part])
    ]
    conflicts += _orphans(theirs, base, edit)
    if conflicts:
        raise ConflictError(conflicts)
    before = {part: theirs.get(part, value) for part, value in edit.before.items()}
    kept = [part for part, value in edit.after.items() if before[part] != value]
    return Edit({part: before[part] for part in kept}, {part: edit.after[part] for part in kept})


def _orphans(theirs: Parts, base: Parts, edit: Edit) -> list[Conflict]:
    """Return rows that one moves while the other removes them."""
    found = []
    for part, mine in edit.after.items():
        row = part.removesuffix(PLACE)
        if part != row and row not in edit.after and row in theirs and theirs[row] is None:
            found.append(Conflict(row, base[row], None, mine))
        elif part == row and mine is None and part + PLACE in theirs and part not in theirs:
            place = part + PLACE
            found.append(Conflict(place, base[place], theirs[place], None))
    return found


def _is_field(part: str) -> bool:
    return part.startswith("header/")


def _set(made: dict[str, Any], change: SetPart, errors: list[str]) -> None:
    section, _, name = change.part.partition("/")
    if section == "header" and name == REHEARSES:
        errors.append(f"{change.part}: is set when a rehearsal is made, and never changed")
    elif section == "header" and name in _HEADER_FIELDS:
        if name == "secret" and change.value is True:
            raise SecretError
        made[change.part] = change.value
    elif section not in SECTIONS:
        errors.append(f"{change.part}: there is no such part")
    else:
        if change.part not in made or change.after is not None:
            others = _rows(made, section, change.part)
            after = change.after or (others[-1].partition("/")[2] if others else None)
            _stand(made, change.part, after, errors)
        made[change.part] = change.value


def _move(made: dict[str, Any], change: MovePart, errors: list[str]) -> None:
    if change.part not in made or change.part.startswith("header/"):
        errors.append(f"{change.part}: there is no such row")
    else:
        _stand(made, change.part, change.after, errors)


def _remove(made: dict[str, Any], change: RemovePart, errors: list[str]) -> None:
    if change.part.partition("/")[0] not in SECTIONS or change.part not in made:
        errors.append(f"{change.part}: there is no such row")
        return
    del made[change.part]
    made.pop(change.part + PLACE, None)


def _stand(made: dict[str, Any], part: str, after: str | None, errors: list[str]) -> None:
    """Give a row its place after another (None: first)."""
    section = part.partition("/")[0]
    others = _rows(made, section, part)
    index = 0
    if after is not None:
        if f"{section}/{after}" not in others:
            errors.append(f"{part}: there is no row {after!r} to stand after")
            return
        index = others.index(f"{section}/{after}") + 1
    low = made.get(others[index - 1] + PLACE, "") if index else ""
    high = made.get(others[index] + PLACE, "") if index < len(others) else ""
    if index == len(others) or low < high:
        made[part + PLACE] = between(low, high)
        return
    # Two people put two rows at one place, and nothing fits between: all rows get new ones.
    order = [*others[:index], part, *others[index:]]
    made.update(zip((row + PLACE for row in order), spread(len(order)), strict=True))


def _rows(made: Parts, section: str, without: str) -> list[str]:
    """Return the rows of a table but one, in their order."""
    rows = [
        part
        for part in made
        if part.startswith(f"{section}/") and not part.endswith(PLACE) and part != without
    ]
    return sorted(rows, key=lambda part: (made.get(part + PLACE, ""), part))

"""The difference between two versions is visible part by part and field by field."""

from nhipcau.planning.comparing import FieldChange, compare
from nhipcau.planning.editing import Change, MovePart, RemovePart, SetPart, apply_edit
from nhipcau.planning.parts import parts_of

from .session import edit, field, row, session

PARTS = parts_of(session())


def differences(*changes: Change) -> list[tuple[str, str, bool]]:
    after = apply_edit(PARTS, edit(*changes))
    return [(one.part, one.kind, one.moved) for one in compare(PARTS, after)]


def test_nothing_changed_is_nothing_to_see() -> None:
    assert compare(PARTS, PARTS) == ()


def test_a_changed_field_is_shown_with_what_it_was() -> None:
    (found,) = compare(PARTS, apply_edit(PARTS, edit(row("cues/c3", minutes=20))))
    assert (found.part, found.kind, found.label) == (
        "cues/c3",
        "changed",
        "Báo cáo kết quả, kế hoạch",
    )
    assert found.fields == (FieldChange("minutes", 15, 20),)


def test_rows_that_come_go_and_move_are_told_apart() -> None:
    assert differences(
        field("title", "Khác"),
        SetPart(op="set", part="cues/new", value={"title": "Giải lao"}, after="c7"),
        RemovePart(op="remove", part="cues/c5"),
        MovePart(op="move", part="cues/c16", after="c2"),
    ) == [
        ("header/title", "changed", False),
        ("cues/c16", "moved", True),
        ("cues/new", "added", False),
        ("cues/c5", "removed", False),
    ]


def test_one_dragged_row_is_one_moved_row_and_not_all_that_it_passed() -> None:
    assert differences(MovePart(op="move", part="cues/c0", after="c19")) == [
        ("cues/c0", "moved", True)
    ]

"""Two people edit at once: different parts merge, the same part is refused with both texts."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhipcau.planning.editing import (
    Change,
    ConflictError,
    MovePart,
    RemovePart,
    SetPart,
    apply_edit,
    edit_parts,
    merge_edit,
    rewind,
)
from nhipcau.planning.parts import PartError, parts_of, plan_of, seal

from .session import edit, field, row, session

PARTS = parts_of(session())
CUES = [f"c{number}" for number in range(20)]


def test_a_plan_survives_being_taken_to_parts_and_back() -> None:
    assert plan_of(PARTS) == session()


def test_edits_of_different_parts_merge_and_nothing_is_lost() -> None:
    mine, theirs = edit(row("cues/c3", minutes=20)), edit(row("cues/c4", note="mới"))
    merged = apply_edit(apply_edit(PARTS, theirs), merge_edit([theirs], mine))
    assert (merged["cues/c3"]["minutes"], merged["cues/c4"]["note"]) == (20, "mới")


def test_edits_of_the_same_part_are_refused_with_both_texts() -> None:
    mine, theirs = edit(field("title", "của tôi")), edit(field("title", "của họ"))
    with pytest.raises(ConflictError) as caught:
        merge_edit([theirs], mine)
    (conflict,) = caught.value.conflicts
    assert (conflict.base, conflict.theirs, conflict.mine) == (
        session().header.title,
        "của họ",
        "của tôi",
    )


def test_the_same_change_by_two_people_is_no_conflict() -> None:
    same = edit(field("title", "mới"))
    assert merge_edit([same], same).after == {}


def test_a_change_that_was_taken_back_is_no_conflict() -> None:
    there = edit(field("title", "thử"))
    back = edit_parts(apply_edit(PARTS, there), [field("title", session().header.title)])
    mine = edit(field("title", "của tôi"))
    assert merge_edit([there, back], mine).after == {"header/title": "của tôi"}


def test_one_moves_a_row_while_the_other_writes_in_it() -> None:
    moved, written = (
        edit(MovePart(op="move", part="cues/c8", after="c2")),
        edit(row("cues/c8", title="mới")),
    )
    merged = plan_of(apply_edit(apply_edit(PARTS, moved), merge_edit([moved], written)))
    assert [cue.title for cue in merged.cues][2:4] == ["Phát biểu khai mạc", "mới"]


def test_one_removes_a_row_while_the_other_writes_in_it_or_moves_it() -> None:
    removed = edit(RemovePart(op="remove", part="cues/c8"))
    for mine in (
        edit(row("cues/c8", title="mới")),
        edit(MovePart(op="move", part="cues/c8", after=None)),
    ):
        with pytest.raises(ConflictError):
            merge_edit([removed], mine)
        with pytest.raises(ConflictError):
            merge_edit([mine], removed)


def test_two_rows_put_at_one_place_both_stand_and_a_third_fits_between() -> None:
    def added(name: str) -> SetPart:
        return SetPart(op="set", part=f"cues/{name}", value={"title": name}, after="c2")

    one, two = edit(added("a")), edit(added("b"))
    both = apply_edit(apply_edit(PARTS, one), merge_edit([one], two))
    assert [cue.id for cue in plan_of(both).cues][2:6] == ["c2", "a", "b", "c3"]
    third = SetPart(op="set", part="cues/x", value={}, after="a")
    made = apply_edit(both, edit_parts(both, [third]))
    assert [cue.id for cue in plan_of(made).cues][2:7] == ["c2", "a", "x", "b", "c3"]
    assert seal(made) != seal(both)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (field("colour", "red"), "header/colour"),
        (SetPart(op="set", part="songs/s1", value={}), "songs/s1"),
        (row("cues/c3", minutes=-1), "cues/c3/minutes"),
        (row("cues/c3", at="24:00"), "cues/c3/at"),
        (row("cues/c3", colour="red"), "cues/c3/colour"),
        (row("cues/c3", id="c4"), "cues/c3"),
        (SetPart(op="set", part="cues/c3", value=[]), "cues/c3"),
        (SetPart(op="set", part="cues/new", value={}, after="gone"), "cues/new"),
        (RemovePart(op="remove", part="cues/gone"), "cues/gone"),
        (RemovePart(op="remove", part="header/title"), "header/title"),
        (MovePart(op="move", part="header/title", after=None), "header/title"),
        (MovePart(op="move", part="cues/c3", after="gone"), "cues/c3"),
        (field("zone", "Mars/Phobos"), "header/zone"),
        (field("starts", "2024-01-25T08:00:00+07:00"), "header/starts"),
        (field("title", "a\x00b"), "header/title"),
    ],
)
def test_a_change_that_makes_no_plan_is_named_and_changes_nothing(
    change: Change, named: str
) -> None:
    with pytest.raises(PartError) as caught:
        edit(change)
    assert named in str(caught.value)


TEXTS = st.sampled_from(["một", "hai", "ba"])


def _set_title(cue: str, text: str) -> Change:
    return row(f"cues/{cue}", title=text)


def _move(cue: str, after: str | None) -> Change:
    return MovePart(op="move", part=f"cues/{cue}", after=after)


def _remove(cue: str) -> Change:
    return RemovePart(op="remove", part=f"cues/{cue}")


CHANGES: st.SearchStrategy[Change] = st.one_of(
    st.builds(_set_title, st.sampled_from(CUES), TEXTS),
    st.builds(_move, st.sampled_from(CUES), st.one_of(st.none(), st.sampled_from(CUES))),
    st.builds(_remove, st.sampled_from(CUES)),
    st.builds(field, st.just("title"), TEXTS),
)


def made(parts: dict[str, Any], changes: list[Change]) -> Any:
    """Return the edit, or None where the changes name what an earlier one removed."""
    try:
        return edit_parts(parts, changes)
    except PartError:
        return None


@given(st.lists(CHANGES, max_size=6), st.lists(CHANGES, max_size=6))
def test_whatever_two_people_do_both_are_there_or_the_later_is_refused(
    first: list[Change], second: list[Change]
) -> None:
    theirs, mine = made(PARTS, first), made(PARTS, second)
    if theirs is None or mine is None:
        return
    after = apply_edit(PARTS, theirs)
    try:
        merged = merge_edit([theirs], mine)
    except ConflictError as error:
        for conflict in error.conflicts:
            assert conflict.theirs != conflict.mine
        return
    result = apply_edit(after, merged)
    plan_of(result)
    for side in (theirs, mine):
        for part, value in side.after.items():
            assert result.get(part) == value
    # The other way round it comes to the same.
    assert apply_edit(apply_edit(PARTS, mine), merge_edit([mine], theirs)) == result


@given(st.lists(st.lists(CHANGES, max_size=3), max_size=5))
def test_edits_can_be_taken_back_to_what_their_author_saw(batches: list[list[Change]]) -> None:
    parts, since = dict(PARTS), []
    for batch in batches:
        one = made(parts, batch)
        if one is not None:
            since.append(one)
            parts = apply_edit(parts, one)
    assert rewind(parts, since) == PARTS


def _reversed(parts: dict[str, Any]) -> dict[str, Any]:
    return dict(reversed(parts.items()))


@pytest.mark.parametrize("shuffle", [dict, _reversed])
def test_the_seal_is_of_the_content_and_of_nothing_else(
    shuffle: Callable[[dict[str, Any]], dict[str, Any]],
) -> None:
    assert seal(shuffle(dict(PARTS))) == seal(PARTS)
    there = apply_edit(PARTS, edit(MovePart(op="move", part="cues/c8", after="c2")))
    assert seal(there) != seal(PARTS)
    back = apply_edit(there, edit_parts(there, [MovePart(op="move", part="cues/c8", after="c7")]))
    assert seal(back) == seal(PARTS)
    assert seal(apply_edit(PARTS, edit(row("cues/c8", minutes=8)))) != seal(PARTS)

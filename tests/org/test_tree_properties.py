"""Whatever reforms come in whatever order, every day's tree is sound."""

from collections import Counter
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from nhipcau.org.csvtable import UnitFileError
from nhipcau.org.importplan import ImportOrder, plan_import
from nhipcau.org.record import change_record
from nhipcau.org.tree import Tree
from nhipcau.org.unitfile import read_units
from nhipcau.org.units import SuccessionKind

from .province import START, empty_tree, ids

HEADER = "code,name,level,parent_code,follows\n"
CODES = [f"{n:03}" for n in range(6)]
NAMES = ["Huyện A", "Huyện B", "Huyện C", "Huyện D"]
PARENTS = ["56", *CODES]


@st.composite
def rows(draw: st.DrawFn) -> str:
    follows = draw(st.lists(st.sampled_from(CODES), max_size=3, unique=True))
    starred = [code + draw(st.sampled_from(["", "*"])) for code in follows]
    cells = (
        draw(st.sampled_from(CODES)),
        draw(st.sampled_from(NAMES)),
        "district",
        draw(st.sampled_from(PARENTS)),
        " ".join(starred),
    )
    return ",".join(cells) + "\n"


reforms = st.lists(
    st.tuples(st.integers(0, 3), st.booleans(), st.lists(rows(), max_size=6)), max_size=6
)


def live_through(course: list[tuple[int, bool, list[str]]]) -> tuple[Tree, list[date]]:
    """Return the tree after all reforms that it took, and the days on which they came."""
    tree, day, new_id, days = empty_tree(), START, ids(), [START]
    first = (
        HEADER
        + "56,Tỉnh,province,,\n"
        + "".join(f"{code},{name},district,56,\n" for code, name in zip(CODES, NAMES, strict=False))
    )
    for step, whole, lines in [(0, True, []), *course]:
        day += timedelta(days=step)
        head = HEADER + ("56,Tỉnh,province,,\n" if whole else "")
        text = head + "".join(lines) if tree.units else first
        order = ImportOrder(day, whole=whole)
        try:
            plan = plan_import(tree, read_units(text.encode(), tree.levels), order, new_id)
        except UnitFileError:
            continue
        tree = Tree(change_record(tree.record, plan.change))
        days.append(day)
    return tree, days


@settings(max_examples=150, deadline=None)
@given(reforms)
def test_every_day_is_a_tree_without_circles_and_with_each_code_once(
    course: list[tuple[int, bool, list[str]]],
) -> None:
    tree, days = live_through(course)
    for day in days:
        view = tree.as_of(day)
        assert len(list(view.subtree())) == len(view) == len(view.by_code)
        assert sum(view.level_counts.values()) == len(view)
        assert all(view.path(unit)[-1].unit == unit for unit in view.units)


@settings(max_examples=150, deadline=None)
@given(reforms)
def test_versions_of_a_unit_never_overlap(course: list[tuple[int, bool, list[str]]]) -> None:
    tree, days = live_through(course)
    for day in days:
        held = Counter(one.unit for one in tree.record.versions if one.holds_on(day))
        assert set(held.values()) <= {1}
    open_ones = Counter(one.unit for one in tree.record.versions if one.valid_to is None)
    assert set(open_ones.values()) <= {1}


@settings(max_examples=150, deadline=None)
@given(reforms)
def test_whoever_ended_has_heirs_with_one_main_one_or_was_abolished(
    course: list[tuple[int, bool, list[str]]],
) -> None:
    tree, days = live_through(course)
    now = tree.as_of(days[-1])
    for unit in tree.units:
        if unit in now.units:
            continue
        edges = [one for one in tree.heirs(unit) if one.new != unit]
        abolished = [one for one in edges if one.kind is SuccessionKind.ABOLISH]
        last = [one for one in edges if one.day == max(edge.day for edge in edges)]
        assert edges
        assert sum(one.main for one in last) == (0 if abolished else 1)


@settings(max_examples=150, deadline=None)
@given(reforms)
def test_no_room_is_lost_and_none_has_two_owners_by_chance(
    course: list[tuple[int, bool, list[str]]],
) -> None:
    tree, days = live_through(course)
    view = tree.as_of(days[-1])
    assert all(site.place in tree.places for site in tree.sites.values())
    assert all(view.home(unit) is not None for unit in view.units)
    homes = Counter(
        one.site for held in view.units_of_sites.values() for one in held if not one.seat
    )
    assert set(homes.values()) <= {1}

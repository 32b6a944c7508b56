"""One day's view of the tree, and what a sound tree refuses."""

from dataclasses import replace
from datetime import date

import pytest

from nhipcau.org.record import TreeRecord
from nhipcau.org.tree import Tree, TreeError
from nhipcau.org.units import Succession, SuccessionKind, Unit, UnitId, UnitVersion

from .province import START, imported, january, khanh_hoa, levels, named

LATER = date(2024, 7, 1)


def version(
    unit: str, parent: str | None = None, level: str = "district", start: date = START
) -> UnitVersion:
    above = None if parent is None else UnitId(parent)
    return UnitVersion(UnitId(unit), f"Đơn vị {unit}", "", unit, above, level, start)


def faults(*versions: UnitVersion, successions: tuple[Succession, ...] = ()) -> str:
    with pytest.raises(TreeError) as caught:
        Tree(TreeRecord(levels=levels(), versions=versions, successions=successions))
    return str(caught.value)


def test_children_stand_by_level_and_code() -> None:
    view = january()
    (root,) = view.roots
    assert [unit.code for unit in view.children(root.unit)] == [str(n) for n in range(568, 576)]
    assert view.children(named("Xã Giang Ly").unit) == ()


def test_a_subtree_goes_down_level_by_level() -> None:
    view = january()
    below = list(view.subtree(named("Huyện Khánh Sơn").unit))
    assert below[0].name == "Huyện Khánh Sơn" and len(below) == 9
    assert [len(view.path(unit.unit)) for unit in view.subtree()] == [1] + [2] * 8 + [3] * 136


def test_a_path_leads_from_the_top() -> None:
    path = january().path(named("Xã Ba Cụm Nam").unit)
    assert [unit.name for unit in path] == ["Tỉnh Khánh Hòa", "Huyện Khánh Sơn", "Xã Ba Cụm Nam"]


def test_a_unit_that_is_not_there_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        january().path(UnitId("nobody"))
    with pytest.raises(KeyError):
        list(january().subtree(UnitId("nobody")))


def test_before_the_first_day_there_is_nothing() -> None:
    view = khanh_hoa().as_of(date(2023, 12, 31))
    assert (len(view), view.roots, list(view.subtree())) == (0, (), [])


@pytest.mark.parametrize("text", ["van thanh", "VẠN THẠNH", "Vạn  Thạnh", "vạn thạnh"])
def test_search_forgives_accents_case_and_space(text: str) -> None:
    found = [unit.name for unit in january().find(text)]
    assert found == ["Phường Vạn Thạnh", "Xã Vạn Thạnh"]


@pytest.mark.parametrize("text", ["Hòa", "Hoà", "hoa"])
def test_both_ways_to_write_hoa_find_the_same(text: str) -> None:
    found = {unit.name for unit in january().find(text)}
    assert {"Tỉnh Khánh Hòa", "Thị xã Ninh Hòa", "Xã Diên Hòa", "Phường Vĩnh Hòa"} <= found
    assert found == {unit.name for unit in january().find("hoa")}


def test_search_finds_codes_and_puts_the_closest_first() -> None:
    view = january()
    assert [unit.name for unit in view.find("22735")] == ["Xã Ba Cụm Nam"]
    assert [unit.code for unit in view.find("56")][:2] == ["56", "568"]
    assert view.find("khanh hoa")[0].name == "Tỉnh Khánh Hòa"
    assert view.find("dien")[0].name == "Huyện Diên Khánh"
    assert [unit.name for unit in view.find("xa dien dien")] == ["Xã Diên Điền"]
    assert view.find("không có đâu") == ()
    assert len(view.find("  ")) == 145


def test_levels_are_any_number_in_any_depth() -> None:
    text = "code,name,level,parent_code\n56,Tỉnh A,province,\n"
    chain = ["S1"] + [f"S1.{n}" for n in range(1, 6)]
    text += "".join(
        f"{code},Phòng {code},department,{above}\n"
        for above, code in zip(["56", *chain], chain, strict=False)
    )
    view = imported(Tree(TreeRecord(levels=levels())), text).as_of(START)
    assert len(view.path(view.by_code["S1.5"].unit)) == 7


def test_a_view_is_made_once_for_a_day_and_few_are_kept() -> None:
    tree = khanh_hoa()
    assert tree.as_of(LATER) is tree.as_of(LATER)
    first = tree.as_of(LATER)
    for day in range(1, 29):
        tree.as_of(date(2024, 2, day))
    assert tree.as_of(LATER) is not first


def test_two_versions_on_one_day_are_refused() -> None:
    one = version("1")
    with pytest.raises(ValueError, match="hold on"):
        Unit(one.unit, (one, replace(one, valid_from=LATER)))
    assert "hold on" in faults(one, replace(one, valid_from=LATER))


def test_a_version_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match="valid to"):
        replace(version("1", start=LATER), valid_to=START)


def test_a_code_of_two_units_on_one_day_is_refused_and_later_allowed() -> None:
    one, two = version("1"), replace(version("2"), code="1")
    assert "code 1" in faults(one, two)
    ended = replace(one, valid_to=LATER)
    tree = Tree(TreeRecord(levels=levels(), versions=(ended, replace(two, valid_from=LATER))))
    assert tree.as_of(LATER).by_code["1"].unit == "2"


def test_a_circle_that_closes_later_is_refused() -> None:
    a, b = version("a"), version("b", "a")
    moved = (replace(a, valid_to=LATER), version("a", "b", start=LATER))
    assert "above itself" in faults(*moved, b)


def test_a_unit_whose_parent_ends_or_never_was_is_refused() -> None:
    ends = replace(version("a"), valid_to=LATER)
    assert "no unit above it from 2024-07-01" in faults(ends, version("b", "a"))
    assert "no unit above it from 2024-01-01" in faults(version("b", "nobody"))


def test_a_parent_of_a_lower_level_and_an_unknown_level_are_refused() -> None:
    assert "lower level" in faults(version("a", level="commune"), version("b", "a"))
    assert "unknown level" in faults(version("a", level="thôn"))


def test_a_succession_of_somebody_unknown_is_refused() -> None:
    edge = Succession(UnitId("x"), None, SuccessionKind.ABOLISH, False, START)
    assert "unknown unit x" in faults(version("a"), successions=(edge,))

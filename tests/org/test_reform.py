"""What the reforms of 2024 and 2025 did to the tree of Khánh Hòa; it must survive all of it.

Rows of 2025 are a cut of the real table: codes and names are real, not every row is here.
"""

from datetime import date, timedelta

import pytest

from nhipcau.org.importplan import ImportOrder
from nhipcau.org.tree import Tree
from nhipcau.org.units import SuccessionKind, UnitVersion
from nhipcau.quantities import SiteId

from .province import START, imported, january, khanh_hoa, named, plan, refusal, text_of

NOVEMBER, JULY = date(2024, 11, 1), date(2025, 7, 1)
IN_2024 = ImportOrder(NOVEMBER, "1196/NQ-UBTVQH15", whole=False)
IN_2025 = ImportOrder(JULY, "1667/NQ-UBTVQH15")
ROWS_2025 = """code,name,level,parent_code,follows
56,Tỉnh Khánh Hòa,province,,
22333,Phường Bắc Nha Trang,commune,56,22327 22330 22333
22366,Phường Nha Trang,commune,56,22348 22363 22366
22435,Xã Cam Hiệp,commune,56,22435 22450
22453,Xã Cam Lâm,commune,56,22435* 22453
22708,Xã Suối Dầu,commune,56,22435 22708
"""


def after_1196() -> Tree:
    return imported(khanh_hoa(), text_of("resolution-1196.csv"), IN_2024)


def after_1667() -> Tree:
    return imported(after_1196(), ROWS_2025, IN_2025)


def of_code(tree: Tree, code: str, day: date) -> UnitVersion:
    return tree.as_of(day).by_code[code]


def test_one_code_names_three_units_in_three_years() -> None:
    tree = after_1667()
    bearers = [of_code(tree, "22366", day) for day in (START, NOVEMBER, JULY)]
    assert [unit.name for unit in bearers] == [
        "Phường Phước Tiến",
        "Phường Tân Tiến",
        "Phường Nha Trang",
    ]
    assert len({unit.unit for unit in bearers}) == 3
    before, after = of_code(tree, "22333", NOVEMBER), of_code(tree, "22333", JULY)
    assert (before.name, after.name) == ("Phường Vĩnh Phước", "Phường Bắc Nha Trang")
    assert before.unit != after.unit


def test_codes_cross_and_each_unit_stays_itself() -> None:
    tree = after_1196()
    phuoc, van = named("Xã Ninh Phước"), named("Xã Ninh Vân")
    assert (phuoc.code, van.code) == ("22579", "22606")
    view = tree.as_of(NOVEMBER)
    assert view.units[phuoc.unit].code == "22606"
    assert "22579" not in view.by_code
    assert van.unit not in view.units
    assert [unit.unit for unit in tree.heirs_on(van.unit, NOVEMBER)] == [phuoc.unit]


def test_an_equal_code_under_another_name_is_never_taken_for_a_rename() -> None:
    silent = "\n".join(
        line.rpartition(",")[0] for line in text_of("resolution-1196.csv").splitlines()
    )
    found = refusal(khanh_hoa(), silent, IN_2024)
    assert [(one.line, one.code) for one in found] == [
        (4, "unclear"),
        (5, "unclear"),
        (6, "unclear"),
    ]


def test_1196_leaves_129_communes_and_drops_seven_codes() -> None:
    before, after = after_1196().as_of(NOVEMBER - timedelta(days=1)), after_1196().as_of(NOVEMBER)
    assert (before.level_counts["commune"], after.level_counts["commune"]) == (136, 129)
    assert sorted(before.by_code.keys() - after.by_code.keys()) == [
        "22342",
        "22345",
        "22354",
        "22360",
        "22369",
        "22579",
        "22666",
    ]


def test_who_merged_where_is_found_over_both_steps() -> None:
    tree, lap = after_1667(), named("Phường Tân Lập").unit
    in_2024 = tree.heirs_on(lap, NOVEMBER)
    in_2025 = tree.heirs_on(lap, JULY)
    assert [unit.name for unit in (*in_2024, *in_2025)] == ["Phường Tân Tiến", "Phường Nha Trang"]
    origins = {tree.units[one.old].versions[-1].name for one in tree.origins(in_2025[0].unit)}
    assert origins == {"Phường Vạn Thạnh", "Phường Lộc Thọ", "Phường Tân Tiến"}


def test_a_commune_splits_into_three_with_one_main_heir() -> None:
    tree, tan = after_1667(), named("Xã Cam Tân").unit
    edges = tree.heirs(tan)
    assert {one.kind for one in edges} == {SuccessionKind.SPLIT}
    assert [one.main for one in edges].count(True) == 1
    assert [unit.name for unit in tree.heirs_on(tan, JULY)] == [
        "Xã Cam Lâm",
        "Xã Cam Hiệp",
        "Xã Suối Dầu",
    ]
    lam = of_code(tree, "22453", JULY)
    held = {one.site for one in tree.as_of(JULY).tenures(lam.unit)}
    assert SiteId("22435") in held


def test_a_split_without_a_main_heir_is_refused_on_each_of_its_lines() -> None:
    found = refusal(after_1196(), ROWS_2025.replace("*", ""), IN_2025)
    assert [(one.line, one.code) for one in found] == [
        (5, "main_heir"),
        (6, "main_heir"),
        (7, "main_heir"),
    ]


def test_two_main_heirs_are_refused() -> None:
    found = refusal(after_1196(), ROWS_2025.replace("22435 22708", "22435* 22708"), IN_2025)
    assert [(one.line, one.code) for one in found] == [(6, "main_heir"), (7, "main_heir")]


def test_a_level_disappears_and_its_rooms_stay_as_places() -> None:
    tree = after_1667()
    view = tree.as_of(JULY)
    assert view.level_counts["district"] == 0
    assert {unit.level for unit in view.children(view.roots[0].unit)} == {"commune"}
    district = named("Huyện Cam Lâm")
    assert [one.kind for one in tree.heirs(district.unit)] == [SuccessionKind.ABOLISH]
    site = tree.sites[SiteId("570")]
    assert site.place in tree.places
    assert site.id not in view.units_of_sites
    assert tree.as_of(NOVEMBER).units_of_sites[site.id][0].unit == district.unit


def test_the_plan_says_which_rooms_are_left_without_a_unit() -> None:
    left = plan(after_1196(), ROWS_2025, IN_2025).left_sites
    assert {"568", "569", "570", "571", "572", "573", "574", "575"} <= set(left)
    assert not {"22435", "22333", "56"} & set(left)


def test_past_days_stay_what_they_were() -> None:
    tree = after_1667()
    then = tree.as_of(date(2024, 1, 25))
    assert [unit.name for unit in then.subtree()] == [unit.name for unit in january().subtree()]
    assert len(tree.as_of(NOVEMBER)) == 138


def test_a_merged_unit_keeps_its_own_room_and_gets_those_of_the_others() -> None:
    tree = after_1196()
    sai = named("Phường Phương Sài").unit
    view = tree.as_of(NOVEMBER)
    assert view.home(sai) == "22351"
    assert [one.site for one in view.tenures(sai)] == ["22351", "22354"]


def test_a_unit_of_merged_ones_takes_over_their_rooms_and_opens_none() -> None:
    tree = after_1196()
    tien = of_code(tree, "22366", NOVEMBER).unit
    assert {one.site for one in tree.as_of(NOVEMBER).tenures(tien)} == {"22360", "22366", "22369"}
    assert len(tree.sites) == 145


def test_the_province_may_become_a_city() -> None:
    text = "code,name,level,parent_code,follows\n56,Thành phố Khánh Hòa,province,,56\n"
    later = ImportOrder(date(2031, 1, 1), whole=False)
    tree = imported(after_1196(), text, later)
    root = tree.as_of(later.day).roots[0]
    assert (root.unit, root.type) == (january().roots[0].unit, "Thành phố")
    assert [one.kind for one in tree.heirs(root.unit)] == [SuccessionKind.RENAME]
    assert len(tree.as_of(later.day)) == 138


def test_history_is_only_added_to() -> None:
    found = refusal(after_1196(), text_of("khanh-hoa-2024.csv"), ImportOrder(date(2024, 6, 1)))
    assert found[0].code == "day"


def test_a_file_may_be_corrected_on_its_first_day() -> None:
    text = text_of("khanh-hoa-2024.csv").replace("Xã Giang Ly", "Xã Giang Lý")
    again = plan(khanh_hoa(), text, ImportOrder(START))
    assert [(one.before.name, one.after.name) for one in again.changed] == [
        ("Xã Giang Ly", "Xã Giang Lý")
    ]
    view = imported(khanh_hoa(), text, ImportOrder(START)).as_of(START)
    assert len(view) == 145
    assert named("Xã Giang Lý", view).unit == named("Xã Giang Ly").unit


@pytest.mark.parametrize("word", ["99999", "22342x"])
def test_a_unit_that_never_was_cannot_be_followed(word: str) -> None:
    text = f"code,name,level,parent_code,follows\n22399,Xã Mới,commune,568,{word}\n"
    found = refusal(khanh_hoa(), text, IN_2024)
    assert [(one.line, one.code) for one in found] == [(2, "follows")]


def test_children_may_not_be_left_below_a_unit_that_ends() -> None:
    text = "code,name,level,parent_code,follows\n577,Huyện Mới,district,56,568 569\n"
    found = refusal(khanh_hoa(), text, IN_2024)
    assert {one.code for one in found} == {"tree"}
    assert len(found) == 42


def test_the_same_file_again_changes_nothing() -> None:
    again = plan(khanh_hoa(), text_of("khanh-hoa-2024.csv"), ImportOrder(NOVEMBER))
    assert again.is_empty
    assert again.unchanged == 145

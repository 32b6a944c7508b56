"""The reform of July 2025 in the model province, from the real table: told, applied, taken back.

The numbered facts are those that public data show of it; see the README beside the table.
"""

import csv
import io
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from functools import cache

import pytest

from nhipcau.office.roster import roster
from nhipcau.org.importplan import ImportOrder
from nhipcau.org.record import change_record
from nhipcau.org.reform import Passage, ReformPlan, plan_reform
from nhipcau.org.tree import Tree
from nhipcau.org.undoing import undone
from nhipcau.org.units import SuccessionKind, UnitVersion
from nhipcau.quantities import SiteId

from .province import START, ids, january, khanh_hoa, text_of

NOVEMBER, JULY = date(2024, 11, 1), date(2025, 7, 1)
SESSION = date(2024, 1, 25)
IN_2024 = ImportOrder(NOVEMBER, "1196/NQ-UBTVQH15")
IN_2025 = ImportOrder(JULY, "1667/NQ-UBTVQH15")
TABLE_2025 = text_of("succession-1667.csv").encode()


def planned(tree: Tree, data: bytes, order: ImportOrder) -> ReformPlan:
    return plan_reform(tree, data, order, ids(f"{tree.record.revision}-"))


@cache
def after_1196() -> Tree:
    change = planned(khanh_hoa(), text_of("succession-1196.csv").encode(), IN_2024).change
    return Tree(change_record(khanh_hoa().record, change))


@cache
def plan_1667() -> ReformPlan:
    return planned(after_1196(), TABLE_2025, IN_2025)


@cache
def after_1667() -> Tree:
    return Tree(change_record(after_1196().record, plan_1667().change))


def named(name: str, day: date) -> UnitVersion:
    (found,) = (one for one in after_1667().as_of(day).units.values() if one.name == name)
    return found


def names(passage: Passage) -> list[str]:
    return [one.name for one in passage.others]


def test_132_and_62_old_units_become_65_of_three_kinds() -> None:
    view = after_1667().as_of(JULY)
    assert len(after_1196().as_of(NOVEMBER)) == 1 + 8 + 129
    types = Counter(unit.type for unit in view.children(view.roots[0].unit))
    assert types == {"Xã": 48, "Phường": 16, "Đặc khu": 1}


def test_fact_1_codes_are_reused() -> None:
    rows = csv.DictReader(io.StringIO(TABLE_2025.decode()))
    taken = {row["new_code"]: row["new_name"] for row in rows if row["old_code"]}
    taken.pop("")
    # Trường Sa's code named its township, which the model tree does not hold: the 33rd of 41.
    taken["22736"] = "Đặc khu Trường Sa"
    known = {**{one.code: one.name for one in january().units.values()}, "22736": "TT Trường Sa"}
    assert (len(taken), sum(known[code] != name for code, name in taken.items())) == (41, 33)
    for code, bearers in {
        "22333": ["Phường Vĩnh Phước", "Phường Vĩnh Phước", "Phường Bắc Nha Trang"],
        "22366": ["Phường Phước Tiến", "Phường Tân Tiến", "Phường Nha Trang"],
    }.items():
        found = [after_1667().as_of(day).by_code[code] for day in (START, NOVEMBER, JULY)]
        assert [unit.name for unit in found] == bearers
        assert len({unit.unit for unit in found}) == len(set(bearers))


def test_fact_2_codes_cross() -> None:
    phuoc = named("Xã Ninh Phước", START)
    assert phuoc.code == "22579"
    assert after_1667().as_of(NOVEMBER).units[phuoc.unit].code == "22606"
    assert "22579" not in after_1667().as_of(NOVEMBER).by_code
    # In 2025 again: Diên Lâm goes on under the code of Xuân Đồng.
    lam = named("Xã Diên Lâm", NOVEMBER)
    assert (lam.code, after_1667().as_of(JULY).units[lam.unit].code) == ("22654", "22660")


def test_fact_3_seven_communes_of_cam_lam_split_in_two_or_three() -> None:
    split = {one.unit.name: names(one) for one in plan_1667().report.split}
    assert split["Xã Cam Tân"] == ["Xã Cam Hiệp", "Xã Cam Lâm", "Xã Suối Dầu"]
    assert {name: len(heirs) for name, heirs in split.items()} == {
        "Xã Cam Tân": 3,
        "Xã Cam Hòa": 3,
        "Xã Suối Tân": 3,
        "Xã Cam Hiệp Bắc": 2,
        "Xã Cam Hiệp Nam": 2,
        "Xã Cam An Bắc": 2,
        "Xã Cam An Nam": 2,
    }
    tree, tan = after_1667(), named("Xã Cam Tân", NOVEMBER).unit
    assert [edge.main for edge in tree.heirs(tan)].count(True) == 1
    assert (
        tree.as_of(JULY).units_of_sites[SiteId("22435")][0].unit == named("Xã Cam Hiệp", JULY).unit
    )


def test_fact_4_there_are_two_steps_and_the_second_does_not_fit_without_the_first() -> None:
    codes = {one.code for one in january().units.values()}
    assert sorted(codes - set(after_1196().as_of(NOVEMBER).by_code)) == [
        "22342",
        "22345",
        "22354",
        "22360",
        "22369",
        "22579",
        "22666",
    ]
    with pytest.raises(
        Exception, match="22366 is Phường Phước Tiến until then, not Phường Tân Tiến"
    ):
        planned(khanh_hoa(), TABLE_2025, IN_2025)


def test_fact_5_the_districts_end_and_their_rooms_stay_as_places() -> None:
    tree, view = after_1667(), after_1667().as_of(JULY)
    assert view.level_counts["district"] == 0
    left = plan_1667().report.left
    assert [(one.site, one.unit.name) for one in left][:2] == [
        ("568", "Thành phố Nha Trang"),
        ("569", "Thành phố Cam Ranh"),
    ]
    assert len(left) == 8
    for one in left:
        assert tree.sites[one.site].place in tree.places
        assert one.site not in view.units_of_sites
        assert [edge.kind for edge in tree.heirs(one.unit.unit)] == [SuccessionKind.ABOLISH]


def test_the_dry_run_tells_everyone_by_name() -> None:
    report = plan_1667().report
    assert len(report.gone) == 129 + 8 - len(report.moved)
    from_outside = [one.unit.name for one in report.new if not one.others]
    assert (len(from_outside), from_outside[0]) == (25, "Đặc khu Trường Sa")
    assert {(one.unit.name, one.before, one.after) for one in report.moved} >= {
        ("Xã Vạn Thắng", "Huyện Vạn Ninh", "Tỉnh Khánh Hòa"),
        ("Phường Ba Ngòi", "Thành phố Cam Ranh", "Tỉnh Khánh Hòa"),
    }
    recoded = {(one.before.code, one.after.code) for one in report.recoded}
    assert recoded == {("22492", "22504"), ("22654", "22660")}
    merged = {one.unit.name: sorted(names(one)) for one in report.merged}
    assert len(merged) == 40
    assert merged["Xã Vạn Thắng"] == ["Xã Vạn Bình", "Xã Vạn Thắng"]
    gone = {one.unit.name: names(one) for one in report.gone}
    assert gone["Phường Tân Tiến"] == ["Phường Nha Trang"]
    assert gone["Huyện Khánh Sơn"] == []
    assert report.renamed == ()


def test_an_old_meeting_keeps_the_names_of_its_day() -> None:
    then = roster(after_1667(), SESSION)
    assert then == roster(khanh_hoa(), SESSION)
    assert "Xã Ba Cụm Nam" in {site.name for site in then}
    now = {site.name for site in roster(after_1667(), JULY)}
    assert "Xã Đông Khánh Sơn" in now and "Xã Ba Cụm Nam" not in now


def test_every_room_of_the_communes_has_an_heir_and_none_is_lost() -> None:
    before, after = after_1196(), after_1667()
    held = set(after.as_of(JULY).units_of_sites)
    assert set(before.sites) - held == {SiteId(str(code)) for code in range(568, 576)}
    assert set(before.sites) <= set(after.sites)
    assert len(after.sites) == len(before.sites) + 25


def test_who_stands_for_a_unit_of_2024_is_found_over_both_steps() -> None:
    lap = named("Phường Tân Lập", START).unit
    assert [one.name for one in after_1667().heirs_on(lap, JULY)] == ["Phường Nha Trang"]


def test_taken_back_the_tree_is_what_it_was() -> None:
    before = after_1196().record
    back = undone(after_1667().record, plan_1667().change)
    assert back.revision == before.revision + 2
    assert replace(back, revision=before.revision) == before


def test_the_day_before_nothing_has_changed() -> None:
    eve = JULY - timedelta(days=1)
    assert roster(after_1667(), eve) == roster(after_1196(), eve)

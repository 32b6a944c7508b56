"""The tree of units at work: loaded when it has changed, searched, imported."""

from dataclasses import dataclass
from datetime import date

import pytest

from nhipcau.office.roster import roster
from nhipcau.office.tree import (
    UnitQuery,
    UnitTree,
    apply_units,
    found_levels,
    plan_units,
    search_units,
    today,
)
from nhipcau.org.csvtable import UnitFileError
from nhipcau.org.importplan import ImportOrder
from nhipcau.ports.tree import StaleTreeError
from nhipcau.storage.memorytree import MemoryTreeStore

from ..org.province import START, ids, levels, text_of

FIRST = ImportOrder(START)


@dataclass(frozen=True)
class StoppedClock:
    wall: float

    def now_s(self) -> float:
        return 0.0

    def wall_s(self) -> float:
        return self.wall


@pytest.fixture
def units() -> UnitTree:
    """Return a tree with levels and no unit."""
    fresh = UnitTree(MemoryTreeStore(), ids())
    found_levels(fresh, levels(), START)
    return fresh


@pytest.fixture
def province(units: UnitTree) -> UnitTree:
    """Return the tree of the model province."""
    apply_units(units, plan_units(units, text_of("khanh-hoa-2024.csv").encode(), FIRST))
    return units


def test_levels_are_founded_once(units: UnitTree) -> None:
    found_levels(units, levels()[:1], START)
    assert [level.key for level in units.current().levels] == [level.key for level in levels()]
    assert units.store.revision() == 1


def test_a_plan_changes_nothing_until_it_is_applied(units: UnitTree) -> None:
    plan = plan_units(units, text_of("khanh-hoa-2024.csv").encode(), FIRST)
    assert len(units.current().as_of(START)) == 0
    assert len(apply_units(units, plan).as_of(START)) == 145


def test_a_plan_that_changes_nothing_writes_nothing(province: UnitTree) -> None:
    before = province.store.revision()
    apply_units(province, plan_units(province, text_of("khanh-hoa-2024.csv").encode(), FIRST))
    assert province.store.revision() == before


def test_a_bad_file_imports_nothing(units: UnitTree) -> None:
    with pytest.raises(UnitFileError):
        plan_units(units, text_of("khanh-hoa-2024.csv").replace("572,", "57x,").encode(), FIRST)
    assert units.store.revision() == 1


def test_a_plan_made_before_another_import_is_refused(province: UnitTree) -> None:
    order = ImportOrder(date(2024, 11, 1), whole=False)
    data = text_of("resolution-1196.csv").encode()
    first, second = plan_units(province, data, order), plan_units(province, data, order)
    apply_units(province, first)
    with pytest.raises(StaleTreeError):
        apply_units(province, second)


def test_what_another_process_wrote_is_seen_and_the_tree_is_kept_otherwise(
    province: UnitTree,
) -> None:
    other = UnitTree(province.store, ids("other"))
    assert other.current() is other.current()
    order = ImportOrder(date(2024, 11, 1), whole=False)
    apply_units(province, plan_units(province, text_of("resolution-1196.csv").encode(), order))
    assert len(other.current().as_of(order.day)) == 138


def test_a_list_comes_in_parts_and_knows_its_length(province: UnitTree) -> None:
    view = province.current().as_of(START)
    parts = [search_units(view, UnitQuery(limit=50, offset=at)) for at in (0, 50, 100, 150)]
    assert [len(part.units) for part in parts] == [50, 50, 45, 0]
    assert {part.total for part in parts} == {145}
    assert len({unit.unit for part in parts for unit in part.units}) == 145


def test_a_search_may_be_kept_to_one_parent(province: UnitTree) -> None:
    view = province.current().as_of(START)
    ninh = view.by_code["571"].unit
    found = search_units(view, UnitQuery("van thang", parent=ninh))
    assert [unit.name for unit in found.units] == ["Xã Vạn Thắng"]
    assert search_units(view, UnitQuery(parent=ninh)).total == 13


def test_the_roster_calls_the_hall_the_districts_and_the_communes_by_district(
    province: UnitTree,
) -> None:
    sites = roster(province.current(), START)
    lines = text_of("khanh-hoa-2024.csv").splitlines()[1:]
    assert [site.site for site in sites] == [line.split(",")[0] for line in lines]
    assert [site.parent or "" for site in sites] == [line.split(",")[3] for line in lines]
    assert sites[1].name == "Thành phố Nha Trang"


def test_who_only_has_a_seat_is_no_site_of_its_own(units: UnitTree) -> None:
    text = (
        "code,name,level,parent_code,site\n56,Tỉnh A,province,,\nS1,Sở B,department,56,56\n"
        "568,Huyện C,district,56,none\n22327,Xã D,commune,568,\n"
    )
    apply_units(units, plan_units(units, text.encode(), FIRST))
    sites = roster(units.current(), START)
    assert [(site.site, site.parent) for site in sites] == [("56", None), ("22327", "56")]


def test_a_site_has_the_declared_rate_of_its_place(units: UnitTree) -> None:
    text = (
        "code,name,level,parent_code,line_kbps\n56,Tỉnh A,province,,100000\n"
        "568,Huyện C,district,56,\n22327,Xã D,commune,568,512\n"
    )
    apply_units(units, plan_units(units, text.encode(), FIRST))
    sites = roster(units.current(), START)
    assert [site.line_bps for site in sites] == [100_000_000, None, 512_000]


@pytest.mark.parametrize(
    ("utc", "day"),
    [(1704041999.0, date(2023, 12, 31)), (1704042000.0, date(2024, 1, 1))],
)
def test_the_day_is_that_of_vietnam(utc: float, day: date) -> None:
    assert today(StoppedClock(utc)) == day


def test_a_search_may_be_kept_to_a_unit_and_all_below_it(province: UnitTree) -> None:
    view = province.current().as_of(START)
    ninh = view.by_code["571"].unit
    assert search_units(view, UnitQuery(within=ninh)).total == 14
    found = search_units(view, UnitQuery("van thang", within=ninh))
    assert [unit.name for unit in found.units] == ["Xã Vạn Thắng"]
    assert search_units(view, UnitQuery("khanh son", within=ninh)).total == 0


def test_the_top_units_stand_below_none(province: UnitTree) -> None:
    view = province.current().as_of(START)
    assert [unit.code for unit in search_units(view, UnitQuery(top=True)).units] == ["56"]
    assert search_units(view, UnitQuery("ninh hoa", top=True)).total == 0

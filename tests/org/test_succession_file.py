"""The table of successions by itself and in its tree: every bad line is named."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhipcau.org.csvtable import UnitFileError
from nhipcau.org.importplan import ImportOrder
from nhipcau.org.reform import plan_reform
from nhipcau.org.successionfile import read_succession

from .province import ids, khanh_hoa, levels

HEADER = "old_code,old_name,new_code,new_name,new_level,new_parent_code,main\n"
ORDER = ImportOrder(date(2030, 1, 1))
GIANG_LY = "22633,Xã Giang Ly,22633,Xã Giang Lý,commune,573,\n"

BROKEN: dict[str, tuple[str, list[tuple[int, str]]]] = {
    "no rows": ("", [(1, "empty")]),
    "neither old nor new": (",,,,,,\n" + GIANG_LY + ",,,,,,x\n", [(4, "missing"), (4, "heir")]),
    "an old code without its name": (
        "22633,,22633,Xã Giang Lý,commune,573,\n",
        [(2, "missing")],
    ),
    "a new name without a code": (
        "22633,Xã Giang Ly,,Xã Giang Lý,,,\n",
        [(2, "missing"), (2, "heir")],
    ),
    "an old code that nobody bears": (
        GIANG_LY.replace("22633,Xã Giang Ly,", "22634,Xã A,"),
        [(2, "old_code")],
    ),
    "another unit's code": (GIANG_LY.replace("Giang Ly,", "Cầu Bà,"), [(2, "old_name")]),
    "an unknown level": (GIANG_LY.replace("commune", "thôn"), [(2, "level")]),
    "a new code too short": (GIANG_LY.replace(",22633,", ",2633,"), [(2, "code_form")]),
    "a parent that is not there": (GIANG_LY.replace("573", "999"), [(2, "parent")]),
    "a main that is no x": (GIANG_LY.replace("573,", "573,1"), [(2, "main")]),
    "a row twice": (GIANG_LY + GIANG_LY, [(3, "twice")]),
    "two words about one heir": (
        GIANG_LY + "22636,Xã Cầu Bà,22633,Xã Giang Lý,commune,572,\n",
        [(3, "heir")],
    ),
    "an heir and none": (GIANG_LY + "22633,Xã Giang Ly,,,,,\n", [(3, "heir")]),
    "a split without a main heir": (
        "22633,Xã Giang Ly,22634,Xã A,commune,573,\n22633,Xã Giang Ly,22635,Xã B,commune,573,\n",
        [(2, "main_heir"), (3, "main_heir")],
    ),
    "a code that another unit keeps": (
        GIANG_LY.replace(",22633,Xã Giang Lý", ",22636,Xã Giang Lý"),
        [(1, "tree")],
    ),
    "a district without its communes": ("573,Huyện Khánh Vĩnh,,,,,\n", [(1, "tree")] * 14),
}


@pytest.mark.parametrize("name", BROKEN)
def test_every_bad_line_is_named(name: str) -> None:
    text, expected = BROKEN[name]
    with pytest.raises(UnitFileError) as caught:
        plan_reform(khanh_hoa(), (HEADER + text).encode(), ORDER, ids())
    assert [(one.line, one.code) for one in caught.value.problems] == expected


def test_a_table_of_units_is_no_table_of_successions() -> None:
    found = read_succession(b"code,name,level,parent_code\n", levels()).problems
    assert [one.code for one in found] == ["header"]


def test_a_rename_is_told_as_one() -> None:
    report = plan_reform(khanh_hoa(), (HEADER + GIANG_LY).encode(), ORDER, ids()).report
    assert [(one.before.name, one.after.name) for one in report.renamed] == [
        ("Xã Giang Ly", "Xã Giang Lý")
    ]
    assert not (report.new or report.gone or report.moved or report.merged or report.split)


def test_a_commune_that_moves_to_another_district_is_told_as_moved() -> None:
    text = "22633,Xã Giang Ly,22633,Xã Giang Ly,commune,574,\n"
    report = plan_reform(khanh_hoa(), (HEADER + text).encode(), ORDER, ids()).report
    assert [(one.unit.name, one.before, one.after) for one in report.moved] == [
        ("Xã Giang Ly", "Huyện Khánh Vĩnh", "Huyện Diên Khánh")
    ]


@given(st.binary(max_size=400))
def test_no_bytes_crash_it(data: bytes) -> None:
    found = read_succession(HEADER.encode() + data, levels())
    assert found.rows or found.problems

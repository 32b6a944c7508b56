"""Names that tell units apart, and search that forgives accents."""

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhipcau.org.display import display_names, full_names
from nhipcau.org.names import NameParts, search_key, split_name
from nhipcau.org.units import UnitId, UnitVersion

from .province import START, january, named


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Thị trấn Vạn Giã", ("Thị trấn", "Vạn Giã")),
        ("Thành phố Nha Trang", ("Thành phố", "Nha Trang")),
        ("Xã Xuân Sơn", ("Xã", "Xuân Sơn")),
        ("xã  Ba Cụm   Nam ", ("Xã", "Ba Cụm Nam")),
        ("Đặc khu Trường Sa", ("Đặc khu", "Trường Sa")),
        ("Sở Tài chính", ("", "Sở Tài chính")),
        ("Xãm", ("", "Xãm")),
        ("Xã", ("", "Xã")),
        (unicodedata.normalize("NFD", "Phường Vĩnh Hòa"), ("Phường", "Vĩnh Hòa")),
    ],
)
def test_a_name_is_split_into_type_and_short_name(name: str, parts: tuple[str, str]) -> None:
    assert split_name(name) == NameParts(*parts)


def test_every_unit_of_the_province_has_a_type() -> None:
    assert {unit.type for unit in january().units.values()} == {
        "Tỉnh",
        "Thành phố",
        "Thị xã",
        "Huyện",
        "Phường",
        "Xã",
        "Thị trấn",
    }


@pytest.mark.parametrize(
    ("name", "display"),
    [
        ("Xã Giang Ly", "Giang Ly"),
        ("Thành phố Nha Trang", "Nha Trang"),
        ("Tỉnh Khánh Hòa", "Khánh Hòa"),
        ("Phường Vạn Thắng", "Phường Vạn Thắng (Nha Trang)"),
        ("Xã Vạn Thắng", "Xã Vạn Thắng (Vạn Ninh)"),
        ("Phường Vạn Thạnh", "Phường Vạn Thạnh (Nha Trang)"),
        ("Xã Vạn Thạnh", "Xã Vạn Thạnh (Vạn Ninh)"),
        ("Huyện Khánh Vĩnh", "Huyện Khánh Vĩnh"),
        ("Thị trấn Khánh Vĩnh", "Thị trấn Khánh Vĩnh"),
    ],
)
def test_type_and_parent_stand_where_names_clash(name: str, display: str) -> None:
    assert january().display_names[named(name).unit] == display


def test_no_two_units_of_the_province_are_shown_alike() -> None:
    names = january().display_names
    assert len(names) == len(set(names.values())) == 145


def test_two_spellings_of_one_name_clash_too() -> None:
    first = named("Xã Diên Hòa")
    above = named("Huyện Khánh Vĩnh").unit
    second = replace(first, unit=UnitId("2"), name="Xã Diên Hoà", parent=above)
    names = display_names((*january().units.values(), second))
    assert names[second.unit] == "Xã Diên Hoà (Khánh Vĩnh)"
    assert names[first.unit] == "Xã Diên Hòa (Diên Khánh)"


def test_units_without_type_or_parent_are_shown_by_their_name() -> None:
    a, b = UnitId("a"), UnitId("b")
    twins = (
        UnitVersion(a, "Sở Y tế", "", "1", None, "department", START),
        UnitVersion(b, "Sở Y tế", "", "2", a, "department", START),
    )
    assert display_names(twins) == {a: "Sở Y tế", b: "Sở Y tế (Sở Y tế)"}


@pytest.mark.parametrize("text", ["Hòa", "Hoà", "hoa", "HÒA", "  hoà ", "ho\u0300a", "hoa\u0300"])
def test_the_two_ways_to_write_hoa_are_one(text: str) -> None:
    assert search_key(text) == "hoa"


@given(st.text())
def test_a_key_does_not_depend_on_the_normal_form(text: str) -> None:
    keys = {search_key(unicodedata.normalize(form, text)) for form in ("NFC", "NFD")}
    assert keys == {search_key(text)}
    assert search_key(search_key(text)) == search_key(text)


def test_full_names_carry_the_type_and_tell_all_145_units_apart() -> None:
    names = full_names(january().units.values())
    assert names[named("Xã Ba Cụm Nam").unit] == "Xã Ba Cụm Nam"
    assert len(set(names.values())) == len(names) == 145


def test_units_of_one_full_name_are_told_apart_by_their_parents() -> None:
    first, second = named("Xã Vạn Thắng"), named("Phường Vạn Thắng")
    twin = replace(second, name=first.name)
    names = full_names((*(v for v in january().units.values() if v.unit != second.unit), twin))
    assert names[twin.unit] == "Xã Vạn Thắng (Nha Trang)"
    assert names[first.unit] == "Xã Vạn Thắng (Vạn Ninh)"

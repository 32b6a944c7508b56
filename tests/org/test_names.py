"""Names that tell units apart, and search that forgives accents."""

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhipcau.org import (
    NameParts,
    Unit,
    display_name,
    display_names,
    find_units,
    search_key,
    split_name,
)

from .province import khanh_hoa, named


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
    assert {unit.type for unit in khanh_hoa()} == {
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
    assert display_name(named(name), khanh_hoa()) == display


def test_no_two_units_of_the_province_are_shown_alike() -> None:
    names = display_names(khanh_hoa())
    assert len(names) == len(set(names.values())) == 145


def test_two_spellings_of_one_name_clash_too() -> None:
    first = replace(named("Xã Diên Hòa"), code="1")
    second = replace(first, code="2", name="Xã Diên Hoà", parent="573")
    names = display_names((*khanh_hoa(), second))
    assert names["2"] == "Xã Diên Hoà (Khánh Vĩnh)"
    assert names[named("Xã Diên Hòa").code] == "Xã Diên Hòa (Diên Khánh)"


def test_units_without_type_or_parent_are_shown_by_their_name() -> None:
    twins = (Unit("a", "Sở Y tế", "department", None), Unit("b", "Sở Y tế", "department", "a"))
    assert display_names(twins) == {"a": "Sở Y tế", "b": "Sở Y tế (Sở Y tế)"}


@pytest.mark.parametrize("text", ["Hòa", "Hoà", "hoa", "HÒA", "  hoà ", "ho\u0300a", "hoa\u0300"])
def test_the_two_ways_to_write_hoa_are_one(text: str) -> None:
    assert search_key(text) == "hoa"


def test_search_ignores_accents_and_finds_codes() -> None:
    found = {unit.name for unit in find_units("van thanh", khanh_hoa())}
    assert found == {"Phường Vạn Thạnh", "Xã Vạn Thạnh"}
    assert [unit.name for unit in find_units("dien dien", khanh_hoa())] == ["Xã Diên Điền"]
    assert [unit.name for unit in find_units("22735", khanh_hoa())] == ["Xã Ba Cụm Nam"]
    assert len(find_units("", khanh_hoa())) == 145


@given(st.text())
def test_a_key_does_not_depend_on_the_normal_form(text: str) -> None:
    keys = {search_key(unicodedata.normalize(form, text)) for form in ("NFC", "NFD")}
    assert keys == {search_key(text)}
    assert search_key(search_key(text)) == search_key(text)

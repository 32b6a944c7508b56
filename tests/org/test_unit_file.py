"""The file of units: taken whole, or every bad line named."""

import csv
import io
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhipcau.org import Unit, UnitFileError, parse_units

from .province import csv_text, khanh_hoa

HEADER = "code,name,level,parent_code\n"


def problems(text: str) -> list[tuple[int, str]]:
    """Return line and code of every problem; the file must be refused."""
    with pytest.raises(UnitFileError) as caught:
        parse_units(text)
    return [(problem.line, problem.code) for problem in caught.value.problems]


def test_the_model_province_has_one_hall_eight_districts_and_136_communes() -> None:
    units = khanh_hoa()
    by_level = [
        [unit for unit in units if unit.level == level]
        for level in dict.fromkeys(unit.level for unit in units)
    ]
    assert [len(level) for level in by_level] == [1, 8, 136]
    assert units[0] == Unit("56", "Tỉnh Khánh Hòa", "province", None)
    assert all(unicodedata.is_normalized("NFC", unit.name) for unit in units)


def test_levels_are_whatever_the_file_calls_them_and_any_depth() -> None:
    text = HEADER + "c,Tổ 1,tổ dân phố,b\nb,Xã B,xã,a\na,Tỉnh A,tỉnh,\nd,Sở Y tế,sở,a\n"
    assert [(unit.level, unit.parent) for unit in parse_units(text)] == [
        ("tổ dân phố", "b"),
        ("xã", "a"),
        ("tỉnh", None),
        ("sở", "a"),
    ]


def test_names_are_tidied_and_marks_of_other_programs_passed_over() -> None:
    text = "\ufeff" + HEADER.replace("\n", "\r\n") + '\r\n07,"  Xã  Hoà ",xã,\r\n,,,\r\n'
    assert parse_units(unicodedata.normalize("NFD", text)) == (Unit("07", "Xã Hoà", "xã", None),)


def test_every_bad_line_is_named_by_its_number() -> None:
    text = HEADER + (
        "1,Tỉnh A,tỉnh,\n"  # 2
        "2,,huyện,1\n"  # 3 no name
        "3,Huyện C,huyện\n"  # 4 a column short
        "1,Huyện D,huyện,1\n"  # 5 code twice
        "5,Xã E,xã,77\n"  # 6 no such parent
        ",Xã F,,1\n"  # 7 no code, no level
        "8,Xã G,xã,8\n"  # 8 its own parent
        f"9,{'x' * 201},xã,2\n"  # 9 too long; its parent is on a bad line, which is no fault of it
        '10,"Xã "H,xã,1\n'  # 10 no CSV
        "11,Xã \x07,xã,1\n"  # 11 a bell
    )
    assert problems(text) == [
        (3, "missing"),
        (4, "columns"),
        (5, "twice"),
        (6, "parent"),
        (7, "missing"),
        (7, "missing"),
        (8, "circle"),
        (9, "too_long"),
        (10, "csv"),
        (11, "unprintable"),
    ]


def test_a_circle_names_those_in_it_and_not_those_below() -> None:
    text = HEADER + "a,A,x,b\nb,B,x,c\nc,C,x,a\nd,D,x,a\n"
    assert problems(text) == [(2, "circle"), (3, "circle"), (4, "circle")]


def test_the_number_is_that_of_the_line_even_after_a_name_of_two_lines() -> None:
    text = HEADER + '1,"Tỉnh\nA",tỉnh,\n\n2,Huyện B,huyện,9\n'
    assert problems(text) == [(5, "parent")]


@pytest.mark.parametrize("text", ["", "\n\n", "mã,tên\n", HEADER, HEADER + "\n\n", "\x00"])
def test_a_file_without_header_or_units_is_refused(text: str) -> None:
    assert problems(text)


def test_the_message_is_one_line_for_each_problem() -> None:
    with pytest.raises(UnitFileError, match=r"^line 2: parent_code 9 is not in the file$"):
        parse_units(HEADER + "1,A,x,9\n")


@given(st.text(max_size=300) | st.text(max_size=300).map(lambda text: HEADER + text))
def test_any_text_gives_units_or_the_one_error(text: str) -> None:
    try:
        units = parse_units(text)
    except UnitFileError as error:
        assert error.problems
        return
    assert len({unit.code for unit in units}) == len(units) > 0


def test_a_file_of_12000_units_in_one_long_chain_is_read() -> None:
    out = io.StringIO()
    csv.writer(out).writerows(
        (n, f"Xã {n}", "xã", n + 1 if n < 12_000 else "") for n in range(12_001)
    )
    assert len(parse_units(HEADER + out.getvalue())) == 12_001


def test_the_packaged_file_is_the_text_that_is_read() -> None:
    assert csv_text().splitlines()[0] == HEADER.strip()

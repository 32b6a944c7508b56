"""The file of units by itself: what is read, and how every bad line is named."""

import csv
import io
import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhipcau.org.csvtable import MAX_FILE_BYTES, MAX_PROBLEMS
from nhipcau.org.unitfile import UnitRow, read_units

from .province import HEADER, empty_tree, imported, levels, plan, refusal, text_of

PROVINCE = "56,Tỉnh Khánh Hòa,province,\n"
DISTRICT = "568,Thành phố Nha Trang,district,56\n"
LATER = date(2030, 1, 1)


def table(*lines: str, header: str = HEADER) -> bytes:
    """Return a file: the header, the province on line 2, and these lines from 3 on."""
    return (header + PROVINCE + "".join(lines)).encode()


BROKEN: dict[str, tuple[bytes, list[tuple[int, str]]]] = {
    "nothing at all": (b"", [(1, "header")]),
    "empty lines": (b"\n\n\n", [(1, "header")]),
    "no units": (HEADER.encode(), [(1, "empty")]),
    "another header": ("mã,tên,cấp,trực thuộc\n".encode(), [(1, "header")]),
    "semicolons": (table().replace(b",", b";"), [(1, "header")]),
    "a column unknown": (table(header="code,name,level,parent_code,colour\n"), [(1, "header")]),
    "a column twice": (table(header="code,name,level,parent_code,code\n"), [(1, "header")]),
    "no such parent": (table("568,Thành phố A,district,57\n"), [(3, "parent")]),
    "a circle": (
        table("568,Huyện A,district,569\n", "569,Huyện B,district,568\n"),
        [(3, "circle"), (4, "circle")],
    ),
    "its own parent": (table("568,Huyện A,district,568\n"), [(3, "circle")]),
    "a code twice": (table(DISTRICT, "568,Huyện B,district,56\n"), [(4, "twice")]),
    "a code with letters": (table("56A,Huyện A,district,56\n"), [(3, "code_form")]),
    "a code too short": (table("68,Huyện A,district,56\n"), [(3, "code_form")]),
    "digits of another script": (table("٥٦٨,Huyện A,district,56\n"), [(3, "code_form")]),
    "a column short": (table("568,Huyện A,district\n"), [(3, "columns")]),
    "a column more": (table("568,Huyện A,district,56,x\n"), [(3, "columns")]),
    "no name": (table("568,  ,district,56\n"), [(3, "missing")]),
    "no code": (table(",Huyện A,district,56\n"), [(3, "missing")]),
    "an unknown level": (table("568,Huyện A,county,56\n"), [(3, "level")]),
    "another encoding": (table() + "568,Huyên A,district,56\n".encode("cp1258"), [(3, "encoding")]),
    "UTF-16": (table().decode().encode("utf-16"), [(1, "encoding")]),
    "a NUL": (table("568,Huyện\x00A,district,56\n"), [(3, "unprintable")]),
    "a bell": (table("568,Huyện \x07,district,56\n"), [(3, "unprintable")]),
    "letters that turn the line round": (
        table("568,Huyện \u202eA,district,56\n"),
        [(3, "unprintable")],
    ),
    "a parent of a lower level": (
        table(DISTRICT, "22327,Xã A,commune,568\n", "569,Huyện B,district,22327\n"),
        [(5, "parent_level")],
    ),
    "a root of a lower level": (table("568,Huyện A,district,\n"), [(3, "root")]),
    "a formula": (table("568,\"=cmd|'/c calc'!A0\",district,56\n"), [(3, "formula")]),
    "a formula by at": (table("568,@SUM(A1),district,56\n"), [(3, "formula")]),
    "a quote that never ends": (table('568,"Huyện A,district,56\n', DISTRICT), [(3, "csv")]),
    "words after a quote": (table('568,"Huyện" A,district,56\n'), [(3, "csv")]),
    "a name too long": (table(f"568,{'x' * 201},district,56\n"), [(3, "too_long")]),
    "a line of 7 MB": (table(f"568,{'x' * 7_000_000},district,56\n"), [(3, "too_long")]),
    "10 MB": (table(f"568,{'x' * 10_000_000},district,56\n"), [(1, "too_large")]),
    "a rate that is no number": (
        table("568,Huyện A,district,56,fast\n", header=HEADER.strip() + ",line_kbps\n").replace(
            PROVINCE.encode(), b""
        ),
        [(2, "number"), (2, "parent")],
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_refused_with_the_lines_that_are_bad(name: str) -> None:
    data, expected = BROKEN[name]
    assert [(one.line, one.code) for one in refusal(empty_tree(), data)] == expected


def test_every_bad_line_is_named_at_once() -> None:
    data = table(
        "57,,district,56\n",  # 3 no name, and a code too short
        "568,Huyện C,district\n",  # 4 a column short
        "56,Huyện D,province,\n",  # 5 code twice
        "22327,Xã E,commune,77\n",  # 6 no such parent
        ",Xã F,,56\n",  # 7 no code, no level
        '22330,"Xã "H,commune,56\n',  # 8 no CSV
    )
    assert [(one.line, one.code) for one in refusal(empty_tree(), data)] == [
        (3, "missing"),
        (3, "code_form"),
        (4, "columns"),
        (5, "twice"),
        (6, "parent"),
        (7, "missing"),
        (7, "missing"),
        (8, "csv"),
    ]


def test_a_file_that_is_bad_everywhere_is_answered_in_bounds() -> None:
    data = table(*("x\n" for _ in range(3 * MAX_PROBLEMS)))
    assert len(refusal(empty_tree(), data)) == MAX_PROBLEMS
    assert len(data) < MAX_FILE_BYTES


def test_marks_of_other_programs_and_untidy_cells_are_taken() -> None:
    text = (
        "\ufeff"
        + HEADER.replace("\n", "\r\n")
        + '\r\n56,"  Tỉnh  Khánh Hoà ",province ,\r\n,,,\r\n'
    )
    file = read_units(unicodedata.normalize("NFD", text).encode(), levels())
    assert file.problems == ()
    assert file.rows == (UnitRow(3, "56", "Tỉnh Khánh Hoà", "province"),)


def test_the_order_of_columns_and_of_lines_is_free() -> None:
    header = "name,contact,parent_code,level,code\n"
    text = header + "Huyện A,+84 258 3822 222,56,district,568\nTỉnh B,,,province,56\n"
    view = imported(empty_tree(), text).as_of(LATER)
    assert [unit.name for unit in view.path(view.by_code["568"].unit)] == ["Tỉnh B", "Huyện A"]


def test_two_roots_of_the_highest_level_are_two_trees() -> None:
    data = table("58,Tỉnh Ninh Thuận,province,\n", "582,Thành phố A,district,58\n")
    view = imported(empty_tree(), data.decode()).as_of(LATER)
    assert [root.code for root in view.roots] == ["56", "58"]


def test_a_unit_below_one_of_its_own_level_is_allowed() -> None:
    data = table("S1,Sở Y tế,department,56\n", "S1.1,Chi cục Dân số,department,S1\n")
    assert len(plan(empty_tree(), data).new) == 3


def test_the_number_is_that_of_the_line_even_after_a_name_of_two_lines() -> None:
    data = HEADER + '56,"Tỉnh\nA",province,\n\n568,Huyện B,district,99\n'
    assert [(one.line, one.code) for one in refusal(empty_tree(), data)] == [(5, "parent")]


def test_a_problem_is_one_line_for_a_person() -> None:
    (problem,) = refusal(empty_tree(), table("568,Huyện A,district,57\n"))
    assert str(problem) == "line 3: parent_code 57 is not in the file"


@given(st.binary(max_size=300) | st.binary(max_size=300).map(lambda tail: table() + tail))
def test_any_bytes_give_rows_or_problems(data: bytes) -> None:
    file = read_units(data, levels())
    assert file.problems or len({row.code for row in file.rows}) == len(file.rows) > 0


def test_a_file_of_12000_units_is_imported() -> None:
    out = io.StringIO()
    write = csv.writer(out).writerow
    for n in range(399):
        write((f"{n + 100:03}", f"Huyện {n}", "district", 56))
    for n in range(11_600):
        write((f"{n:05}", f"Xã Hòa Bình {n}", "commune", f"{100 + n % 399:03}"))
    tree = imported(empty_tree(), table(out.getvalue()).decode())
    view = tree.as_of(LATER)
    assert dict(view.level_counts) == {
        "province": 1,
        "department": 0,
        "district": 399,
        "commune": 11_600,
    }
    assert [unit.code for unit in view.find("hoa binh 11599")] == ["11599"]
    assert len(tree.sites) == len(view) == 12_000


def test_the_packaged_file_holds_the_145_units() -> None:
    file = read_units(text_of("khanh-hoa-2024.csv").encode(), levels())
    assert (len(file.rows), file.problems) == (145, ())

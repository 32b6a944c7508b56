"""What an import does with rooms: of one's own, shared, in a named building, or none."""

from datetime import date

from nhipcau.org.importplan import ImportOrder
from nhipcau.org.tree import Tree
from nhipcau.org.view import TreeView
from nhipcau.quantities import SiteId

from .province import START, empty_tree, imported, refusal

HEADER = "code,name,level,parent_code,place,line_kbps,contact,site\n"
HALL = "56,Tỉnh Khánh Hòa,province,,01 Trần Phú,100000,0258 3822 222,\n"


def hall(*lines: str) -> Tree:
    return imported(empty_tree(), HEADER + HALL + "".join(lines))


def of(view: TreeView, code: str) -> list[tuple[str, bool]]:
    return [(one.site, one.seat) for one in view.tenures(view.by_code[code].unit)]


def test_a_department_has_a_room_of_its_own_a_seat_in_the_hall_or_none() -> None:
    tree = hall(
        "S1,Sở Y tế,department,56,,2000,,\n",
        "S2,Sở Tài chính,department,56,,,,56\n",
        "S3,Ban Dân tộc,department,56,,,,none\n",
    )
    view = tree.as_of(START)
    assert of(view, "S1") == [("S1", False)]
    assert of(view, "S2") == [("56", True)]
    assert of(view, "S3") == []
    assert view.home(view.by_code["S2"].unit) is None
    names = [view.units[one.unit].code for one in view.units_of_sites[SiteId("56")]]
    assert names == ["56", "S2"]


def test_units_of_one_building_share_a_place_and_its_line() -> None:
    tree = hall("S1,Sở Y tế,department,56,01 Trần Phú,,,\n")
    (place,) = tree.places.values()
    assert (place.line_bps, place.contact) == (100_000_000, "0258 3822 222")
    assert len(tree.sites) == 2


def test_a_line_that_grew_is_written_over_and_nothing_else_changes() -> None:
    tree = hall()
    bigger = HEADER + HALL.replace("100000", "200000")
    after = imported(tree, bigger, ImportOrder(date(2024, 5, 1)))
    (place,) = after.places.values()
    assert place.line_bps == 200_000_000
    assert after.record.versions == tree.record.versions


def test_an_import_does_not_move_a_room_to_another_building() -> None:
    moved = HEADER + HALL.replace("01 Trần Phú", "Hội trường mới")
    found = refusal(hall(), moved, ImportOrder(date(2024, 5, 1)))
    assert [(one.line, one.code) for one in found] == [(2, "place")]


def test_a_seat_in_a_room_that_is_not_there_is_refused() -> None:
    for host in ("99", "S3"):
        text = (
            HEADER + HALL + f"S3,Ban Dân tộc,department,56,,,,none\nS4,B,department,56,,,,{host}\n"
        )
        found = refusal(empty_tree(), text)
        assert [(one.line, one.code) for one in found] == [(4, "site")]


def test_a_building_without_a_room_cannot_be_described() -> None:
    found = refusal(empty_tree(), HEADER + HALL + "S3,Ban Dân tộc,department,56,Nhà B,,,none\n")
    assert [(one.line, one.code) for one in found] == [(3, "place")]


def test_a_site_of_a_code_given_again_gets_another_id() -> None:
    header = HEADER.strip() + ",follows\n"
    lines = "568,Huyện A,district,56,,,,,\n"
    tree = imported(empty_tree(), header + HALL.strip() + ",\n" + lines)
    gone = imported(tree, header + HALL.strip() + ",\n", ImportOrder(date(2024, 5, 1)))
    again = imported(
        gone,
        header + HALL.strip() + ",\n" + lines.replace("Huyện A", "Huyện B"),
        ImportOrder(date(2024, 6, 1)),
    )
    view = again.as_of(date(2024, 6, 1))
    assert of(view, "568") == [("568-2", False)]
    assert len(again.places) == 3


def test_a_seat_goes_to_the_heir_too() -> None:
    tree = hall("S1,Sở A,department,56,,,,56\n", "S2,Sở B,department,56,,,,56\n")
    text = "code,name,level,parent_code,follows\nS3,Sở C,department,56,S1 S2\n"
    view = imported(tree, text, ImportOrder(date(2024, 5, 1), whole=False)).as_of(date(2024, 5, 1))
    assert of(view, "S3") == [("56", True)]

"""A reform is taken back only while nothing was built on it."""

from dataclasses import replace
from datetime import date

import pytest

from nhipcau.org.importplan import ImportOrder
from nhipcau.org.places import PlaceId, Site, Tenure
from nhipcau.org.record import TreeChange, TreeRecord, change_record
from nhipcau.org.reform import plan_reform
from nhipcau.org.tree import Tree
from nhipcau.org.undoing import BuiltUponError, undone
from nhipcau.quantities import SiteId

from .province import ids, khanh_hoa, plan

DAY, LATER = date(2030, 1, 1), date(2031, 1, 1)
HEADER = "old_code,old_name,new_code,new_name,new_level,new_parent_code,main\n"
SPLIT = (
    "22633,Xã Giang Ly,22634,Xã Giang Thượng,commune,573,x\n"
    "22633,Xã Giang Ly,22635,Xã Giang Hạ,commune,573,\n"
)


def reform(text: str = SPLIT) -> TreeChange:
    return plan_reform(khanh_hoa(), (HEADER + text).encode(), ImportOrder(DAY), ids("r")).change


def since(change: TreeChange, text: str) -> TreeRecord:
    """Return the record after the change and a later file of changes."""
    record = change_record(khanh_hoa().record, change)
    table = "code,name,level,parent_code,follows\n" + text
    return change_record(record, plan(Tree(record), table, ImportOrder(LATER, whole=False)).change)


def reasons(record: TreeRecord, change: TreeChange) -> tuple[str, ...]:
    with pytest.raises(BuiltUponError) as caught:
        undone(record, change)
    return caught.value.reasons


def test_what_was_recorded_since_and_does_not_touch_it_stays() -> None:
    change = reform()
    record = since(change, "22714,Thị trấn Tô Hạp Mới,commune,575,22714\n")
    back = Tree(undone(record, change))
    view = back.as_of(LATER)
    assert view.by_code["22633"].name == "Xã Giang Ly"
    assert view.by_code["22714"].name == "Thị trấn Tô Hạp Mới"
    assert "22634" not in view.by_code


def test_a_unit_that_changed_again_keeps_it() -> None:
    change = reform()
    record = since(change, "22634,Xã Giang Trên,commune,573,22634\n")
    assert "Xã Giang Thượng has changed again on 2031-01-01" in reasons(record, change)


def test_a_unit_put_below_one_that_came_with_it_keeps_it() -> None:
    change = reform(",,577,Huyện Mới,district,56,\n")
    record = since(change, "22633,Xã Giang Ly,commune,577,22633\n")
    assert reasons(record, change) == ("Xã Giang Ly was put below Huyện Mới, which came with it",)


def test_a_unit_that_merged_into_one_that_came_with_it_keeps_it() -> None:
    change = reform()
    record = since(change, "22634,Xã Giang Thượng,commune,573,22634 22636\n")
    assert "Xã Giang Thượng, which came with it, is in a succession of 2031-01-01" in reasons(
        record, change
    )


def test_a_code_that_was_given_again_since_keeps_it() -> None:
    change = reform()
    record = since(change, "22633,Xã Khác,commune,573,\n")
    (reason,) = reasons(record, change)
    assert reason.startswith("without it ") and "22633" in reason


def test_a_room_that_was_given_on_keeps_it() -> None:
    change = reform()
    record = change_record(khanh_hoa().record, change)
    heir = change.opened[0].unit
    held = Tenure(SiteId("22633"), heir, False, DAY)
    moved = TreeChange(day=LATER, closed_tenures=((held.site, heir),))
    assert reasons(change_record(record, moved), change) == (
        "the room 22633 has changed hands again on 2031-01-01",
    )


def test_a_room_built_into_a_place_that_came_with_it_keeps_it() -> None:
    change = reform()
    record = change_record(khanh_hoa().record, change)
    (place,) = change.places
    room = TreeChange(day=LATER, sites=(Site(SiteId("x"), PlaceId(place.id)),))
    assert reasons(change_record(record, room), change) == (
        "the room x was put into a building that came with it",
    )


def test_a_correction_on_its_own_day_is_told_apart() -> None:
    change = reform("22633,Xã Giang Ly,22633,Xã Giang Lý,commune,573,\n")
    again = plan_reform(
        Tree(change_record(khanh_hoa().record, change)),
        (HEADER + "22633,Xã Giang Lý,22633,Xã Giang Li,commune,573,\n").encode(),
        ImportOrder(DAY),
        ids("s"),
    ).change
    both = change_record(change_record(khanh_hoa().record, change), again)
    once = undone(both, again)
    assert Tree(once).as_of(DAY).by_code["22633"].name == "Xã Giang Lý"
    assert replace(undone(once, change), revision=1) == replace(khanh_hoa().record, revision=1)

"""Reforms at work: looked at, applied, taken back, refused."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest

from nhipcau.office.reforms import CameWith, EmptyReformError, Reforms, naming_plans
from nhipcau.office.tree import UnitTree, apply_units, found_levels, plan_units
from nhipcau.org.importplan import ImportOrder
from nhipcau.org.undoing import BuiltUponError
from nhipcau.org.units import UnitId
from nhipcau.planning.life import State
from nhipcau.ports.reforms import UnknownReformError
from nhipcau.ports.tree import StaleTreeError
from nhipcau.storage.memoryreforms import MemoryReformStore
from nhipcau.storage.memorytree import MemoryTreeStore

from ..org.province import START, ids, levels, text_of
from ..planning.session import session
from .kept_session import KeptSession

NOVEMBER, JULY = ImportOrder(date(2024, 11, 1)), ImportOrder(date(2025, 7, 1))
TABLES = {
    NOVEMBER: text_of("succession-1196.csv").encode(),
    JULY: text_of("succession-1667.csv").encode(),
}


@dataclass(frozen=True)
class StoppedClock:
    def now_s(self) -> float:
        return 0.0

    def wall_s(self) -> float:
        return 1_750_000_000.0


class Office:
    """The province, its reforms, and what others say stands on what came with one."""

    def __init__(self) -> None:
        store = MemoryTreeStore()
        self.units = UnitTree(store, ids())
        found_levels(self.units, levels(), START)
        first = text_of("khanh-hoa-2024.csv").encode()
        apply_units(self.units, plan_units(self.units, first, ImportOrder(START)))
        self.asked: list[CameWith] = []
        self.others: list[str] = []
        self.reforms = Reforms(self.units, MemoryReformStore(store), StoppedClock(), self._built)

    def _built(self, came: CameWith) -> Iterable[str]:
        self.asked.append(came)
        return self.others

    def apply(self, order: ImportOrder) -> int:
        plan = self.reforms.plan(TABLES[order], order)
        return self.reforms.apply(plan, "table.csv", TABLES[order])


@pytest.fixture
def office() -> Office:
    return Office()


def test_a_plan_changes_nothing(office: Office) -> None:
    before = office.units.current()
    assert len(office.reforms.plan(TABLES[NOVEMBER], NOVEMBER).report.merged) == 5
    assert office.units.current() is before


def test_both_steps_are_applied_and_taken_back_in_turn(office: Office) -> None:
    first, second = office.apply(NOVEMBER), office.apply(JULY)
    assert len(office.units.current().as_of(JULY.day)) == 66
    with pytest.raises(BuiltUponError, match="Phường Tân Tiến has changed again on 2025-07-01"):
        office.reforms.take_back(first)
    office.reforms.take_back(second)
    office.reforms.take_back(first)
    assert len(office.units.current().as_of(JULY.day)) == 145
    at = datetime.fromtimestamp(1_750_000_000, UTC)
    assert [(one.number, one.at, one.undone_at) for one in office.reforms.all()] == [
        (first, at, at),
        (second, at, at),
    ]


def test_what_stands_on_it_outside_the_tree_keeps_it(office: Office) -> None:
    office.apply(NOVEMBER)
    second = office.apply(JULY)
    office.others = ["Phường Nha Trang takes part in Họp đột xuất"]
    with pytest.raises(BuiltUponError, match="Họp đột xuất"):
        office.reforms.take_back(second)
    (came,) = office.asked
    # All 65 but the ten that go on from before; and the rooms of the 25 from outside.
    view = office.units.current().as_of(JULY.day)
    assert {view.units[unit].name for unit in came.units} >= {"Phường Nha Trang", "Xã Cà Ná"}
    assert (len(came.units), len(came.sites)) == (55, 25)


def test_a_reform_applied_twice_is_refused_and_named(office: Office) -> None:
    office.apply(NOVEMBER)
    table = (
        "old_code,old_name,new_code,new_name,new_level,new_parent_code\n"
        "22366,Phường Tân Tiến,22366,Phường Tân Tiến,commune,568\n"
    ).encode()
    with pytest.raises(EmptyReformError):
        office.reforms.apply(office.reforms.plan(table, JULY), "again.csv", table)


def test_a_plan_made_before_another_reform_is_refused(office: Office) -> None:
    plan = office.reforms.plan(TABLES[NOVEMBER], NOVEMBER)
    office.apply(NOVEMBER)
    with pytest.raises(StaleTreeError):
        office.reforms.apply(plan, "table.csv", TABLES[NOVEMBER])


def test_the_table_is_kept_as_it_was_given(office: Office) -> None:
    number = office.apply(NOVEMBER)
    assert office.reforms.table(number).encode() == TABLES[NOVEMBER]
    with pytest.raises(UnknownReformError):
        office.reforms.table(number + 1)


def test_a_plan_that_names_a_unit_keeps_what_it_came_with() -> None:
    kept = KeptSession()
    host = UnitId(session().header.host)
    came = CameWith(frozenset({host, UnitId("nobody")}), frozenset())
    (reason,) = naming_plans(kept.plans, came)
    assert reason == f"the plan of {session().header.title} names units that came with it: 1"
    kept.step(State.CANCELLED, "2024-01-20")
    assert list(naming_plans(kept.plans, came)) == []

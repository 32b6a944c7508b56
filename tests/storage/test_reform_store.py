"""The contract of the reform store: memory, SQLite and PostgreSQL keep reforms alike."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text

from nhipcau.org.importplan import ImportOrder
from nhipcau.org.record import TreeChange, TreeRecord, change_record
from nhipcau.org.reform import plan_reform
from nhipcau.org.tree import Tree
from nhipcau.org.undoing import BuiltUponError
from nhipcau.ports.reforms import AppliedReform, ReformNote, ReformStore, UnknownReformError
from nhipcau.ports.tree import StaleTreeError, TreeStore
from nhipcau.storage.database import migrate, open_database
from nhipcau.storage.sqlreforms import SqlReformStore
from nhipcau.storage.sqltree import SqlTreeStore

from ..org.province import START, ids, levels, plan, text_of
from .test_tree_store import LEVELS, unordered

NOVEMBER, JULY = date(2024, 11, 1), date(2025, 7, 1)
AT, LATER = datetime(2025, 6, 20, 8, 30, tzinfo=UTC), datetime(2025, 6, 21, 9, 0, tzinfo=UTC)
TABLES = {
    NOVEMBER: text_of("succession-1196.csv"),
    JULY: text_of("succession-1667.csv"),
}
Both = tuple[TreeStore, ReformStore]


def note(day: date) -> ReformNote:
    return ReformNote(f"{day}.csv", TABLES[day], AT)


def province(store: TreeStore) -> TreeRecord:
    """Bring the province of January 2024 into a store; return what is in it."""
    store.record(LEVELS, 0)
    first = plan(Tree(TreeRecord(1, levels())), text_of("khanh-hoa-2024.csv"), ImportOrder(START))
    store.record(first.change, 1)
    return store.load()


def reform(record: TreeRecord, day: date) -> TreeChange:
    data = TABLES[day].encode()
    return plan_reform(Tree(record), data, ImportOrder(day, f"act of {day}"), ids(f"{day}-")).change


def test_both_reforms_are_kept_with_their_tables(both_stores: Both) -> None:
    tree, reforms = both_stores
    record = province(tree)
    for number, day in ((3, NOVEMBER), (4, JULY)):
        change = reform(record, day)
        assert reforms.record_reform(change, record.revision, note(day)) == number
        record = change_record(record, change)
        assert unordered(tree.load()) == unordered(record)
    assert reforms.reforms() == (
        AppliedReform(3, NOVEMBER, "act of 2024-11-01", "2024-11-01.csv", AT),
        AppliedReform(4, JULY, "act of 2025-07-01", "2025-07-01.csv", AT),
    )
    assert reforms.table_of(4) == TABLES[JULY]


def as_sets(change: TreeChange) -> list[object]:
    return [
        change.day,
        change.act,
        set(change.closed),
        set(change.opened),
        set(change.successions),
        set(change.places),
        set(change.sites),
        set(change.closed_tenures),
        set(change.tenures),
    ]


def test_a_change_comes_back_as_it_was_recorded(both_stores: Both) -> None:
    tree, reforms = both_stores
    record = province(tree)
    for day in (NOVEMBER, JULY):
        change = reform(record, day)
        number = reforms.record_reform(change, record.revision, note(day))
        record = tree.load()
        assert as_sets(reforms.change_of(number)) == as_sets(change)


def test_taken_back_in_turn_everything_is_as_it_was(both_stores: Both) -> None:
    tree, reforms = both_stores
    first = record = province(tree)
    for day in (NOVEMBER, JULY):
        reforms.record_reform(reform(record, day), record.revision, note(day))
        record = tree.load()
    assert reforms.take_back(4, 4, LATER) == 5
    assert len(Tree(tree.load()).as_of(JULY)) == 138
    assert reforms.take_back(3, 5, LATER) == 6
    assert unordered(replace(tree.load(), revision=2)) == unordered(first)
    assert [one.undone_at for one in reforms.reforms()] == [LATER, LATER]
    assert reforms.table_of(4) == TABLES[JULY]


def test_after_it_was_taken_back_it_may_be_applied_again(both_stores: Both) -> None:
    tree, reforms = both_stores
    record = province(tree)
    change = reform(record, NOVEMBER)
    reforms.record_reform(change, 2, note(NOVEMBER))
    reforms.take_back(3, 3, LATER)
    assert reforms.record_reform(change, 4, note(NOVEMBER)) == 5
    assert [one.undone_at for one in reforms.reforms()] == [LATER, None]


@pytest.mark.parametrize("number", [1, 3, 99])
def test_what_is_no_reform_in_force_can_not_be_taken_back(both_stores: Both, number: int) -> None:
    tree, reforms = both_stores
    record = province(tree)
    reforms.record_reform(reform(record, NOVEMBER), 2, note(NOVEMBER))
    reforms.take_back(3, 3, LATER)
    before = tree.load()
    with pytest.raises(UnknownReformError):
        reforms.change_of(number)
    with pytest.raises(UnknownReformError):
        reforms.take_back(number, 4, LATER)
    assert tree.load() == before


def test_a_table_of_no_reform_is_unknown(both_stores: Both) -> None:
    with pytest.raises(UnknownReformError):
        both_stores[1].table_of(1)


def test_a_reform_planned_for_an_older_tree_is_refused_and_leaves_no_trace(
    both_stores: Both,
) -> None:
    tree, reforms = both_stores
    record = province(tree)
    change = reform(record, NOVEMBER)
    reforms.record_reform(change, 2, note(NOVEMBER))
    for late in (2, 4):
        with pytest.raises(StaleTreeError):
            reforms.record_reform(change, late, note(NOVEMBER))
        with pytest.raises(StaleTreeError):
            reforms.take_back(3, late, LATER)
    assert (tree.revision(), len(reforms.reforms())) == (3, 1)


def test_what_other_tables_name_is_not_taken_away(database_url: str) -> None:
    engine = open_database(database_url)
    migrate(engine)
    tree, reforms = SqlTreeStore(engine), SqlReformStore(engine)
    record = province(tree)
    reforms.record_reform(reform(record, NOVEMBER), 2, note(NOVEMBER))
    reforms.record_reform(reform(tree.load(), JULY), 3, note(JULY))
    room = reforms.change_of(4).sites[0].id
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE gadget (site VARCHAR(50) REFERENCES site (id))"))
        connection.execute(text("INSERT INTO gadget (site) VALUES (:room)"), {"room": room})
    before = tree.load()
    with pytest.raises(BuiltUponError):
        reforms.take_back(4, 4, LATER)
    assert tree.load() == before
    tree.close()

"""The contract of the tree store: memory, SQLite and PostgreSQL keep it alike."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest

from nhipcau.org.importplan import ImportOrder
from nhipcau.org.places import Place, PlaceId
from nhipcau.org.record import TreeChange, TreeRecord, change_record
from nhipcau.org.tree import Tree
from nhipcau.ports.tree import StaleTreeError, StoreError, TreeStore
from nhipcau.quantities import Bitrate
from nhipcau.storage.database import migrate, open_database
from nhipcau.storage.sqltree import SqlTreeStore

from ..org.province import START, levels, plan, text_of

NOVEMBER = date(2024, 11, 1)
LEVELS = TreeChange(day=START, levels=levels())


def reformed(store: TreeStore) -> TreeRecord:
    """Bring the province and Resolution 1196 into a store; return what must now be in it."""
    expected = TreeRecord()
    for text, order in (
        ("", ImportOrder(START)),
        (text_of("khanh-hoa-2024.csv"), ImportOrder(START, "đầu năm")),
        (text_of("resolution-1196.csv"), ImportOrder(NOVEMBER, "1196", whole=False)),
    ):
        change = plan(Tree(expected), text, order).change if text else LEVELS
        assert store.record(change, expected.revision) == expected.revision + 1
        expected = change_record(expected, change)
    return expected


def unordered(record: TreeRecord) -> TreeRecord:
    """Return the record with those parts sorted that have no order of their own."""
    return replace(
        record,
        levels=tuple(sorted(record.levels, key=lambda one: one.rank)),
        places=tuple(sorted(record.places, key=lambda one: one.id)),
        sites=tuple(sorted(record.sites, key=lambda one: one.id)),
    )


def test_a_new_store_is_empty(tree_store: TreeStore) -> None:
    assert tree_store.revision() == 0
    assert tree_store.load() == TreeRecord()


def test_what_is_recorded_comes_back_whole_and_in_order(tree_store: TreeStore) -> None:
    expected = reformed(tree_store)
    found = tree_store.load()
    assert tree_store.revision() == found.revision == 3
    assert unordered(found) == unordered(expected)
    assert len(Tree(found).as_of(NOVEMBER)) == 138


def test_a_change_planned_for_an_older_tree_is_refused_and_leaves_no_trace(
    tree_store: TreeStore,
) -> None:
    expected = reformed(tree_store)
    with pytest.raises(StaleTreeError):
        tree_store.record(LEVELS, 2)
    with pytest.raises(StaleTreeError):
        tree_store.record(LEVELS, 4)
    assert unordered(tree_store.load()) == unordered(expected)


def test_of_two_writers_at_once_one_is_refused(tree_store: TreeStore) -> None:
    def write(_: int) -> bool:
        try:
            tree_store.record(LEVELS, 0)
        except StaleTreeError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(write, range(4))) == [False, False, False, True]
    assert tree_store.revision() == 1


def test_a_place_and_a_level_are_written_over(tree_store: TreeStore) -> None:
    reformed(tree_store)
    before = tree_store.load()
    place = replace(before.places[7], line_bps=Bitrate(10_000_000_000), contact="+84 258")
    level = replace(before.levels[0], name="Thành phố trực thuộc trung ương")
    tree_store.record(TreeChange(day=NOVEMBER, levels=(level,), places=(place,)), 3)
    after = tree_store.load()
    assert place in after.places and level in after.levels
    assert (len(after.places), len(after.levels)) == (145, 4)


def test_readers_never_see_half_a_change(tree_store: TreeStore) -> None:
    def read(_: int) -> tuple[int, int]:
        record = tree_store.load()
        Tree(record)
        return record.revision, len(record.versions)

    with ThreadPoolExecutor(3) as pool:
        reading = [pool.submit(read, n) for n in range(10)]
        reformed(tree_store)
        seen = {done.result() for done in reading}
    assert seen <= {(0, 0), (1, 0), (2, 145), (3, 150)}


def test_a_change_that_breaks_the_database_is_taken_back(database_url: str) -> None:
    engine = open_database(database_url)
    migrate(engine)
    store = SqlTreeStore(engine)
    expected = reformed(store)
    twice = TreeChange(day=NOVEMBER, opened=expected.versions[:1], places=(place(),))
    with pytest.raises(StoreError):
        store.record(twice, 3)
    assert unordered(store.load()) == unordered(expected)
    store.close()


def place() -> Place:
    return Place(PlaceId("p"), "Hội trường")


def test_a_database_without_tables_is_named_and_no_crash(database_url: str) -> None:
    store = SqlTreeStore(open_database(database_url))
    with pytest.raises(StoreError, match="tree_revision"):
        store.revision()
    store.close()

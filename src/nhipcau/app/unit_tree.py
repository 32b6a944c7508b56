"""The tree of units wired to its database, for the office process and for the command line."""

import csv
import hashlib
import io
import uuid
from contextlib import closing
from datetime import date
from importlib import resources
from pathlib import Path

from nhipcau.app.audit_once import auditing_once, told
from nhipcau.app.clock import SystemClock
from nhipcau.office.tree import UnitTree, apply_units, found_levels, plan_units, today
from nhipcau.org.csvtable import UnitFileError
from nhipcau.org.importplan import ImportOrder, ImportPlan
from nhipcau.org.levelfile import read_levels
from nhipcau.ports.tree import StaleTreeError, StoreError
from nhipcau.storage.database import migrate, open_database
from nhipcau.storage.sqlreforms import SqlReformStore
from nhipcau.storage.sqltree import SqlTreeStore

# What stands between a person and an import, each with a text for that person.
TREE_ERRORS = (StoreError, StaleTreeError, UnitFileError, OSError, ValueError)

# The demo's units are those of the first days of 2024; its meeting is on 25 January.
DEMO_DAY = date(2024, 1, 1)
# Whose lines the demo's are.
DEMO_COMPANY = "VNPT"


def open_unit_tree(url: str) -> UnitTree:
    """Return the tree that a database keeps; brings the database to the newest shape first.

    Raises:
        StoreError: the database can't be reached.
    """
    return open_office_tree(url)[0]


def open_office_tree(url: str) -> tuple[UnitTree, SqlReformStore]:
    """Return the tree that a database keeps, and its reforms; closing the tree's store is enough.

    Raises:
        StoreError: the database can't be reached.
    """
    engine = open_database(url)
    store = SqlTreeStore(engine)
    try:
        migrate(engine)
        units = UnitTree(store, _new_id)
        found_levels(units, read_levels(_text_of("levels.csv")), DEMO_DAY)
    except StoreError:
        store.close()
        raise
    return units, SqlReformStore(engine)


def fill_demo(units: UnitTree) -> None:
    """Give a tree without units the 145 of the model province; one that has some keeps them.

    Its departments and agencies, who sit in the hall, are added where there are none.

    Some communes of the two mountain districts are declared to have thin lines, which is made up,
    so that every rung of the ladder is seen at work.

    Raises:
        StoreError: the database can't be reached.
    """
    if not units.current().units:
        apply_units(units, plan_units(units, _demo_units(), ImportOrder(DEMO_DAY)))
    if not units.current().as_of(DEMO_DAY).level_counts["department"]:
        data = _text_of("khanh-hoa-2024-departments.csv").encode()
        apply_units(units, plan_units(units, data, ImportOrder(DEMO_DAY, whole=False)))


def migrate_database(url: str) -> tuple[str, str]:
    """Bring a database to the newest shape; return the shapes before and after.

    Raises:
        StoreError: it can't be reached.
    """
    engine = open_database(url)
    try:
        return migrate(engine)
    finally:
        engine.dispose()


def import_order(day: str, act: str, *, whole: bool) -> ImportOrder:
    """Return the order for an import; without a day, from today on.

    Raises:
        ValueError: the day is none.
    """
    try:
        first = date.fromisoformat(day) if day else today(SystemClock())
    except ValueError as error:
        raise ValueError(f"{day!r} is no day: write 2024-11-01") from error
    return ImportOrder(first, act, whole)


def import_units(url: str, file: Path, order: ImportOrder, *, dry_run: bool) -> ImportPlan:
    """Import a file of units into a database, or only look at what it would change.

    Raises:
        OSError: the file can't be read.
        UnitFileError: a line is bad; it lists every one, and nothing is imported.
        StaleTreeError: somebody else changed the tree meanwhile.
        StoreError: the database can't be reached.
    """
    data = file.read_bytes()
    units = open_unit_tree(url)
    with closing(units.store):
        plan = plan_units(units, data, order)
        if not dry_run:
            digest = hashlib.sha256(data).hexdigest()
            more = {"day": str(order.day), "act": order.act, "sha256": digest}
            on = f"file:{file.name}"
            with auditing_once(url) as trail, told(trail, "units.import", on, more):
                apply_units(units, plan)
    return plan


def _new_id() -> str:
    return str(uuid.uuid4())


def _demo_units() -> bytes:
    """Return the file of the model province's units with the demo's lines in a column more."""
    lines = {row["code"]: row["line_kbps"] for row in _rows_of("demo-lines.csv")}
    rows = [
        row | {"line_kbps": lines.get(row["code"], ""), "line_operator": DEMO_COMPANY}
        for row in _rows_of("khanh-hoa-2024.csv")
    ]
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def _rows_of(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(_text_of(name))))


def _text_of(name: str) -> str:
    return (resources.files("nhipcau.org") / "data" / name).read_text(encoding="utf-8")

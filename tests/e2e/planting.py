"""A unit with a hostile name, written into a demo's database before the demo starts."""

import csv
import io
from pathlib import Path

from nhipcau.app.unit_tree import DEMO_DAY, fill_demo, open_office_tree
from nhipcau.office.tree import apply_units, plan_units
from nhipcau.org.importplan import ImportOrder
from nhipcau.storage.database import sqlite_url

HOSTILE_SITE = "22648"
HOSTILE_NAME = (
    "Xã <img src=x onerror=\"window.hacked='img'\"><script>window.hacked='script'</script>"
    "<svg onload=\"window.hacked='svg'\">{{constructor.constructor('window.hacked=1')()}}"
)


def plant_hostile_name(folder: Path) -> None:
    """Give one commune of the demo that keeps its data in `folder` the hostile name."""
    office = folder / "data" / "office"
    office.mkdir(parents=True)
    units, _ = open_office_tree(sqlite_url(office / "office.db"))
    try:
        fill_demo(units)
        table = io.StringIO()
        csv.writer(table).writerows(
            [
                ("code", "name", "level", "parent_code", "follows"),
                (HOSTILE_SITE, HOSTILE_NAME, "commune", "573", HOSTILE_SITE),
            ]
        )
        order = ImportOrder(DEMO_DAY, whole=False)
        apply_units(units, plan_units(units, table.getvalue().encode(), order))
    finally:
        units.store.close()

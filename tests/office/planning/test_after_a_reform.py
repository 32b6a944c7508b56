"""A meeting of January 2024 after the reforms of 2024 and 2025: it keeps the names of its day."""

from datetime import date, datetime

import pytest

from nhipcau.office.planning.duties import duties
from nhipcau.office.planning.founding import Founding, found_meeting
from nhipcau.office.planning.reading import lay_out, read_meeting
from nhipcau.office.reforms import Reforms
from nhipcau.org.importplan import ImportOrder
from nhipcau.storage.memoryreforms import MemoryReformStore
from nhipcau.storage.memorytree import MemoryTreeStore
from nhipcau.web.plan_out import plan_out

from ...org.province import text_of
from ...planning.session import unit
from .desk import MEETING, SECRETARY, Office

TABLES = (("succession-1196.csv", date(2024, 11, 1)), ("succession-1667.csv", date(2025, 7, 1)))


@pytest.fixture
def office() -> Office:
    made = Office()
    made.approved()
    return made


def reform(office: Office) -> None:
    """Apply both reforms to the tree of the desk."""
    store = office.desk.units.store
    assert isinstance(store, MemoryTreeStore)
    reforms = Reforms(office.desk.units, MemoryReformStore(store), office.clock)
    for name, day in TABLES:
        table = text_of(name).encode()
        reforms.apply(reforms.plan(table, ImportOrder(day, whole=False)), name, table)


def test_its_plan_its_participants_and_its_duties_are_called_as_on_their_day(
    office: Office,
) -> None:
    def shown() -> object:
        sheet = read_meeting(office.desk, SECRETARY, MEETING)
        units = {task.task.id: task.units for task in duties(office.desk, sheet)}
        return plan_out(sheet, ()), units, sheet.checked.invitation.sites

    before = shown()
    reform(office)
    assert shown() == before
    assert office.desk.units.current().as_of(date(2025, 7, 1)).level_counts.get("district", 0) == 0


def test_a_copy_on_a_day_after_it_says_which_units_are_gone(office: Office) -> None:
    reform(office)
    starts = datetime(2025, 8, 20, 8)
    copy = found_meeting(
        office.desk, SECRETARY, Founding(unit("56"), starts=starts, meeting=MEETING)
    )
    sheet = lay_out(office.desk, copy)
    wrong = {(one.part, one.code) for one in sheet.checked.problems if one.blocks}
    # Khánh Vĩnh speaks in step 8, and the level that all districts were picked by is empty.
    assert ("cues/c8", "speaker_no_participant") in wrong
    assert {part for part, code in wrong if code == "unknown_unit"} > {"participants/districts"}
    assert sheet.checked.invitation.has(unit("56"))

"""The same log gives the same report, byte for byte, wherever it is read from."""

from pathlib import Path
from zoneinfo import ZoneInfo

from nhipcau.app.report import report_json, report_of_file, report_of_records
from nhipcau.bench.longsession import LONG_SESSION, long_session
from nhipcau.conference.wire import dump_event
from nhipcau.papers.press import Press
from nhipcau.ports.eventstore import EventStore, LogHead, LogKey, Stretch
from nhipcau.ports.papers import (
    Letterhead,
    MeetingReport,
    PaperFormat,
    PaperFrame,
    Signature,
)
from nhipcau.quantities import McuName
from nhipcau.report.report import Report
from nhipcau.report.sheetfile import csv_of
from nhipcau.report.tables import facts_of, tables_of
from nhipcau.report.worded import Language
from nhipcau.storage.database import migrate, open_database
from nhipcau.storage.eventfile import EventFile
from nhipcau.storage.memoryevents import MemoryEventStore
from nhipcau.storage.sqlevents import SqlEventStore

KEY = LogKey(LONG_SESSION)
LANGUAGE = Language(ZoneInfo("Asia/Ho_Chi_Minh"))
FRAME = PaperFrame(Letterhead(("Ủy ban",), "Khánh Hòa", "BC"), "Phiên dài", Signature(("X",)))


def sent(store: EventStore, records: list[bytes]) -> Report:
    """Return the report of what a store gives back of a log that came in pieces."""
    for first in range(0, len(records), 97):
        # Each piece comes twice, as after a lost answer.
        for _ in range(2):
            piece = tuple(records[first : first + 97])
            store.append(KEY, McuName("hall"), Stretch(store_head(store, first, records), piece))
    return report_of_records(store.read(KEY))


def store_head(store: EventStore, number: int, records: list[bytes]) -> LogHead:
    if not number:
        return LogHead()
    probe = MemoryEventStore()
    return probe.append(KEY, McuName("x"), Stretch(LogHead(), tuple(records[:number])))


def files_of(report: Report) -> list[bytes]:
    tables = tables_of(report, LANGUAGE)
    paper = MeetingReport(FRAME, facts_of(report, LANGUAGE), tables)
    return [
        report_json(report).encode(),
        *(csv_of(table) for table in tables),
        *(Press().print(paper, form) for form in PaperFormat),
    ]


def test_file_and_database_give_the_same_report_to_the_byte(
    tmp_path: Path, database_url: str
) -> None:
    records = [dump_event(event) for event in long_session(30)]
    log = EventFile(tmp_path / "m.events", sync=False)
    for record in records:
        log.append([record])
    log.close()
    engine = open_database(database_url)
    migrate(engine)
    kept = sent(SqlEventStore(engine), records)
    engine.dispose()
    of_file = report_of_file(tmp_path / "m.events")
    assert kept == of_file == sent(MemoryEventStore(), records)
    assert files_of(kept) == files_of(of_file)

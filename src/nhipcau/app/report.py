"""The report of a meeting as JSON or CSV, from the event file of its MCU; nothing else is asked.

The file is only read, so the meeting may go on meanwhile.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from zoneinfo import ZoneInfo

from nhipcau.conference.misfit import EventError
from nhipcau.conference.wire import WireError, load_event
from nhipcau.report.report import Report, make_report
from nhipcau.report.sheetfile import csv_of
from nhipcau.report.tables import tables_of
from nhipcau.report.worded import Language, TableKey
from nhipcau.storage.frames import scan

# The zone of a file's clocks, which no event names.
_VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


class ReportError(Exception):
    """No report can be made; the text is one line for a person."""


def report_of_file(file: Path) -> Report:
    """Return the report of an event file.

    A record that the end of a crash tore is left out.

    Raises:
        ReportError: the file can't be read, is none of ours, or is damaged in its middle.
    """
    try:
        found = scan(file.read_bytes())
        if found.corrupt:
            raise ReportError(f"{file} is no event file, or is damaged in its middle")
        return report_of_records(found.records)
    except (OSError, WireError, EventError) as error:
        raise ReportError(f"{file}: {error}") from error


def report_of_records(records: Sequence[bytes]) -> Report:
    """Return the report of a log.

    Raises:
        WireError: a record is no event of this version.
        EventError: an event does not fit those before it.
    """
    return make_report(load_event(record) for record in records)


def report_json(report: Report) -> str:
    """Return a report as one JSON object."""
    return json.dumps(asdict(report), ensure_ascii=False)


def report_csv(report: Report, key: str) -> bytes:
    """Return one table of a report as CSV.

    Raises:
        ReportError: there is no such table.
    """
    for table in tables_of(report, Language(_VIETNAM)):
        if table.key == key:
            return csv_of(table)
    raise ReportError(f"no table is called {key!r}; there are {', '.join(TableKey)}")

"""The report of a meeting as JSON, from the event file of its MCU; nothing else is asked.

The file is only read, so the meeting may go on meanwhile.
"""

import json
from dataclasses import asdict
from pathlib import Path

from nhipcau.conference.misfit import EventError
from nhipcau.conference.report import make_report
from nhipcau.conference.wire import WireError, load_event
from nhipcau.storage.frames import scan


class ReportError(Exception):
    """No report can be made; the text is one line for a person."""


def report_json(file: Path) -> str:
    """Return the report of an event file as one JSON object.

    A record that the end of a crash tore is left out.

    Raises:
        ReportError: the file can't be read, is none of ours, or is damaged in its middle.
    """
    try:
        found = scan(file.read_bytes())
        if found.corrupt:
            raise ReportError(f"{file} is no event file, or is damaged in its middle")
        report = make_report(load_event(record) for record in found.records)
    except (OSError, WireError, EventError) as error:
        raise ReportError(f"{file}: {error}") from error
    return json.dumps(asdict(report), ensure_ascii=False)

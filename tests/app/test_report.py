"""`nhipcau report`: from an event file to JSON, also while the meeting goes on."""

import json
from pathlib import Path

from typer.testing import CliRunner

from nhipcau.cli import app
from nhipcau.conference.wire import dump_event
from nhipcau.storage.eventfile import EventFile

from ..conference.meeting import KHANH_VINH, SITES
from ..conference.sheet import convened, presses_next


def test_a_report_is_made_from_a_file_that_is_still_written(tmp_path: Path) -> None:
    meeting = convened(*SITES)
    presses_next(meeting, 2)
    path = tmp_path / "tet-2024.events"
    log = EventFile(path)
    log.append([dump_event(event) for event in meeting.log])
    done = CliRunner().invoke(app, ["report", str(path)])
    log.close()
    assert done.exit_code == 0
    report = json.loads(done.stdout)
    assert [cue["state"] for cue in report["cues"][:3]] == ["done", "running", "coming"]
    assert {one["site"] for one in report["attendance"]} == set(SITES)
    spoke = {one["site"]: one["turns"] for one in report["attendance"]}
    listed = CliRunner().invoke(app, ["report", str(path), "--table", "speaking"])
    assert "Khánh Vĩnh,1," in listed.stdout
    odd = CliRunner().invoke(app, ["report", str(path), "--table", "no such"])
    assert odd.exit_code == 2
    assert "attendance" in odd.stderr
    assert spoke[KHANH_VINH] == 1


def test_what_is_no_event_file_is_refused_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("no events")
    done = CliRunner().invoke(app, ["report", str(path)])
    assert done.exit_code == 2
    assert "no event file" in done.stderr

"""A real process is killed while it appends; what it said was safe is there."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from nhipcau.storage.eventfile import EventFile

from . import writer

APPENDS = (1, 5, 12, 23)


def killed_after(path: Path, appends: int) -> int:
    """Run the writer, kill it when it has said `appends` numbers; return the last it said."""
    command = [sys.executable, writer.__file__, str(path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ)
    assert process.stdout is not None
    with process.stdout:
        for _ in range(appends):
            said = process.stdout.readline()
        process.send_signal(signal.SIGKILL)
        rest = process.stdout.read().splitlines(keepends=True)
    assert process.wait(timeout=20) == -signal.SIGKILL
    return int([line for line in (said, *rest) if line.endswith("\n")][-1])


def test_every_append_that_returned_survives_kills_at_any_moment(tmp_path: Path) -> None:
    path = tmp_path / "tet.log"
    for appends in APPENDS:
        last_said = killed_after(path, appends)
        log = EventFile(path)
        records = log.replay()
        log.close()
        assert len(records) > last_said
        assert len(records) % 2 == 0
        assert records == [writer.record(number) for number in range(len(records))]

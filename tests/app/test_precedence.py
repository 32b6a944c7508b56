"""A media process goes first where it may, and goes on where it may not."""

import os
import subprocess
import sys

import pytest

SCRIPT = """
import os
from pathlib import Path
from nhipcau.app.precedence import take_precedence
if {drop}:
    os.setgid(65534)
    os.setuid(65534)
take_precedence()
group = Path("/proc/self/autogroup")
print(os.getpriority(os.PRIO_PROCESS, 0), group.read_text().split()[-1] if group.exists() else "-")
"""


def values(*, drop: bool) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(drop=drop)],
        capture_output=True,
        text=True,
        check=True,
        start_new_session=True,
    )
    return done.stdout.split()[-2:]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may go first")
def test_it_goes_first_where_it_may() -> None:
    nice, group = values(drop=False)
    assert nice == "-10"
    assert group in ("-10", "-")


def test_it_goes_on_where_it_may_not() -> None:
    nice, _ = values(drop=os.geteuid() == 0)
    assert nice == str(os.getpriority(os.PRIO_PROCESS, 0))

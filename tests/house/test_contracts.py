"""The import contracts can fail: a room that reaches up or out into the world is named."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .checkout import ROOT

LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"


def contracts_of(root: Path) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-c", LINT, "--no-cache"],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root / "src")},
        capture_output=True,
        text=True,
        check=False,
        timeout=50,
    )
    return done.returncode, done.stdout


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """Return a copy of the sources, to be spoilt."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    ignored = shutil.ignore_patterns("static", "__pycache__")
    shutil.copytree(ROOT / "src" / "nhipcau", tmp_path / "src" / "nhipcau", ignore=ignored)
    return tmp_path


@pytest.mark.parametrize(
    ("room", "line", "contract"),
    [
        ("rtp", "import time", "Pure rooms touch no world"),
        ("picture", "import nhipcau.codec", "Imports point down"),
        ("mcu", "import nhipcau.office", "Imports point down"),
        ("mcu", "import libdatachannel", "Foreign transports and codecs stay"),
        ("office", "import sqlalchemy", "Only storage speaks SQL"),
    ],
)
def test_an_import_against_the_contracts_is_named(
    house: Path, room: str, line: str, contract: str
) -> None:
    (house / "src" / "nhipcau" / room / "spoilt.py").write_text(line + "\n")
    status, said = contracts_of(house)
    assert status == 1
    assert f"nhipcau.{room}.spoilt" in said
    assert any(contract in row and "BROKEN" in row for row in said.splitlines()), said

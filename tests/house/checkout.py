"""The checkout under test, and small ones made for a test."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
TOOLS = ROOT / "tools"


def make_checkout(root: Path, files: Mapping[str, str]) -> Path:
    """Return `root` as a git checkout that holds `files` (path → text), none of them committed."""
    subprocess.run(["git", "init", "--quiet", str(root)], check=True)
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def run_guard(name: str, *arguments: Path) -> subprocess.CompletedProcess[str]:
    """Run a guard of `tools/` as `./check` does."""
    return subprocess.run(
        [sys.executable, str(TOOLS / name), *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


def run_bash(
    script: str, *, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a few lines of bash, by default in this process's environment."""
    return subprocess.run(
        ["/bin/bash", "-c", script],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
        env=dict(os.environ if env is None else env),
    )


def make_program(path: Path, script: str) -> Path:
    """Write an executable shell script and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path

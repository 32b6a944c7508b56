"""A demo in real processes for one test session, started as a user starts it."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.e2e.waiting import eventually

_STOP_S = 45.0


@dataclass(frozen=True, slots=True)
class Demo:
    """A demo that is live; `says` is its announcement (design of the outer face)."""

    process: "subprocess.Popen[str]"
    says: Mapping[str, Any]
    logs: Path

    @property
    def mcu_url(self) -> str:
        """The MCU's HTTP address."""
        return str(self.says["mcus"][0]["url"])

    @property
    def signal_url(self) -> str:
        """The MCU's signalling address."""
        return self.mcu_url.replace("http", "ws", 1) + "/signal"

    @property
    def media_port(self) -> int:
        """The one UDP port of all endpoints; in the demo the signalling port's number."""
        return int(self.mcu_url.rsplit(":", 1)[1])

    def room(self, site: str) -> str:
        """Return a room's link, with the browser's own sound processing switched off."""
        return f"{self.says['join'][site]}&processing=off"

    def token(self, site: str) -> str:
        """Return a site's join token."""
        return str(self.says["join"][site]).split("#token=", 1)[1]

    @property
    def chair_token(self) -> str:
        """The chair's token."""
        return str(self.says["chair"]).split("#token=", 1)[1]

    def media_pid(self) -> int | None:
        """Return the root's media process that the office hears now, None between two of them."""
        mcus = fetch_json(f"{self.says['office']}/api/v1/demo")["mcus"]
        ours = self.says["meeting"]
        roots = (one for one in mcus if one["conference"] == ours and one["role"] == "root")
        return next((int(one["pid"]) for one in roots), None)

    def metrics(self) -> dict[str, float]:
        """Return the MCU's metrics, each under its name with labels."""
        with urllib.request.urlopen(f"{self.mcu_url}/metrics", timeout=30) as answer:
            lines = answer.read().decode().splitlines()
        pairs = (line.rsplit(" ", 1) for line in lines if line and not line.startswith("#"))
        return {name: float(value) for name, value in pairs}


@contextmanager
def running_demo(folder: Path, sites: int, mcus: int = 1) -> Iterator[Demo]:
    """Run `nhipcau demo` while the context is open, then see that nothing of it is left."""
    said = folder / "demo.err"
    with said.open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "nhipcau", *_words(folder, sites, mcus)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            start_new_session=True,
        )
    try:
        line = _first_line(process, said)
        yield Demo(process, json.loads(line), folder / "data" / "logs")
    finally:
        _stop(process)


def descendants(pid: int) -> set[int]:
    """Return every process that `pid` started, or that one of those did. Source: proc(5)."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (fields := stat_of(int(entry.name))):
            parents[int(entry.name)] = int(fields[1])
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {pid}


def stat_of(pid: int) -> list[str]:
    """Return state, parent, process group, session… of a process, nothing when there is none."""
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rsplit(")", 1)[1].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def alive(pids: set[int]) -> set[int]:
    """Return those that still run (a zombie waits for its parent and runs no more)."""
    return {pid for pid in pids if (fields := stat_of(pid)) and fields[0] != "Z"}


def fetch_json(url: str) -> Any:
    """Return what an HTTP address answers."""
    with urllib.request.urlopen(url, timeout=30) as answer:
        return json.load(answer)


def _words(folder: Path, sites: int, mcus: int) -> list[str]:
    data, several = str(folder / "data"), ["--mcus", str(mcus)]
    return ["demo", "--sites", str(sites), *several, "--port", "0", "--data", data, "--json"]


def _first_line(process: "subprocess.Popen[str]", said: Path) -> str:
    """Return the announcement; the test's own time limit bounds the wait."""
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, f"the demo ended: {said.read_text()}"
    return line


def _stop(process: "subprocess.Popen[str]") -> None:
    """End the demo by SIGTERM; nothing that it started may outlive it.

    Raises:
        AssertionError: something did; it has been killed by then.
    """
    family = descendants(process.pid)
    process.send_signal(signal.SIGTERM)
    try:
        status = process.wait(_STOP_S)
    finally:
        left = alive(family)
        for pid in left | alive({process.pid}):
            os.kill(pid, signal.SIGKILL)
        for pipe in (process.stdin, process.stdout):
            assert pipe is not None
            pipe.close()
        process.wait()
    assert status == 0, f"the demo ended with status {status}"
    assert not left, f"outlived the demo: {left}"


def wait_for_another_media_process(demo: Demo, killed: int) -> int:
    """Return the process that took over from a killed one."""

    def another() -> int | None:
        pid = demo.media_pid()
        return pid if pid != killed else None

    pid = eventually(another, "a new media process")
    assert pid is not None
    return pid

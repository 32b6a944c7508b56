"""The stage of a bench: a demo of its own in real processes, and what the kernel says of them."""

import asyncio
import contextlib
import json
import os
import re
import tempfile
import urllib.request
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nhipcau.app.children import nhipcau_argv

_START_S = 120.0
_RUNG = re.compile(r'nhipcau_mcu_site_rung\{rung="(?P<rung>[^"]+)",site="(?P<site>[^"]+)"\}')
_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Usage:
    """A process's accounts: processor seconds since its start, resident memory in MiB."""

    cpu_s: float
    rss_mb: float


class Stage:
    """A demo that is live; `data` is its folder."""

    def __init__(self, announcement: dict[str, Any], data: Path = Path()) -> None:
        self.announcement = announcement
        self.data = data

    @property
    def mcu_pid(self) -> int:
        """The media process of the (first) MCU."""
        return int(self.announcement["mcus"][0]["pid"])

    def living_mcu_pid(self) -> int:
        """Return the media process that works now, as the office knows it (blocking)."""
        with urllib.request.urlopen(
            f"{self.announcement['office']}/api/v1/demo", timeout=10
        ) as answer:
            return int(json.load(answer)["mcus"][0]["pid"])

    @property
    def mcu_url(self) -> str:
        """The MCU's HTTP address."""
        return str(self.announcement["mcus"][0]["url"])

    @property
    def signal_url(self) -> str:
        """The MCU's signalling address."""
        return self.mcu_url.replace("http", "ws", 1) + "/signal"

    def token(self, site: str) -> str:
        """Return the join token of a site."""
        return str(self.announcement["join"][site]).split("#token=", 1)[1]

    def metrics(self) -> dict[str, float]:
        """Return the MCU's metrics, each under its name with labels."""
        with urllib.request.urlopen(f"{self.mcu_url}/metrics", timeout=10) as answer:
            lines = answer.read().decode().splitlines()
        pairs = (line.rsplit(" ", 1) for line in lines if line and not line.startswith("#"))
        return {name: float(value) for name, value in pairs}

    def rungs(self) -> dict[str, str]:
        """Return the rung of each site, as its MCU says."""
        return rungs_in(self.metrics())


def rungs_in(metrics: Mapping[str, float]) -> dict[str, str]:
    """Return the rung of each site from an MCU's metrics."""
    found = (_RUNG.fullmatch(name) for name in metrics)
    return {match["site"]: match["rung"] for match in found if match is not None}


@contextlib.asynccontextmanager
async def demo_stage(sites: int) -> AsyncIterator[Stage]:
    """Run a demo with `sites` synthetic sites while the context is open.

    Raises:
        RuntimeError: the demo did not come up; its own words are in the message.
    """
    with tempfile.TemporaryDirectory(prefix="nhipcau-bench-") as folder:
        words = ("demo", "--json", "--port", "0", "--sites", str(sites), "--data", folder)
        with (Path(folder) / "said").open("w+b") as said:
            process = await asyncio.create_subprocess_exec(
                *nhipcau_argv(*words), stdout=asyncio.subprocess.PIPE, stderr=said, limit=2**22
            )
            try:
                assert process.stdout is not None
                async with asyncio.timeout(_START_S):
                    line = await process.stdout.readline()
                if not line:
                    said.seek(0)
                    raise RuntimeError(f"the demo did not start: {said.read().decode()}")
                yield Stage(json.loads(line), Path(folder))
            finally:
                if process.returncode is None:
                    process.terminate()
                await process.wait()


def usage(pid: int) -> Usage:
    """Return a process's accounts, all its threads together. Source: proc(5)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    # utime and stime are fields 14 and 15 of the whole line, resident pages field 24.
    cpu_s = (int(fields[11]) + int(fields[12])) / _TICKS_PER_S
    return Usage(cpu_s, int(fields[21]) * os.sysconf("SC_PAGE_SIZE") / 2**20)

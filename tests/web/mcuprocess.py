"""A real MCU in processes of its own, with a plan on its disk and no bus to reach."""

import asyncio
import contextlib
import json
import os
import socket
import urllib.request
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from nhipcau.app.children import child
from nhipcau.mcu.hostingfolder import HostingFolder
from nhipcau.office.tokens import Seat, TokenIssuer
from nhipcau.ports.messages import ConferencePlan, PlannedSite
from nhipcau.quantities import ConferenceId, McuName, SiteId
from nhipcau.settings import BusSettings, McuSettings, MediaPlace
from tests.mcu.machine import WallClock

_CONFERENCE = ConferenceId("many")
# Nobody listens there: the meeting must not need the bus.
_NO_BUS = "nats://127.0.0.1:1"


@dataclass(frozen=True, slots=True)
class McuProcess:
    """A running MCU; `pid` is its media process."""

    pid: int
    url: str
    sites: tuple[SiteId, ...]
    issuer: TokenIssuer

    @property
    def signal_url(self) -> str:
        return self.url.replace("http", "ws", 1) + "/signal"

    def token(self, site: SiteId) -> str:
        seat = Seat(_CONFERENCE, "site", site)
        now_s = WallClock().wall_s()
        return self.issuer.issue(seat, token_id=site, now_s=now_s, lifetime_s=3_600)

    def metrics(self) -> dict[str, float]:
        """Return the MCU's metrics, each under its name with labels."""
        with urllib.request.urlopen(f"{self.url}/metrics", timeout=30) as answer:
            lines = answer.read().decode().splitlines()
        pairs = (line.rsplit(" ", 1) for line in lines if line and not line.startswith("#"))
        return {name.removeprefix("nhipcau_mcu_"): float(value) for name, value in pairs}

    def open_files(self) -> int:
        return sum(1 for _ in Path(f"/proc/{self.pid}/fd").iterdir())

    def rss_mb(self) -> float:
        pages = int(Path(f"/proc/{self.pid}/statm").read_text("ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


@contextlib.asynccontextmanager
async def running_mcu(folder: Path, sites: int) -> AsyncIterator[McuProcess]:
    """Run an MCU with a conference of so many sites while the context is open."""
    issuer = TokenIssuer(Ed25519PrivateKey.generate())
    codes = tuple(SiteId(f"site{number}") for number in range(sites))
    data = folder / "data"
    data.mkdir()
    HostingFolder(data).put(_plan(codes, issuer))
    settings = McuSettings(
        name=McuName("mcu"),
        places=(MediaPlace(port=0, media_port=_free_udp_port()),),
        data_dir=data,
        bus=BusSettings(url=_NO_BUS),
    )
    async with child("mcu", ("mcu",), settings.model_dump_json(), folder) as mcu:
        (said,) = json.loads(json.dumps(mcu.ready))["hosted"]
        process = McuProcess(int(said["pid"]), str(said["url"]), codes, issuer)
        await asyncio.to_thread(process.metrics)
        yield process


def _plan(sites: tuple[SiteId, ...], issuer: TokenIssuer) -> ConferencePlan:
    return ConferencePlan(
        conference=_CONFERENCE,
        title="Many come and go",
        mcu=McuName("mcu"),
        chair_site=sites[0],
        layout="auto",
        sites=tuple(PlannedSite(site=site, name=site, level="commune") for site in sites),
        token_public_key_pem=issuer.public_key_pem(),
    )


def _free_udp_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

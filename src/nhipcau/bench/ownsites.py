"""Synthetic sites in the bench's own process, whose counters it can read."""

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from nhipcau.app.clock import SystemClock
from nhipcau.app.demo_fleet import loops_dir
from nhipcau.codec.pyav import PyAvCodecs
from nhipcau.rehearsal.fleet import Fleet
from nhipcau.rehearsal.spec import SiteSpec
from nhipcau.webrtc.certificate import make_certificate
from nhipcau.webrtc.rtc import RtcSettings, RtcTransport

_JOIN_S = 60.0


@contextlib.asynccontextmanager
async def own_sites(specs: Sequence[SiteSpec], bind: str = "127.0.0.1") -> AsyncIterator[Fleet]:
    """Let sites join from this process; enter when each has had its first picture.

    `bind` is the address of their media.

    Raises:
        TimeoutError: one has none within a minute.
    """
    async with fleet_here(bind) as fleet:
        for spec in specs:
            fleet.add(spec)
        await until_seen(fleet)
        yield fleet


@contextlib.asynccontextmanager
async def fleet_here(bind: str = "127.0.0.1") -> AsyncIterator[Fleet]:
    """Yield a fleet of this process, without any site yet."""
    clock = SystemClock()
    with tempfile.TemporaryDirectory(prefix="nhipcau-bench-") as name:
        certificate = make_certificate(Path(name), datetime.now(UTC))
        transport = RtcTransport(RtcSettings(certificate, bind))
        try:
            async with Fleet(transport, PyAvCodecs(clock), clock, loops_dir()) as fleet:
                yield fleet
        finally:
            await asyncio.to_thread(transport.close)


async def until_seen(fleet: Fleet) -> None:
    """Wait until every site has had its first picture.

    Raises:
        TimeoutError: one has none within a minute.
    """
    async with asyncio.timeout(_JOIN_S):
        while any(site.program.first_s is None for site in fleet.stats().values()):  # noqa: ASYNC110 - polled
            await asyncio.sleep(0.1)

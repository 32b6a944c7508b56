"""The stage of the large benches: one MCU in its real processes, and this process as its office.

    NATS ◀─ plans ── this process ── links ──▶ fleet process, sites of this process
      └─▶ nhipcau mcu ─▶ a media process for each meeting

The demo has the model province's 145 sites and one meeting; here a bench says how many of what.
"""

import asyncio
import contextlib
import socket
import tempfile
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from nhipcau.app.buslink import open_bus
from nhipcau.app.children import child
from nhipcau.app.clock import SystemClock
from nhipcau.app.demo_bus import bus_of
from nhipcau.app.demo_fleet import loops_dir
from nhipcau.app.precedence import give_precedence
from nhipcau.bench.stage import Stage
from nhipcau.bus.server import NatsServer
from nhipcau.office.links import LinkMaker
from nhipcau.office.meetings import Meeting, MeetingBook
from nhipcau.office.observing import McuObserver
from nhipcau.office.tokens import TokenIssuer
from nhipcau.ports.busrights import mcu_rights, office_rights
from nhipcau.ports.messages import McuStatus, PlannedSite
from nhipcau.quantities import ConferenceId, McuName, SiteId
from nhipcau.rehearsal.spec import FleetSpec, SiteSpec
from nhipcau.settings import BusSettings, McuSettings, MediaPlace

_MCU = McuName("mcu-bench")
_OFFICE = "bench"
_BIND = "127.0.0.1"
_POLL_S = 0.1
_HOSTED_S = 30.0
# Of five places two have no bound that matters, two have 512 kbit/s, one has 150.
_LINES_BPS = (None, 512_000, None, 512_000, 150_000)


@dataclass(frozen=True, slots=True)
class Gathering:
    """One meeting of a bench: its name, how many sites are invited, the first one's number."""

    name: str
    sites: int
    first: int = 10_000
    layout: str = "4x4"


def planned_sites(one: Gathering) -> tuple[PlannedSite, ...]:
    """Return sites of which two fifths get 720p, two fifths 360p and one fifth 180p."""
    return tuple(
        PlannedSite(
            site=SiteId(f"{one.first + n}"),
            name=f"Xã {n}",
            level="commune",
            line_bps=_LINES_BPS[n % len(_LINES_BPS)],
        )
        for n in range(one.sites)
    )


@contextlib.asynccontextmanager
async def province(gatherings: Sequence[Gathering]) -> AsyncIterator[list[Stage]]:
    """Run the gatherings on one MCU while the context is open; yield the stage of each.

    Raises:
        ChildError: the MCU did not start.
    """
    async with contextlib.AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="nhipcau-bench-")))
        nats = NatsServer(folder / "nats", users={_OFFICE: office_rights(), _MCU: mcu_rights(_MCU)})
        await nats.start()
        stack.push_async_callback(nats.stop)
        settings = _mcu(len(gatherings), bus_of(nats, _MCU), folder)
        office = await stack.enter_async_context(
            open_bus(bus_of(nats, _OFFICE), "bench", found=True)
        )
        issuer = TokenIssuer(Ed25519PrivateKey.generate())
        book = MeetingBook(office.registry, issuer.public_key_pem())
        await office.link.wait_connected(10.0)
        meetings = [
            Meeting(
                meeting=ConferenceId(one.name),
                title=one.name,
                mcu=_MCU,
                mcu_url="",
                chair_site=SiteId(f"{one.first}"),
                layout=one.layout,
                sites=planned_sites(one),
            )
            for one in gatherings
        ]
        for meeting in meetings:
            await book.plan(meeting)
        observer = McuObserver(office.bus, SystemClock())
        listening = asyncio.create_task(observer.run(), name="MCU observer")
        stack.callback(listening.cancel)
        await stack.enter_async_context(child("mcu", ("mcu",), settings.model_dump_json(), folder))
        hosted = await _all_hosted(observer, meetings)
        links = LinkMaker(issuer, SystemClock())
        yield [
            _stage(replace(meeting, mcu_url=status.url), links, status.pid)
            for meeting, status in zip(meetings, hosted, strict=True)
        ]


async def _all_hosted(observer: McuObserver, meetings: Sequence[Meeting]) -> list[McuStatus]:
    """Return what the media process of each meeting says, once all of them speak.

    Raises:
        TimeoutError: one of them does not come up.
    """
    async with asyncio.timeout(_HOSTED_S * len(meetings)):
        while True:
            alive = {status.conference: status for status in observer.alive()}
            if all(meeting.meeting in alive for meeting in meetings):
                return [alive[meeting.meeting] for meeting in meetings]
            await asyncio.sleep(_POLL_S)


@contextlib.asynccontextmanager
async def fleet(
    stages: Iterable[tuple[Stage, Sequence[str]]], talkers: int = 3, *, precedence: bool = False
) -> AsyncIterator[None]:
    """Let sites of these stages join from a process of their own; enter when all have come.

    Args:
        stages: each with the codes of its sites that join.
        talkers: so many of each stage's open their microphones.
        precedence: the sites weigh as much as the MCU, where that is allowed; without it they
            starve, and can't even join, beside an MCU that wants the whole machine.
    """
    pairs = [(stage, list(codes)) for stage, codes in stages]
    specs = [
        spec_of_site(stage, code, mic=place < talkers)
        for stage, codes in pairs
        for place, code in enumerate(codes)
    ]
    settings = FleetSpec(sites=tuple(specs), data=loops_dir()).model_dump_json()
    with tempfile.TemporaryDirectory(prefix="nhipcau-bench-") as folder:
        before = [stage.metrics()["nhipcau_mcu_connections"] for stage, _ in pairs]
        async with child("fleet", ("fleet",), settings, Path(folder)) as process:
            if precedence:
                with contextlib.suppress(PermissionError):
                    give_precedence(process.process.pid)
            for (stage, codes), others in zip(pairs, before, strict=True):
                await until_connected(stage, int(others) + len(codes))
            yield


def spec_of_site(stage: Stage, code: str, *, mic: bool = False) -> SiteSpec:
    """Return a synthetic site of a stage."""
    return SiteSpec(
        code=SiteId(code), name=code, url=stage.signal_url, token=stage.token(code), mic=mic
    )


async def until_connected(stage: Stage, count: int) -> None:
    """Wait until so many media connections are up.

    Raises:
        TimeoutError: they are not within a minute.
    """
    async with asyncio.timeout(60):
        while (await asyncio.to_thread(stage.metrics))["nhipcau_mcu_connections"] < count:  # noqa: ASYNC110 - polled
            await asyncio.sleep(_POLL_S)


def _mcu(places: int, bus: BusSettings, folder: Path) -> McuSettings:
    ports = [free_port() for _ in range(places)]
    return McuSettings(
        name=_MCU,
        bind=_BIND,
        places=tuple(MediaPlace(port=port, media_port=port) for port in ports),
        data_dir=folder / "mcu",
        bus=bus,
    )


def free_port() -> int:
    """Return a port that was free for TCP and UDP a moment ago."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as one:
            one.bind((_BIND, 0))
            port = int(one.getsockname()[1])
            with (
                socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other,
                contextlib.suppress(OSError),
            ):
                other.bind((_BIND, port))
                return port


def _stage(meeting: Meeting, links: LinkMaker, pid: int) -> Stage:
    return Stage(
        {
            "office": "",
            "meeting": meeting.meeting,
            "join": links.rooms(meeting),
            "chair": links.chair(meeting),
            "console": links.console(meeting),
            "mcus": [{"name": _MCU, "pid": pid, "url": meeting.mcu_url, "role": "root"}],
        }
    )

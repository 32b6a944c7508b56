"""The demo: Khánh Hòa 2024 on one machine, with a three-level session that is live now.

choose ports ─▶ NATS ─▶ office and MCU ─▶ links ─▶ synthetic sites ─▶ the chair gives the floor
"""

import asyncio
import contextlib
import json
import os
import socket
import tempfile
import urllib.request
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from nhipcau.app.children import Child, ChildError, child, until_told_to_stop
from nhipcau.app.demo_accounts import announced, demo_accounts
from nhipcau.app.demo_chair import lead_to
from nhipcau.bus.server import NatsServer
from nhipcau.ports.bus import BusError
from nhipcau.ports.busrights import mcu_rights, office_rights
from nhipcau.quantities import ConferenceId, McuName
from nhipcau.rehearsal.spec import FleetSpec, SiteSpec
from nhipcau.settings import (
    BusSettings,
    DemoSettings,
    McuSettings,
    MediaPlace,
    OfficeSettings,
)

DEFAULT_PORT = 8460
MEETING = ConferenceId("phien-ba-cap-2024-01-25")
MCU = McuName("mcu-tinh")
OFFICE = "office"
# The first session's speakers come first: hall, the 8 districts, and the three communes that
# report; whoever asks for more sites gets the others in roster order.
FIRST_SITES = ("56", "573", "575", "572", "568", "569", "570", "571", "574")
FIRST_COMMUNES = ("22633", "22735", "22519")
# Who has the floor when a newcomer looks in: the first district to report.
FIRST_SPEAKER = "573"
_ALIVE_S = 30.0
# How many meetings the demo's MCU can host at once: the province's, and one for each district.
PLACES = 10
# Beyond the first, which is asked for by number, places take what is free behind it.
_TRIED_PORTS = 40


class DemoError(Exception):
    """The demo can't start; the text is one line for a person."""


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """What may be asked of the demo on the command line."""

    sites: int
    port: int
    bind: str
    data: Path | None
    recording: bool = False


@dataclass(frozen=True, slots=True)
class McuLine:
    """One MCU in the demo's announcement; `pid` is its media process."""

    name: str
    pid: int
    url: str
    role: str


@dataclass(frozen=True, slots=True)
class Announcement:
    """What the demo says when it is live; docs/PROTOCOL.md and the README lean on its fields."""

    office: str
    meeting: str
    join: Mapping[str, str]
    chair: str
    console: str
    mcus: Sequence[McuLine]
    accounts: Sequence[Mapping[str, Any]]

    def as_json(self) -> str:
        """Return the announcement as one line."""
        return json.dumps(asdict(self), ensure_ascii=False)


async def run_demo(
    options: DemoOptions, say: Callable[[str], None], announce: Callable[[Announcement], None]
) -> None:
    """Run the demo until told to stop.

    Args:
        options: from the command line.
        say: shows one line of progress.
        announce: called once, when the meeting is live.

    Raises:
        DemoError: a port is taken, or a part did not start.
    """
    async with contextlib.AsyncExitStack() as stack:
        data = options.data or Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="nhipcau-demo-"))
        )
        logs = data / "logs"
        logs.mkdir(parents=True, exist_ok=True)
        stop = asyncio.create_task(until_told_to_stop(), name="stop signal")
        start = asyncio.create_task(_start(options, data, stack, say), name="demo start")
        await asyncio.wait((stop, start), return_when=asyncio.FIRST_COMPLETED)
        if not start.done():
            start.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await start
            return
        try:
            announce(start.result())
        except (ChildError, BusError, OSError, TimeoutError) as error:
            stop.cancel()
            raise DemoError(str(error) or f"a part did not answer in time; see {logs}") from error
        await stop
        say("Đang dừng…")


async def _start(
    options: DemoOptions, data: Path, stack: contextlib.AsyncExitStack, say: Callable[[str], None]
) -> Announcement:
    office_port, *mcu_ports, front_port = _choose_ports(options)
    front_url = f"http://{_host(options.bind)}:{front_port}"
    logs = data / "logs"
    say("Khởi động bus (NATS)…")
    nats = await _bus(data, stack)
    say("Khởi động văn phòng và MCU…")
    places = _places(options.bind, mcu_ports)
    mcu = McuSettings(
        name=MCU,
        bind=options.bind,
        places=places,
        front_port=front_port,
        front_url=front_url,
        data_dir=data / "mcu",
        bus=bus_of(nats, MCU),
    )
    accounts = demo_accounts()
    office = OfficeSettings(
        bind=options.bind,
        port=office_port,
        data_dir=data / "office",
        bus=bus_of(nats, OFFICE),
        demo=DemoSettings(
            conference=MEETING,
            mcu=MCU,
            mcu_url=places[0].public_url,
            front_url=front_url,
            accounts=accounts,
        ),
    )
    await _together(
        stack.enter_async_context(child("office", ("office",), office.model_dump_json(), logs)),
        stack.enter_async_context(child("mcu", ("mcu",), mcu.model_dump_json(), logs)),
    )
    office_url = f"http://{_host(options.bind)}:{office_port}"
    # Links lead to where the meeting is hosted: only its MCU knows.
    line = await _living_mcu(office_url)
    demo = await asyncio.to_thread(_fetch, f"{office_url}/api/v1/demo")
    announcement = Announcement(
        office=office_url,
        meeting=demo["meeting"]["id"],
        join={site["code"]: site["url"] for site in demo["sites"]},
        chair=demo["chair"],
        console=demo["console"],
        mcus=[line],
        accounts=announced(accounts, office_url, _sign_in_links(demo)),
    )
    if options.sites:
        say(f"Khởi động {options.sites} điểm cầu mô phỏng…")
        fleet = FleetSpec(sites=_fleet(demo["sites"], options.sites), data=loops_dir())
        await stack.enter_async_context(child("fleet", ("fleet",), fleet.model_dump_json(), logs))
        present = [site.code for site in fleet.sites]
        speaker = FIRST_SPEAKER if FIRST_SPEAKER in present else present[0]
        await lead_to(announcement.chair, speaker)
    return announcement


async def _bus(data: Path, stack: contextlib.AsyncExitStack) -> NatsServer:
    """Return the bus, which runs until the stack is left."""
    nats = NatsServer(data / "nats", users={OFFICE: office_rights(), MCU: mcu_rights(MCU)})
    await nats.start()
    stack.push_async_callback(nats.stop)
    return nats


def _places(bind: str, ports: Sequence[int]) -> tuple[MediaPlace, ...]:
    """Return the places of the MCU, each with one number for TCP and UDP."""
    return tuple(
        MediaPlace(port=port, media_port=port, public_url=f"http://{_host(bind)}:{port}")
        for port in ports
    )


def bus_of(nats: NatsServer, name: str) -> BusSettings:
    """Return how a process of this name gets to the bus."""
    address = nats.address_of(name)
    return BusSettings(url=address.url, user=address.user, password=address.password)


async def _together(*starts: Coroutine[Any, Any, Child]) -> None:
    """Wait for several children at once; raise what went wrong first."""
    outcomes = await asyncio.gather(*starts, return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome


def _fleet(sites: Sequence[Mapping[str, Any]], count: int) -> tuple[SiteSpec, ...]:
    """Return the first `count` sites as synthetic ones, the session's speakers first."""
    rank = {code: place for place, code in enumerate((*FIRST_SITES, *FIRST_COMMUNES))}
    ordered = sorted(sites, key=lambda site: rank.get(site["code"], len(rank)))
    return tuple(
        SiteSpec(
            code=site["code"],
            name=site["name"],
            url=_signal_url(site["url"]),
            token=_token(site["url"]),
            speaks_on_air=True,
        )
        for site in ordered[:count]
    )


def _signal_url(link: str) -> str:
    origin = link.split("#", 1)[0].rsplit("/", 1)[0]
    return f"{origin.replace('http', 'ws', 1)}/signal"


def _token(link: str) -> str:
    return link.split("#token=", 1)[1]


def _sign_in_links(demo: Mapping[str, Any]) -> Mapping[str, str]:
    return {account["login"]: account["url"] for account in demo["accounts"]}


async def _living_mcu(office_url: str) -> McuLine:
    """Return the MCU as soon as the office has heard of it."""
    async with asyncio.timeout(_ALIVE_S):
        while True:
            demo = await asyncio.to_thread(_fetch, f"{office_url}/api/v1/demo")
            for status in demo["mcus"]:
                if status["conference"] == MEETING:
                    return McuLine(status["mcu"], status["pid"], status["url"], "root")
            await asyncio.sleep(0.1)


def _fetch(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - our own office
        return json.load(answer)


def _choose_ports(options: DemoOptions) -> list[int]:
    """Return free ports for the office, each place of the MCU and its front, for TCP and UDP.

    Raises:
        DemoError: a port that was asked for is taken.
    """
    if options.port == 0:
        return _free_ports(options.bind, 2 + PLACES)
    asked = range(options.port, options.port + 2)
    for port in asked:
        if not _is_free(options.bind, port):
            raise DemoError(f"port {port} is taken: choose another with --port, or 0 for any")
    behind = range(asked.stop, asked.stop + _TRIED_PORTS)
    others = [port for port in behind if port < 65536 and _is_free(options.bind, port)]
    return [*asked, *others[:PLACES]]


def _free_ports(bind: str, count: int) -> list[int]:
    found: list[int] = []
    while len(found) < count:
        port = _free_port(bind)
        if port not in found:
            found.append(port)
    return found


def _free_port(bind: str) -> int:
    while True:
        with _socket(bind, socket.SOCK_STREAM) as probe:
            probe.bind((bind, 0))
            port = int(probe.getsockname()[1])
        if _is_free(bind, port):
            return port


def _is_free(bind: str, port: int) -> bool:
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with _socket(bind, kind) as probe:
            if kind is socket.SOCK_STREAM:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((bind, port))
            except OSError:
                return False
    return True


def _socket(bind: str, kind: socket.SocketKind) -> socket.socket:
    return socket.socket(socket.AF_INET6 if ":" in bind else socket.AF_INET, kind)


def _host(bind: str) -> str:
    return f"[{bind}]" if ":" in bind else bind


def loops_dir() -> Path:
    """Return where synthetic pictures are kept between runs."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "nhipcau" / "loops"

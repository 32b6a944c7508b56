"""The demo: Khánh Hòa 2024 on one machine, with a three-level session that is live now.

choose ports ─▶ NATS ─▶ office and MCU ─▶ links ─▶ synthetic sites ─▶ the chair gives the floor
"""

import asyncio
import contextlib
import json
import tempfile
import urllib.request
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from nhipcau.app.children import ChildError, child, until_told_to_stop
from nhipcau.app.demo_accounts import announced, demo_accounts
from nhipcau.app.demo_bus import OFFICE, run_bus
from nhipcau.app.demo_chair import lead_to
from nhipcau.app.demo_fleet import fleet_of
from nhipcau.app.demo_mcus import MCU, Machine, Stand, inventory, mcu_settings, stands
from nhipcau.app.demo_ports import free_ports, host_of, is_free
from nhipcau.app.kept import kept_child
from nhipcau.ports.bus import BusError
from nhipcau.quantities import ConferenceId
from nhipcau.settings import DemoSettings, McuSettings, OfficeSettings

DEFAULT_PORT = 8460
MEETING = ConferenceId("phien-ba-cap-2024-01-25")
# Who has the floor when a newcomer looks in: the first district to report.
FIRST_SPEAKER = "573"
_ALIVE_S, _ALIVE_EACH_S = 30.0, 10.0
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
    mcus: int = 1


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
    posts = stands(options.mcus)
    office_port, *ports = _choose_ports(options, 1 + sum(post.ports for post in posts))
    say("Khởi động bus (NATS)…")
    districts = [post.name for post in posts if post.is_district]
    here = [post.name for post in posts if not post.is_district]
    bus = await run_bus(data, here, districts, stack)
    say("Khởi động văn phòng và MCU…")
    mcus = []
    for post in posts:
        mine, ports = ports[: post.ports], ports[post.ports :]
        folder = data / ("mcu" if post.name == MCU else post.name)
        machine = Machine(folder, options.bind, mine, bus.settings_of(post.name))
        mcus.append(mcu_settings(post, machine, alone=len(posts) == 1))
    office = OfficeSettings(
        bind=options.bind,
        port=office_port,
        data_dir=data / "office",
        bus=bus.settings_of(OFFICE),
        demo=DemoSettings(
            conference=MEETING,
            mcus=tuple(inventory(post, one) for post, one in zip(posts, mcus, strict=True)),
            accounts=demo_accounts(),
        ),
    )
    await _start_processes(office, mcus, data, stack)
    office_url = f"http://{host_of(options.bind)}:{office_port}"
    # Links lead to where the meeting is hosted: only its MCUs know.
    lines = await _living_mcus(office_url, posts)
    demo = await asyncio.to_thread(_fetch, f"{office_url}/api/v1/demo")
    announcement = _announcement(office_url, office, demo, lines)
    if options.sites:
        say(f"Khởi động {options.sites} điểm cầu mô phỏng…")
        fleet = fleet_of(demo["sites"], options.sites)
        line = fleet.model_dump_json()
        await stack.enter_async_context(child("fleet", ("fleet",), line, data / "logs"))
        present = [site.code for site in fleet.sites]
        speaker = FIRST_SPEAKER if FIRST_SPEAKER in present else present[0]
        await lead_to(announcement.chair, speaker)
    return announcement


async def _start_processes(
    office: OfficeSettings,
    mcus: Sequence[McuSettings],
    data: Path,
    stack: contextlib.AsyncExitStack,
) -> None:
    """Start office and MCUs; they run, and begin again when they end, until the stack is left.

    Raises:
        ChildError: one did not start.
    """

    async def start(name: str, word: str, settings: str) -> None:
        await stack.enter_async_context(kept_child(name, word, settings, data))

    def start_mcu(mcu: McuSettings) -> Coroutine[Any, Any, None]:
        return start("mcu" if mcu.name == MCU else mcu.name, "mcu", mcu.model_dump_json())

    # Two at a time of what takes longest: ten at once on two cores would each be late.
    root, *others = mcus
    await _together(start("office", "office", office.model_dump_json()), start_mcu(root))
    await _together(*(start_mcu(mcu) for mcu in others))


def _announcement(
    office_url: str, office: OfficeSettings, demo: Mapping[str, Any], lines: Sequence[McuLine]
) -> Announcement:
    accounts = () if office.demo is None else office.demo.accounts
    return Announcement(
        office=office_url,
        meeting=demo["meeting"]["id"],
        join={site["code"]: site["url"] for site in demo["sites"]},
        chair=demo["chair"],
        console=demo["console"],
        mcus=lines,
        accounts=announced(accounts, office_url, _sign_in_links(demo)),
    )


async def _together(*starts: Coroutine[Any, Any, None]) -> None:
    """Wait for several children at once; raise what went wrong first."""
    outcomes = await asyncio.gather(*starts, return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome


def _sign_in_links(demo: Mapping[str, Any]) -> Mapping[str, str]:
    return {account["login"]: account["url"] for account in demo["accounts"]}


async def _living_mcus(office_url: str, posts: Sequence[Stand]) -> list[McuLine]:
    """Return the MCUs, as soon as the office has heard of each one's part in the meeting."""
    async with asyncio.timeout(_ALIVE_S + _ALIVE_EACH_S * len(posts)):
        while True:
            demo = await asyncio.to_thread(_fetch, f"{office_url}/api/v1/demo")
            found = {one["mcu"]: one for one in demo["mcus"] if one["conference"] == MEETING}
            if all(post.name in found for post in posts):
                return [
                    McuLine(post.name, one["pid"], one["url"], one["role"])
                    for post in posts
                    for one in (found[post.name],)
                ]
            await asyncio.sleep(0.1)


def _fetch(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - our own office
        return json.load(answer)


def _choose_ports(options: DemoOptions, count: int) -> list[int]:
    """Return so many free ports, for TCP and UDP: the office's, then those of the MCUs.

    Raises:
        DemoError: a port that was asked for is taken.
    """
    if options.port == 0:
        return free_ports(options.bind, count)
    asked = range(options.port, options.port + 2)
    for port in asked:
        if not is_free(options.bind, port):
            raise DemoError(f"port {port} is taken: choose another with --port, or 0 for any")
    behind = range(asked.stop, min(asked.stop + count + _TRIED_PORTS, 65536))
    others = [port for port in behind if is_free(options.bind, port)][: count - len(asked)]
    if len(others) < count - len(asked):
        raise DemoError(f"too few free ports behind {options.port}: choose another with --port")
    return [*asked, *others]

"""`bench records`: how soon after a long session's end its report is ready.

    event file ◀─ a session of 145 rooms, three hours and more, all but its end
    event shipping ═ NATS ═▶ a real office (SQLite)          has all of it, as in a live meeting
    the end is written ─▶ clock ─▶ report whole, page, DOCX, PDF and CSV fetched ─▶ clock

Beside it stands how long it takes when the office was away all the time and the whole log comes at
once. Each round is a conference of its own.
"""

import asyncio
import contextlib
import http.cookiejar
import json
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from nhipcau.app.buslink import open_bus
from nhipcau.app.children import child
from nhipcau.app.demo import MEETING
from nhipcau.app.demo_accounts import demo_accounts
from nhipcau.app.demo_mcus import MCU
from nhipcau.app.event_shipping import EventShipping
from nhipcau.app.eventing import asking_events
from nhipcau.bench.longsession import long_session
from nhipcau.bench.report import Figure, at_most, plain
from nhipcau.bus.server import NatsServer
from nhipcau.conference.wire import dump_event
from nhipcau.ports.busrights import mcu_rights, office_rights
from nhipcau.quantities import ConferenceId
from nhipcau.settings import BusSettings, DemoMcu, DemoSettings, OfficeSettings
from nhipcau.storage.eventfile import EventFile
from nhipcau.storage.eventtail import EVENTS

_READY_GOAL_S = 5.0
_FILES = ("report.docx", "report.pdf", "attendance.csv")
# The chair's last press and what follows from it.
_END = 5
_ASK_EVERY_S = 0.05
_PATIENCE_S = 60.0
_MS = 1000


@dataclass(frozen=True, slots=True)
class _Round:
    """One session: report whole, and with all files; and when the log came at once."""

    whole_s: float
    ready_s: float
    behind_s: float


async def bench_records(sites: int, seconds: float) -> list[Figure]:
    """Return the figures; a round takes some seconds, and there are at least three."""
    sessions = [dump_event(event) for event in long_session(sites)]
    rounds: list[_Round] = []
    end = time.monotonic() + seconds
    async with _office() as office:
        while len(rounds) < 3 or time.monotonic() < end:
            rounds.append(await _round(office, sites, len(rounds)))
    return [
        at_most("report_ready_s", max(one.ready_s for one in rounds), "s", _READY_GOAL_S),
        plain("report_ready_s_median", median(one.ready_s for one in rounds), "s"),
        plain("report_whole_s_median", median(one.whole_s for one in rounds), "s"),
        plain("report_after_away_s", max(one.behind_s for one in rounds), "s"),
        plain("report_sites", sites, "sites"),
        plain("report_events", len(sessions), "events"),
        plain("report_rounds", len(rounds), "rounds"),
    ]


@dataclass(frozen=True, slots=True)
class _Office:
    """An office that runs, its secretary signed in, and an MCU's folder that is sent to it."""

    url: str
    folder: Path
    opener: urllib.request.OpenerDirector

    def get(self, path: str) -> bytes | None:
        """Return what the office answers, None where it has nothing yet (blocking)."""
        try:
            with self.opener.open(f"{self.url}/api/v1{path}", timeout=_PATIENCE_S) as answer:
                data: bytes = answer.read()
                return data
        except urllib.error.HTTPError as error:
            if error.code != 404:
                raise
            return None

    async def report(self, conference: str) -> Any:
        """Return a report, None where there is none yet."""
        data = await asyncio.to_thread(self.get, f"/reports/{conference}")
        return None if data is None else json.loads(data)

    async def until(self, conference: str, events: int) -> Any:
        """Return the report once it is made of so many events."""
        async with asyncio.timeout(_PATIENCE_S):
            while True:
                said = await self.report(conference)
                if said is not None and said["log"]["events"] >= events:
                    return said
                await asyncio.sleep(_ASK_EVERY_S)


async def _round(office: _Office, sites: int, number: int) -> _Round:
    live, late = (f"phien-{word}-{number}" for word in ("dai", "muon"))
    records = _records(sites, live)
    log = EventFile(office.folder / f"{live}{EVENTS}")
    log.append(records[:-_END])
    await office.until(live, len(records) - _END)
    began = time.monotonic()
    log.append(records[-_END:])
    said = await office.until(live, len(records))
    whole_s = time.monotonic() - began
    for file in _FILES:
        assert await asyncio.to_thread(office.get, f"/reports/{live}/{file}")
    ready_s = time.monotonic() - began
    assert said["report"]["over"]
    log.close()
    again = EventFile(office.folder / f"{late}{EVENTS}")
    began = time.monotonic()
    again.append(_records(sites, late))
    await office.until(late, len(records))
    behind_s = time.monotonic() - began
    again.close()
    return _Round(whole_s, ready_s, behind_s)


def _records(sites: int, conference: str) -> list[bytes]:
    events = long_session(sites, conference=ConferenceId(conference))
    return [dump_event(event) for event in events]


@contextlib.asynccontextmanager
async def _office() -> AsyncIterator[_Office]:
    """Run bus, office and the sending of an MCU's folder while the context is open."""
    async with contextlib.AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="nhipcau-bench-")))
        nats = NatsServer(folder / "nats", users={"office": office_rights(), MCU: mcu_rights(MCU)})
        await nats.start()
        stack.push_async_callback(nats.stop)
        settings = OfficeSettings(
            port=0,
            data_dir=folder / "office",
            bus=_bus(nats, "office"),
            demo=DemoSettings(
                conference=MEETING,
                mcus=(DemoMcu(name=MCU, url="http://127.0.0.1:9"),),
                accounts=demo_accounts(),
            ),
        )
        office = await stack.enter_async_context(
            child("office", ("office",), settings.model_dump_json(), folder)
        )
        url = f"http://127.0.0.1:{office.ready['port']}"
        opener = await asyncio.to_thread(_signed_in, url)
        logs = folder / "mcu"
        logs.mkdir()
        bus = await stack.enter_async_context(open_bus(_bus(nats, MCU), MCU))
        shipping = EventShipping(MCU, logs, asking_events(bus.bus, MCU))
        task = asyncio.create_task(shipping.run(), name="event shipping")
        stack.callback(task.cancel)
        yield _Office(url, logs, opener)


def _bus(nats: NatsServer, name: str) -> BusSettings:
    address = nats.address_of(name)
    return BusSettings(url=address.url, user=address.user, password=address.password)


def _signed_in(url: str) -> urllib.request.OpenerDirector:
    """Return what asks as the demo's secretary (blocking)."""
    jar = http.cookiejar.CookieJar(
        http.cookiejar.DefaultCookiePolicy(secure_protocols=("http", "https"))
    )
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    with opener.open(f"{url}/api/v1/demo", timeout=_PATIENCE_S) as answer:
        accounts = json.load(answer)["accounts"]
    link = next(one["url"] for one in accounts if one["login"] == "thu-ky")
    body = json.dumps({"token": link.split("#sign-in=")[1]}).encode()
    headers = {"Origin": url, "Content-Type": "application/json"}
    opener.open(
        urllib.request.Request(f"{url}/api/v1/sign-in/link", body, headers), timeout=_PATIENCE_S
    ).close()
    return opener

"""An office on its own database, a bus and an MCU, each of which may be killed and begun again.

    PostgreSQL ◀─ office ─ NATS ─ MCU (no relation to the office but the bus) ◀─ rooms, chair

All are real processes; what is killed is killed with SIGKILL, and begins from what is on its disk.
"""

import asyncio
import contextlib
import json
import os
import signal
import tempfile
import urllib.request
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nhipcau.app.children import Child, child
from nhipcau.app.demo import MEETING
from nhipcau.app.demo_bus import OFFICE, bus_of
from nhipcau.app.demo_mcus import MCU
from nhipcau.bench import postgres
from nhipcau.bench.postgres import Postgres
from nhipcau.bench.province import free_port
from nhipcau.bus.server import NatsServer
from nhipcau.conference.digest import GENESIS, next_digest
from nhipcau.ports.busrights import mcu_rights, office_rights
from nhipcau.ports.eventstore import LogKey
from nhipcau.ports.tree import StoreError
from nhipcau.quantities import SiteId
from nhipcau.rehearsal.spec import SiteSpec
from nhipcau.settings import DemoMcu, DemoSettings, McuSettings, MediaPlace, OfficeSettings
from nhipcau.storage.database import open_database, sqlite_url
from nhipcau.storage.eventtail import EVENTS, read_tail
from nhipcau.storage.sqlevents import SqlEventStore

_BIND = "127.0.0.1"
_UP_S = 60.0
_STORED_S = 60.0
_POLL_S = 0.1
_ALL = 1 << 30
_HTTP_S = 10.0


class Service:
    """One `nhipcau` process that may be killed and begun again."""

    def __init__(self, word: str, settings: str, logs: Path) -> None:
        self._word, self._settings, self._logs = word, settings, logs
        self._stack = contextlib.AsyncExitStack()
        self.child: Child | None = None

    async def begin(self) -> None:
        """Start it and return when it is ready.

        Raises:
            ChildError: it does not come up.
        """
        one = child(self._word, (self._word,), self._settings, self._logs)
        self.child = await self._stack.enter_async_context(one)

    async def kill(self) -> None:
        """Kill it; whatever it has started ends with it."""
        if self.child is not None:
            os.kill(self.child.process.pid, signal.SIGKILL)
            await self.child.process.wait()
            await self.aclose()

    async def aclose(self) -> None:
        """End it; may be called twice."""
        self.child = None
        await self._stack.aclose()


@dataclass(frozen=True, slots=True)
class Stored:
    """A log as its MCU wrote it and as the office keeps it."""

    written: tuple[bytes, ...]
    kept: tuple[bytes, ...]

    @property
    def same(self) -> bool:
        """True when the office has each event once and in order, and the digests agree."""
        return self.written == self.kept and _digest(self.written) == _digest(self.kept)


class OfficeGround:
    """What may be lost, and the meeting that must not notice."""

    def __init__(self, folder: Path, nats: NatsServer, database: Postgres | None) -> None:
        self.folder, self.nats, self._database = folder, nats, database
        self.office_url = f"http://{_BIND}:{free_port()}"
        place, self._front = free_port(), free_port()
        self.mcu_url = f"http://{_BIND}:{place}"
        self.office = Service("office", self._office_settings().model_dump_json(), folder)
        self.mcu = Service("mcu", self._mcu_settings(place).model_dump_json(), folder)
        self.links: Mapping[str, Any] = {}

    @property
    def database(self) -> str:
        """What kind the office's database is."""
        return "SQLite" if self._database is None else "PostgreSQL"

    @property
    def chair(self) -> str:
        """The chair's link."""
        return str(self.links["chair"])

    def room(self, site: str) -> str:
        """Return a room's link."""
        return next(str(one["url"]) for one in self.links["sites"] if one["code"] == site)

    def spec(self, site: SiteId, *, mic: bool = False) -> SiteSpec:
        """Return a synthetic site that comes by its link and speaks while it has the floor."""
        page, token = self.room(site).split("#token=", 1)
        url = page.rsplit("/", 1)[0].replace("http", "ws", 1) + "/signal"
        return SiteSpec(code=site, name=site, url=url, token=token, mic=mic, speaks_on_air=True)

    async def begin(self) -> None:
        """Start office and MCU and return when the meeting is hosted.

        Raises:
            ChildError, TimeoutError: it does not come up.
        """
        await asyncio.gather(self.office.begin(), self.mcu.begin())
        self.links = await asyncio.to_thread(_fetch, f"{self.office_url}/api/v1/demo")
        async with asyncio.timeout(_UP_S):
            while not await asyncio.to_thread(self.is_hosted):  # noqa: ASYNC110 - polled
                await asyncio.sleep(_POLL_S)

    def is_hosted(self) -> bool:
        """Return True when the MCU's media process answers (blocking)."""
        try:
            return bool(_fetch(f"{self.mcu_url}/readyz")["ready"])
        except OSError:
            return False

    def kill_database(self) -> None:
        """Kill PostgreSQL; a database that is a file in the office can't be lost alone."""
        if self._database is not None:
            self._database.kill()

    async def begin_database(self) -> None:
        """Start PostgreSQL and return when it accepts connections."""
        if self._database is not None:
            # It dies with the thread that begins it: this one.
            self._database.begin()
            await asyncio.to_thread(self._database.wait_ready)

    async def kill_bus(self) -> None:
        """Kill NATS."""
        pid = self.nats.pid
        if pid is not None:
            os.kill(pid, signal.SIGKILL)
            await self.nats.wait()

    async def begin_bus(self) -> None:
        """Start NATS again, on the same port and the same files."""
        await self.nats.start()

    async def stored(self) -> Stored:
        """Return the meeting's log at both ends once the office has as many events, or in time."""
        store = SqlEventStore(open_database(self._database_url()))
        try:
            async with asyncio.timeout(_STORED_S):
                while True:
                    found = await asyncio.to_thread(self._look, store)
                    if len(found.kept) >= len(found.written):
                        return found
                    await asyncio.sleep(_POLL_S)
        except TimeoutError:
            return await asyncio.to_thread(self._look, store)
        finally:
            await asyncio.to_thread(store.close)

    async def aclose(self) -> None:
        """End the processes."""
        await asyncio.gather(self.mcu.aclose(), self.office.aclose())

    def _look(self, store: SqlEventStore) -> Stored:
        file = self.folder / "mcu" / "conferences" / MEETING / f"{MEETING}{EVENTS}"
        written = read_tail(file, 0, _ALL).records
        with contextlib.suppress(StoreError):
            return Stored(written, tuple(store.read(LogKey(MEETING))))
        return Stored(written, ())

    def _database_url(self) -> str:
        if self._database is None:
            return sqlite_url(self.folder / "office" / "office.db")
        return self._database.url.format("postgres")

    def _office_settings(self) -> OfficeSettings:
        return OfficeSettings(
            port=int(self.office_url.rsplit(":", 1)[1]),
            data_dir=self.folder / "office",
            database_url="" if self._database is None else self._database_url(),
            bus=bus_of(self.nats, OFFICE),
            demo=DemoSettings(conference=MEETING, mcus=(DemoMcu(name=MCU, url=self.mcu_url),)),
        )

    def _mcu_settings(self, place: int) -> McuSettings:
        return McuSettings(
            name=MCU,
            places=(MediaPlace(port=place, media_port=place, public_url=self.mcu_url),),
            front_port=self._front,
            data_dir=self.folder / "mcu",
            bus=bus_of(self.nats, MCU),
        )


@contextlib.asynccontextmanager
async def office_ground() -> AsyncIterator[OfficeGround]:
    """Run all of it while the context is open; enter when the meeting is hosted.

    Raises:
        ChildError, TimeoutError, RuntimeError: a part does not come up.
    """
    async with contextlib.AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="nhipcau-bench-")))
        database = None
        if not postgres.why_not():
            database = stack.enter_context(postgres.postgres_server())
        users = {OFFICE: office_rights(), MCU: mcu_rights(MCU)}
        nats = NatsServer(folder / "nats", users=users)
        await nats.start()
        stack.push_async_callback(nats.stop)
        ground = OfficeGround(folder, nats, database)
        stack.push_async_callback(ground.aclose)
        await ground.begin()
        yield ground


def _digest(records: tuple[bytes, ...]) -> str:
    digest = GENESIS
    for record in records:
        digest = next_digest(digest, record)
    return digest


def _fetch(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=_HTTP_S) as answer:
        return json.load(answer)

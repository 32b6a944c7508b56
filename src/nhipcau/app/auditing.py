"""The audit of a process, wired: its trail, its syslog, and the way to the office."""

import asyncio
import contextlib
import os
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import structlog

from nhipcau.app.audit_shipping import AuditShipping
from nhipcau.app.clock import SystemClock
from nhipcau.audit.chain import Begin
from nhipcau.office.auditing import AuditIntake
from nhipcau.ports.audit import AuditStore, AuditTrail
from nhipcau.ports.bus import Bus, BusMessage
from nhipcau.ports.subjects import AUDIT_ROWS
from nhipcau.settings import AuditSettings
from nhipcau.storage.auditfolder import ChainFolder
from nhipcau.storage.auditkeys import open_signer, remember_key
from nhipcau.storage.audittrail import FileAuditTrail, Writing
from nhipcau.storage.database import open_database
from nhipcau.storage.sqlaudit import SqlAuditStore
from nhipcau.storage.syslog import Syslog, local_syslog
from nhipcau.web.metrics import Family, Sample

_log = structlog.get_logger()
# Below the data folder of a process or of an installation.
FOLDER = "audit"
_ASK_S = 10.0


@dataclass(frozen=True, slots=True)
class Auditing:
    """The audit of a running process."""

    trail: AuditTrail
    shipping: AuditShipping

    def metrics(self) -> list[Family]:
        """Return what `/metrics` says of it; refused chains are an alarm, too."""
        refused = self.shipping.stats().refused
        return [
            *trail_metrics(self.trail),
            _family("audit_refused", "chains the office refuses", refused),
        ]


def trail_metrics(trail: AuditTrail) -> list[Family]:
    """Return what `/metrics` says of a trail; dropped, failing and unsent are alarms."""
    stats = trail.stats()
    return [
        _family("audit_rows", "rows written", stats.written, counter=True),
        _family("audit_waiting", "entries not in the file yet", stats.waiting),
        _family("audit_dropped", "entries lost for want of room", stats.dropped, counter=True),
        _family("audit_failing", "1 while the disk takes nothing", int(stats.failing)),
        _family("audit_failures", "refusals of the disk", stats.failures, counter=True),
        _family("audit_unsent", "checkpoints syslog did not take", stats.unsent, counter=True),
    ]


@contextlib.asynccontextmanager
async def auditing(
    data_dir: Path, process: str, settings: AuditSettings, bus: Bus
) -> AsyncIterator[Auditing]:
    """Yield the audit of this process; it is written and signed to its end when left.

    Raises:
        StoreError: the key can't be made or read.
        SyslogAddressError: the address of syslog is none.
    """
    folder = data_dir / FOLDER
    if not _syslog(settings):
        _log.warning("the audit's checkpoints go to no syslog", folder=str(folder))
    trail = await asyncio.to_thread(open_trail, folder, process, settings)
    shipping = AuditShipping(ChainFolder(folder), _asking(bus))
    task = asyncio.create_task(shipping.run(), name="audit shipping")
    try:
        yield Auditing(trail, shipping)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await asyncio.to_thread(trail.close)


@contextlib.asynccontextmanager
async def noting(
    data_dir: Path, process: str, settings: AuditSettings
) -> AsyncIterator[AuditTrail]:
    """Yield a trail in a folder whose chains another process brings to the office.

    Raises:
        StoreError: the key can't be made or read.
        SyslogAddressError: the address of syslog is none.
    """
    trail = await asyncio.to_thread(open_trail, data_dir / FOLDER, process, settings)
    try:
        yield trail
    finally:
        await asyncio.to_thread(trail.close)


@contextlib.asynccontextmanager
async def gathering(database_url: str, data_dir: Path, bus: Bus) -> AsyncIterator[AuditStore]:
    """Yield the store of all chains, filled from the bus while the context is open.

    Raises:
        StoreError: the URL names no database.
    """
    store = SqlAuditStore(open_database(database_url))
    intake = AuditIntake(store, remembering(data_dir / FOLDER))

    async def answer(message: BusMessage) -> bytes:
        return await intake.answer(message.payload)

    try:
        async with bus.respond(AUDIT_ROWS.pattern, answer):
            yield store
    finally:
        await asyncio.to_thread(store.close)


def open_trail(folder: Path, process: str, settings: AuditSettings) -> FileAuditTrail:
    """Return a trail that is being written from now on.

    Raises:
        StoreError: the key can't be made or read.
        SyslogAddressError: the address of syslog is none.
    """
    address = _syslog(settings)
    sink = Syslog(address) if address else None
    clock = SystemClock()
    begun = datetime.fromtimestamp(clock.wall_s(), UTC)
    name = "-".join(process.split())
    chain = f"{name}-{begun:%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"
    trail = FileAuditTrail(folder, Writing(chain, process, open_signer(folder)), clock, sink)
    trail.start()
    return trail


def audit_folder(database_url: str) -> Path:
    """Return where the command line keeps the audit of an office: beside its SQLite file.

    The environment variable NHIPCAU_AUDIT_DIR names another; without it and with another database
    it is `audit` in the present folder.
    """
    named = os.environ.get("NHIPCAU_AUDIT_DIR")
    if named:
        return Path(named)
    file = database_url.removeprefix("sqlite:///")
    return Path(FOLDER) if file == database_url else Path(file).parent / FOLDER


def _syslog(settings: AuditSettings) -> str:
    return local_syslog() if settings.syslog == "auto" else settings.syslog


def remembering(folder: Path) -> Callable[[Begin], None]:
    """Return what keeps the keys of new chains in mind, outside the database."""

    def remember(begin: Begin) -> None:
        if remember_key(folder, begin.key, "-".join(begin.process.split())):
            _log.info("a new audit key is known", process=begin.process, key=begin.key)

    return remember


def _asking(bus: Bus) -> Callable[[bytes], Awaitable[bytes]]:
    async def ask(payload: bytes) -> bytes:
        return await bus.request(AUDIT_ROWS.pattern, payload, timeout_s=_ASK_S)

    return ask


def _family(name: str, text: str, value: int, *, counter: bool = False) -> Family:
    return Family(name, text, counter, [Sample(value)])

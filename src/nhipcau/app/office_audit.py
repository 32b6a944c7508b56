"""The office's audit: its own trail, the chains of all processes, and how long they stay."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from nhipcau.app.audit_retention import keep_online
from nhipcau.app.auditing import FOLDER, Auditing, auditing, gathering
from nhipcau.app.clock import SystemClock
from nhipcau.audit.signed import keys_by_fingerprint
from nhipcau.office.auditlog import AuditLog
from nhipcau.ports.audit import AuditStore, AuditTrail
from nhipcau.ports.bus import Bus
from nhipcau.settings import OfficeSettings
from nhipcau.storage.auditkeys import known_keys
from nhipcau.web.metrics import Family


@dataclass(frozen=True, slots=True)
class OfficeAudit:
    """The office's own trail, and what it has gathered."""

    own: Auditing
    log: AuditLog

    @property
    def trail(self) -> AuditTrail:
        """Where the office's own deeds go."""
        return self.own.trail

    def metrics(self) -> list[Family]:
        """Return what `/metrics` says of it."""
        return self.own.metrics()


@contextlib.asynccontextmanager
async def office_audit(
    settings: OfficeSettings, database_url: str, bus: Bus
) -> AsyncIterator[OfficeAudit]:
    """Yield the office's audit while it runs.

    Raises:
        StoreError: the key can't be made or read, or the URL names no database.
        SyslogAddressError: the address of syslog is none.
    """
    data = settings.data_dir
    async with (
        gathering(database_url, data, bus) as store,
        auditing(data, "office", settings.audit, bus) as own,
    ):
        keeping = keep_online(store, own.trail, data / FOLDER, settings.audit.keep_months)
        task = asyncio.create_task(keeping, name="audit retention")
        try:
            yield OfficeAudit(own, _log_of(store, data / FOLDER))
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


def _log_of(store: AuditStore, folder: Path) -> AuditLog:
    return AuditLog(store, lambda: keys_by_fingerprint(known_keys(folder)), SystemClock())

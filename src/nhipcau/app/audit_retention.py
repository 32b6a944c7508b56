"""Keeps the audit online as long as set: in the office once a day, or by hand."""

import asyncio
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import structlog

from nhipcau.app.audit_once import auditing_once, told
from nhipcau.app.auditing import audit_folder
from nhipcau.app.clock import SystemClock
from nhipcau.audit.chain import Head
from nhipcau.audit.entry import DONE, FAILED, AuditEntry
from nhipcau.audit.signed import keys_by_fingerprint
from nhipcau.office.retention import Pruned, Retention, months_before
from nhipcau.ports.audit import AuditStore, AuditTrail
from nhipcau.ports.tree import StoreError
from nhipcau.storage.auditexport import write_export
from nhipcau.storage.auditfolder import ChainFolder
from nhipcau.storage.auditkeys import known_keys, open_signer
from nhipcau.storage.database import open_database
from nhipcau.storage.sqlaudit import SqlAuditStore

_log = structlog.get_logger()
EXPORTS = "exports"
_DAY_S = 24 * 3600.0
# After a start there is more urgent work than this.
_FIRST_S = 300.0
_ACTION = "audit.prune"


def prune_store(store: AuditStore, folder: Path, exports: Path, keep_months: int) -> Pruned:
    """Export and cut rows older than so many months, and this folder's files of such chains.

    Raises:
        StoreError: the store or the key can't be reached.
        OSError: the disk refuses; nothing is cut.
    """
    now_s = SystemClock().wall_s()
    signer = open_signer(folder)
    retention = Retention(
        store,
        signer,
        keys_by_fingerprint(known_keys(folder)),
        partial(write_export, exports, signer, now_s),
    )
    pruned = retention.prune(months_before(now_s, keep_months), now_s)
    retire_files(folder, lambda head: store.head(head.chain) == head, keep_months)
    return pruned


def retire_files(folder: Path, is_kept: Callable[[Head], bool], keep_months: int) -> int:
    """Put a signed cut in place of files older than so many months that the office has; count them.

    Raises:
        StoreError: the key, or the store that is asked, can't be reached.
        OSError: the disk refuses.
    """
    now_s = SystemClock().wall_s()
    before_s = months_before(now_s, keep_months)
    chains, retired = ChainFolder(folder), 0
    for chain in chains.chains():
        head = chains.head(chain)
        if head is not None and chains.written_s(chain) < before_s and is_kept(head):
            signer = open_signer(folder)
            chains.retire(signer.cut(head, now_s, "office", signer.public))
            retired += 1
    return retired


def prune_by_hand(url: str, exports: Path | None, keep_months: int) -> Pruned:
    """Do it now, from the command line; the deed is told to the audit.

    Raises:
        StoreError: the database or the key can't be reached.
        OSError: the disk refuses; nothing is cut.
    """
    folder = audit_folder(url)
    with (
        closing(SqlAuditStore(open_database(url))) as store,
        auditing_once(url) as trail,
        told(trail, _ACTION, "audit", {"keep_months": str(keep_months)}),
    ):
        return prune_store(store, folder, exports or folder / EXPORTS, keep_months)


async def keep_online(store: AuditStore, trail: AuditTrail, folder: Path, keep_months: int) -> None:
    """Prune once a day until cancelled."""
    await asyncio.sleep(_FIRST_S)
    while True:
        work = partial(prune_store, store, folder, folder / EXPORTS, keep_months)
        outcome, rows = DONE, 0
        try:
            pruned = await asyncio.to_thread(work)
            rows = pruned.rows
            for finding in pruned.findings:
                _log.critical("the audit does not stand", finding=str(finding))
        except (StoreError, OSError) as error:
            outcome = FAILED
            _log.error("the audit can't be pruned", error=str(error))
        if rows or outcome == FAILED:
            more = {"rows": str(rows), "keep_months": str(keep_months)}
            at_s = SystemClock().wall_s()
            trail.record(
                AuditEntry(at_s, "process:office", "", "local", _ACTION, "audit", outcome, more)
            )
        await asyncio.sleep(_DAY_S)


async def keep_files(folder: Path, is_kept: Callable[[Head], bool], keep_months: int) -> None:
    """Retire an MCU's old files once a day until cancelled."""
    while True:
        await asyncio.sleep(_DAY_S)
        try:
            await asyncio.to_thread(retire_files, folder, is_kept, keep_months)
        except (StoreError, OSError) as error:
            _log.error("old files of the audit stay", error=str(error))

"""The audit of a running process: real syslog, the way to the office, and files that retire."""

import asyncio
import os
import socket
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from nhipcau.app.audit_retention import retire_files
from nhipcau.app.audit_verify import VerifyOrder, verify
from nhipcau.app.auditing import FOLDER, auditing, gathering
from nhipcau.audit.chain import Head
from nhipcau.audit.query import AuditQuery
from nhipcau.audit.signed import find_signed, keys_by_fingerprint
from nhipcau.bus.memory import MemoryBus, MemoryHub
from nhipcau.settings import AuditSettings
from nhipcau.storage.auditfolder import ChainFolder
from nhipcau.storage.auditkeys import known_keys
from nhipcau.storage.database import migrate, open_database, sqlite_url

from ..audit.chains import deed

_YEARS_S = 2 * 366 * 24 * 3600


def office(folder: Path) -> str:
    """Return the URL of a database that is ready."""
    (folder / "office").mkdir(parents=True)
    url = sqlite_url(folder / "office" / "office.db")
    engine = open_database(url)
    migrate(engine)
    engine.dispose()
    return url


async def eventually(fact: Callable[[], bool]) -> None:
    """Wait until `fact` is true."""
    async with asyncio.timeout(30):
        while not fact():  # noqa: ASYNC110 - rows come over the bus when they come
            await asyncio.sleep(0.02)


def test_a_process_signs_to_syslog_and_its_rows_reach_the_office(tmp_path: Path) -> None:
    data = tmp_path / "data"
    url = office(data)

    async def run(syslog: socket.socket) -> list[str]:
        address = f"udp://127.0.0.1:{syslog.getsockname()[1]}"
        hub = MemoryHub()
        async with gathering(url, data / "office", MemoryBus(hub)) as store:
            settings = AuditSettings(syslog=address)
            async with auditing(data / "mcu", "mcu hall", settings, MemoryBus(hub)) as audit:
                # A deed told before the chain's beginning is signed shares that signature.
                beginning = await asyncio.to_thread(syslog.recv, 4096)
                audit.trail.record(deed())
                await eventually(lambda: bool(store.search(AuditQuery())))
                values = {one.name: one.samples[0].value for one in audit.metrics()}
                assert values["audit_rows"] == 2
                assert values["audit_dropped"] == values["audit_failing"] == 0
        return [beginning.decode(), syslog.recv(4096).decode()]

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as syslog:
        syslog.bind(("127.0.0.1", 0))
        syslog.settimeout(10)
        said = asyncio.run(run(syslog))
    keys = keys_by_fingerprint(known_keys(data / "office" / FOLDER))
    lines = [line for text in said if (line := find_signed(text)) is not None]
    assert [line.head.number for line in lines] == [0, 1]
    assert all(line.holds(keys) for line in lines)
    copy = tmp_path / "syslog"
    copy.write_text("\n".join(said))
    found = verify(VerifyOrder(data, "", (copy,)))
    assert found.findings == []
    copy.write_text(said[1].replace(" n=1 ", " n=9 "))
    assert verify(VerifyOrder(data, "", (copy,))).findings != []


def test_old_files_that_the_office_has_retire_and_the_rest_stands(tmp_path: Path) -> None:
    data = tmp_path / "data"
    url = office(data)
    folder = data / "mcu" / FOLDER

    async def run() -> None:
        for _ in range(2):
            hub = MemoryHub()
            async with gathering(url, data / "office", MemoryBus(hub)) as store:
                settings = AuditSettings(syslog="")
                async with auditing(data / "mcu", "mcu hall", settings, MemoryBus(hub)) as audit:
                    audit.trail.record(deed())
                    await asyncio.to_thread(audit.trail.close)
                    chains = ChainFolder(folder)
                    heads = [chains.head(one) for one in chains.chains()]

                    def kept(heads: Sequence[Head | None] = heads) -> bool:
                        return all(one and audit.shipping.has_all(one) for one in heads)

                    await eventually(kept)
                    assert len(store.chains()) == len(heads)

    asyncio.run(run())
    younger, older = ChainFolder(folder).chains()
    long_ago_s = time.time() - _YEARS_S
    os.utime(folder / f"{older}.chain", (long_ago_s, long_ago_s))
    assert retire_files(folder, lambda head: False, 12) == 0
    assert retire_files(folder, lambda head: True, 12) == 1
    assert ChainFolder(folder).chains() == [younger]
    assert [one.chain for one in ChainFolder(folder).retired()] == [older]
    found = verify(VerifyOrder(data, ""))
    assert found.findings == [] and found.chains == 2

"""The audit trail: memory and file keep its contract alike; the file survives what a file meets."""

import errno
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from nhipcau.audit.canonical import entry_of
from nhipcau.audit.chain import Head, extend, read_begin
from nhipcau.audit.row import Row, read_line
from nhipcau.audit.signed import find_signed, keys_by_fingerprint
from nhipcau.ports.audit import AuditEntry, AuditTrail
from nhipcau.storage.auditfolder import ChainFolder
from nhipcau.storage.auditkeys import known_keys, open_signer, remember_key
from nhipcau.storage.audittrail import FileAuditTrail, TrailLimits, Writing
from nhipcau.storage.memoryaudit import MemoryAuditTrail

from ..audit.chains import START_S, deed

# Every test would otherwise wait for a beat of the real limits.
QUICK = TrailLimits(sync_s=0.0, retry_s=0.005)


class Clock:
    """A clock that stands; checkpoints then come at the beginning and the end."""

    def now_s(self) -> float:
        return 0.0

    def wall_s(self) -> float:
        return START_S


class Sink:
    """Keeps the lines; or refuses them."""

    def __init__(self, error: OSError | None = None) -> None:
        self.lines: list[str] = []
        self.closed = False
        self._error = error

    def send(self, line: str) -> None:
        if self._error is not None:
            raise self._error
        self.lines.append(line)

    def close(self) -> None:
        self.closed = True


def opened(
    folder: Path, sink: Sink | None = None, limits: TrailLimits = QUICK, chain: str = "hall-1"
) -> FileAuditTrail:
    writing = Writing(chain, "mcu hall", open_signer(folder))
    return FileAuditTrail(folder, writing, Clock(), sink, limits)


def kept(folder: Path, chain: str = "hall-1") -> list[AuditEntry]:
    rows = [read_line(line) for line in ChainFolder(folder).lines(chain)]
    extend(chain, None, rows)
    return [entry for row in rows if (entry := entry_of(row)) is not None]


@pytest.fixture(params=["memory", "file"])
def trail(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[tuple[AuditTrail, Callable[[], list[AuditEntry]]]]:
    """Return an audit trail of each kind, and what reads what it has kept."""
    if request.param == "memory":
        memory = MemoryAuditTrail()
        yield memory, lambda: memory.entries
        return
    file = opened(tmp_path)
    file.start()
    yield file, lambda: kept(tmp_path)
    file.close()


type Kept = tuple[AuditTrail, Callable[[], list[AuditEntry]]]


def test_what_is_recorded_is_kept_in_its_order(trail: Kept) -> None:
    audit, read = trail
    deeds = [deed(number) for number in range(50)]
    for one in deeds:
        audit.record(one)
    audit.close()
    assert read() == deeds
    assert audit.stats().waiting == audit.stats().dropped == 0


def test_many_threads_lose_nothing(trail: Kept) -> None:
    audit, read = trail

    def write() -> None:
        for number in range(200):
            audit.record(deed(number))

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    audit.close()
    assert len(read()) == 800


def test_what_comes_after_the_end_is_counted_as_lost(trail: Kept) -> None:
    audit, read = trail
    audit.close()
    audit.close()
    audit.record(deed())
    assert (read(), audit.stats().dropped) == ([], 1)


def test_it_is_signed_at_the_beginning_and_at_the_end(tmp_path: Path) -> None:
    sink = Sink()
    audit = opened(tmp_path, sink)
    audit.record(deed())
    audit.start()
    audit.close()
    signed = [line for text in sink.lines if (line := find_signed(text)) is not None]
    keys = keys_by_fingerprint(known_keys(tmp_path))
    assert signed and all(line.holds(keys) for line in signed)
    assert signed[-1].head == ChainFolder(tmp_path).head("hall-1")
    assert ChainFolder(tmp_path).checkpoints("hall-1") == sink.lines
    assert sink.closed


def test_a_syslog_that_is_away_is_counted_and_stops_nothing(tmp_path: Path) -> None:
    audit = opened(tmp_path, Sink(OSError(errno.ECONNREFUSED, "refused")))
    audit.start()
    audit.record(deed())
    audit.close()
    assert kept(tmp_path) == [deed()]
    assert audit.stats().unsent >= 1


def test_a_queue_that_overflows_drops_and_says_so_in_the_chain(tmp_path: Path) -> None:
    audit = opened(tmp_path, limits=TrailLimits(entries=3, sync_s=0.0))
    for number in range(10):
        audit.record(deed(number))
    audit.start()
    audit.close()
    assert audit.stats().dropped == 7
    assert len(kept(tmp_path)) == 3
    last = list(ChainFolder(tmp_path).lines("hall-1"))[-1]
    assert read_line(last).fields() | {"n": 4, "kind": "lost", "count": 7} == (
        read_line(last).fields()
    )


def test_a_full_disk_stops_nobody_and_the_rows_come_when_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused, write = threading.Event(), os.write
    full = True

    def limited(descriptor: int, data: bytes) -> int:
        if not full:
            return write(descriptor, data)
        if refused.is_set():
            raise OSError(errno.ENOSPC, "No space left on device")
        refused.set()
        # The last bytes that fit: half a row stands in the file.
        return write(descriptor, data[:100])

    monkeypatch.setattr("nhipcau.storage.audittrail.os.write", limited)
    audit = opened(tmp_path)
    audit.start()
    assert refused.wait(10)
    while not audit.stats().failing:
        audit.record(deed())
        threading.Event().wait(0.001)
    assert ChainFolder(tmp_path).torn("hall-1")
    waiting = audit.stats().waiting
    assert waiting > 0 and audit.stats().failures > 0
    full = False
    audit.close()
    assert len(kept(tmp_path)) + 1 == audit.stats().written >= waiting
    assert not audit.stats().failing


def test_a_folder_that_can_not_be_made_stops_nobody(tmp_path: Path) -> None:
    signer = open_signer(tmp_path)
    (tmp_path / "file").write_text("")
    audit = FileAuditTrail(
        tmp_path / "file" / "audit", Writing("a", "office", signer), Clock(), None, QUICK
    )
    audit.start()
    audit.record(deed())
    audit.close()
    assert audit.stats().failures >= 1 and audit.stats().failing


def test_a_later_chain_names_the_heads_of_the_older_ones(tmp_path: Path) -> None:
    heads: list[Head | None] = []
    for chain in ("a", "b", "c"):
        audit = opened(tmp_path, chain=chain)
        audit.start()
        audit.record(deed())
        audit.close()
        heads.append(ChainFolder(tmp_path).head(chain))
    begin = read_begin(read_line(next(iter(ChainFolder(tmp_path).lines("c")))))
    assert set(begin.after) == set(heads[:2])


def test_a_killed_process_leaves_whole_rows_and_perhaps_a_torn_one(tmp_path: Path) -> None:
    writer = Path(__file__).with_name("audit_writer.py")
    process = subprocess.Popen(
        [sys.executable, str(writer), str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "written\n"
    process.send_signal(signal.SIGKILL)
    process.wait(10)
    process.stdout.close()
    entries = kept(tmp_path, "killed")
    assert len(entries) >= 200
    assert [entry.on for entry in entries] == [f"site:{n}" for n in range(len(entries))]


def test_reading_goes_on_where_it_stopped_and_leaves_a_torn_line(tmp_path: Path) -> None:
    audit = opened(tmp_path)
    audit.start()
    for number in range(20):
        audit.record(deed(number))
    audit.close()
    with (tmp_path / "hall-1.chain").open("ab") as file:
        file.write(b"0" * 64 + b' {"n":21')
    folder, end = ChainFolder(tmp_path), 0
    rows: list[Row] = []
    while (piece := folder.read("hall-1", end, 1000)).rows:
        rows += piece.rows
        end = piece.end
    assert extend("hall-1", None, rows) == folder.head("hall-1")
    assert len(rows) == 21 and folder.torn("hall-1")


def test_an_installation_has_one_key_that_only_its_owner_reads(tmp_path: Path) -> None:
    publics = {open_signer(tmp_path / "audit").public for _ in range(3)}
    assert len(publics) == 1
    assert (tmp_path / "audit" / "key.pem").stat().st_mode & 0o777 == 0o600


def test_a_key_that_was_met_is_known_from_then_on(tmp_path: Path) -> None:
    own, other = open_signer(tmp_path / "a").public, open_signer(tmp_path / "b").public
    assert remember_key(tmp_path / "a", other, "mcu hall")
    assert not remember_key(tmp_path / "a", other, "mcu hall")
    assert known_keys(tmp_path / "a") == [own, other]

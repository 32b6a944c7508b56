"""The audit trail of one process: a thread of its own, a chain in a file, signed once a minute.

    record ─▶ bounded queue ─▶ thread: row ─▶ file ─▶ fdatasync, once a second at most
                                        └─ every minute: checkpoint ─▶ beside the chain, syslog

A row that is written survives the loss of the process; the sync, once a second for all rows
together, bounds what a loss of power takes to that second, at the cost of one write a second
however much is going on. A disk that refuses stops nobody: rows wait in memory, up to the bound of
the queue, then entries are dropped and counted, and the chain says so in a row when it can be
written again.
"""

import os
import threading
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import structlog

from nhipcau.audit.chain import Begin, Chain, Head
from nhipcau.audit.row import Row
from nhipcau.audit.signed import Signer
from nhipcau.ports.audit import AuditEntry, AuditStats
from nhipcau.ports.clock import Clock
from nhipcau.storage.auditfolder import CHAIN, CHECKPOINTS, ChainFolder

_log = structlog.get_logger()
# How many older chains the first row names; a restart a day for a week.
_OLDER_CHAINS = 8
# How long `close` waits for a disk that does not answer.
_CLOSE_S = 5.0


class CheckpointSink(Protocol):
    """Where signed lines go, beside the chain's own folder."""

    def send(self, line: str) -> None:
        """Send one line.

        Raises:
            OSError: nobody took it.
        """
        ...

    def close(self) -> None:
        """Let go of it."""
        ...


@dataclass(frozen=True, slots=True)
class TrailLimits:
    """How much waits, and how long."""

    # 8,192 entries of some 400 bytes: 30 s of a storm of 250 commands a second, 3 MB.
    entries: int = 8192
    sync_s: float = 1.0
    checkpoint_s: float = 60.0
    retry_s: float = 1.0


@dataclass(frozen=True, slots=True)
class Writing:
    """Whose chain it is: its name, the process that writes it, and who signs."""

    chain: str
    process: str
    signer: Signer


class FileAuditTrail:
    """An `AuditTrail` in a folder. `start` begins the thread."""

    def __init__(
        self,
        folder: Path,
        writing: Writing,
        clock: Clock,
        sink: CheckpointSink | None = None,
        limits: TrailLimits | None = None,
    ) -> None:
        self._folder = folder
        self._writing = writing
        self._clock = clock
        self._sink = sink
        self._limits = limits or TrailLimits()
        self._queue: deque[AuditEntry] = deque()
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._closing = False
        self._dropped = self._told_lost = 0
        self._written = self._failures = self._unsent = 0
        self._failing = False
        self._chain: Chain | None = None
        self._fd = -1
        # Bytes of rows that the disk has not taken yet; what is left of one goes on where it broke.
        self._pending = bytearray()
        self._rows_pending = 0
        self._unsynced = False
        self._signed: Head | None = None
        self._synced_s = self._signed_s = -1e9
        self._thread = threading.Thread(target=self._run, name="audit", daemon=True)

    @property
    def chain(self) -> str:
        """The name of the chain that it writes."""
        return self._writing.chain

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def record(self, entry: AuditEntry) -> None:
        """Take one entry; neither waits nor raises. One that finds no room is counted as lost."""
        with self._lock:
            if self._closing or len(self._queue) >= self._limits.entries:
                self._dropped += 1
                return
            self._queue.append(entry)
        self._wake.set()

    def stats(self) -> AuditStats:
        """Return the counters."""
        with self._lock:
            return AuditStats(
                written=self._written,
                waiting=len(self._queue) + self._rows_pending,
                dropped=self._dropped,
                failures=self._failures,
                failing=self._failing,
                unsent=self._unsent,
            )

    def close(self) -> None:
        """Write what is waiting, sign it, and end; may be called twice."""
        with self._lock:
            self._closing = True
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(_CLOSE_S)

    def _run(self) -> None:
        while True:
            closing = self._closing
            self._turn(closing=closing)
            if closing:
                break
            self._wake.wait(self._pause_s())
            self._wake.clear()
        if self._fd >= 0:
            os.close(self._fd)
        if self._sink is not None:
            self._sink.close()

    def _pause_s(self) -> float:
        """Return how long there is nothing to do unless an entry comes."""
        if self._chain is None or self._pending:
            return self._limits.retry_s
        now_s, limits = self._clock.now_s(), self._limits
        due_s = [now_s + limits.checkpoint_s]
        if self._unsynced:
            due_s.append(self._synced_s + limits.sync_s)
        if self._chain.head != self._signed:
            due_s.append(self._signed_s + limits.checkpoint_s)
        # A sync or a signature that failed is tried again, and not at once.
        least_s = limits.retry_s if self._failing else 0.0
        return max(least_s, min(due_s) - now_s)

    def _turn(self, *, closing: bool) -> None:
        """Write what there is; sync and sign when it is time, or the end."""
        try:
            chain = self._open()
            # What waits for the disk goes first; only then is room made in the queue.
            self._write()
            self._take_rows(chain)
            self._write()
            now_s = self._clock.now_s()
            due = closing or now_s - self._signed_s >= self._limits.checkpoint_s
            if self._unsynced and (due or now_s - self._synced_s >= self._limits.sync_s):
                self._sync(now_s)
            if due and chain.head != self._signed:
                self._sign(chain.head, now_s)
        except OSError as error:
            self._note_failure(error)
        else:
            self._failing = False

    def _open(self) -> Chain:
        if self._chain is not None:
            return self._chain
        self._folder.mkdir(parents=True, exist_ok=True)
        older = ChainFolder(self._folder)
        heads = [older.head(name) for name in older.chains()[:_OLDER_CHAINS]]
        begin = Begin(
            self._writing.chain,
            self._writing.process,
            self._clock.wall_s(),
            self._writing.signer.public,
            tuple(head for head in heads if head is not None),
        )
        how = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC
        self._fd = os.open(self._folder / f"{self._writing.chain}{CHAIN}", how, 0o600)
        self._chain = Chain(begin)
        self._queue_rows([self._chain.first])
        return self._chain

    def _take_rows(self, chain: Chain) -> None:
        with self._lock:
            entries = list(self._queue)
            self._queue.clear()
            lost = self._dropped - self._told_lost
            self._told_lost = self._dropped
        rows = [chain.deed(entry) for entry in entries]
        if lost:
            rows.append(chain.lost(lost, self._clock.wall_s()))
        self._queue_rows(rows)

    def _queue_rows(self, rows: list[Row]) -> None:
        for row in rows:
            self._pending += row.line()
        self._rows_pending += len(rows)

    def _write(self) -> None:
        """Write what is pending.

        Raises:
            OSError: the disk refuses; what it took is not written again.
        """
        while self._pending:
            taken = os.write(self._fd, self._pending)
            del self._pending[:taken]
            self._unsynced = True
        self._written += self._rows_pending
        self._rows_pending = 0

    def _sync(self, now_s: float) -> None:
        os.fdatasync(self._fd)
        self._synced_s, self._unsynced = now_s, False

    def _sign(self, head: Head, now_s: float) -> None:
        line = self._writing.signer.checkpoint(head, self._clock.wall_s()).text
        self._signed, self._signed_s = head, now_s
        if self._sink is not None:
            try:
                self._sink.send(line)
            except OSError as error:
                self._unsent += 1
                _log.error("syslog took no checkpoint of the audit", error=str(error))
        path = self._folder / f"{self._writing.chain}{CHECKPOINTS}"
        with open(path, "a", encoding="utf-8", opener=_private) as file:
            file.write(f"{line}\n")

    def _note_failure(self, error: OSError) -> None:
        self._failures += 1
        if not self._failing:
            _log.critical("the audit can't be written; it waits in memory", error=str(error))
        self._failing = True


def _private(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_CLOEXEC, 0o600)

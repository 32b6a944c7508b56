"""An event log that syncs once for all that happens in one turn of the event loop.

    command ─ append: written ─┐                         turn n
    command ─ append: written ─┴─▶ sync                  turn n + 1, first of all
    outbox  ─ woken by them ─────────▶ frames go out     turn n + 1, behind it

When a district's MCU is lost its sites change at the same moment, two events each, and a disk takes
some milliseconds for a sync. What is appended survives the loss of the process at once. What it
leads to is said by tasks that it wakes, behind the sync in the loop's order; a task that was awake
already may say a word in the turn before, which only a loss of power in that moment contradicts.
"""

import asyncio
import signal
from collections.abc import Callable, Sequence

import structlog

from nhipcau.storage.eventfile import EventFile

_log = structlog.get_logger()


def _end_process() -> None:
    """What is on the disk is unknown: the supervisor starts a process that reads it."""
    signal.raise_signal(signal.SIGTERM)


class GroupedLog:
    """Implements `ports.eventlog.EventLog` on a file that leaves the sync to it."""

    def __init__(self, file: EventFile, failed: Callable[[], None] = _end_process) -> None:
        """Own `file`, which was opened with `sync=False`; `failed`: the disk refuses a sync."""
        self._file = file
        self._failed = failed
        self._due: asyncio.Handle | None = None

    def append(self, records: Sequence[bytes]) -> None:
        """Write the records; they are synced before anything of them is said.

        Raises:
            ValueError, OSError: as `EventFile.append`.
        """
        self._file.append(records)
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self._file.sync()
            return
        if self._due is None:
            self._due = loop.call_soon(self._sync)

    def replay(self) -> list[bytes]:
        """Return every whole record in order."""
        return self._file.replay()

    def close(self) -> None:
        """Sync what is due and close it; may be called twice."""
        if self._due is not None:
            self._due.cancel()
            self._sync()
        self._file.close()

    def _sync(self) -> None:
        self._due = None
        try:
            self._file.sync()
        except OSError as error:
            _log.critical("the event log can't be written", error=str(error))
            self._failed()

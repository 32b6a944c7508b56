"""The in-memory twin of the gathered event logs, for tests."""

from dataclasses import dataclass, field
from threading import Lock

from nhipcau.ports.eventstore import (
    ContradictionError,
    Fresh,
    KeptLog,
    LogHead,
    LogKey,
    Stretch,
    fresh_of,
)
from nhipcau.quantities import ConferenceId, McuName
from nhipcau.storage.eventrows import OPENING, moment_of


@dataclass(slots=True)
class _Kept:
    mcu: McuName
    events: list[Fresh] = field(default_factory=list)

    def head(self) -> LogHead:
        return LogHead(self.events[-1].number, self.events[-1].digest)


class MemoryEventStore:
    """An `EventStore` in lists."""

    def __init__(self) -> None:
        self._logs: dict[LogKey, _Kept] = {}
        self._lock = Lock()

    def head(self, key: LogKey) -> LogHead:
        """Return how far a log goes; number 0: nothing of it is here."""
        with self._lock:
            kept = self._logs.get(key)
            return LogHead() if kept is None else kept.head()

    def append(self, key: LogKey, mcu: McuName, sent: Stretch) -> LogHead:
        """Take what is new of a stretch, and return how far the log goes now.

        Raises:
            ContradictionError: it is not of this log, or of another MCU's.
            ValueError: a record is no event.
        """
        with self._lock:
            kept = self._logs.get(key)
            if kept is not None and kept.mcu != mcu:
                raise ContradictionError(f"this log is written by {kept.mcu}")
            events = [] if kept is None else kept.events
            have = LogHead() if kept is None else kept.head()
            fresh = fresh_of(have, sent, lambda number: events[number - 1].digest)
            for one in fresh:
                moment_of(one.record)
                one.record.decode()
            if not fresh:
                return have
            kept = self._logs.setdefault(key, _Kept(mcu))
            kept.events.extend(fresh)
            return kept.head()

    def read(self, key: LogKey) -> list[bytes]:
        """Return the records of a log in their order."""
        with self._lock:
            kept = self._logs.get(key)
            return [] if kept is None else [one.record for one in kept.events]

    def logs(self, conference: ConferenceId | None = None, *, below: bool = False) -> list[KeptLog]:
        """Return the logs of one conference, of those it split into, or all, the youngest first."""
        with self._lock:
            found = [
                _shown(key, kept)
                for key, kept in self._logs.items()
                if conference is None
                or (
                    key.conference.startswith(f"{conference}--")
                    if below
                    else key.conference == conference
                )
            ]
        return sorted(found, key=lambda log: (-log.begun_ms, log.key))

    def close(self) -> None:
        """Nothing to let go of."""


def _shown(key: LogKey, kept: _Kept) -> KeptLog:
    moments = [moment_of(one.record) for one in kept.events]
    opening = next((one.record for one in kept.events if OPENING.encode() in one.record), b"")
    return KeptLog(key, kept.mcu, moments[0], max(moments), kept.head(), opening)

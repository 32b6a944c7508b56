"""Brings the events of an MCU's conferences to the office: each once, in order, some day.

    event file ─▶ events behind what the office has ─▶ request mcu.<name>.events ─▶ how far it is

Nothing is noted here about what was sent: the office is asked. While it is away the events stay in
their files, and go on from where it stopped; no meeting waits. Every request carries the running
digest of what came before, so that the office sees whether it has the same log. A log that
contradicts it (one begun anew after a disk was lost) is refused once, loudly, and then kept beside
the other under a branch of this MCU's name.
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import structlog
from pydantic import ValidationError

from nhipcau.app.courier import Ask, Courier, Pause
from nhipcau.conference.digest import GENESIS, next_digest
from nhipcau.ports.messages import EventRows, EventsTaken
from nhipcau.quantities import ConferenceId, McuName
from nhipcau.storage.eventtail import Tail, event_files, read_tail, size_of

_log = structlog.get_logger()
# JSON within JSON is at most twice as long: well below the 1 MiB that NATS carries in one message.
_BATCH_BYTES = 200_000
_BATCH_EVENTS = 5_000
# So often a log may begin anew; after that nothing of it is sent until the process begins anew.
_MAX_BRANCHES = 10


@dataclass(frozen=True, slots=True)
class _Place:
    """How far a file has been read and sent.

    Attributes:
        branch: how often its log was refused; 0: it is the conference's own.
        number, digest: of the last event that was read.
        end: the place in the file behind it.
        file: which file it was; another one may have come in its place.
        known: how far the office has this log; None: not asked yet.
        agreed: the office has seen the digest of all that was read.
        first: the digest of the first event, which names the branch.
    """

    branch: int = 0
    number: int = 0
    digest: str = GENESIS
    end: int = 0
    file: int = 0
    known: int | None = None
    agreed: bool = False
    first: str = ""


@dataclass(frozen=True, slots=True)
class EventShippingStats:
    """How the sending goes.

    Attributes:
        sent: batches sent.
        away: times the office was away.
        refused: times the office had another log under the same name: an alarm.
        unreadable: files that can't be read: an alarm.
    """

    sent: int
    away: int
    refused: int
    unreadable: int


class _OddRecordsError(Exception):
    """A file holds what is no log of a conference: it is told of once, and left alone."""


class EventShipping:
    """Sends what is new. One task uses it."""

    def __init__(self, mcu: McuName, folder: Path, ask: Ask, pause: Pause = asyncio.sleep) -> None:
        """Send the logs that lie in a folder and below, also while they are written.

        Args:
            mcu: who sends.
            folder: where its media processes write.
            ask: asks the office.
            pause: waits.
        """
        self._mcu = mcu
        self._folder = folder
        self._ask = ask
        self._courier = Courier("event log", pause)
        self._places: dict[Path, _Place] = {}
        self._sent = self._refused = 0
        self._unreadable: set[Path] = set()

    async def run(self) -> None:
        """Send until cancelled."""
        await self._courier.run(self.turn)

    async def turn(self) -> bool:
        """Send one batch of every log that has something new; return False when none had.

        Raises:
            BusError: the office is away.
            OSError: the folder can't be read.
            ValidationError: the answer is none.
        """
        moved = False
        for path in await asyncio.to_thread(event_files, self._folder):
            try:
                moved = await self._send_some(path) or moved
            except _OddRecordsError as error:
                self._complain(path, error)
                self._places[path] = _Place(branch=_MAX_BRANCHES)
        return moved

    def stats(self) -> EventShippingStats:
        """Return the counters."""
        return EventShippingStats(
            self._sent, self._courier.away, self._refused, len(self._unreadable)
        )

    async def _send_some(self, path: Path) -> bool:
        place = self._places.get(path, _Place())
        if place.branch >= _MAX_BRANCHES:
            return False
        try:
            if place.agreed and size_of(path) == place.end:
                return False
            tail = await asyncio.to_thread(read_tail, path, place.end, _BATCH_BYTES)
        except OSError as error:
            self._complain(path, error)
            return False
        if place.file not in (0, tail.file):
            # Another file stands in its place: it is held against the office from its start.
            self._places[path] = _Place()
            return True
        if not place.number and tail.records:
            place = replace(place, first=next_digest(GENESIS, tail.records[0]), file=tail.file)
        if not place.first:
            return False
        if place.known is None:
            taken = await self._request(self._rows(path, place, ()))
            if taken.refused:
                self._places[path] = self._begin_anew(path, place, taken)
                return True
            place = replace(place, known=taken.number)
        return await self._send(path, place, tail)

    async def _send(self, path: Path, place: _Place, tail: Tail) -> bool:
        """Send what the office lacks; return whether there was anything to be read or said."""
        at, fresh = _skipping(place, _texts(tail))
        batches = list(_batches(fresh))
        if not tail.records and not place.agreed:
            # All that is here the office has already; whether it is the same, the digest says.
            batches = [()]
        for batch in batches:
            taken = await self._request(self._rows(path, at, batch))
            if taken.refused or taken.number < at.number:
                self._places[path] = self._begin_anew(path, at, taken)
                return True
            self._sent += bool(batch)
            at = replace(_behind(at, batch), known=taken.number, agreed=True)
            # Should the next batch fail: it is read again from where this tail began.
            self._places[path] = replace(place, known=taken.number)
        self._places[path] = replace(at, end=tail.end)
        return bool(tail.records or batches)

    def _begin_anew(self, path: Path, at: _Place, taken: EventsTaken) -> _Place:
        """Return from where to send when the office did not take what was sent."""
        if not taken.refused:
            # The office is an older copy of itself: it gets again what it lost.
            return _Place(branch=at.branch, file=at.file)
        self._refused += 1
        _log.error(
            "the office has another log of this conference: ours goes to a branch",
            log=path.name,
            why=taken.refused,
        )
        return _Place(branch=at.branch + 1, file=at.file)

    def _rows(self, path: Path, after: _Place, records: tuple[str, ...]) -> EventRows:
        branch = f"{self._mcu}.{after.first[:12]}.{after.branch}" if after.branch else ""
        try:
            return EventRows(
                conference=ConferenceId(path.stem),
                branch=branch,
                after=after.number,
                digest=after.digest,
                records=records,
            )
        except ValidationError as error:
            raise _OddRecordsError(f"nothing that can be sent: {path.name}") from error

    def _complain(self, path: Path, error: Exception) -> None:
        if path not in self._unreadable:
            self._unreadable.add(path)
            _log.error("an event log can't be sent", log=str(path), error=str(error))

    async def _request(self, rows: EventRows) -> EventsTaken:
        return EventsTaken.model_validate_json(await self._ask(rows.model_dump_json().encode()))


def _texts(tail: Tail) -> list[str]:
    try:
        return [record.decode() for record in tail.records]
    except UnicodeDecodeError as error:
        raise _OddRecordsError("a record is no text") from error


def _skipping(place: _Place, records: list[str]) -> tuple[_Place, list[str]]:
    """Return the place behind the records that the office has, and the others.

    Once it has agreed on all that was read, new ones are sent even where it says that it has more:
    this log lost its end, and what follows may be other than before.
    """
    skipped = 0 if place.agreed else max(0, (place.known or 0) - place.number)
    return _behind(place, records[:skipped]), records[skipped:]


def _behind(place: _Place, records: Sequence[str]) -> _Place:
    """Return the place behind some records; `end` stays."""
    digest = place.digest
    for record in records:
        digest = next_digest(digest, record.encode())
    return replace(place, number=place.number + len(records), digest=digest)


def _batches(records: list[str]) -> Iterator[tuple[str, ...]]:
    """Yield the records in batches that one message carries, none of them empty."""
    batch: list[str] = []
    room = _BATCH_BYTES
    for record in records:
        if batch and (len(record) > room or len(batch) == _BATCH_EVENTS):
            yield tuple(batch)
            batch, room = [], _BATCH_BYTES
        batch.append(record)
        room -= len(record.encode())
    if batch:
        yield tuple(batch)

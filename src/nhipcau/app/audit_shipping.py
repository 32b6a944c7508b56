"""Brings the chains of this machine's folder to the office: each row once, in order, some day.

    folder ─▶ rows behind what the office has ─▶ request audit.rows ─▶ how far it has them now

Nothing is noted here about what was sent: the office is asked. While it is away the rows stay in
their files, and go on from where it stopped.
"""

import asyncio
from dataclasses import dataclass

import structlog

from nhipcau.app.courier import Ask, Courier, Pause
from nhipcau.audit.chain import Head
from nhipcau.audit.row import BadRowError
from nhipcau.audit.signed import SignedLineError, find_signed
from nhipcau.ports.messages import AuditRows, AuditTaken
from nhipcau.storage.auditfolder import ChainFolder

_log = structlog.get_logger()
# Some 500 rows: well below the 1 MiB that NATS carries in one message.
_BATCH_BYTES = 200_000
_SIGNED_AT_ONCE = 500


@dataclass(slots=True)
class _Place:
    """How far a chain has been sent: rows, bytes of its file, signed lines."""

    number: int
    end: int = 0
    signed: int = 0
    # Refused for good: the office has another story; `verify` tells which.
    refused: bool = False


@dataclass(frozen=True, slots=True)
class ShippingStats:
    """How the sending goes: batches sent, times the office was away, chains that it refuses."""

    sent: int
    away: int
    refused: int


class AuditShipping:
    """Sends what is new. One task uses it."""

    def __init__(self, folder: ChainFolder, ask: Ask, pause: Pause = asyncio.sleep) -> None:
        self._folder = folder
        self._ask = ask
        self._courier = Courier("audit", pause)
        self._places: dict[str, _Place] = {}
        self._sent = 0

    async def run(self) -> None:
        """Send until cancelled."""
        await self._courier.run(self.turn)

    async def turn(self) -> bool:
        """Send one batch of every chain that has something new; return False when none had.

        Raises:
            BusError: the office is away.
            OSError: a file can't be read.
            ValidationError: the answer is none.
        """
        moved = False
        for chain in await asyncio.to_thread(self._folder.chains):
            moved = await self._send_some(chain) or moved
        return moved

    def stats(self) -> ShippingStats:
        """Return the counters."""
        refused = sum(1 for place in self._places.values() if place.refused)
        return ShippingStats(self._sent, self._courier.away, refused)

    def has_all(self, head: Head) -> bool:
        """Return True when the office has said that it has a chain up to this row."""
        place = self._places.get(head.chain)
        return place is not None and not place.refused and place.number == head.number

    async def _send_some(self, chain: str) -> bool:
        place = self._places.get(chain)
        if place is None:
            place = _Place((await self._request(AuditRows(chain=chain))).number)
            self._places[chain] = place
        if place.refused:
            return False
        batch, end = await asyncio.to_thread(self._batch, chain, place)
        if batch is None:
            place.end = end
            return False
        taken = await self._request(batch)
        if taken.refused:
            # The office may be an older copy of itself: ask it anew, once.
            place.refused = taken.number >= place.number
            _log.error("the office refuses rows of the audit", chain=chain, why=taken.refused)
            self._places[chain] = place if place.refused else _Place(taken.number)
            return not place.refused
        self._sent += 1
        place.number, place.end, place.signed = (
            max(place.number, taken.number),
            end,
            place.signed + len(batch.signed),
        )
        return True

    def _batch(self, chain: str, place: _Place) -> tuple[AuditRows | None, int]:
        """Return what is to be sent next, None when there is nothing, and the place behind it."""
        end = place.end
        rows: tuple[tuple[str, str], ...] = ()
        try:
            while not rows:
                piece = self._folder.read(chain, end, _BATCH_BYTES)
                if not piece.rows:
                    break
                end = piece.end
                rows = tuple(
                    (row.hash, row.body.decode())
                    for row in piece.rows
                    if row.number() > place.number
                )
        except (BadRowError, UnicodeDecodeError) as error:
            _log.error("a chain of the audit is damaged", chain=chain, error=str(error))
            place.refused = True
            return None, place.end
        signed = () if rows else self._signed(chain, place)
        if not rows and not signed:
            return None, end
        return AuditRows(chain=chain, rows=rows, signed=signed), end

    def _signed(self, chain: str, place: _Place) -> tuple[str, ...]:
        """Return the next signed lines, of rows that the office has."""
        ready = []
        lines = self._folder.checkpoints(chain)
        for text in lines[place.signed : place.signed + _SIGNED_AT_ONCE]:
            line = find_signed(text)
            try:
                if line is not None and line.head.number > place.number:
                    break
            except SignedLineError:
                _log.error("a checkpoint of the audit is damaged", chain=chain)
            ready.append(text)
        return tuple(ready)

    async def _request(self, rows: AuditRows) -> AuditTaken:
        return AuditTaken.model_validate_json(await self._ask(rows.model_dump_json().encode()))

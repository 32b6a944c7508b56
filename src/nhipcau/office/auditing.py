"""The office's side of the audit: it gathers the chains of all processes.

request audit.rows ─▶ do they follow? ─▶ store ─▶ how far the chain is kept now
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from pydantic import ValidationError

from nhipcau.audit.chain import Begin, ChainError, read_begin
from nhipcau.audit.row import BadRowError, Row
from nhipcau.audit.signed import find_signed
from nhipcau.ports.audit import AuditStore
from nhipcau.ports.messages import AuditRows, AuditTaken

_log = structlog.get_logger()


@dataclass(slots=True)
class AuditIntake:
    """Takes rows from the bus.

    Attributes:
        store: where they are kept.
        remember: called with the first row of every chain that is new, to keep its key in mind
            outside the store.
        refused: how many times rows came that don't follow; any is an alarm.
    """

    store: AuditStore
    remember: Callable[[Begin], None]
    refused: int = 0

    async def answer(self, payload: bytes) -> bytes:
        """Take what a process sends and return `AuditTaken`.

        Raises:
            ValueError: it is none of our messages.
            StoreError: the store can't be reached: whoever sent it tries again.
        """
        try:
            rows = AuditRows.model_validate_json(payload)
        except ValidationError as error:
            raise ValueError(f"no rows of an audit: {error.error_count()} errors") from error
        taken = await asyncio.to_thread(self.take, rows)
        return taken.model_dump_json().encode()

    def take(self, sent: AuditRows) -> AuditTaken:
        """Keep rows; blocks for the store.

        Raises:
            StoreError: the store can't be reached.
        """
        before = self.store.head(sent.chain)
        kept = -1 if before is None else before.number
        if not sent.rows and (before is None or not sent.signed):
            return AuditTaken(number=kept)
        rows = [Row(digest, body.encode()) for digest, body in sent.rows]
        signed = [line for text in sent.signed if (line := find_signed(text)) is not None]
        try:
            if before is None:
                self.remember(read_begin(rows[0]))
            return AuditTaken(number=self.store.append(sent.chain, rows, signed).number)
        except (ChainError, BadRowError) as error:
            self.refused += 1
            _log.error("rows of an audit do not follow", chain=sent.chain, error=str(error))
            return AuditTaken(number=kept, refused=str(error)[:300])

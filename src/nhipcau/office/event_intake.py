"""The office's side of the event logs: it gathers those of all conferences.

request mcu.<name>.events ─▶ whose log? the one that is kept? ─▶ store ─▶ how far it goes now

Which MCU asks stands in the subject, which the bus lets nobody else use. The main branch of a
planned meeting is that of its root, whichever of its candidates that is: both have the same log,
and either brings it. Of a conference without a plan it is theirs whose log came first. Any other
branch bears its MCU's name. What a lost root had written alone stays where it is, and the log of
who took over from it, which goes on, is kept beside it.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from pydantic import ValidationError

from nhipcau.ports.bus import BusMessage
from nhipcau.ports.eventstore import (
    ContradictionError,
    EventStore,
    LogHead,
    LogKey,
    Stretch,
)
from nhipcau.ports.messages import EventRows, EventsTaken
from nhipcau.ports.subjects import mcu_of
from nhipcau.ports.tree import UnfitValueError
from nhipcau.quantities import ConferenceId, McuName

_log = structlog.get_logger()
_REASON = 300


@dataclass(slots=True)
class EventIntake:
    """Takes events from the bus.

    Attributes:
        store: where they are kept.
        planned: returns which MCUs may be root of a meeting, the plan's own first; (): none has its
            plan.
        refused: how many times events came that can't be of the log that is kept; an alarm.
    """

    store: EventStore
    planned: Callable[[ConferenceId], tuple[McuName, ...]]
    refused: int = 0

    async def answer(self, message: BusMessage) -> bytes:
        """Take what an MCU sends and return `EventsTaken`.

        Raises:
            ValueError: it is none of our messages.
            StoreError: the store can't be reached: whoever sent it tries again.
        """
        try:
            rows = EventRows.model_validate_json(message.payload)
        except ValidationError as error:
            raise ValueError(f"no events: {error.error_count()} errors") from error
        taken = await asyncio.to_thread(self.take, mcu_of(message.subject), rows)
        return taken.model_dump_json().encode()

    def take(self, mcu: McuName, rows: EventRows) -> EventsTaken:
        """Keep events, or say why not: who sends others does not wait for these.

        Blocks for the store.

        Raises:
            StoreError: the store can't be reached.
        """
        key = LogKey(rows.conference, rows.branch)
        asks = not rows.after and not rows.records
        try:
            writer = self._writer(mcu, key)
            if asks:
                return EventsTaken(number=self.store.head(key).number)
            records = tuple(record.encode() for record in rows.records)
            sent = Stretch(LogHead(rows.after, rows.digest), records)
            return EventsTaken(number=self.store.append(key, writer, sent).number)
        except (ContradictionError, UnfitValueError, ValueError) as error:
            self.refused += 1
            _log.error(
                "events can't be of the log that is kept",
                conference=key.conference,
                branch=key.branch,
                mcu=mcu,
                error=str(error),
            )
            return EventsTaken(number=self.store.head(key).number, refused=str(error)[:_REASON])

    def _writer(self, mcu: McuName, key: LogKey) -> McuName:
        """Return in whose name a log is kept.

        Raises:
            ContradictionError: this MCU may not write it.
        """
        if key.branch:
            if not key.branch.startswith(f"{mcu}."):
                raise ContradictionError(f"a branch of {mcu} bears its name")
            return mcu
        planned = self.planned(key.conference)
        if planned and mcu not in planned:
            raise ContradictionError(f"the meeting's plan is with {', '.join(planned)}")
        return planned[0] if planned else mcu

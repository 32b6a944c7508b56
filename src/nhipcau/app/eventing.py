"""The event logs' way to the office, wired: what an MCU sends, what gathers it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from nhipcau.app.event_shipping import EventShipping
from nhipcau.office.event_intake import EventIntake
from nhipcau.office.meetings import MeetingBook, UnknownMeetingError
from nhipcau.ports.bus import Bus
from nhipcau.ports.eventstore import EventStore
from nhipcau.ports.subjects import MCU_EVENTS, mcu_events
from nhipcau.quantities import ConferenceId, McuName
from nhipcau.settings import McuSettings, MediaSettings
from nhipcau.storage.database import open_database
from nhipcau.storage.eventtail import EVENTS
from nhipcau.storage.sqlevents import SqlEventStore
from nhipcau.web.metrics import Family, Sample

_ASK_S = 10.0


@dataclass(frozen=True, slots=True)
class Gathering:
    """The logs of all conferences at the office."""

    store: EventStore
    intake: EventIntake

    def metrics(self) -> list[Family]:
        """Return what the office's `/metrics` says of it; any refusal is an alarm."""
        refused = [Sample(self.intake.refused)]
        return [Family("office_events_refused", "events that contradict a log", True, refused)]


def event_file(settings: MediaSettings) -> Path:
    """Return where a media process writes the events of its conference."""
    return settings.data_dir / f"{settings.conference}{EVENTS}"


def shipping_events(settings: McuSettings, bus: Bus) -> EventShipping:
    """Return what sends the events of all conferences of an MCU, those that are over, too."""
    return EventShipping(settings.name, settings.data_dir, asking_events(bus, settings.name))


def asking_events(bus: Bus, mcu: McuName) -> Callable[[bytes], Awaitable[bytes]]:
    """Return how an MCU hands events to the office."""

    async def ask(payload: bytes) -> bytes:
        return await bus.request(mcu_events(mcu), payload, timeout_s=_ASK_S)

    return ask


@contextlib.asynccontextmanager
async def gathering_events(
    database_url: str, bus: Bus, book: MeetingBook
) -> AsyncIterator[Gathering]:
    """Yield the store of all event logs, filled from the bus while the context is open.

    Raises:
        StoreError: the URL names no database.
    """
    store = SqlEventStore(open_database(database_url))

    def planned(conference: ConferenceId) -> tuple[McuName, ...]:
        try:
            root = book.get(conference).mcu
        except UnknownMeetingError:
            return ()
        told = book.told(conference)
        return (root, told.standby) if told is not None and told.standby else (root,)

    intake = EventIntake(store, planned)
    try:
        async with bus.respond(MCU_EVENTS.pattern, intake.answer):
            yield Gathering(store, intake)
    finally:
        await asyncio.to_thread(store.close)

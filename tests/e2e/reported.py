"""The log of a long session in an office that runs, as an MCU would have sent it."""

from collections.abc import Sequence

from nhipcau.bench.longsession import long_session
from nhipcau.conference.events import Event
from nhipcau.conference.wire import dump_event
from nhipcau.ports.eventstore import LogHead, LogKey, Stretch
from nhipcau.quantities import ConferenceId, McuName
from nhipcau.storage.database import open_database, sqlite_url
from nhipcau.storage.sqlevents import SqlEventStore
from tests.e2e.office import OfficeAlone


def session_of(meeting: str) -> list[Event]:
    """Return the events of a session of all 145 rooms."""
    return long_session(conference=ConferenceId(meeting))


def keep_events(office: OfficeAlone, events: Sequence[Event]) -> None:
    """Let an office have these events; those that it has already stay as they are."""
    store = SqlEventStore(open_database(sqlite_url(office.data / "office.db")))
    records = tuple(dump_event(event) for event in events)
    store.append(
        LogKey(ConferenceId(office.meeting)), McuName("mcu-tinh"), Stretch(LogHead(), records)
    )
    store.close()

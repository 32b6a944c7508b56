"""Planning wired to its stores and to the book of meetings, for the office process."""

import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import structlog

from nhipcau.app.demo_session import plan_demo
from nhipcau.office.meetings import Meeting, MeetingBook
from nhipcau.office.planning.briefing import brief, briefings
from nhipcau.office.planning.desk import Desk
from nhipcau.office.planning.errors import BadRequestError, NoPlaceError, no_place
from nhipcau.office.planning.living import hear_end
from nhipcau.office.tree import UnitTree
from nhipcau.office.whereabouts import WAITING, Whereabouts
from nhipcau.picture.layout import shipped_layouts
from nhipcau.planning.life import State
from nhipcau.ports.audit import AuditTrail
from nhipcau.ports.bus import BusError
from nhipcau.ports.clock import Clock
from nhipcau.ports.plans import PlanRecord, StalePlanError, UnknownPlanError
from nhipcau.ports.tree import StoreError
from nhipcau.quantities import ConferenceId
from nhipcau.settings import OfficeSettings
from nhipcau.storage.database import open_database
from nhipcau.storage.sqlcabinet import SqlCabinet
from nhipcau.storage.sqlplans import SqlPlanStore
from nhipcau.storage.vault import DiskVault

_log = structlog.get_logger()
_PAPERS = "papers"
# How long an MCU may take to say what it makes of a meeting that has just been started.
_ANSWER_S = 4.0
_LISTEN_S = 1.0


@dataclass(frozen=True, slots=True)
class Office:
    """What planning is opened with."""

    units: UnitTree
    trail: AuditTrail
    clock: Clock


@contextlib.asynccontextmanager
async def planning(settings: OfficeSettings, url: str, office: Office) -> AsyncIterator[Desk]:
    """Yield the desk of planning; in a demo with the first session on it, approved and live.

    Raises:
        StoreError: the database can't be reached.
    """
    engine = open_database(url)
    desk = Desk(
        plans=SqlPlanStore(engine),
        cabinet=SqlCabinet(engine),
        vault=DiskVault(Path(settings.data_dir) / _PAPERS),
        units=office.units,
        clock=office.clock,
        new_id=_new_id,
        layouts=frozenset(shipped_layouts()),
        trail=office.trail,
    )
    try:
        if settings.demo is not None:
            await asyncio.to_thread(plan_demo, desk, settings.demo)
        yield desk
    finally:
        engine.dispose()


@dataclass(frozen=True, slots=True)
class Briefer:
    """Tells the MCUs of meetings that were approved.

    Attributes:
        desk: with the meetings.
        book: hands their plans to the MCUs.
        whereabouts: what the MCUs say of them.
        adjust: what a demo changes: its meeting begins now.
    """

    desk: Desk
    book: MeetingBook
    whereabouts: Whereabouts
    adjust: Callable[[Meeting], Meeting]

    async def all(self) -> None:
        """Tell of every meeting to come, and of those that are live.

        Raises:
            BusError: the registry can't be reached.
        """
        for meeting in await asyncio.to_thread(briefings, self.desk):
            await self.book.plan(self.adjust(meeting))

    async def publish(self, record: PlanRecord) -> str:
        """Tell of one meeting; return why that can't be, "" when it is done."""
        if not record.editions:
            # The MCUs have never heard of it.
            return ""
        try:
            meeting = await asyncio.to_thread(brief, self.desk, record)
            await self.book.plan(self.adjust(meeting))
        except (BadRequestError, BusError, StoreError) as error:
            _log.warning("the MCUs were not told", meeting=record.head.id, error=str(error))
            return str(error)
        if record.head.state is State.LIVE:
            found = await self.whereabouts.settled(meeting, _ANSWER_S)
            if found is not None and found.standing == WAITING:
                return no_place(self.whereabouts.places(meeting.mcu))
        return ""

    async def room_for(self, meeting: str) -> None:
        """Go on only if there is a place for a meeting that is to start.

        Raises:
            NoPlaceError: its MCU has none left.
        """
        record = await asyncio.to_thread(self.desk.plans.load, meeting)
        with contextlib.suppress(BadRequestError):
            planned = await asyncio.to_thread(brief, self.desk, record)
            hosted = self.whereabouts.find(planned)
            here = hosted is not None and hosted.standing != WAITING
            if not here and self.whereabouts.is_full(planned.mcu):
                raise NoPlaceError(no_place(self.whereabouts.places(planned.mcu)))

    async def hear_ends(self) -> None:
        """Let meetings be over that were ended where they were held, until cancelled."""
        known: set[ConferenceId] = set()
        while True:
            for conference in self.whereabouts.ended() - known:
                if await self._hear_end(conference):
                    known.add(conference)
            await asyncio.sleep(_LISTEN_S)

    async def follow_places(self) -> None:
        """Tell the MCUs of a meeting whenever one of them is elsewhere, until cancelled."""
        while True:
            try:
                await self.book.place_again()
            except (BusError, StoreError) as error:
                _log.warning("the MCUs were not told of places", error=str(error))
            await asyncio.sleep(_LISTEN_S)

    async def _hear_end(self, conference: ConferenceId) -> bool:
        """Write down one end; return False when that is to be tried again."""
        try:
            record = await asyncio.to_thread(hear_end, self.desk, conference)
        except UnknownPlanError:
            # None of ours: whoever hosts it knows why.
            return True
        except (StalePlanError, StoreError) as error:
            _log.warning("the end is heard again", meeting=conference, error=str(error))
            return False
        if record is not None:
            await self.publish(record)
        return True


def _new_id() -> str:
    return str(uuid.uuid4())

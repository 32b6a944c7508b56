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
from nhipcau.office.planning.errors import BadRequestError
from nhipcau.office.tree import UnitTree
from nhipcau.picture.layout import shipped_layouts
from nhipcau.ports.audit import AuditTrail
from nhipcau.ports.bus import BusError
from nhipcau.ports.clock import Clock
from nhipcau.ports.plans import PlanRecord
from nhipcau.settings import OfficeSettings
from nhipcau.storage.database import open_database
from nhipcau.storage.sqlcabinet import SqlCabinet
from nhipcau.storage.sqlplans import SqlPlanStore
from nhipcau.storage.vault import DiskVault

_log = structlog.get_logger()
_PAPERS = "papers"


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
        adjust: what a demo changes: its meeting begins now.
    """

    desk: Desk
    book: MeetingBook
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
        try:
            meeting = await asyncio.to_thread(brief, self.desk, record)
            await self.book.plan(self.adjust(meeting))
        except (BadRequestError, BusError) as error:
            _log.warning("the MCUs were not told", meeting=record.head.id, error=str(error))
            return str(error)
        return ""


def _new_id() -> str:
    return str(uuid.uuid4())

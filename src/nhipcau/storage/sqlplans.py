"""The plan store on SQLite or PostgreSQL."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, Row, delete, insert, select, update

from nhipcau.planning.booking import ClashError, Reservation, clashes
from nhipcau.planning.editing import Edit
from nhipcau.planning.life import State
from nhipcau.planning.timeline import Span
from nhipcau.ports.plans import (
    Booking,
    Edition,
    PlanHead,
    PlanRecord,
    Signature,
    StalePlanError,
    UnknownPlanError,
    Written,
)
from nhipcau.quantities import McuName, SiteId
from nhipcau.storage import plan_tables as tables
from nhipcau.storage.database import storing

_MEETING = tables.table_of(tables.MeetingRow)
_EDIT = tables.table_of(tables.MeetingEditRow)
_EDITION = tables.table_of(tables.MeetingEditionRow)
_TURN = tables.table_of(tables.BookingTurnRow)
_RESERVATION = tables.table_of(tables.ReservationRow)
_SITE = tables.table_of(tables.ReservationSiteRow)
_HEAD = [column for column in _MEETING.columns if column.name != "parts"]


class SqlPlanStore:
    """A `PlanStore` in a database that `migrate` has brought to the newest shape.

    Args:
        engine: from `open_database`; whoever opened it closes it.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def create(self, record: PlanRecord, written: Written) -> None:
        """Keep a new meeting."""
        with storing(), self._engine.begin() as connection:
            connection.execute(insert(_MEETING).values(_cells(record)))
            _write(connection, record.head.id, written)

    def heads(self) -> tuple[PlanHead, ...]:
        """Return all meetings, those without a day first, then the ones that begin last."""
        chosen = select(*_HEAD).order_by(
            _MEETING.c.starts_s.is_not(None), _MEETING.c.starts_s.desc(), _MEETING.c.id
        )
        with storing(), self._engine.connect() as connection:
            return tuple(_head(row) for row in connection.execute(chosen))

    def load(self, meeting: str) -> PlanRecord:
        """Return a meeting as it is now.

        Raises:
            UnknownPlanError: there is none of that id.
        """
        with storing(), self._engine.connect() as plain:
            connection = plain.execution_options(isolation_level="SERIALIZABLE")
            row = connection.execute(select(_MEETING).where(_MEETING.c.id == meeting)).first()
            if row is None:
                raise UnknownPlanError(meeting)
            chosen = select(_EDITION).where(_EDITION.c.meeting == meeting)
            editions = connection.execute(chosen.order_by(_EDITION.c.number))
            found = tuple(_edition(one) for one in editions)
        return PlanRecord(_head(row), json.loads(row.parts), found)

    def since(self, meeting: str, revision: int) -> tuple[Written, ...]:
        """Return what was written after a revision, oldest first."""
        chosen = select(_EDIT).where(_EDIT.c.meeting == meeting, _EDIT.c.revision > revision)
        with storing(), self._engine.connect() as connection:
            rows = connection.execute(chosen.order_by(_EDIT.c.revision))
            return tuple(_written(row) for row in rows)

    def record(self, record: PlanRecord, written: Written, booking: Booking | None = None) -> None:
        """Write a meeting anew and book along with it, or do nothing.

        Raises:
            StalePlanError: the store has another revision than the one before.
            ClashError: something that is to be booked is taken.
        """
        meeting, cells = record.head.id, _cells(record)
        with storing(), self._engine.begin() as connection:
            # Whoever books waits for its turn before it takes any other row, so that two who book
            # never wait for each other.
            if booking is not None:
                connection.execute(update(_TURN).values(value=_TURN.c.value + 1))
            before = record.head.revision - 1
            stands = (_MEETING.c.id == meeting, _MEETING.c.revision == before)
            if connection.execute(update(_MEETING).where(*stands).values(cells)).rowcount != 1:
                raise StalePlanError(f"the meeting no longer has revision {before}")
            _write(connection, meeting, written)
            _approve(connection, meeting, record.editions)
            if booking is not None:
                _book(connection, meeting, booking)

    def reservations(self, span: Span) -> tuple[Reservation, ...]:
        """Return what is booked for some of this time."""
        with storing(), self._engine.connect() as connection:
            return _reservations(connection, span.starts.timestamp(), span.ends.timestamp())


def _book(connection: Connection, meeting: str, booking: Booking) -> None:
    mine = booking.reservation
    connection.execute(delete(_SITE).where(_SITE.c.meeting == meeting))
    connection.execute(delete(_RESERVATION).where(_RESERVATION.c.meeting == meeting))
    if mine is None:
        return
    starts, ends = mine.starts.timestamp(), mine.ends.timestamp()
    found = clashes(mine, _reservations(connection, starts, ends), booking.limits)
    if found:
        raise ClashError(found)
    connection.execute(
        insert(_RESERVATION).values(
            meeting=meeting,
            title=mine.title,
            zone=_zone_name(mine.starts),
            starts_s=starts,
            ends_s=ends,
            mcus=json.dumps(mine.mcus),
        )
    )
    rows = [{"meeting": meeting, "site": site} for site in sorted(mine.sites)]
    if rows:
        connection.execute(insert(_SITE), rows)


def _reservations(connection: Connection, starts: float, ends: float) -> tuple[Reservation, ...]:
    within = (_RESERVATION.c.starts_s < ends, _RESERVATION.c.ends_s > starts)
    rows = connection.execute(select(_RESERVATION).where(*within).order_by(_RESERVATION.c.starts_s))
    kept = rows.all()
    joined = select(_SITE).join(_RESERVATION, _SITE.c.meeting == _RESERVATION.c.meeting)
    sites: dict[str, list[SiteId]] = {row.meeting: [] for row in kept}
    for meeting, site in connection.execute(joined.where(*within)):
        sites[meeting].append(SiteId(site))
    return tuple(
        Reservation(
            row.meeting,
            row.title,
            datetime.fromtimestamp(row.starts_s, UTC).astimezone(ZoneInfo(row.zone)),
            datetime.fromtimestamp(row.ends_s, UTC).astimezone(ZoneInfo(row.zone)),
            frozenset(sites[row.meeting]),
            {McuName(name): count for name, count in json.loads(row.mcus).items()},
        )
        for row in kept
    )


def _zone_name(moment: datetime) -> str:
    return moment.tzinfo.key if isinstance(moment.tzinfo, ZoneInfo) else "UTC"


def _approve(connection: Connection, meeting: str, editions: Iterable[Edition]) -> None:
    chosen = select(_EDITION.c.number).where(_EDITION.c.meeting == meeting)
    known = set(connection.execute(chosen).scalars())
    for edition in editions:
        if edition.number not in known:
            connection.execute(
                insert(_EDITION).values(
                    meeting=meeting,
                    number=edition.number,
                    revision=edition.revision,
                    seal=edition.seal,
                    parts=_json(edition.parts),
                    **_signed(edition.signed),
                )
            )


def _write(connection: Connection, meeting: str, written: Written) -> None:
    connection.execute(
        insert(_EDIT).values(
            meeting=meeting,
            revision=written.revision,
            step=written.step,
            note=written.note,
            before=_json(written.edit.before),
            after=_json(written.edit.after),
            **_signed(written.signed),
        )
    )


def _signed(signed: Signature) -> dict[str, Any]:
    return {"account": signed.account, "name": signed.name, "at_s": signed.at_s}


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _cells(record: PlanRecord) -> dict[str, Any]:
    head = record.head
    return {
        "id": head.id,
        "revision": head.revision,
        "state": head.state.value,
        "opened": head.opened,
        "editions": head.editions,
        "title": head.title,
        "kind": head.kind,
        "host": head.host,
        "starts_s": head.starts_s,
        "ends_s": head.ends_s,
        "created_account": head.created.account,
        "created_name": head.created.name,
        "created_at_s": head.created.at_s,
        "parts": _json(record.parts),
    }


def _head(row: "Row[Any]") -> PlanHead:
    return PlanHead(
        id=row.id,
        revision=row.revision,
        state=State(row.state),
        opened=row.opened,
        editions=row.editions,
        title=row.title,
        kind=row.kind,
        host=row.host,
        starts_s=row.starts_s,
        ends_s=row.ends_s,
        created=Signature(row.created_account, row.created_name, row.created_at_s),
    )


def _edition(row: "Row[Any]") -> Edition:
    signed = Signature(row.account, row.name, row.at_s)
    return Edition(row.number, row.revision, row.seal, signed, json.loads(row.parts))


def _written(row: "Row[Any]") -> Written:
    edit = Edit(json.loads(row.before), json.loads(row.after))
    signed = Signature(row.account, row.name, row.at_s)
    return Written(row.revision, row.step, row.note, edit, signed)

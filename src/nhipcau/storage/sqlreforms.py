"""The reform store on SQLite or PostgreSQL, in the tree's own database."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from nhipcau.org.places import Place, Site, Tenure
from nhipcau.org.record import TreeChange
from nhipcau.org.undoing import BuiltUponError
from nhipcau.org.units import Succession, SuccessionKind, UnitVersion
from nhipcau.ports.reforms import AppliedReform, ReformNote, UnknownReformError
from nhipcau.storage.database import storing
from nhipcau.storage.sqltree import move_revision, rows_of, write_change
from nhipcau.storage.tables import (
    ChangeRow,
    PlaceRow,
    ReformRow,
    SiteRow,
    SuccessionRow,
    TenureRow,
    UnitRow,
    UnitVersionRow,
)


class SqlReformStore:
    """A `ReformStore` in a database that `migrate` has brought to the newest shape.

    Args:
        engine: from `open_database`; closed by the tree store.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def reforms(self) -> tuple[AppliedReform, ...]:
        """Return every reform, the oldest first.

        Raises:
            StoreError: the database can't be reached.
        """
        chosen = (
            select(
                ReformRow.change,
                ChangeRow.day,
                ChangeRow.act,
                ReformRow.file,
                ReformRow.at,
                ReformRow.undone_at,
            )
            .join(ChangeRow, ChangeRow.number == ReformRow.change)
            .order_by(ReformRow.change)
        )
        with storing(), self._engine.connect() as connection:
            return tuple(
                AppliedReform(number, day, act, file, _in_utc(at), back and _in_utc(back))
                for number, day, act, file, at, back in connection.execute(chosen)
            )

    def table_of(self, number: int) -> str:
        """Return the table of a reform.

        Raises:
            UnknownReformError: there is none of this number.
            StoreError: the database can't be reached.
        """
        with storing(), self._engine.connect() as connection:
            chosen = select(ReformRow.table).where(ReformRow.change == number)
            found = connection.execute(chosen).scalar_one_or_none()
        if found is None:
            raise UnknownReformError(f"no reform has the number {number}")
        return found

    def record_reform(self, change: TreeChange, after: int, note: ReformNote) -> int:
        """Write the change and the note, both or nothing; return the reform's number.

        Raises:
            StaleTreeError: the database has another revision than `after`.
            StoreError: it can't be reached, or the change breaks what must hold.
        """
        with storing(), self._engine.begin() as connection:
            number = write_change(connection, change, after)
            row = {"change": number, "file": note.file, "table": note.table, "at": note.at}
            connection.execute(insert(ReformRow), row)
        return number

    def change_of(self, number: int) -> TreeChange:
        """Return the change of a reform that is in force, as it was recorded.

        Raises:
            UnknownReformError: there is none of this number, or it was taken back.
            StoreError: the database can't be reached.
        """
        with storing(), self._engine.connect() as connection:
            return _read_change(connection, number)

    def take_back(self, number: int, after: int, at: datetime) -> int:
        """Remove the change from the tree, all of it or nothing; return the new revision.

        Raises:
            StaleTreeError: the database has another revision than `after`.
            UnknownReformError: as in `change_of`.
            BuiltUponError: another table names a unit, a room or a place that came with it.
            StoreError: the database can't be reached.
        """
        with storing(), self._engine.begin() as connection:
            move_revision(connection, after)
            change = _read_change(connection, number)
            undo = {"number": after + 1, "day": change.day, "act": f"takes back change {number}"}
            connection.execute(insert(ChangeRow), undo)
            try:
                _remove(connection, number, change)
            except IntegrityError as error:
                detail = "other data of the office names a unit or a room that came with it"
                raise BuiltUponError([detail]) from error
            done = update(ReformRow).where(ReformRow.change == number)
            connection.execute(done.values(undone_by=after + 1, undone_at=at))
        return after + 1


def _in_utc(at: datetime) -> datetime:
    """Return a time of the database; SQLite keeps UTC and forgets that it is."""
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _read_change(connection: Connection, number: int) -> TreeChange:
    """Return the change as it was recorded; sites and places are those that came with it.

    Raises:
        UnknownReformError: no reform in force has this number.
    """
    chosen = (
        select(ChangeRow.day, ChangeRow.act)
        .join(ReformRow, ReformRow.change == ChangeRow.number)
        .where(ReformRow.change == number, ReformRow.undone_by.is_(None))
    )
    found = connection.execute(chosen).one_or_none()
    if found is None:
        raise UnknownReformError(f"no reform in force has the number {number}")
    sites = _sites_of(connection, number)
    unit, tenure, edge = UnitVersionRow, TenureRow, SuccessionRow
    opened = rows_of(connection, unit, UnitVersion, unit.opened_by == number)
    closed = rows_of(connection, unit, UnitVersion, unit.closed_by == number)
    successions = rows_of(connection, edge, Succession, edge.change == number)
    held = rows_of(connection, tenure, Tenure, tenure.opened_by == number)
    left = rows_of(connection, tenure, Tenure, tenure.closed_by == number)
    return TreeChange(
        day=found.day,
        act=found.act,
        closed=tuple(one.unit for one in closed),
        opened=tuple(replace(one, valid_to=None) for one in opened),
        successions=tuple(replace(one, kind=SuccessionKind(one.kind)) for one in successions),
        places=_places_of(connection, sites),
        sites=sites,
        closed_tenures=tuple((one.site, one.unit) for one in left),
        tenures=tuple(replace(one, valid_to=None) for one in held),
    )


def _sites_of(connection: Connection, number: int) -> tuple[Site, ...]:
    """Return the sites that came with a change: nobody held them before."""
    first = (
        select(TenureRow.site)
        .group_by(TenureRow.site)
        .having(func.min(TenureRow.opened_by) == number)
    )
    return rows_of(connection, SiteRow, Site, SiteRow.id.in_(first))


def _places_of(connection: Connection, sites: tuple[Site, ...]) -> tuple[Place, ...]:
    """Return the buildings in which there is no other room than these."""
    ours = {site.id for site in sites}
    others = {site.place for site in rows_of(connection, SiteRow, Site) if site.id not in ours}
    came = {site.place for site in sites} - others
    return tuple(one for one in rows_of(connection, PlaceRow, Place) if one.id in came)


def _remove(connection: Connection, number: int, change: TreeChange) -> None:
    """Remove what a change opened and open what it closed: who points to others goes first."""
    connection.execute(delete(SuccessionRow).where(SuccessionRow.change == number))
    for row in (TenureRow, UnitVersionRow):
        connection.execute(delete(row).where(row.opened_by == number))
        again = update(row).where(row.closed_by == number)
        connection.execute(again.values(valid_to=None, closed_by=None))
    _delete(connection, SiteRow.id, [site.id for site in change.sites])
    _delete(connection, PlaceRow.id, [place.id for place in change.places])
    known = select(UnitVersionRow.unit)
    opened = {version.unit for version in change.opened}
    left = opened - set(connection.execute(known).scalars())
    _delete(connection, UnitRow.id, sorted(left))


# SQLite takes so many parameters in one statement on every version that Python brings.
_AT_ONCE = 500


def _delete(connection: Connection, key: Any, ids: list[Any]) -> None:
    for at in range(0, len(ids), _AT_ONCE):
        connection.execute(delete(key.class_).where(key.in_(ids[at : at + _AT_ONCE])))

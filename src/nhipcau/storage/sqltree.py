"""The tree store on SQLite or PostgreSQL."""

from collections.abc import Collection, Iterable
from dataclasses import fields, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, bindparam, insert, select, update

from nhipcau.org.places import Place, Site, Tenure
from nhipcau.org.record import TreeChange, TreeRecord
from nhipcau.org.units import Level, Succession, SuccessionKind, UnitVersion
from nhipcau.ports.tree import StaleTreeError
from nhipcau.storage import tables
from nhipcau.storage.database import storing

_REVISION = select(tables.RevisionRow.value)

Row = type[tables.Base]


class SqlTreeStore:
    """A `TreeStore` in a database that `migrate` has brought to the newest shape.

    Args:
        engine: from `open_database`; closed with the store.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def revision(self) -> int:
        """Return the revision.

        Raises:
            StoreError: the database can't be reached or has no tables yet.
        """
        with storing(), self._engine.connect() as connection:
            return connection.execute(_REVISION).scalar_one()

    def load(self) -> TreeRecord:
        """Return everything, as it was at one moment.

        Raises:
            StoreError: the database can't be reached or has no tables yet.
        """
        with storing(), self._engine.connect() as plain:
            connection = plain.execution_options(isolation_level="SERIALIZABLE")
            successions = rows_of(connection, tables.SuccessionRow, Succession)
            return TreeRecord(
                revision=connection.execute(_REVISION).scalar_one(),
                levels=rows_of(connection, tables.LevelRow, Level),
                versions=rows_of(connection, tables.UnitVersionRow, UnitVersion),
                successions=tuple(replace(s, kind=SuccessionKind(s.kind)) for s in successions),
                places=rows_of(connection, tables.PlaceRow, Place),
                sites=rows_of(connection, tables.SiteRow, Site),
                tenures=rows_of(connection, tables.TenureRow, Tenure),
            )

    def record(self, change: TreeChange, after: int) -> int:
        """Write the whole change or nothing of it; return the new revision.

        Raises:
            StaleTreeError: the database has another revision than `after`.
            StoreError: it can't be reached, or the change breaks what must hold.
        """
        with storing(), self._engine.begin() as connection:
            return write_change(connection, change, after)

    def close(self) -> None:
        """Let go of all connections."""
        self._engine.dispose()


def write_change(connection: Connection, change: TreeChange, after: int) -> int:
    """Write a change within a transaction; return its number, the new revision.

    Raises:
        StaleTreeError: the tree has another revision than `after`.
    """
    move_revision(connection, after)
    _Writer(connection, change, after + 1).write()
    return after + 1


def move_revision(connection: Connection, after: int) -> None:
    """Go one revision on; the first thing of a writer, so that two of them take turns.

    Raises:
        StaleTreeError: the tree has another revision: the second one sees that it is late.
    """
    moved = update(tables.RevisionRow).where(tables.RevisionRow.value == after)
    if connection.execute(moved.values(value=after + 1)).rowcount != 1:
        raise StaleTreeError(f"the tree no longer has revision {after}")


def rows_of[T](
    connection: Connection, row: Row, kind: type[T], *where: ColumnElement[bool]
) -> tuple[T, ...]:
    """Return rows as objects whose fields are called like their columns, in the order written."""
    names = [field.name for field in fields(kind)]  # type: ignore[arg-type] # all are dataclasses
    table = row.__table__
    chosen = select(*(table.c[name] for name in names)).where(*where)
    return tuple(kind(*cells) for cells in connection.execute(chosen.order_by(*table.primary_key)))


def _cells(one: Any, **more: Any) -> dict[str, Any]:
    return {field.name: getattr(one, field.name) for field in fields(one)} | more


class _Writer:
    """Writes one change within one transaction: what others point to comes first."""

    def __init__(self, connection: Connection, change: TreeChange, number: int) -> None:
        self._connection = connection
        self._change = change
        self._number = number

    def write(self) -> None:
        """Write it all."""
        change, number = self._change, self._number
        self._add(tables.ChangeRow, [{"number": number, "day": change.day, "act": change.act}])
        self._put(tables.LevelRow, "key", change.levels)
        self._close_versions()
        self._found_units()
        self._add(tables.UnitVersionRow, [_cells(v, opened_by=number) for v in change.opened])
        self._add(
            tables.SuccessionRow,
            [_cells(s, kind=s.kind.value, change=number) for s in change.successions],
        )
        self._put(tables.PlaceRow, "id", change.places)
        self._add(tables.SiteRow, [_cells(site) for site in change.sites])
        self._close_tenures()
        self._add(tables.TenureRow, [_cells(t, opened_by=number) for t in change.tenures])

    def _add(self, row: Row, cells: list[dict[str, Any]]) -> None:
        if cells:
            self._connection.execute(insert(row), cells)

    def _put(self, row: Row, key: str, things: Iterable[Any]) -> None:
        """Add things, or write them over those with the same key."""
        table = row.__table__
        known = set(self._connection.execute(select(table.c[key])).scalars())
        cells = [_cells(thing) for thing in things]
        self._add(row, [one for one in cells if one[key] not in known])
        for one in cells:
            if one[key] in known:
                changed = update(row).where(table.c[key] == one[key]).values(one)
                self._connection.execute(changed)

    def _found_units(self) -> None:
        known = self._known_units()
        opened = dict.fromkeys(version.unit for version in self._change.opened)
        self._add(tables.UnitRow, [{"id": unit} for unit in opened if unit not in known])

    def _known_units(self) -> Collection[str]:
        return set(self._connection.execute(select(tables.UnitRow.id)).scalars())

    def _close_versions(self) -> None:
        row = tables.UnitVersionRow
        self._close(
            update(row).where(row.unit == bindparam("of_unit"), row.valid_to.is_(None)),
            [{"of_unit": unit} for unit in self._change.closed],
        )

    def _close_tenures(self) -> None:
        row = tables.TenureRow
        self._close(
            update(row).where(
                row.site == bindparam("of_site"),
                row.unit == bindparam("of_unit"),
                row.valid_to.is_(None),
            ),
            [{"of_site": site, "of_unit": unit} for site, unit in self._change.closed_tenures],
        )

    def _close(self, open_ones: Any, of: list[dict[str, str]]) -> None:
        if of:
            closing = open_ones.values(valid_to=self._change.day, closed_by=self._number)
            self._connection.execute(closing, of)

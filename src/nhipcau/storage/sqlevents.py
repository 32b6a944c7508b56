"""The gathered event logs on SQLite or PostgreSQL. Adds rows; nothing takes any away."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, Engine, and_, false, func, insert, select, update

from nhipcau.ports.eventstore import (
    ContradictionError,
    Fresh,
    KeptLog,
    LogHead,
    LogKey,
    Stretch,
    fresh_of,
)
from nhipcau.quantities import ConferenceId, McuName
from nhipcau.storage.database import storing
from nhipcau.storage.eventrows import OPENING, moment_of
from nhipcau.storage.eventtables import ConferenceEventRow, ConferenceLogRow

# Changes no row, and takes SQLite's write lock before anything is read, so that who reads first
# and then writes waits for its turn. On PostgreSQL the primary key decides.
_TAKE_TURNS = update(ConferenceLogRow).where(false()).values(mcu="")


class SqlEventStore:
    """An `EventStore` in a database that `migrate` has brought to the newest shape."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def head(self, key: LogKey) -> LogHead:
        """Return how far a log goes; number 0: nothing of it is here.

        Raises:
            StoreError: the database can't be reached.
        """
        with storing(), self._engine.connect() as connection:
            return _head(connection, key)

    def append(self, key: LogKey, mcu: McuName, sent: Stretch) -> LogHead:
        """Take what is new of a stretch, and return how far the log goes now.

        Raises:
            ContradictionError: it is not of this log, or of another MCU's.
            ValueError: a record is no event.
            StoreError: the database can't be reached, or somebody else wrote the same events.
        """
        with storing(), self._engine.begin() as connection:
            connection.execute(_TAKE_TURNS)
            have = _head(connection, key)
            writer = connection.execute(select(ConferenceLogRow.mcu).where(_log_is(key))).scalar()
            if writer is not None and writer != mcu:
                raise ContradictionError(f"this log is written by {writer}")
            fresh = fresh_of(have, sent, lambda number: _digest(connection, key, number))
            if not fresh:
                return have
            cells = _cells(key, fresh)
            if writer is None:
                log = {**key._asdict(), "mcu": mcu, "begun_ms": cells[0]["at_ms"]}
                connection.execute(insert(ConferenceLogRow), [log])
            connection.execute(insert(ConferenceEventRow), cells)
        return LogHead(fresh[-1].number, fresh[-1].digest)

    def read(self, key: LogKey) -> list[bytes]:
        """Return the records of a log in their order.

        Raises:
            StoreError: the database can't be reached.
        """
        table = ConferenceEventRow
        wanted = select(table.payload).where(_event_is(key)).order_by(table.seq)
        with storing(), self._engine.connect() as connection:
            return [payload.encode() for payload in connection.execute(wanted).scalars()]

    def logs(self, conference: ConferenceId | None = None, *, below: bool = False) -> list[KeptLog]:
        """Return the logs of one conference, of those it split into, or all, the youngest first.

        Raises:
            StoreError: the database can't be reached.
        """
        log, event = ConferenceLogRow, ConferenceEventRow
        same = and_(event.conference == log.conference, event.branch == log.branch)
        last = select(func.max(event.seq)).where(same).correlate(log).scalar_subquery()
        newest = select(func.max(event.at_ms)).where(same).correlate(log).scalar_subquery()
        opening = (
            select(event.payload)
            .where(same, event.payload.contains(OPENING, autoescape=True))
            .order_by(event.seq)
            .limit(1)
            .correlate(log)
            .scalar_subquery()
        )
        wanted = select(log.conference, log.branch, log.mcu, log.begun_ms, last, newest, opening)
        wanted = wanted.order_by(log.begun_ms.desc(), log.conference, log.branch)
        if conference is not None:
            wanted = wanted.where(_is_or_below(conference, below=below))
        with storing(), self._engine.connect() as connection:
            return [
                _kept(connection, LogKey(ConferenceId(row[0]), row[1]), row[2:])
                for row in connection.execute(wanted).all()
            ]

    def close(self) -> None:
        """Let go of all connections."""
        self._engine.dispose()


def _kept(connection: Connection, key: LogKey, row: Sequence[object]) -> KeptLog:
    mcu, begun_ms, last, newest, opening = row
    number = int(str(last))
    head = LogHead(number, _digest(connection, key, number))
    found = b"" if opening is None else str(opening).encode()
    return KeptLog(key, McuName(str(mcu)), int(str(begun_ms)), int(str(newest)), head, found)


def _head(connection: Connection, key: LogKey) -> LogHead:
    table = ConferenceEventRow
    newest = (
        select(table.seq, table.digest).where(_event_is(key)).order_by(table.seq.desc()).limit(1)
    )
    found = connection.execute(newest).one_or_none()
    return LogHead() if found is None else LogHead(found[0], found[1])


def _digest(connection: Connection, key: LogKey, number: int) -> str:
    table = ConferenceEventRow
    return connection.execute(
        select(table.digest).where(_event_is(key), table.seq == number)
    ).scalar_one()


def _cells(key: LogKey, fresh: Sequence[Fresh]) -> list[dict[str, object]]:
    return [
        {
            **key._asdict(),
            "seq": one.number,
            "at_ms": moment_of(one.record),
            "digest": one.digest,
            "payload": one.record.decode(),
        }
        for one in fresh
    ]


def _is_or_below(conference: ConferenceId, *, below: bool) -> ColumnElement[bool]:
    column = ConferenceLogRow.conference
    if below:
        return column.startswith(f"{conference}--", autoescape=True)
    return column == conference


def _log_is(key: LogKey) -> ColumnElement[bool]:
    table = ConferenceLogRow
    return and_(table.conference == key.conference, table.branch == key.branch)


def _event_is(key: LogKey) -> ColumnElement[bool]:
    table = ConferenceEventRow
    return and_(table.conference == key.conference, table.branch == key.branch)

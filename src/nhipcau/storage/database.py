"""The office's database: one URL, SQLite or PostgreSQL, brought to the newest shape.

    open_database("sqlite:///office.db")                        a file beside the office
    open_database("postgresql://office@db.example/nhipcau")     a server

Calls block: they belong into worker threads, never on the event loop.
"""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DataError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from nhipcau.ports.tree import StoreError, UnfitValueError

# A writer waits this long for another one; an import of 12,000 units takes about a second.
_BUSY_S = 10.0
_BUSY_STEP_S = 0.02
# A server whose machine lost its power or its line says nothing, not even that it is gone: without
# these a query would wait for it for two hours, and what came meanwhile for a thread.
# Source: PostgreSQL, "Database Connection Control Functions"; tcp_user_timeout in milliseconds.
_PATIENCE = {
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}
# Names the lock under which migrations run, and our files; any number that nobody else takes.
_OUR_MARK = 0x4E4843


def sqlite_url(path: Path) -> str:
    """Return the URL of a SQLite file."""
    return f"sqlite:///{path.absolute()}"


def open_database(url: str) -> Engine:
    """Return an engine; connects at its first use.

    Raises:
        StoreError: the URL is none, or names a database that we don't speak.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StoreError(f"{url!r} is no database URL") from error
    match parsed.get_backend_name():
        case "sqlite":
            return _sqlite(parsed)
        case "postgresql":
            return create_engine(
                parsed.set(drivername="postgresql+psycopg"),
                pool_pre_ping=True,
                connect_args={k: v for k, v in _PATIENCE.items() if k not in parsed.query},
            )
        case other:
            raise StoreError(f"the database must be sqlite or postgresql, not {other}")


def ping(engine: Engine) -> None:
    """Return when the database answers.

    Raises:
        StoreError: it can't be reached.
    """
    with storing(), engine.connect() as connection:
        connection.execute(text("SELECT 1"))


def _sqlite(url: URL) -> Engine:
    if url.database and not Path(url.database).exists():
        with storing():
            # Contacts and accounts are nobody else's to read.
            Path(url.database).touch(mode=0o600)
    # autocommit=False: the driver begins a transaction with the first statement, reads too, so
    # that what one transaction reads is of one moment.
    engine = create_engine(url, connect_args={"timeout": _BUSY_S, "autocommit": False})

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        assert isinstance(connection, sqlite3.Connection)
        # The three are no-ops within a transaction.
        connection.autocommit = True
        try:
            _log_ahead(connection)
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
        except sqlite3.Error:
            # Nobody else knows of it yet.
            connection.close()
            raise
        connection.autocommit = False

    _close_late_ones(engine)
    return engine


def _close_late_ones(engine: Engine) -> None:
    """Close also the connections that a thread still has when the engine is disposed of.

    They come back to a pool that nobody takes from any more. Source: SQLAlchemy, "Engine Disposal".
    """
    over = threading.Event()

    @event.listens_for(engine, "engine_disposed")
    def note(_engine: Engine) -> None:
        over.set()

    @event.listens_for(engine, "checkin")
    def close(_connection: Any, record: ConnectionPoolEntry) -> None:
        if over.is_set() and record.dbapi_connection is not None:
            record.invalidate()


def _log_ahead(connection: sqlite3.Connection) -> None:
    """Turn on the write-ahead log; waits for others who do the same, which SQLite itself doesn't.

    Raises:
        sqlite3.Error: it is no database, or stayed locked.
    """
    deadline = time.monotonic() + _BUSY_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(_BUSY_STEP_S)
        else:
            return


def migrate(engine: Engine) -> tuple[str, str]:
    """Bring the database to the newest shape; return the shapes before ("" when new) and after.

    All or nothing, and one at a time: a second one waits and then finds nothing to do.

    Raises:
        StoreError: it can't be reached, or a newer version of the program has shaped it.
    """
    config = Config()
    config.set_main_option(
        "script_location", str(resources.files("nhipcau.storage") / "migrations")
    )
    try:
        with storing(), engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                lock = text("SELECT pg_advisory_xact_lock(:key)")
                connection.execute(lock, {"key": _OUR_MARK})
            else:
                # Says whose file it is, and takes the write lock before anything is looked at.
                connection.execute(text(f"PRAGMA application_id = {_OUR_MARK}"))
            before = MigrationContext.configure(connection).get_current_revision() or ""
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except CommandError as error:
        raise StoreError(f"the database can't be brought to the newest shape: {error}") from error
    return before, ScriptDirectory.from_config(config).get_current_head() or ""


@contextmanager
def storing() -> Iterator[None]:
    """Turn the engine's errors into ours.

    Raises:
        UnfitValueError: what was to be kept or looked for is nothing that it can keep.
        StoreError: anything else went wrong between us and the database.
    """
    try:
        yield
    except (DataError, OverflowError, UnicodeEncodeError) as error:
        raise UnfitValueError(f"the database can't keep this: {_reason(error)}") from error
    except (SQLAlchemyError, OSError) as error:
        raise StoreError(f"the database: {_reason(error)}") from error


def _reason(error: Exception) -> str:
    return str(getattr(error, "orig", None) or error).strip().partition("\n")[0]

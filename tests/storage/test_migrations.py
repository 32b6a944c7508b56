"""The shape of the database: made by migrations alone, and what the code expects."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect, text

from nhipcau.ports.tree import StoreError
from nhipcau.storage.database import migrate, open_database, sqlite_url
from nhipcau.storage.tables import Base

from .newest import HEAD


@contextmanager
def opened(url: str) -> Iterator[Engine]:
    engine = open_database(url)
    try:
        yield engine
    finally:
        engine.dispose()


def test_migrations_make_the_tables_that_the_code_expects(database_url: str) -> None:
    engine = open_database(database_url)
    assert migrate(engine) == ("", HEAD)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    assert constraints(engine) >= {"ck_unit_version_ends_after_it_begins"}
    engine.dispose()


def constraints(engine: Engine) -> set[str | None]:
    return {one["name"] for one in inspect(engine).get_check_constraints("unit_version")}


def test_a_second_time_there_is_nothing_to_do(database_url: str) -> None:
    engine = open_database(database_url)
    migrate(engine)
    assert migrate(engine) == (HEAD, HEAD)
    engine.dispose()


def test_two_at_once_take_turns(database_url: str) -> None:
    with ExitStack() as stack, ThreadPoolExecutor(3) as pool:
        engines = [stack.enter_context(opened(database_url)) for _ in range(3)]
        assert sorted(pool.map(migrate, engines)) == [("", HEAD)] + 2 * [(HEAD, HEAD)]


def test_a_database_of_a_newer_program_is_refused_and_left_alone(database_url: str) -> None:
    engine = open_database(database_url)
    migrate(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="9999"):
        migrate(engine)
    engine.dispose()


@pytest.mark.parametrize("url", ["", "office.db", "mysql://office@localhost/x", "sqlite"])
def test_a_url_that_is_no_database_is_refused(url: str) -> None:
    with pytest.raises(StoreError):
        open_database(url)


def test_a_server_that_is_not_there_is_an_error_of_one_line(tmp_path: Path) -> None:
    engine = open_database(f"postgresql://office@/x?host={tmp_path}")
    with pytest.raises(StoreError) as caught:
        migrate(engine)
    assert "\n" not in str(caught.value)


def test_a_sqlite_file_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    with opened(sqlite_url(tmp_path / "office.db")) as engine:
        migrate(engine)
    assert (tmp_path / "office.db").stat().st_mode & 0o777 == 0o600


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="No such file"):
        open_database(sqlite_url(tmp_path / "nowhere" / "office.db"))


def test_sqlite_keeps_a_log_ahead_and_holds_foreign_keys(tmp_path: Path) -> None:
    engine = open_database(sqlite_url(tmp_path / "office.db"))
    with engine.connect() as connection:
        pragmas = [
            connection.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "foreign_keys", "busy_timeout")
        ]
    assert pragmas == ["wal", 1, 10_000]
    engine.dispose()


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "office.db").write_bytes(b"x" * 4096)
    with opened(sqlite_url(tmp_path / "office.db")) as engine, pytest.raises(StoreError):
        migrate(engine)

"""A database that is closed lets go of every connection, also of one that is at work."""

import gc
import sqlite3
import warnings
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from nhipcau.storage.database import open_database, sqlite_url


def test_a_connection_that_is_at_work_when_the_database_is_closed_is_closed_after_it(
    tmp_path: Path,
) -> None:
    engine = open_database(sqlite_url(tmp_path / "one.db"))
    at_work = engine.connect()
    raw: Any = at_work.connection.dbapi_connection
    engine.dispose()
    assert at_work.execute(text("SELECT 1")).scalar() == 1
    at_work.close()
    with pytest.raises(sqlite3.ProgrammingError):
        raw.execute("SELECT 1")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        del raw, at_work, engine
        gc.collect()


def test_a_database_can_be_used_again_after_it_was_closed(tmp_path: Path) -> None:
    engine = open_database(sqlite_url(tmp_path / "one.db"))
    for _ in range(2):
        with engine.begin() as connection:
            assert connection.execute(text("SELECT 1")).scalar() == 1
        engine.dispose()

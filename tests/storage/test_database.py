"""A database that is closed lets go of every connection, also of one that is at work."""

import gc
import socket
import sqlite3
import warnings
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text

from nhipcau.ports.tree import StoreError
from nhipcau.storage.database import open_database, ping, sqlite_url


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


@pytest.mark.slow
def test_a_server_that_says_nothing_is_not_waited_for_for_ever() -> None:
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        engine = open_database(f"postgresql://office@127.0.0.1:{mute.getsockname()[1]}/office")
        with pytest.raises(StoreError):
            ping(engine)
        engine.dispose()


@pytest.mark.parametrize(("query", "waits_s"), [("", 5), ("?connect_timeout=60", "60")])
def test_an_installation_may_say_in_its_url_how_long_it_waits_for_the_server(
    query: str, waits_s: object
) -> None:
    engine = open_database(f"postgresql://office@db.example/office{query}")
    wanted: dict[str, object] = {}

    @event.listens_for(engine, "do_connect")
    def look(_dialect: Any, _record: Any, _args: Any, named: dict[str, object]) -> None:
        wanted.update(named)
        raise OSError("seen enough")

    with pytest.raises(StoreError):
        ping(engine)
    assert wanted["connect_timeout"] == waits_s
    engine.dispose()

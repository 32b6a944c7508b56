"""Databases for the tests: a SQLite file and a PostgreSQL server of our own."""

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from nhipcau.ports.cabinet import Cabinet
from nhipcau.ports.plans import PlanStore
from nhipcau.ports.reforms import ReformStore
from nhipcau.ports.tree import TreeStore
from nhipcau.storage.database import migrate, open_database, sqlite_url
from nhipcau.storage.memoryplans import MemoryCabinet, MemoryPlanStore
from nhipcau.storage.memoryreforms import MemoryReformStore
from nhipcau.storage.memorytree import MemoryTreeStore
from nhipcau.storage.sqlcabinet import SqlCabinet
from nhipcau.storage.sqlplans import SqlPlanStore
from nhipcau.storage.sqlreforms import SqlReformStore
from nhipcau.storage.sqltree import SqlTreeStore

from .postgres import server, why_not

_NUMBERS = count()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Callable[[], str]]:
    """Return what gives the URL of a new, empty PostgreSQL database."""
    reason = why_not()
    if reason:
        pytest.skip(reason)
    with server() as pattern:
        root = create_engine(
            pattern.format("postgres").replace("postgresql:", "postgresql+psycopg:"),
            isolation_level="AUTOCOMMIT",
        )

        def fresh() -> str:
            name = f"office_{next(_NUMBERS)}"
            with root.connect() as connection:
                connection.execute(text(f"CREATE DATABASE {name}"))
            return pattern.format(name)

        yield fresh
        root.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of a new, empty database of each kind."""
    if request.param == "sqlite":
        return sqlite_url(tmp_path / "office.db")
    fresh: Callable[[], str] = request.getfixturevalue("postgres")
    return fresh()


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def both_stores(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[tuple[TreeStore, ReformStore]]:
    """Return an empty store of the tree and of its reforms, of each kind."""
    store: TreeStore
    reforms: ReformStore
    if request.param == "memory":
        store = memory = MemoryTreeStore()
        reforms = MemoryReformStore(memory)
    else:
        fresh = (
            (lambda: sqlite_url(tmp_path / "office.db"))
            if request.param == "sqlite"
            else request.getfixturevalue("postgres")
        )
        engine = open_database(fresh())
        migrate(engine)
        store, reforms = SqlTreeStore(engine), SqlReformStore(engine)
    yield store, reforms
    store.close()


@pytest.fixture
def tree_store(both_stores: tuple[TreeStore, ReformStore]) -> TreeStore:
    """Return an empty store of each kind."""
    return both_stores[0]


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def planning_stores(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[tuple[PlanStore, Cabinet]]:
    """Return an empty store of meetings and an empty cabinet, of each kind."""
    if request.param == "memory":
        yield MemoryPlanStore(), MemoryCabinet()
        return
    fresh = (
        (lambda: sqlite_url(tmp_path / "office.db"))
        if request.param == "sqlite"
        else request.getfixturevalue("postgres")
    )
    engine = open_database(fresh())
    migrate(engine)
    yield SqlPlanStore(engine), SqlCabinet(engine)
    engine.dispose()


@pytest.fixture
def plan_store(planning_stores: tuple[PlanStore, Cabinet]) -> PlanStore:
    """Return an empty store of meetings of each kind."""
    return planning_stores[0]


@pytest.fixture
def cabinet(planning_stores: tuple[PlanStore, Cabinet]) -> Cabinet:
    """Return an empty cabinet of each kind."""
    return planning_stores[1]

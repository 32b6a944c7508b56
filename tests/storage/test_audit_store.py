"""The contract of the gathered audit: memory, SQLite and PostgreSQL keep it alike."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from nhipcau.audit.chain import Begin, Chain, ChainError, Head
from nhipcau.audit.entry import Verdict
from nhipcau.audit.evidence import Gathering, check_all
from nhipcau.audit.query import AuditQuery
from nhipcau.audit.row import Row
from nhipcau.audit.verify import Problem
from nhipcau.ports.audit import AuditStore
from nhipcau.storage.database import migrate, open_database, sqlite_url
from nhipcau.storage.memoryauditstore import MemoryAuditStore
from nhipcau.storage.sqlaudit import SqlAuditStore

from ..audit.chains import KEYS, SIGNER, START_S, chain_of, deed


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[AuditStore]:
    """Return an empty store of each kind."""
    made: AuditStore
    if request.param == "memory":
        made = MemoryAuditStore()
    else:
        made = SqlAuditStore(migrated(request, request.param, tmp_path))
    yield made
    made.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """Return a database of each kind."""
    made = migrated(request, request.param, tmp_path)
    yield made
    made.dispose()


def migrated(request: pytest.FixtureRequest, kind: str, folder: Path) -> Engine:
    url = (
        sqlite_url(folder / "office.db")
        if kind == "sqlite"
        else request.getfixturevalue("postgres")()
    )
    engine = open_database(url)
    migrate(engine)
    return engine


def found(store: AuditStore, **asked: object) -> list[str]:
    """Return on what the deeds that a query finds were done, the newest first."""
    query = replace(AuditQuery(), **asked)  # type: ignore[arg-type] # each test's own fields
    return [record.entry.on for record in store.search(query)]


def verified(store: AuditStore, log: tuple[str, ...] = ()) -> list[Problem]:
    kept = store.chains()
    gathering = Gathering(KEYS, frozenset(one.begin.chain for one in kept))
    gathering.take_log(log, "syslog")
    for one in kept:
        gathering.take_log(one.signed, "the store")
    reports, findings = check_all([one.record for one in kept], gathering)
    astray = [finding for one in kept for finding in one.astray]
    every = [*(f for report in reports for f in report.findings), *findings, *astray]
    return [finding.problem for finding in every]


def test_rows_that_follow_are_taken_and_the_head_moves(store: AuditStore) -> None:
    chain, rows = chain_of(5)
    assert store.head("hall-1") is None
    assert store.append("hall-1", rows[:3]).number == 2
    assert store.append("hall-1", rows[3:]) == store.head("hall-1") == chain.head
    assert verified(store) == []


def test_rows_that_come_twice_are_kept_once(store: AuditStore) -> None:
    _, rows = chain_of(5)
    store.append("hall-1", rows[:4])
    assert store.append("hall-1", rows[1:4]).number == 3
    assert store.append("hall-1", rows[2:]).number == 5
    assert len(found(store)) == 5


@pytest.mark.parametrize("wrong", ["gap", "other order", "other chain", "other story", "none"])
def test_rows_that_do_not_follow_are_refused_and_leave_no_trace(
    store: AuditStore, wrong: str
) -> None:
    _, rows = chain_of(5)
    store.append("hall-1", rows[:3])
    story = Chain(Begin("hall-1", "mcu hall", START_S, SIGNER.public))
    told = [story.first, *(story.deed(deed(n, who="site:1")) for n in range(5))]
    sent: dict[str, tuple[str, list[Row]]] = {
        "gap": ("hall-1", rows[4:]),
        "other order": ("hall-1", [rows[4], rows[3]]),
        "other chain": ("hall-2", rows),
        "other story": ("hall-1", told),
        "none": ("hall-2", []),
    }
    with pytest.raises(ChainError):
        store.append(*sent[wrong])
    assert store.head("hall-1") == Head("hall-1", 2, rows[2].hash)
    assert store.head("hall-2") is None


def test_deeds_are_found_by_what_is_asked(store: AuditStore) -> None:
    chain, rows = chain_of(3)
    more = [
        chain.deed(deed(3, action="live.mute", outcome="not_allowed", who="site:22_3")),
        chain.deed(deed(4, action="units.import", outcome="failed:disk", name="Hoà 100%")),
    ]
    store.append("hall-1", [*rows, *more])
    newest = [f"site:{number}" for number in (572, 571, 570, 569, 568)]
    assert found(store) == newest
    assert found(store, action="live.") == newest[1:]
    assert found(store, action="live.mute") == ["site:571"]
    assert found(store, action="live") == []
    assert found(store, verdict=Verdict.REFUSED) == ["site:571"]
    assert found(store, verdict=Verdict.FAILED) == found(store, who="HOÀ 100%") == ["site:572"]
    assert found(store, who="22_") == ["site:571"]
    assert found(store, on="570") == ["site:570"]
    at_us = round(START_S * 1_000_000)
    assert found(store, from_us=at_us + 1, until_us=at_us + 2_000_000) == ["site:569"]


def test_pages_follow_each_other_without_a_gap_also_within_one_moment(store: AuditStore) -> None:
    for name in ("a", "b"):
        chain = Chain(Begin(name, "mcu hall", START_S, SIGNER.public))
        deeds = [chain.deed(replace(deed(n), at_s=START_S)) for n in range(5)]
        store.append(name, [chain.first, *deeds])
    pages, before = [], None
    while page := store.search(AuditQuery(limit=3, before=before)):
        pages.append(len(page))
        before = page[-1].place
    assert pages == [3, 3, 3, 1]
    assert store.search(AuditQuery(limit=20)) == sorted(
        store.search(AuditQuery(limit=20)), key=lambda one: one.place, reverse=True
    )


def test_checkpoints_are_kept_once_and_hold_the_chain(store: AuditStore) -> None:
    chain, rows = chain_of(4)
    line = SIGNER.checkpoint(chain.head, START_S)
    store.append("hall-1", rows, [line])
    store.append("hall-1", [], [line])
    assert [kept.signed for kept in store.chains()] == [(line.text,)]
    assert verified(store) == []


def test_many_writers_at_once_take_turns(store: AuditStore) -> None:
    chains = [chain_of(20, f"hall-{number}") for number in range(4)]

    def write(number: int) -> Head:
        _, rows = chains[number]
        for place in range(0, 21, 3):
            head = store.append(f"hall-{number}", rows[place : place + 3])
        return head

    with ThreadPoolExecutor(4) as pool:
        heads = list(pool.map(write, range(4)))
    assert heads == [chain.head for chain, _ in chains]
    assert verified(store) == []


def test_a_cut_takes_older_rows_away_and_the_rest_stands(store: AuditStore) -> None:
    chain, rows = chain_of(6)
    marks = [Head("hall-1", n, rows[n].hash) for n in (2, 4, 6)]
    checkpoints = [SIGNER.checkpoint(mark, START_S) for mark in marks]
    store.append("hall-1", rows, checkpoints)
    assert store.cut(SIGNER.cut(marks[1], START_S, "0" * 64, SIGNER.public)) == 5
    assert found(store) == ["site:573", "site:572"]
    assert verified(store, tuple(line.text for line in checkpoints)) == []
    last = chain.deed(deed(9))
    assert store.append("hall-1", [last]) == chain.head
    assert store.cut(SIGNER.cut(chain.head, START_S, "0" * 64, SIGNER.public)) == 3
    assert store.head("hall-1") == chain.head
    store.append("hall-1", [chain.deed(deed(10))])
    assert verified(store, tuple(line.text for line in checkpoints)) == []


def test_a_cut_at_a_row_that_is_not_there_is_refused(store: AuditStore) -> None:
    _, rows = chain_of(3)
    store.append("hall-1", rows)
    for head in (Head("hall-1", 2, "0" * 64), Head("hall-2", 0, "0" * 64)):
        with pytest.raises(ChainError):
            store.cut(SIGNER.cut(head, START_S, "0" * 64, SIGNER.public))
    assert len(found(store)) == 3


@pytest.mark.parametrize(
    "deed_of_an_intruder",
    [
        "UPDATE audit_row SET body = replace(body, 'done', 'refused')",
        "UPDATE audit_row SET hash = '' WHERE number = 2",
        "DELETE FROM audit_row WHERE number = 3",
        "DELETE FROM audit_row",
        "UPDATE audit_signed SET line = ''",
        "DELETE FROM audit_signed WHERE kind = 'cut'",
        "DELETE FROM audit_signed WHERE number = 3",
        "UPDATE audit_chain SET key = ''",
        "DELETE FROM audit_chain",
    ],
)
def test_the_database_itself_refuses_to_change_the_audit(
    engine: Engine, deed_of_an_intruder: str
) -> None:
    chain, rows = chain_of(3)
    store = SqlAuditStore(engine)
    store.append("hall-1", rows, [SIGNER.checkpoint(chain.head, START_S)])
    store.cut(SIGNER.cut(Head("hall-1", 1, rows[1].hash), START_S, "0" * 64, SIGNER.public))
    with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
        connection.execute(text(deed_of_an_intruder))
    assert verified(store) == []


def test_postgresql_refuses_to_empty_the_tables_at_once(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    engine = migrated(request, "postgresql", tmp_path)
    with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
        connection.execute(text("TRUNCATE audit_row"))
    engine.dispose()


TRIGGERS = ("audit_row_no_update", "audit_row_no_delete")


@pytest.mark.parametrize(
    ("tampering", "problem"),
    [
        (
            "UPDATE audit_row SET body = replace(body, '571', '575') WHERE number = 4",
            Problem.CHANGED,
        ),
        ("UPDATE audit_row SET hash = replace(hash, '0', '1') WHERE number = 4", Problem.CHANGED),
        ("UPDATE audit_row SET who = 'site:1' WHERE number = 4", Problem.CHANGED),
        ("UPDATE audit_row SET verdict = '' WHERE number = 4", Problem.CHANGED),
        ("DELETE FROM audit_row WHERE number = 4", Problem.DROPPED),
        ("DELETE FROM audit_row WHERE number > 4", Problem.TRUNCATED),
        ("UPDATE audit_row SET number = 99 - number WHERE number IN (4, 5)", Problem.REORDERED),
    ],
)
def test_an_owner_of_the_database_who_drops_the_triggers_is_found(
    engine: Engine, tampering: str, problem: Problem
) -> None:
    chain, rows = chain_of(8)
    store = SqlAuditStore(engine)
    store.append("hall-1", rows, [SIGNER.checkpoint(chain.head, START_S)])
    with engine.begin() as connection:
        for trigger in TRIGGERS:
            on = " ON audit_row" if engine.dialect.name == "postgresql" else ""
            connection.execute(text(f"DROP TRIGGER {trigger}{on}"))
        connection.execute(text(tampering))
    assert problem in verified(store)

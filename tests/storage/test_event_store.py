"""The contract of the gathered event logs: memory, SQLite and PostgreSQL keep them alike."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from nhipcau.conference.digest import GENESIS, next_digest
from nhipcau.ports.eventstore import ContradictionError, EventStore, LogHead, LogKey, Stretch
from nhipcau.ports.tree import StoreError
from nhipcau.quantities import ConferenceId, McuName
from nhipcau.storage.database import migrate, open_database, sqlite_url
from nhipcau.storage.memoryevents import MemoryEventStore
from nhipcau.storage.sqlevents import SqlEventStore

HALL, COAST = McuName("hall"), McuName("coast")
MAIN = LogKey(ConferenceId("hop-1"))


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[EventStore]:
    """Return an empty store of each kind."""
    made: EventStore
    if request.param == "memory":
        made = MemoryEventStore()
    else:
        made = SqlEventStore(migrated(request, request.param, tmp_path))
    yield made
    made.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """Return a database of each kind."""
    made = migrated(request, request.param, tmp_path)
    yield made
    made.dispose()


def migrated(request: pytest.FixtureRequest, kind: str, folder: Path) -> Engine:
    sqlite = kind == "sqlite"
    engine = open_database(
        sqlite_url(folder / "office.db") if sqlite else request.getfixturevalue("postgres")()
    )
    migrate(engine)
    return engine


def event(number: int, word: str = "Điểm cầu") -> bytes:
    return f'{{"v":1,"event":"x","at_ms":{1000 + number},"word":"{word} {number}"}}'.encode()


def stretch(first: int, last: int, word: str = "Điểm cầu") -> Stretch:
    """Return events `first` to `last` of one and the same log."""
    digest = GENESIS
    for number in range(1, first):
        digest = next_digest(digest, event(number, word))
    records = tuple(event(number, word) for number in range(first, last + 1))
    return Stretch(LogHead(first - 1, digest), records)


def test_events_that_follow_are_kept_as_they_were_written(store: EventStore) -> None:
    assert store.head(MAIN) == LogHead()
    assert store.append(MAIN, HALL, stretch(1, 3)).number == 3
    head = store.append(MAIN, HALL, stretch(4, 5))
    assert head == store.head(MAIN)
    assert store.read(MAIN) == [event(number) for number in range(1, 6)]


def test_events_that_come_again_are_kept_once(store: EventStore) -> None:
    store.append(MAIN, HALL, stretch(1, 4))
    assert store.append(MAIN, HALL, stretch(1, 4)).number == 4
    assert store.append(MAIN, HALL, stretch(3, 6)).number == 6
    assert store.append(MAIN, HALL, stretch(2, 3)).number == 6
    assert store.append(MAIN, HALL, stretch(5, 4)).number == 6
    assert store.read(MAIN) == [event(number) for number in range(1, 7)]


def test_events_behind_a_gap_are_not_taken_and_the_answer_says_where_it_is(
    store: EventStore,
) -> None:
    store.append(MAIN, HALL, stretch(1, 2))
    assert store.append(MAIN, HALL, stretch(4, 5)).number == 2
    assert len(store.read(MAIN)) == 2


@pytest.mark.parametrize(
    "other",
    [
        stretch(1, 1, "khác"),
        stretch(4, 6, "khác"),
        stretch(5, 6, "khác"),
        stretch(3, 2, "khác"),
        Stretch(LogHead(0, "ab" * 32), (event(1),)),
    ],
)
def test_other_events_under_the_same_numbers_are_refused_whole(
    store: EventStore, other: Stretch
) -> None:
    store.append(MAIN, HALL, stretch(1, 4))
    with pytest.raises(ContradictionError):
        store.append(MAIN, HALL, other)
    assert store.read(MAIN) == [event(number) for number in range(1, 5)]


def test_a_log_is_written_by_one_mcu_and_others_have_branches(store: EventStore) -> None:
    store.append(MAIN, HALL, stretch(1, 2))
    with pytest.raises(ContradictionError, match="hall"):
        store.append(MAIN, COAST, stretch(1, 3))
    branch = LogKey(MAIN.conference, "coast.1")
    store.append(branch, COAST, stretch(1, 3, "khác"))
    assert store.read(branch) == [event(number, "khác") for number in range(1, 4)]
    assert len(store.read(MAIN)) == 2


def test_what_is_no_event_is_not_kept(store: EventStore) -> None:
    unread = (b"no JSON", b"[]", b'{"at_ms":1,"x":"\xff"}')
    for bad in (*unread, b'{"at_ms": true}', b'{"at_ms": "5"}'):
        with pytest.raises(ValueError, match=r"."):
            store.append(MAIN, HALL, Stretch(LogHead(), (bad,)))
    assert store.head(MAIN) == LogHead()


def test_logs_are_listed_the_youngest_first(store: EventStore) -> None:
    store.append(MAIN, HALL, stretch(1, 3))
    later = LogKey(ConferenceId("hop-2"))
    store.append(later, COAST, Stretch(LogHead(), (b'{"at_ms":9000}', b'{"at_ms":8000}')))
    assert [log.key for log in store.logs()] == [later, MAIN]
    (log,) = store.logs(MAIN.conference)
    assert (log.mcu, log.begun_ms, log.last_ms, log.opening) == (HALL, 1001, 1003, b"")
    assert log.head == store.head(MAIN)
    assert store.logs()[0].last_ms == 9000
    assert store.logs(ConferenceId("none")) == []


def test_the_branches_of_a_split_meeting_are_found_by_its_name(store: EventStore) -> None:
    for name in ("hop_1--573", "hop_1--573--2", "hop_1", "hop_10--573", "hopx1--573"):
        store.append(LogKey(ConferenceId(name)), HALL, stretch(1, 2))
    found = store.logs(ConferenceId("hop_1"), below=True)
    assert {log.key.conference for log in found} == {"hop_1--573", "hop_1--573--2"}


def test_a_log_says_by_its_opening_what_conference_it_is(store: EventStore) -> None:
    opening = b'{"v":1,"event":"conference_opened","at_ms":1002,"title":"H\xe1\xbb\x8dp"}'
    again = opening.replace(b"1002", b"1003")
    store.append(MAIN, HALL, Stretch(LogHead(), (event(1), opening, again)))
    assert [log.opening for log in store.logs()] == [opening]


def test_two_who_bring_the_same_events_at_once_leave_each_once(engine: Engine) -> None:
    store = SqlEventStore(engine)

    def bring(_: int) -> int:
        for _ in range(20):
            try:
                return store.append(MAIN, HALL, stretch(1, 30)).number
            except StoreError:
                # On PostgreSQL the primary key lets one of them through; the sender asks again.
                continue
        return -1

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(bring, range(4))) == [30] * 4
    assert store.read(MAIN) == [event(number) for number in range(1, 31)]


@pytest.mark.parametrize(
    "deed",
    [
        "UPDATE conference_event SET payload = '{}' WHERE seq = 2",
        "DELETE FROM conference_event WHERE seq = 3",
        "UPDATE conference_log SET mcu = 'coast'",
        "DELETE FROM conference_log",
    ],
)
def test_the_database_itself_refuses_to_change_a_log(engine: Engine, deed: str) -> None:
    store = SqlEventStore(engine)
    store.append(MAIN, HALL, stretch(1, 3))
    with pytest.raises(DBAPIError), engine.begin() as connection:
        connection.execute(text(deed))
    assert store.read(MAIN) == [event(number) for number in range(1, 4)]


def test_postgresql_refuses_to_empty_the_tables(postgres: object) -> None:
    assert callable(postgres)
    engine = open_database(postgres())
    migrate(engine)
    with pytest.raises(DBAPIError), engine.begin() as connection:
        connection.execute(text("TRUNCATE conference_log CASCADE"))
    engine.dispose()

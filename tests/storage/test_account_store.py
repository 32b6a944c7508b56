"""The contract of the account and session stores: memory, SQLite and PostgreSQL keep them alike."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest

from nhipcau.access.accounts import Account, Credentials
from nhipcau.access.actor import AccountId, Grant, GrantId
from nhipcau.access.roles import Role
from nhipcau.access.sessions import Session, Stage
from nhipcau.ports.accounts import AccountStore, LoginTakenError, SessionStore, StaleAccountError
from nhipcau.ports.tree import StoreError, UnfitValueError
from nhipcau.quantities import ConferenceId
from nhipcau.storage.database import migrate, open_database, sqlite_url
from nhipcau.storage.memoryaccounts import MemoryAccountStore, MemorySessionStore
from nhipcau.storage.sqlaccounts import SqlAccountStore, SqlSessionStore


class Stores(NamedTuple):
    """Both stores of one kind."""

    accounts: AccountStore
    sessions: SessionStore


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def stores(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stores]:
    if request.param == "memory":
        yield Stores(MemoryAccountStore(), MemorySessionStore())
        return
    url = (
        sqlite_url(tmp_path / "office.db")
        if request.param == "sqlite"
        else request.getfixturevalue("postgres")()
    )
    engine = open_database(url)
    migrate(engine)
    accounts = SqlAccountStore(engine)
    yield Stores(accounts, SqlSessionStore(engine))
    accounts.close()


GRANTS = (
    Grant(GrantId("g2"), Role.OPERATOR, "u1"),
    Grant(GrantId("g1"), Role.CHAIR, None, ConferenceId("m"), 10.5, 20.25),
)
FULL = Account(
    AccountId("a1"),
    "truc-ky-thuat",
    "Trực kỹ thuật",
    "u1",
    GRANTS,
    Credentials("$argon2id$x", True, "SECRET", "OFFERED", 57_000_000_000, ("r1", "r2"), ("d1",)),
    created_s=1_700_000_000.125,
)


def session(number: int, account: str = "a1", created_s: float = 100.0) -> Session:
    return Session(
        f"s{number}", f"h{number}", AccountId(account), Stage.IN, created_s, created_s, "::1", "x"
    )


def test_an_account_comes_back_whole(stores: Stores) -> None:
    stores.accounts.add(FULL)
    assert stores.accounts.get(FULL.id) == FULL
    assert stores.accounts.by_login("truc-ky-thuat") == FULL
    assert stores.accounts.get(AccountId("none")) is None
    assert stores.accounts.by_login("none") is None


def test_accounts_are_listed_by_sign_in_name_each_with_its_own_parts(stores: Stores) -> None:
    bare = Account(AccountId("a2"), "chu-toa", "Chủ tọa")
    other = replace(FULL, id=AccountId("a3"), login="vien-thong", grants=())
    for account in (FULL, other, bare):
        stores.accounts.add(account)
    assert stores.accounts.all() == (bare, FULL, other)


def test_a_sign_in_name_is_taken_once(stores: Stores) -> None:
    stores.accounts.add(FULL)
    with pytest.raises(LoginTakenError, match="truc-ky-thuat"):
        stores.accounts.add(replace(FULL, id=AccountId("a2"), grants=()))
    assert len(stores.accounts.all()) == 1


def test_a_change_replaces_all_parts(stores: Stores) -> None:
    stores.accounts.add(FULL)
    wanted = replace(
        FULL,
        name="Khác",
        grants=(GRANTS[1], Grant(GrantId("g3"), Role.SECRETARY, "u2")),
        credentials=replace(FULL.credentials, recovery=("r2",), devices=("d2", "d1")),
        disabled=True,
    )
    changed = stores.accounts.change(wanted)
    assert changed == replace(wanted, revision=1) == stores.accounts.get(FULL.id)


def test_whoever_is_late_changes_nothing(stores: Stores) -> None:
    stores.accounts.add(FULL)
    stores.accounts.change(replace(FULL, name="first"))
    with pytest.raises(StaleAccountError):
        stores.accounts.change(replace(FULL, name="second", grants=()))
    with pytest.raises(StaleAccountError):
        stores.accounts.change(replace(FULL, id=AccountId("none")))
    kept = stores.accounts.get(FULL.id)
    assert kept is not None
    assert (kept.name, kept.grants) == ("first", GRANTS)


def test_a_session_is_found_by_its_secret_until_it_is_ended(stores: Stores) -> None:
    stores.accounts.add(FULL)
    stores.sessions.open(session(1))
    stores.sessions.touch("s1", 170.5)
    assert stores.sessions.by_secret("h1") == replace(session(1), seen_s=170.5)
    stores.sessions.end(["s1", "gone"])
    stores.sessions.touch("s1", 180)
    assert stores.sessions.by_secret("h1") is None


def test_sessions_are_listed_newest_first_and_old_ones_are_swept(stores: Stores) -> None:
    stores.accounts.add(FULL)
    stores.accounts.add(replace(FULL, id=AccountId("a2"), login="other", grants=()))
    for number, owner in ((1, "a1"), (2, "a1"), (3, "a2")):
        stores.sessions.open(session(number, owner, created_s=100.0 * number))
    assert [one.id for one in stores.sessions.of_account(FULL.id)] == ["s2", "s1"]
    stores.sessions.sweep(150)
    assert [one.id for one in stores.sessions.of_account(FULL.id)] == ["s2"]
    assert stores.sessions.by_secret("h3") is not None


def test_a_session_of_nobody_is_refused_by_the_database(tmp_path: Path) -> None:
    engine = open_database(sqlite_url(tmp_path / "office.db"))
    migrate(engine)
    with pytest.raises(StoreError):
        SqlSessionStore(engine).open(session(1, "nobody"))
    engine.dispose()


@pytest.mark.parametrize("name", ["a\x00b", "a\ud800b"])
def test_a_text_that_a_database_can_not_keep_is_told_from_one_that_is_away(
    stores: Stores, name: str
) -> None:
    # Each kind keeps other texts; none of them takes one for an outage.
    try:
        stores.accounts.add(replace(FULL, name=name))
        found = stores.accounts.get(FULL.id)
    except UnfitValueError:
        assert stores.accounts.get(FULL.id) is None
    else:
        assert found is not None and found.name == name

"""People wired to their database, for the office process and for the command line."""

import hmac

from nhipcau.app.clock import SystemClock
from nhipcau.office.hashing import Argon2Passwords
from nhipcau.office.people.demo import WantedAccount, settle_demo_accounts
from nhipcau.office.people.links import SignInLinks
from nhipcau.office.people.parts import People
from nhipcau.office.tree import UnitTree, today
from nhipcau.ports.audit import AuditTrail
from nhipcau.settings import DemoSettings
from nhipcau.storage.database import open_database
from nhipcau.storage.sqlaccounts import SqlAccountStore, SqlSessionStore


def open_people(url: str, units: UnitTree, trail: AuditTrail) -> People:
    """Return the people that a database keeps; it has its newest shape already.

    Raises:
        StoreError: the URL is none.
    """
    clock = SystemClock()
    engine = open_database(url)
    return People(
        accounts=SqlAccountStore(engine),
        sessions=SqlSessionStore(engine),
        passwords=Argon2Passwords(),
        trail=trail,
        clock=clock,
        view=lambda: units.current().as_of(today(clock)),
    )


def settle_demo(people: People, demo: DemoSettings | None, secret: bytes) -> SignInLinks | None:
    """Make the accounts of a demo and what signs its visitor in; None where there is no demo.

    Args:
        people: of the office.
        demo: whose accounts are wanted.
        secret: the office's: links outlive its process.

    Raises:
        StoreError: the database can't be reached.
    """
    if demo is None:
        return None
    settle_demo_accounts(
        people,
        [
            WantedAccount(
                one.login, one.name, one.password, one.secret, one.roles, one.unit, one.company
            )
            for one in demo.accounts
        ],
    )
    return SignInLinks(hmac.digest(secret, b"sign-in links", "sha256"))

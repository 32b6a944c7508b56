"""Accounts from the command line: for the first administrator of a fresh installation, and for
whoever has lost all others. Whoever may read the database's file or has its URL may do this.
"""

import getpass
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import NamedTuple

from nhipcau.access.accounts import Account
from nhipcau.access.actor import Actor, ActorKind
from nhipcau.access.roles import Role
from nhipcau.app.audit_once import auditing_once
from nhipcau.app.people import open_people
from nhipcau.app.unit_tree import open_unit_tree
from nhipcau.office.people.accounts import NewAccount, add_account, reset_second_factor
from nhipcau.office.people.errors import InvalidError, PeopleError
from nhipcau.office.people.granting import NewGrant, grant_role
from nhipcau.office.people.parts import Caller, People
from nhipcau.org.view import TreeView
from nhipcau.ports.tree import StoreError

# What stands between a person and an account, each with a text for that person.
ACCOUNT_ERRORS = (PeopleError, StoreError, OSError, ValueError)
_EVERYWHERE = "*"


class AskedGrant(NamedTuple):
    """A role and an official code of a unit; `*`: everywhere."""

    role: str
    unit: str


@contextmanager
def _opened(url: str) -> Iterator[tuple[People, Caller]]:
    units = open_unit_tree(url)
    with closing(units.store), auditing_once(url) as trail:
        people = open_people(url, units, trail)
        with closing(people.accounts):
            yield people, Caller(Actor(ActorKind.MACHINE, name=getpass.getuser()), "local")


def add(url: str, new: NewAccount) -> Account:
    """Make an account; `new.unit` is an official code, or None.

    Raises:
        PeopleError: it can't be so; the text says why.
        StoreError: the database can't be reached.
    """
    with _opened(url) as (people, caller):
        unit = None if new.unit is None else unit_of(people.view(), new.unit)
        return add_account(people, caller, replace(new, unit=unit))


def grant(url: str, login: str, asked: AskedGrant) -> Account:
    """Grant a role.

    Raises:
        PeopleError: it can't be granted; the text says why.
        StoreError: the database can't be reached.
    """
    with _opened(url) as (people, caller):
        unit = None if asked.unit == _EVERYWHERE else unit_of(people.view(), asked.unit)
        account = _find(people, login)
        return grant_role(people, caller, account.id, NewGrant(role_of(asked.role), unit))


def forget_second_factor(url: str, login: str) -> None:
    """Forget the second factor of an account; it enrols anew at its next sign-in.

    Raises:
        PeopleError: no such account.
        StoreError: the database can't be reached.
    """
    with _opened(url) as (people, caller):
        reset_second_factor(people, caller, _find(people, login).id)


def account_lines(url: str) -> list[str]:
    """Return one line for each account: name, roles with their units, what is special.

    Raises:
        StoreError: the database can't be reached.
    """
    with _opened(url) as (people, _):
        view = people.view()
        return [_line(view, account) for account in people.accounts.all()]


def read_password() -> str:
    """Return a password typed without echo, twice; or the first line of a standard input that is
    no terminal.

    Raises:
        InvalidError: the two differ, or there is none.
    """
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass("Mật khẩu (password): ")
    if getpass.getpass("Nhập lại (again): ") != first:
        raise InvalidError("the two passwords differ")
    return first


def role_of(name: str) -> Role:
    """Return a role by its name.

    Raises:
        InvalidError: there is no such role; the text lists them.
    """
    try:
        return Role(name)
    except ValueError:
        known = ", ".join(role.value for role in Role)
        raise InvalidError(f"no role is called {name!r}; there are {known}") from None


def unit_of(view: TreeView, code: str) -> str:
    """Return the unit of an official code of today.

    Raises:
        InvalidError: there is none.
    """
    found = view.by_code.get(code)
    if found is None:
        raise InvalidError(f"no unit has the code {code!r} today")
    return found.unit


def _find(people: People, login: str) -> Account:
    account = people.accounts.by_login(login.strip().casefold())
    if account is None:
        raise InvalidError(f"no account is called {login!r}")
    return account


def _line(view: TreeView, account: Account) -> str:
    codes: dict[str, str] = {one.unit: one.code for one in view.units.values()}
    held = [
        f"{one.role.value}@{_EVERYWHERE if one.unit is None else codes.get(one.unit, '?')}"
        for one in account.grants
    ]
    marks = [
        mark
        for mark, holds in (
            ("second factor", bool(account.credentials.secret)),
            ("disabled", account.disabled),
        )
        if holds
    ]
    return "  ".join(part for part in (account.login, account.name, *held, *marks) if part)

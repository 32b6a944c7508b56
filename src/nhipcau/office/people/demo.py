"""The accounts of a demo, set anew at each of its starts."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from nhipcau.access.accounts import Account, Credentials
from nhipcau.access.actor import AccountId, Grant, GrantId
from nhipcau.access.roles import Role
from nhipcau.office.people.parts import People


@dataclass(frozen=True, slots=True)
class WantedAccount:
    """One account of a demo; `unit` is an official code."""

    login: str
    name: str
    password: str = field(repr=False)
    secret: str = field(repr=False)
    roles: tuple[Role, ...]
    unit: str
    company: str = ""


def settle_demo_accounts(people: People, wanted: Iterable[WantedAccount]) -> None:
    """Make these accounts, or bring them back to what they were.

    Raises:
        StoreError: they can't be kept.
    """
    hashes: dict[str, str] = {}
    for one in wanted:
        if one.password not in hashes:
            hashes[one.password] = people.passwords.hash(one.password)
        _settle(people, one, Credentials(hashes[one.password], secret=one.secret))


def _settle(people: People, wanted: WantedAccount, credentials: Credentials) -> None:
    found = people.view().by_code.get(wanted.unit)
    unit = None if found is None else found.unit
    kept = people.accounts.by_login(wanted.login)
    account = kept or Account(
        AccountId(people.new_id()), wanted.login, wanted.name, unit, created_s=people.now_s
    )
    grants = tuple(Grant(GrantId(people.new_id()), role, unit) for role in wanted.roles)
    settled = replace(
        account,
        name=wanted.name,
        unit=unit,
        grants=() if unit is None else grants,
        credentials=credentials,
        disabled=False,
        company=wanted.company,
    )
    if kept is None:
        people.accounts.add(settled)
    else:
        people.accounts.change(settled)

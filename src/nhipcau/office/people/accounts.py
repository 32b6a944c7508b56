"""Accounts made, changed and closed by an administrator, within its subtree. Roles are granted
elsewhere: nothing here takes one.
"""

from dataclasses import dataclass, replace

from nhipcau.access.accounts import Account, BadAccountError, Credentials, clean_login
from nhipcau.access.actions import Action
from nhipcau.access.actor import AccountId
from nhipcau.access.passwords import WeakPasswordError, check_password
from nhipcau.office.people.errors import ConflictError, InvalidError, SeparationError, UnknownError
from nhipcau.office.people.managing import managed, may_know
from nhipcau.office.people.parts import Caller, Deed, People, record, require, target_of
from nhipcau.office.people.sessions import end_all
from nhipcau.org.names import tidy
from nhipcau.ports.accounts import LoginTakenError, StaleAccountError


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What a new account needs; its password is changed at its first sign-in."""

    login: str
    name: str
    unit: str | None
    password: str
    company: str = ""


@dataclass(frozen=True, slots=True)
class AccountChange:
    """What may be changed of an account; None: stays."""

    name: str | None = None
    unit: str | None = None
    disabled: bool | None = None
    company: str | None = None


def list_accounts(people: People, caller: Caller) -> list[Account]:
    """Return the accounts of the caller's subtree by sign-in name."""
    return [one for one in people.accounts.all() if may_know(people, caller, one)]


def read_account(people: People, caller: Caller, account: str) -> Account:
    """Return one account of the caller's subtree.

    Raises:
        UnknownError: there is none, or the caller may not know of it.
    """
    found = people.accounts.get(AccountId(account))
    if found is None or not may_know(people, caller, found):
        raise UnknownError(f"no account has the id {account!r}")
    return found


def add_account(people: People, caller: Caller, new: NewAccount) -> Account:
    """Make an account without any role.

    Raises:
        NotAllowedError: the unit is not of the caller's subtree.
        InvalidError: a bad name, a weak password, a unit that is not there.
        ConflictError: the sign-in name is taken.
    """
    check_unit(people, new.unit)
    require(caller, Action.ACCOUNTS_CHANGE, target_of(people.view(), new.unit))
    try:
        login = clean_login(new.login)
        password = check_password(new.password, login)
    except (BadAccountError, WeakPasswordError) as error:
        raise InvalidError(str(error)) from None
    account = Account(
        id=AccountId(people.new_id()),
        login=login,
        name=clean_name(new.name),
        unit=new.unit,
        credentials=Credentials(people.passwords.hash(password), must_change=True),
        created_s=people.now_s,
        company=tidy(new.company),
    )
    try:
        people.accounts.add(account)
    except LoginTakenError as error:
        raise ConflictError(str(error)) from None
    record(people, caller, Deed("accounts.add", f"account:{account.id}"))
    return account


def change_account(people: People, caller: Caller, account: str, wanted: AccountChange) -> Account:
    """Change an account; disabled, its sessions end.

    Raises:
        UnknownError, NotAllowedError: see `managed`; also when it would move out of the subtree.
        SeparationError: nobody disables itself.
        ConflictError: somebody else changed it meanwhile.
    """
    found = managed(people, caller, Action.ACCOUNTS_CHANGE, account)
    if wanted.unit is not None:
        check_unit(people, wanted.unit)
        require(caller, Action.ACCOUNTS_CHANGE, target_of(people.view(), wanted.unit))
    if wanted.disabled and found.id == caller.actor.account:
        raise SeparationError("nobody disables its own account")
    changed = replace(
        found,
        name=found.name if wanted.name is None else clean_name(wanted.name),
        unit=found.unit if wanted.unit is None else wanted.unit,
        disabled=found.disabled if wanted.disabled is None else wanted.disabled,
        company=found.company if wanted.company is None else tidy(wanted.company),
    )
    kept = write(people, changed)
    if kept.disabled:
        end_all(people, kept)
    record(people, caller, Deed("accounts.change", f"account:{kept.id}"))
    return kept


def close_account(people: People, caller: Caller, account: str) -> None:
    """Close an account for good: without roles, without proofs. Its name stays for the records.

    Raises:
        UnknownError, NotAllowedError: see `managed`.
        SeparationError: nobody closes itself.
    """
    found = managed(people, caller, Action.ACCOUNTS_CHANGE, account)
    if found.id == caller.actor.account:
        raise SeparationError("nobody closes its own account")
    write(people, replace(found, grants=(), credentials=Credentials(), disabled=True))
    end_all(people, found)
    record(people, caller, Deed("accounts.close", f"account:{found.id}"))


def reset_password(people: People, caller: Caller, account: str, password: str) -> None:
    """Give an account a password that it changes at its next sign-in; its sessions end.

    Raises:
        UnknownError, NotAllowedError: see `managed`.
        InvalidError: the password is weak.
    """
    found = managed(people, caller, Action.ACCOUNTS_CHANGE, account)
    try:
        clean = check_password(password, found.login)
    except WeakPasswordError as error:
        raise InvalidError(str(error)) from None
    hashed = people.passwords.hash(clean)
    proofs = replace(found.credentials, password=hashed, must_change=True, devices=())
    write(people, replace(found, credentials=proofs))
    end_all(people, found)
    record(people, caller, Deed("accounts.reset_password", f"account:{found.id}"))


def reset_second_factor(people: People, caller: Caller, account: str) -> None:
    """Forget an account's second factor, for a lost telephone; it enrols anew at its next sign-in.

    Raises:
        UnknownError, NotAllowedError: see `managed`.
        SeparationError: nobody resets its own: whoever has the session only could get rid of it.
    """
    found = managed(people, caller, Action.ACCOUNTS_CHANGE, account)
    if found.id == caller.actor.account:
        raise SeparationError("another administrator resets your second factor")
    proofs = replace(found.credentials, secret="", offered="", last_step=-1, recovery=())
    write(people, replace(found, credentials=proofs))
    end_all(people, found)
    record(people, caller, Deed("accounts.reset_second_factor", f"account:{found.id}"))


def check_unit(people: People, unit: str | None) -> None:
    """Go on only with a unit that is there today, or with none.

    Raises:
        InvalidError: there is no such unit.
    """
    if unit is not None and unit not in people.view().units:
        raise InvalidError(f"no unit has the id {unit!r} today")


def clean_name(name: str) -> str:
    """Return a person's name.

    Raises:
        InvalidError: it is empty.
    """
    clean = " ".join(name.split())
    if not clean:
        raise InvalidError("an account needs a name")
    return clean


def write(people: People, account: Account) -> Account:
    """Write an account.

    Raises:
        ConflictError: somebody else changed it meanwhile.
    """
    try:
        return people.accounts.change(account)
    except StaleAccountError as error:
        raise ConflictError(str(error)) from None

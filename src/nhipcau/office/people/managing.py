"""Which accounts an administrator may manage: those with nothing outside its subtree.

An account of the subtree that also holds a role elsewhere is not its to manage: who could set its
password would hold that role, too.
"""

from nhipcau.access.accounts import Account
from nhipcau.access.actions import Action
from nhipcau.access.actor import AccountId
from nhipcau.access.policy import allows
from nhipcau.office.people.errors import NotAllowedError, UnknownError
from nhipcau.office.people.parts import Caller, People, require, target_of


def may_know(people: People, caller: Caller, account: Account) -> bool:
    """Return True when an account is of the caller's subtree."""
    return allows(caller.actor, Action.ACCOUNTS_READ, target_of(people.view(), account.unit))


def managed(people: People, caller: Caller, action: Action, account: str) -> Account:
    """Return an account that the caller may manage.

    Raises:
        UnknownError: there is none, or the caller may not know of it.
        NotAllowedError: it is known, but holds roles that reach beyond the caller's.
    """
    found = people.accounts.get(AccountId(account))
    if found is None or not may_know(people, caller, found):
        raise UnknownError(f"no account has the id {account!r}")
    view = people.view()
    require(caller, action, target_of(view, found.unit))
    for grant in found.grants:
        require(caller, action, target_of(view, grant.unit))
    return found


def may_manage(people: People, caller: Caller, account: Account) -> bool:
    """Return True when the caller may manage an account; for lists."""
    try:
        managed(people, caller, Action.ACCOUNTS_CHANGE, account.id)
    except (UnknownError, NotAllowedError):
        return False
    return True

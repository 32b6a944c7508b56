"""Roles granted and taken back. Whoever grants must reach the unit itself, and never grants to
itself.
"""

from dataclasses import dataclass, replace

from nhipcau.access.accounts import Account
from nhipcau.access.actions import Action
from nhipcau.access.actor import Grant, GrantId
from nhipcau.access.roles import Role, conflict
from nhipcau.office.people.accounts import check_unit, write
from nhipcau.office.people.errors import ConflictError, InvalidError, SeparationError, UnknownError
from nhipcau.office.people.managing import managed
from nhipcau.office.people.parts import Caller, Deed, People, record, require, target_of
from nhipcau.quantities import ConferenceId

# More than anyone needs; keeps an account readable.
_MOST_GRANTS = 50


@dataclass(frozen=True, slots=True)
class NewGrant:
    """What is to be granted; `unit` None: everywhere, which only who is everywhere may grant."""

    role: Role
    unit: str | None
    meeting: ConferenceId | None = None
    from_s: float = 0.0
    until_s: float | None = None


def grant_role(people: People, caller: Caller, account: str, new: NewGrant) -> Account:
    """Grant a role.

    Raises:
        UnknownError, NotAllowedError: see `managed`; also for a unit outside one's subtree.
        SeparationError: to oneself, or a role that excludes another of the account.
        InvalidError: no such unit, or a time that ends before it begins.
        ConflictError: it has the role there already.
    """
    found = managed(people, caller, Action.GRANTS_CHANGE, account)
    check_unit(people, new.unit)
    require(caller, Action.GRANTS_CHANGE, target_of(people.view(), new.unit))
    _check_separation(caller, found, new.role)
    if new.until_s is not None and new.until_s <= new.from_s:
        raise InvalidError("the grant would end before it begins")
    if len(found.grants) >= _MOST_GRANTS:
        raise ConflictError(f"an account has at most {_MOST_GRANTS} grants")
    granted = Grant(
        GrantId(people.new_id()), new.role, new.unit, new.meeting, new.from_s, new.until_s
    )
    if any(replace(one, id=granted.id) == granted for one in found.grants):
        raise ConflictError("the account has that role there already")
    kept = write(people, replace(found, grants=(*found.grants, granted)))
    more = {"role": new.role.value, "unit": new.unit or "", "meeting": new.meeting or ""}
    record(people, caller, Deed("grants.add", f"account:{kept.id}", more=more))
    return kept


def revoke_grant(people: People, caller: Caller, account: str, grant: str) -> Account:
    """Take a grant back; it takes effect with the next request.

    Raises:
        UnknownError: no such account or grant.
        NotAllowedError: see `managed`.
        SeparationError: one's own.
    """
    found = managed(people, caller, Action.GRANTS_CHANGE, account)
    if found.id == caller.actor.account:
        raise SeparationError("nobody changes its own roles")
    left = tuple(one for one in found.grants if one.id != grant)
    if len(left) == len(found.grants):
        raise UnknownError(f"no grant has the id {grant!r}")
    kept = write(people, replace(found, grants=left))
    record(people, caller, Deed("grants.revoke", f"account:{kept.id}", more={"grant": grant}))
    return kept


def _check_separation(caller: Caller, account: Account, role: Role) -> None:
    if account.id == caller.actor.account:
        raise SeparationError("nobody changes its own roles")
    other = conflict(account.roles, role)
    if other is not None:
        raise SeparationError(f"one account can't be both {other.value} and {role.value}")

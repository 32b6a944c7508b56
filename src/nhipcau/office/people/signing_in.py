"""Sign in with a name and a password. Known and unknown names cost the same and hear the same."""

import ipaddress
from typing import NamedTuple

from nhipcau.access.accounts import Account, BadAccountError, clean_login
from nhipcau.access.actions import Action
from nhipcau.access.passwords import MAX_LETTERS, clean_password
from nhipcau.access.secrets import hash_of, is_among
from nhipcau.office.people.entering import Entry, open_session, stage_after_password
from nhipcau.office.people.errors import TooSoonError, WrongError
from nhipcau.office.people.parts import Caller, Deed, People, record

_WRONG = "the name or the password is not right"


class SignIn(NamedTuple):
    """What was typed."""

    login: str
    password: str


def sign_in(people: People, caller: Caller, typed: SignIn) -> Entry:
    """Return the session that the right password opens; what is due before it is of use is in it.

    Raises:
        WrongError: no such account, a wrong password, or a disabled account: all the same.
        TooSoonError: after failures from here, or in a flood of strangers.
        BusyError: too many passwords are being checked.
        StoreError: the store can't be reached.
    """
    account = _find(people, typed.login)
    known = account is not None and is_among(hash_of(caller.device), account.credentials.devices)
    key = brake_key(caller, typed.login.strip().casefold(), known=known)
    _check_brakes(people, key, known=known)
    hashed = "" if account is None else account.credentials.password
    password = clean_password(typed.password)[:MAX_LETTERS]
    if not people.passwords.fits(hashed, password) or account is None or account.disabled:
        who = "unknown" if account is None else account.id
        record(people, caller, Deed(Action.SIGN_IN, f"account:{who}", "wrong"))
        raise WrongError(_WRONG)
    people.brake.release(key)
    if not known:
        people.flood.give_back()
    entry = open_session(people, caller, account, stage_after_password(account))
    more = {"stage": entry.session.stage.value}
    record(people, caller, Deed(Action.SIGN_IN, f"account:{account.id}", more=more))
    return entry


def brake_key(caller: Caller, login: str, *, known: bool) -> tuple[str, str]:
    """Return under what tries are counted: a known device by itself, a stranger by its address."""
    return (login, f"device {hash_of(caller.device)}" if known else f"from {_net(caller.address)}")


def _net(address: str) -> str:
    """Return an address; of IPv6 its /64, because whoever has one has all of those."""
    try:
        version = ipaddress.ip_address(address).version
    except ValueError:
        return address
    if version == 4:
        return address
    return str(ipaddress.ip_network((address.partition("%")[0], 64), strict=False))


def _find(people: People, login: str) -> Account | None:
    try:
        return people.accounts.by_login(clean_login(login))
    except BadAccountError:
        return None


def _check_brakes(people: People, key: tuple[str, str], *, known: bool) -> None:
    now_s = people.now_s
    wait_s = people.brake.take(key, now_s)
    if wait_s == 0 and not known:
        wait_s = people.flood.take(now_s)
    if wait_s > 0:
        raise TooSoonError(wait_s)

"""The second step of a sign-in: a code, or the enrolment of what gives codes."""

from dataclasses import dataclass, replace

from nhipcau.access.accounts import Account
from nhipcau.access.actions import Action
from nhipcau.access.secrets import (
    RECOVERY_BYTES,
    RECOVERY_CODES,
    hash_of,
    hash_of_recovery,
    is_among,
    new_recovery_code,
)
from nhipcau.access.sessions import Stage
from nhipcau.access.totp import SECRET_BYTES, enrolment_uri, new_secret, used_step
from nhipcau.office.people.entering import Entry, open_session, stage_after_proof
from nhipcau.office.people.errors import ConflictError, TooSoonError, WrongError
from nhipcau.office.people.knowing import Known
from nhipcau.office.people.parts import Caller, Deed, People, record
from nhipcau.office.people.signing_in import brake_key
from nhipcau.ports.accounts import StaleAccountError

_WRONG = "the code is not right, or was used before"


@dataclass(frozen=True, slots=True)
class Offer:
    """A secret for an authenticator app, to be confirmed by a first code."""

    secret: str
    uri: str


def give_code(people: People, caller: Caller, known: Known, code: str) -> Entry:
    """Take a code of the second factor, or a recovery code; return the new session.

    The session of the password ends: what was good for nothing else has served.

    Raises:
        WrongError: not the code of now, or one that was used.
        TooSoonError: after too many wrong ones.
        ConflictError: no code is due.
    """
    session, account, _ = known
    if session.stage is not Stage.CODE:
        raise ConflictError("no code is due")
    _check_brakes(people, caller, account)
    changed = _take_code(people, account, code)
    if changed is None:
        record(people, caller, Deed(Action.SIGN_IN_STEP, f"account:{account.id}", "wrong"))
        raise WrongError(_WRONG)
    return _enter(people, caller, known, changed)


def offer_enrolment(people: People, caller: Caller, known: Known) -> Offer:
    """Return a secret to enrol; until it is confirmed nothing has changed.

    Raises:
        ConflictError: a second factor is enrolled already: an administrator resets it.
    """
    account = known.account
    if account.credentials.secret:
        raise ConflictError("a second factor is enrolled already")
    secret = new_secret(people.random(SECRET_BYTES))
    _change(people, replace(account, credentials=replace(account.credentials, offered=secret)))
    record(
        people,
        caller,
        Deed(Action.SIGN_IN_STEP, f"account:{account.id}", more={"stage": "offered"}),
    )
    return Offer(secret, enrolment_uri(secret, account.login))


def confirm_enrolment(people: People, caller: Caller, known: Known, code: str) -> Entry:
    """Enrol what was offered, if the code is its; return the new session with recovery codes.

    Raises:
        WrongError: not the code of now.
        TooSoonError: after too many wrong ones.
        ConflictError: nothing was offered.
    """
    account = known.account
    proofs = account.credentials
    if proofs.secret or not proofs.offered:
        raise ConflictError("no second factor was offered")
    _check_brakes(people, caller, account)
    step = used_step(proofs.offered, code, people.now_s, -1)
    if step is None:
        record(people, caller, Deed(Action.SIGN_IN_STEP, f"account:{account.id}", "wrong"))
        raise WrongError(_WRONG)
    codes = tuple(new_recovery_code(people.random(RECOVERY_BYTES)) for _ in range(RECOVERY_CODES))
    enrolled = replace(
        proofs,
        secret=proofs.offered,
        offered="",
        last_step=step,
        recovery=tuple(hash_of_recovery(one) for one in codes),
    )
    changed = _change(people, replace(account, credentials=enrolled))
    return replace(_enter(people, caller, known, changed), recovery=codes)


def _take_code(people: People, account: Account, code: str) -> Account | None:
    """Return the account with the code used up, None for a wrong one."""
    proofs = account.credentials
    step = used_step(proofs.secret, code, people.now_s, proofs.last_step)
    if step is not None:
        return _change(people, replace(account, credentials=replace(proofs, last_step=step)))
    hashed = hash_of_recovery(code)
    if not is_among(hashed, proofs.recovery):
        return None
    left = tuple(one for one in proofs.recovery if one != hashed)
    return _change(people, replace(account, credentials=replace(proofs, recovery=left)))


def _change(people: People, account: Account) -> Account:
    """Write the account.

    Raises:
        WrongError: it was changed at this moment: perhaps the same code was used twice.
    """
    try:
        return people.accounts.change(account)
    except StaleAccountError:
        raise WrongError(_WRONG) from None


def _check_brakes(people: People, caller: Caller, account: Account) -> None:
    now_s = people.now_s
    known = is_among(hash_of(caller.device), account.credentials.devices)
    key = ("code", *brake_key(caller, account.login, known=known))
    wait_s = people.brake.take(key, now_s)
    if wait_s == 0 and not known:
        wait_s = people.codes.take(account.id, now_s)
    if wait_s > 0:
        raise TooSoonError(wait_s)


def _enter(people: People, caller: Caller, known: Known, account: Account) -> Entry:
    was_known = is_among(hash_of(caller.device), account.credentials.devices)
    people.brake.release(("code", *brake_key(caller, account.login, known=was_known)))
    people.codes.release(account.id)
    people.sessions.end([known.session.id])
    entry = open_session(people, caller, account, stage_after_proof(account))
    record(people, caller, Deed(Action.SIGN_IN_STEP, f"account:{account.id}"))
    return entry

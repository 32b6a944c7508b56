"""Change one's own password."""

from dataclasses import replace

from nhipcau.access.passwords import WeakPasswordError, check_password, clean_password
from nhipcau.access.sessions import Stage
from nhipcau.office.people.accounts import write
from nhipcau.office.people.entering import Entry, open_session
from nhipcau.office.people.errors import ConflictError, InvalidError, TooSoonError, WrongError
from nhipcau.office.people.knowing import Known
from nhipcau.office.people.parts import Caller, Deed, People, record
from nhipcau.office.people.sessions import end_all


def change_own_password(people: People, caller: Caller, known: Known, old: str, new: str) -> Entry:
    """Change it, end every session, and return a new one for whoever asked.

    Raises:
        WrongError: the old password is not right.
        TooSoonError: after too many wrong ones.
        InvalidError: the new one is weak, or the old one again.
        ConflictError: a second factor is due first.
    """
    session, account, _ = known
    if session.stage not in (Stage.IN, Stage.RENEW):
        raise ConflictError("the second factor is due first")
    key = ("password", account.id, session.id)
    wait_s = people.brake.take(key, people.now_s)
    if wait_s > 0:
        raise TooSoonError(wait_s)
    if not people.passwords.fits(account.credentials.password, clean_password(old)):
        record(people, caller, Deed("self.password", f"account:{account.id}", "wrong"))
        raise WrongError("the old password is not right")
    people.brake.release(key)
    try:
        clean = check_password(new, account.login)
    except WeakPasswordError as error:
        raise InvalidError(str(error)) from None
    if clean == clean_password(old):
        raise InvalidError("the new password is the old one")
    hashed = people.passwords.hash(clean)
    proofs = replace(account.credentials, password=hashed, must_change=False)
    kept = write(people, replace(account, credentials=proofs))
    end_all(people, kept)
    record(people, caller, Deed("self.password", f"account:{account.id}"))
    return open_session(people, caller, kept, Stage.IN)

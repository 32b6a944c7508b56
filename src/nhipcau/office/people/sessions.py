"""Sessions listed and ended: one's own, and by an administrator those of its subtree."""

from nhipcau.access.accounts import Account
from nhipcau.access.actions import Action
from nhipcau.access.actor import Target
from nhipcau.access.sessions import Session
from nhipcau.office.people.errors import UnknownError
from nhipcau.office.people.knowing import Known
from nhipcau.office.people.managing import managed
from nhipcau.office.people.parts import Caller, Deed, People, record, require


def own_sessions(people: People, known: Known) -> tuple[Session, ...]:
    """Return the sessions of whoever asks that are not over, the newest first."""
    return _alive(people, known.account)


def sign_out(people: People, caller: Caller, known: Known) -> None:
    """End the session that asks."""
    people.sessions.end([known.session.id])
    record(people, caller, Deed("sign_out", f"session:{known.session.id}"))


def end_own_session(people: People, caller: Caller, known: Known, session: str) -> None:
    """End one of one's own sessions.

    Raises:
        UnknownError: it is none of one's own.
    """
    require(caller, Action.SELF_CHANGE, Target(owner=known.account.id))
    _end(people, caller, known.account, session)


def sessions_of(people: People, caller: Caller, account: str) -> tuple[Session, ...]:
    """Return the sessions of an account of one's subtree.

    Raises:
        UnknownError: no such account, or it is not of one's subtree.
    """
    return _alive(people, managed(people, caller, Action.SESSIONS_END, account))


def end_session_of(people: People, caller: Caller, account: str, session: str | None) -> None:
    """End one session of an account of one's subtree; None: all of them.

    Raises:
        UnknownError: no such account or session, or it is not of one's subtree.
    """
    found = managed(people, caller, Action.SESSIONS_END, account)
    if session is None:
        end_all(people, found)
        record(people, caller, Deed(Action.SESSIONS_END, f"account:{found.id}"))
    else:
        _end(people, caller, found, session)


def end_all(people: People, account: Account) -> None:
    """End every session of an account, without a word: its verb has recorded why."""
    people.sessions.end([one.id for one in people.sessions.of_account(account.id)])


def _end(people: People, caller: Caller, account: Account, session: str) -> None:
    if session not in {one.id for one in people.sessions.of_account(account.id)}:
        raise UnknownError(f"no session has the id {session!r}")
    people.sessions.end([session])
    record(people, caller, Deed(Action.SESSIONS_END, f"session:{session}"))


def _alive(people: People, account: Account) -> tuple[Session, ...]:
    now_s = people.now_s
    found = people.sessions.of_account(account.id)
    return tuple(one for one in found if not one.is_over(now_s))

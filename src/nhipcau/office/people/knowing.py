"""Who a session's cookie is, asked with every request."""

from typing import NamedTuple

from nhipcau.access.accounts import Account
from nhipcau.access.actor import Actor
from nhipcau.access.secrets import hash_of
from nhipcau.access.sessions import SEEN_EVERY_S, Session
from nhipcau.office.people.parts import People


class Known(NamedTuple):
    """A session that is good, and whose it is."""

    session: Session
    account: Account
    actor: Actor


def know(people: People, secret: str) -> Known | None:
    """Return whose session a cookie is; None when it is nobody's or its time is over.

    Rights are read anew each time: a grant taken back, an account disabled, takes effect at once.

    Raises:
        StoreError: the store can't be reached.
    """
    session = people.sessions.by_secret(hash_of(secret))
    now_s = people.now_s
    if session is None:
        return None
    account = people.accounts.get(session.account)
    if session.is_over(now_s) or account is None or account.disabled:
        people.sessions.end([session.id])
        return None
    if now_s - session.seen_s >= SEEN_EVERY_S:
        people.sessions.touch(session.id, now_s)
    # A role that was granted after the sign-in may ask for more than that sign-in proved.
    unproven = account.needs_second_factor and not account.credentials.secret
    return Known(session, account, account.actor(now_s, due=session.due or unproven))

"""Links that sign a visitor in. They exist only in a demo, which signs with a key of its own.

<office>/#sign-in=<token>        the token is in the fragment, which no browser sends
"""

import hmac
from dataclasses import replace

from nhipcau.access.actor import AccountId
from nhipcau.access.secrets import TOKEN_BYTES
from nhipcau.access.sessions import Stage
from nhipcau.office.people.entering import Entry, open_session
from nhipcau.office.people.errors import WrongError
from nhipcau.office.people.parts import Caller, Deed, People, record

_LIFETIME_S = 16 * 3600


class SignInLinks:
    """Makes and checks the tokens of one demo; they end with its data.

    Args:
        key: `TOKEN_BYTES` random bytes.
    """

    def __init__(self, key: bytes) -> None:
        if len(key) != TOKEN_BYTES:
            raise ValueError(f"the key has {len(key)} bytes, not {TOKEN_BYTES}")
        self._key = key

    def token(self, account: AccountId, now_s: float) -> str:
        """Return a token that signs `account` in for a working day."""
        until = str(int(now_s) + _LIFETIME_S)
        return f"{account}.{until}.{self._seal(account, until)}"

    def account(self, token: str, now_s: float) -> AccountId | None:
        """Return whom a token signs in, None when it is not ours or its time is over."""
        account, _, rest = token.partition(".")
        until, _, seal = rest.partition(".")
        right = hmac.compare_digest(seal.encode(), self._seal(account, until).encode())
        return AccountId(account) if right and int(until) > now_s else None

    def _seal(self, account: str, until: str) -> str:
        return hmac.digest(self._key, f"{account}.{until}".encode(), "sha256").hex()


def sign_in_by_link(people: People, links: SignInLinks, caller: Caller, token: str) -> Entry:
    """Return the session that a demo's link opens.

    Raises:
        WrongError: the token is not this demo's, or its time is over.
    """
    named = links.account(token, people.now_s)
    account = None if named is None else people.accounts.get(named)
    if account is None or account.disabled:
        raise WrongError("the link is not of this demo, or its time is over")
    settled = replace(account.credentials, must_change=False)
    entry = open_session(people, caller, replace(account, credentials=settled), Stage.IN)
    record(people, caller, Deed("sign_in.link", f"account:{account.id}"))
    return entry

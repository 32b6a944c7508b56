"""The in-memory twins of the account store and the session store."""

from collections.abc import Collection
from dataclasses import replace
from threading import Lock

from nhipcau.access.accounts import Account
from nhipcau.access.actor import AccountId
from nhipcau.access.sessions import Session
from nhipcau.ports.accounts import LoginTakenError, StaleAccountError


class MemoryAccountStore:
    """An `AccountStore` that forgets."""

    def __init__(self) -> None:
        self._accounts: dict[AccountId, Account] = {}
        self._lock = Lock()

    def get(self, account: AccountId) -> Account | None:
        """Return one account."""
        return self._accounts.get(account)

    def by_login(self, login: str) -> Account | None:
        """Return the account of a sign-in name."""
        return next((one for one in self.all() if one.login == login), None)

    def all(self) -> tuple[Account, ...]:
        """Return every account by sign-in name."""
        with self._lock:
            return tuple(sorted(self._accounts.values(), key=lambda one: one.login))

    def add(self, account: Account) -> None:
        """Keep a new account.

        Raises:
            LoginTakenError: its sign-in name is another's.
        """
        with self._lock:
            if any(one.login == account.login for one in self._accounts.values()):
                raise LoginTakenError(f"the sign-in name {account.login} is taken")
            self._accounts[account.id] = account

    def change(self, account: Account) -> Account:
        """Write an account over what is kept.

        Raises:
            StaleAccountError: it has another revision by now, or is none.
        """
        with self._lock:
            kept = self._accounts.get(account.id)
            if kept is None or kept.revision != account.revision:
                raise StaleAccountError(f"the account {account.login} was changed meanwhile")
            changed = replace(account, revision=account.revision + 1)
            self._accounts[account.id] = changed
            return changed

    def close(self) -> None:
        """Do nothing."""


class MemorySessionStore:
    """A `SessionStore` that forgets."""

    def __init__(self) -> None:
        self._sessions: dict[str, Session] = {}

    def open(self, session: Session) -> None:
        """Keep a new one."""
        self._sessions[session.id] = session

    def by_secret(self, secret: str) -> Session | None:
        """Return the session of a cookie's hash."""
        found = list(self._sessions.values())
        return next((one for one in found if one.secret == secret), None)

    def of_account(self, account: AccountId) -> tuple[Session, ...]:
        """Return an account's sessions, the newest first."""
        found = [one for one in list(self._sessions.values()) if one.account == account]
        return tuple(sorted(found, key=lambda one: (-one.created_s, one.id)))

    def touch(self, session: str, seen_s: float) -> None:
        """Note a sign of life."""
        kept = self._sessions.get(session)
        if kept is not None:
            self._sessions[session] = replace(kept, seen_s=seen_s)

    def end(self, sessions: Collection[str]) -> None:
        """Forget these."""
        for session in sessions:
            self._sessions.pop(session, None)

    def sweep(self, created_before_s: float) -> None:
        """Forget all that began earlier."""
        kept = list(self._sessions.values())
        self.end([one.id for one in kept if one.created_s < created_before_s])

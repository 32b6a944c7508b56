"""The ports of accounts and sessions: where they are kept between runs.

Calls block and may come from any thread, several at once. Each raises `ports.tree.StoreError` when
the store can't be reached.
"""

from collections.abc import Collection
from typing import Protocol

from nhipcau.access.accounts import Account
from nhipcau.access.actor import AccountId
from nhipcau.access.sessions import Session


class LoginTakenError(Exception):
    """Another account has that sign-in name."""


class StaleAccountError(Exception):
    """Somebody else changed the account meanwhile: read it again."""


class AccountStore(Protocol):
    """Keeps accounts with their grants and credentials."""

    def get(self, account: AccountId) -> Account | None:
        """Return one account, None where there is none."""
        ...

    def by_login(self, login: str) -> Account | None:
        """Return the account of a clean sign-in name, None where there is none."""
        ...

    def all(self) -> tuple[Account, ...]:
        """Return every account by sign-in name."""
        ...

    def add(self, account: Account) -> None:
        """Keep a new account; its revision is 0.

        Raises:
            LoginTakenError: its sign-in name is another's.
        """
        ...

    def change(self, account: Account) -> Account:
        """Write all of an account over what is kept; return it with its new revision.

        Args:
            account: with the revision that it had when it was read.

        Raises:
            StaleAccountError: it has another revision by now, or is none.
        """
        ...

    def close(self) -> None:
        """Let go of it; may be called twice."""
        ...


class SessionStore(Protocol):
    """Keeps sessions under the hash of their cookie."""

    def open(self, session: Session) -> None:
        """Keep a new one."""
        ...

    def by_secret(self, secret: str) -> Session | None:
        """Return the session of a cookie's hash, None where there is none."""
        ...

    def of_account(self, account: AccountId) -> tuple[Session, ...]:
        """Return an account's sessions, the newest first."""
        ...

    def touch(self, session: str, seen_s: float) -> None:
        """Note a sign of life."""
        ...

    def end(self, sessions: Collection[str]) -> None:
        """Forget these; one that is gone already is no error."""
        ...

    def sweep(self, created_before_s: float) -> None:
        """Forget all that began earlier."""
        ...

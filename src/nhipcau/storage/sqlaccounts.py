"""The account store and the session store on SQLite or PostgreSQL."""

from collections.abc import Collection, Sequence
from dataclasses import fields, replace
from typing import Any

from sqlalchemy import Connection, Engine, Select, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from nhipcau.access.accounts import Account, Credentials
from nhipcau.access.actor import AccountId, Grant, GrantId
from nhipcau.access.roles import Role
from nhipcau.access.sessions import Session, Stage
from nhipcau.ports.accounts import LoginTakenError, StaleAccountError
from nhipcau.quantities import ConferenceId
from nhipcau.storage.accounttables import AccountRow, GrantRow, SessionRow, TokenRow
from nhipcau.storage.database import storing

_RECOVERY, _DEVICE = "recovery", "device"
_SESSION = tuple(field.name for field in fields(Session))


class SqlAccountStore:
    """An `AccountStore` in a database that `migrate` has brought to the newest shape.

    Args:
        engine: from `open_database`; closed with the store.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def get(self, account: AccountId) -> Account | None:
        """Return one account."""
        return self._one(select(AccountRow.__table__).where(AccountRow.id == account))

    def by_login(self, login: str) -> Account | None:
        """Return the account of a sign-in name."""
        return self._one(select(AccountRow.__table__).where(AccountRow.login == login))

    def all(self) -> tuple[Account, ...]:
        """Return every account by sign-in name."""
        with storing(), self._engine.connect() as plain:
            connection = plain.execution_options(isolation_level="SERIALIZABLE")
            found = _read(connection, select(AccountRow.__table__))
            # By us and not by the database, whose order of letters depends on its locale.
            return tuple(sorted(found, key=lambda one: one.login))

    def add(self, account: Account) -> None:
        """Keep a new account.

        Raises:
            LoginTakenError: its sign-in name is another's.
        """
        with storing():
            try:
                with self._engine.begin() as connection:
                    connection.execute(insert(AccountRow).values(_cells(account)))
                    _write_parts(connection, account)
            except IntegrityError:
                if self.by_login(account.login) is None:
                    raise
                raise LoginTakenError(f"the sign-in name {account.login} is taken") from None

    def change(self, account: Account) -> Account:
        """Write an account over what is kept.

        Raises:
            StaleAccountError: it has another revision by now, or is none.
        """
        changed = replace(account, revision=account.revision + 1)
        with storing(), self._engine.begin() as connection:
            here = (AccountRow.id == account.id) & (AccountRow.revision == account.revision)
            done = connection.execute(update(AccountRow).where(here).values(_cells(changed)))
            if done.rowcount != 1:
                raise StaleAccountError(f"the account {account.login} was changed meanwhile")
            for part in (GrantRow, TokenRow):
                connection.execute(delete(part).where(part.account == account.id))
            _write_parts(connection, changed)
        return changed

    def close(self) -> None:
        """Let go of all connections."""
        self._engine.dispose()

    def _one(self, chosen: Select[Any]) -> Account | None:
        with storing(), self._engine.connect() as plain:
            connection = plain.execution_options(isolation_level="SERIALIZABLE")
            return next(iter(_read(connection, chosen)), None)


def _read(connection: Connection, chosen: Select[Any]) -> list[Account]:
    """Return accounts with their parts; two more questions, however many they are."""
    rows = connection.execute(chosen).all()
    # A whole table is read at once: a list of thousands of ids is no question for a database.
    ids = [row.id for row in rows] if len(rows) == 1 else None
    grants = _parts(connection, GrantRow, ids)
    tokens = _parts(connection, TokenRow, ids)
    return [_account(row, grants.get(row.id, []), tokens.get(row.id, [])) for row in rows]


def _parts(
    connection: Connection, part: type[GrantRow | TokenRow], ids: list[str] | None
) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    chosen = select(part.__table__).order_by(part.place)
    if ids is not None:
        chosen = chosen.where(part.account.in_(ids))
    for row in connection.execute(chosen):
        found.setdefault(row.account, []).append(row)
    return found


def _account(row: Any, grants: Sequence[Any], tokens: Sequence[Any]) -> Account:
    return Account(
        id=AccountId(row.id),
        login=row.login,
        name=row.name,
        unit=row.unit,
        grants=tuple(_grant(one) for one in grants),
        credentials=Credentials(
            password=row.password,
            must_change=row.must_change,
            secret=row.secret,
            offered=row.offered,
            last_step=row.last_step,
            recovery=tuple(one.hash for one in tokens if one.kind == _RECOVERY),
            devices=tuple(one.hash for one in tokens if one.kind == _DEVICE),
        ),
        disabled=row.disabled,
        created_s=row.created_s,
        revision=row.revision,
        company=row.company,
    )


def _grant(row: Any) -> Grant:
    meeting = None if row.meeting is None else ConferenceId(row.meeting)
    return Grant(GrantId(row.id), Role(row.role), row.unit, meeting, row.from_s, row.until_s)


def _cells(account: Account) -> dict[str, Any]:
    own = ("id", "login", "name", "unit", "disabled", "created_s", "revision", "company")
    proofs = ("password", "must_change", "secret", "offered", "last_step")
    return {name: getattr(account, name) for name in own} | {
        name: getattr(account.credentials, name) for name in proofs
    }


def _write_parts(connection: Connection, account: Account) -> None:
    grants = [
        {
            "id": one.id,
            "account": account.id,
            "place": place,
            "role": one.role.value,
            "unit": one.unit,
            "meeting": one.meeting,
            "from_s": one.from_s,
            "until_s": one.until_s,
        }
        for place, one in enumerate(account.grants)
    ]
    kinds = ((_RECOVERY, account.credentials.recovery), (_DEVICE, account.credentials.devices))
    tokens = [
        {"account": account.id, "kind": kind, "place": place, "hash": hashed}
        for kind, hashes in kinds
        for place, hashed in enumerate(hashes)
    ]
    if grants:
        connection.execute(insert(GrantRow), grants)
    if tokens:
        connection.execute(insert(TokenRow), tokens)


class SqlSessionStore:
    """A `SessionStore` in the same database; whoever closes the engine closes it, too."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def open(self, session: Session) -> None:
        """Keep a new one."""
        cells = {name: getattr(session, name) for name in _SESSION}
        with storing(), self._engine.begin() as connection:
            connection.execute(insert(SessionRow).values(cells | {"stage": session.stage.value}))

    def by_secret(self, secret: str) -> Session | None:
        """Return the session of a cookie's hash."""
        chosen = select(SessionRow.__table__).where(SessionRow.secret == secret)
        with storing(), self._engine.connect() as connection:
            row = connection.execute(chosen).one_or_none()
            return None if row is None else _session(row)

    def of_account(self, account: AccountId) -> tuple[Session, ...]:
        """Return an account's sessions, the newest first."""
        chosen = select(SessionRow.__table__).where(SessionRow.account == account)
        newest = chosen.order_by(SessionRow.created_s.desc(), SessionRow.id)
        with storing(), self._engine.connect() as connection:
            return tuple(_session(row) for row in connection.execute(newest))

    def touch(self, session: str, seen_s: float) -> None:
        """Note a sign of life."""
        self._write(update(SessionRow).where(SessionRow.id == session).values(seen_s=seen_s))

    def end(self, sessions: Collection[str]) -> None:
        """Forget these."""
        if sessions:
            self._write(delete(SessionRow).where(SessionRow.id.in_(sessions)))

    def sweep(self, created_before_s: float) -> None:
        """Forget all that began earlier."""
        self._write(delete(SessionRow).where(SessionRow.created_s < created_before_s))

    def _write(self, change: Any) -> None:
        with storing(), self._engine.begin() as connection:
            connection.execute(change)


def _session(row: Any) -> Session:
    values = {name: getattr(row, name) for name in _SESSION}
    return Session(**{**values, "stage": Stage(row.stage), "account": AccountId(row.account)})

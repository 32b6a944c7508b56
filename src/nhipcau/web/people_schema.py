"""What the API of people takes and gives. Every body is closed: a field that nobody knows is
refused, so that no role, password or flag comes in by the side door.
"""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from nhipcau.access.accounts import Account
from nhipcau.access.actor import Grant
from nhipcau.access.passwords import MAX_LETTERS
from nhipcau.access.roles import ROLE_NAMES, Role
from nhipcau.access.sessions import Session, Stage
from nhipcau.quantities import ConferenceId

_Password = Annotated[str, Field(max_length=MAX_LETTERS)]
_Name = Annotated[str, Field(min_length=1, max_length=200)]
_Id = Annotated[str, Field(min_length=1, max_length=100)]


class _In(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SignInIn(_In):
    """A name and a password."""

    login: str = Field(max_length=100)
    password: _Password


class LinkIn(_In):
    """The token of a demo's link."""

    token: str = Field(max_length=400)


class CodeIn(_In):
    """A code of the second factor, or a recovery code."""

    code: str = Field(max_length=40)


class OwnPasswordIn(_In):
    """The old and the new password."""

    old: _Password
    new: _Password


class PasswordIn(_In):
    """A password that its owner changes at the next sign-in."""

    password: _Password


class AccountIn(_In):
    """A new account; roles are granted by a route of their own."""

    login: str = Field(max_length=100)
    name: _Name
    unit: _Id | None = None
    company: Annotated[str, Field(max_length=200)] = ""
    password: _Password


class AccountChangeIn(_In):
    """What is to change; what is left out stays."""

    name: _Name | None = None
    unit: _Id | None = None
    company: Annotated[str, Field(max_length=200)] | None = None
    disabled: bool | None = None


class GrantIn(_In):
    """A role over a unit and all below it; without `unit` everywhere."""

    role: Role
    unit: _Id | None = None
    meeting: Annotated[ConferenceId, Field(max_length=100)] | None = None
    valid_from: AwareDatetime | None = None
    valid_to: AwareDatetime | None = None


class RoleOut(BaseModel):
    """A role and what pages call it."""

    role: Role
    vi: str
    en: str


class GrantOut(BaseModel):
    """A role that an account has."""

    id: str
    role: Role
    unit: str | None
    meeting: str | None
    valid_from: datetime | None
    valid_to: datetime | None


class AccountOut(BaseModel):
    """An account; nothing of its proofs."""

    id: str
    login: str
    name: str
    unit: str | None
    company: str
    disabled: bool
    second_factor: bool
    created: datetime
    grants: list[GrantOut]


class MeOut(BaseModel):
    """Whoever asks, and what is due before anything else."""

    account: AccountOut
    stage: Stage


class EnrolledOut(BaseModel):
    """Whoever has just enrolled; the recovery codes are shown this once."""

    account: AccountOut
    stage: Stage
    recovery_codes: list[str]


class OfferOut(BaseModel):
    """A second factor to enrol: the secret, and the text of its QR code."""

    secret: str
    uri: str


class SessionOut(BaseModel):
    """A sign-in."""

    id: str
    created: datetime
    seen: datetime
    address: str
    agent: str
    stage: Stage
    here: bool


def role_out(role: Role) -> RoleOut:
    """Return a role as the API gives it."""
    return RoleOut(role=role, vi=ROLE_NAMES[role].vi, en=ROLE_NAMES[role].en)


def account_out(account: Account) -> AccountOut:
    """Return an account as the API gives it."""
    return AccountOut(
        id=account.id,
        login=account.login,
        name=account.name,
        unit=account.unit,
        company=account.company,
        disabled=account.disabled,
        second_factor=bool(account.credentials.secret),
        created=_moment(account.created_s),
        grants=[_grant_out(one) for one in account.grants],
    )


def session_out(session: Session, here: str) -> SessionOut:
    """Return a session as the API gives it; `here`: the id of the one that asks."""
    return SessionOut(
        id=session.id,
        created=_moment(session.created_s),
        seen=_moment(session.seen_s),
        address=session.address,
        agent=session.agent,
        stage=session.stage,
        here=session.id == here,
    )


def _grant_out(grant: Grant) -> GrantOut:
    return GrantOut(
        id=grant.id,
        role=grant.role,
        unit=grant.unit,
        meeting=grant.meeting,
        valid_from=_moment(grant.from_s) if grant.from_s else None,
        valid_to=None if grant.until_s is None else _moment(grant.until_s),
    )


def _moment(at_s: float) -> datetime:
    return datetime.fromtimestamp(at_s, UTC)

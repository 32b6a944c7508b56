"""What an account is: who, of which unit, with which grants, and by what it proves itself."""

import re
from dataclasses import dataclass, field

from nhipcau.access.actor import AccountId, Actor, ActorKind, Grant, in_force
from nhipcau.access.roles import Role, needs_second_factor

_LOGIN = re.compile(r"[a-z0-9](?:[a-z0-9._-]{1,62})[a-z0-9]")


class BadAccountError(ValueError):
    """An account can't be so; the text is one sentence for a person."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """By what an account proves itself. Nothing of it ever leaves the office.

    Attributes:
        password: the password's hash with its parameters; empty: nobody can sign in with one.
        must_change: the password was given by somebody else and is changed at the next sign-in.
        secret: of the second factor, base32; empty: not enrolled.
        offered: a secret that is shown for enrolment and not confirmed yet.
        last_step: the newest step of the second factor that was used; none is taken twice.
        recovery: hashes of the recovery codes that are left.
        devices: hashes of the cookies of devices that signed in before, the newest first.
    """

    password: str = field(default="", repr=False)
    must_change: bool = False
    secret: str = field(default="", repr=False)
    offered: str = field(default="", repr=False)
    last_step: int = -1
    recovery: tuple[str, ...] = field(default=(), repr=False)
    devices: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Account:
    """One account.

    Attributes:
        id: ours, says nothing.
        login: the name to sign in with.
        name: as pages call the person.
        unit: whose staff it is; None: of no unit of the tree, such as a company's.
        grants: what it may do; expired ones stay until they are taken back.
        company: whose staff it is where that is no unit; a telecom operator sees its lines.
        disabled: may not sign in.
        revision: goes up with every change.
    """

    id: AccountId
    login: str
    name: str
    unit: str | None = None
    grants: tuple[Grant, ...] = ()
    credentials: Credentials = Credentials()
    disabled: bool = False
    created_s: float = 0.0
    revision: int = 0
    company: str = ""

    @property
    def roles(self) -> frozenset[Role]:
        """The roles that it holds anywhere, at any time."""
        return frozenset(grant.role for grant in self.grants)

    @property
    def needs_second_factor(self) -> bool:
        """True when its roles ask for more than a password, or it has enrolled by itself."""
        return needs_second_factor(self.roles) or bool(self.credentials.secret)

    def actor(self, now_s: float, *, due: bool = False) -> Actor:
        """Return it as the policy sees it at this moment; `due`: a proof is still missing."""
        grants = in_force(self.grants, now_s)
        return Actor(ActorKind.ACCOUNT, self.id, self.login, grants, due=due, company=self.company)


def clean_login(text: str) -> str:
    """Return a name to sign in with as it is stored.

    Raises:
        BadAccountError: it has other letters, or is too short or too long.
    """
    login = text.strip().casefold()
    if not _LOGIN.fullmatch(login):
        raise BadAccountError("a sign-in name is 3 to 64 of a-z, 0-9, dot, dash and underscore")
    return login

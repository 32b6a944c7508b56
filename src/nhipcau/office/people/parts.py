"""What all verbs lean on, and how they ask and record."""

import secrets
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from nhipcau.access.accounts import Account
from nhipcau.access.actions import Action
from nhipcau.access.actor import Actor, ActorKind, Target
from nhipcau.access.brake import Brake, BrakeLimits, Flood
from nhipcau.access.policy import Refused, decide
from nhipcau.audit.entry import DONE
from nhipcau.office.hashing import Passwords
from nhipcau.office.meetings import Meeting
from nhipcau.office.people.errors import NotAllowedError
from nhipcau.org.units import UnitId
from nhipcau.org.view import TreeView
from nhipcau.ports.accounts import AccountStore, SessionStore
from nhipcau.ports.audit import AuditEntry, AuditTrail
from nhipcau.ports.clock import Clock
from nhipcau.quantities import SiteId

# Whoever tries the codes of one account from many addresses knows its password already.
_CODES_OF_ONE = BrakeLimits(free=10, first_s=30.0, longest_s=600.0)


def _new_id() -> str:
    return str(uuid.uuid4())


@dataclass(frozen=True, slots=True)
class People:
    """What the verbs lean on.

    Attributes:
        accounts, sessions: the stores.
        passwords: makes and checks hashes.
        trail: takes what was done.
        clock: the time.
        view: the tree of units as it stands today.
        random: so many random bytes.
        new_id: ids of accounts, grants and sessions.
        brake, codes, flood: who must wait after failures.
    """

    accounts: AccountStore
    sessions: SessionStore
    passwords: Passwords
    trail: AuditTrail
    clock: Clock
    view: Callable[[], TreeView]
    random: Callable[[int], bytes] = secrets.token_bytes
    new_id: Callable[[], str] = _new_id
    brake: Brake = field(default_factory=Brake)
    codes: Brake = field(default_factory=lambda: Brake(_CODES_OF_ONE))
    flood: Flood = field(default_factory=Flood)

    @property
    def now_s(self) -> float:
        """Seconds since 1970-01-01 UTC."""
        return self.clock.wall_s()


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls a verb: the actor, and from where.

    Attributes:
        actor: with the grants that it has now.
        address: network address, or `local` for the machine itself.
        agent: what the browser calls itself.
        device: the known-device cookie; empty: none.
    """

    actor: Actor
    address: str
    agent: str = ""
    device: str = field(default="", repr=False)


def target_of(view: TreeView, unit: str | None, *, account: Account | None = None) -> Target:
    """Return what the policy is asked about: a unit with all above it.

    A unit that the tree does not have today has nothing above it.
    """
    above: set[str] = set()
    if unit is not None:
        above.add(unit)
        if UnitId(unit) in view.units:
            above.update(one.unit for one in view.path(UnitId(unit)))
    return Target(frozenset(above), owner=None if account is None else account.id)


def meeting_target(view: TreeView, meeting: Meeting) -> Target:
    """Return a meeting as the policy is asked about it: all who take part, and all above them."""
    above: set[str] = set()
    for planned in meeting.sites:
        for tenure in view.units_of_sites.get(planned.site, ()):
            above |= target_of(view, tenure.unit).units
    return Target(frozenset(above), meeting=meeting.meeting)


def site_target(view: TreeView, site: SiteId) -> Target:
    """Return a site as the policy is asked about it: whose room it is today, and all above."""
    above: set[str] = set()
    for tenure in view.units_of_sites.get(site, ()):
        if not tenure.seat:
            above |= target_of(view, tenure.unit).units
    return Target(frozenset(above), site=site)


def whole_tree(view: TreeView) -> Target:
    """Return the whole tree as a target: who has its only root has all, of several nobody has."""
    roots = view.roots
    return Target(frozenset({roots[0].unit}) if len(roots) == 1 else frozenset())


def require(caller: Caller, action: Action, on: Target | None = None) -> None:
    """Go on only if the policy allows it.

    Raises:
        NotAllowedError: it does not.
    """
    decision = decide(caller.actor, action, on)
    if isinstance(decision, Refused):
        raise NotAllowedError(decision)


@dataclass(frozen=True, slots=True)
class Deed:
    """What is written down: the action, on whom, what became of it, and particulars."""

    action: str
    on: str
    outcome: str = DONE
    more: Mapping[str, str] = field(default_factory=dict)


def record(people: People, caller: Caller, deed: Deed) -> None:
    """Write down what was done, or why not."""
    actor = caller.actor
    if actor.account is not None:
        who = f"account:{actor.account}"
    else:
        who = "" if actor.kind is ActorKind.NOBODY else f"process:{actor.kind.value}"
    people.trail.record(
        AuditEntry(
            at_s=people.now_s,
            who=who,
            name=actor.name,
            address=caller.address,
            action=deed.action,
            on=deed.on,
            outcome=deed.outcome,
            more=deed.more,
        )
    )

"""`decide(who, action, on)`: the one place where a right is decided. Pure.

What no rule allows is refused. Every refusal names its cause, so that a face can answer 401 to
whoever is not in and 403 to whoever is, and the audit log can say why.
"""

from dataclasses import dataclass
from enum import StrEnum

from nhipcau.access.actions import Action
from nhipcau.access.actor import Actor, ActorKind, Grant, Target
from nhipcau.access.rules import RULES, Reach, Rule


class Cause(StrEnum):
    """Why not."""

    NOT_SIGNED_IN = "not_signed_in"
    SECOND_FACTOR_DUE = "second_factor_due"
    # No role of the actor may do that, wherever.
    ROLE = "role"
    # A role of the actor may, but not here.
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class Allowed:
    """Yes; `grant` is what it rests on, None where it rests on what the actor is."""

    grant: Grant | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """No. `detail` is one sentence for a person."""

    cause: Cause
    detail: str


Decision = Allowed | Refused

_IN_WORDS = {
    Cause.NOT_SIGNED_IN: "sign in first",
    Cause.SECOND_FACTOR_DUE: "the second factor is due first",
    Cause.ROLE: "none of your roles may do that",
    Cause.OUTSIDE: "your roles do not reach there",
}


def decide(who: Actor, action: Action, on: Target | None = None) -> Decision:
    """Return whether `who` may do `action` on `on`.

    Args:
        who: the actor with the grants that are in force now.
        action: the deed.
        on: what it is done to. None: somewhere, not known yet; then what is returned is whether
            there is any place where `who` may do it, and the verb asks again for each thing that
            it shows or changes.
    """
    rule = RULES[action]
    if who.due and not rule.while_due:
        return _refused(Cause.SECOND_FACTOR_DUE)
    reach = rule.kinds.get(who.kind)
    if reach is not None and (on is None or _kind_reaches(who, reach, on)):
        return Allowed()
    grants = [grant for grant in who.grants if grant.role in rule.roles]
    for grant in grants:
        if on is None or _role_reaches(who, rule.roles[grant.role], grant, on):
            return Allowed(grant)
    return _refused(_cause(who, rule, has_role=bool(grants)))


def allows(who: Actor, action: Action, on: Target | None = None) -> bool:
    """Return whether `who` may; for filters, which need no cause."""
    return isinstance(decide(who, action, on), Allowed)


def _role_reaches(who: Actor, reach: Reach, grant: Grant, on: Target) -> bool:
    if reach is Reach.ANYWHERE:
        return True
    if reach is Reach.COMPANY and (not who.company or who.company != on.company):
        return False
    return grant.covers(on)


def _kind_reaches(who: Actor, reach: Reach, on: Target) -> bool:
    if reach is Reach.ANYWHERE:
        return True
    if who.kind is ActorKind.ACCOUNT:
        return on.owner is not None and on.owner == who.account
    if who.kind is ActorKind.MCU:
        return on.mcu is not None and on.mcu == who.name
    if who.site is None or (who.meeting is not None and who.meeting != on.meeting):
        return False
    return who.site == on.site if reach is Reach.OWN else who.site in on.units


def _cause(who: Actor, rule: Rule, *, has_role: bool) -> Cause:
    if who.kind is ActorKind.NOBODY:
        return Cause.NOT_SIGNED_IN
    return Cause.OUTSIDE if has_role or who.kind in rule.kinds else Cause.ROLE


def _refused(cause: Cause) -> Refused:
    return Refused(cause, _IN_WORDS[cause])

"""Whom a pass may call, and whom a choice names. Pure.

pass ─▶ Holder (its room and all below it)
choice: all │ levels │ below a site │ sites ─▶ sites in calling order, each asked of the policy
"""

from dataclasses import dataclass

from nhipcau.access.actions import Action
from nhipcau.access.actor import Actor, ActorKind, Grant, GrantId, Target
from nhipcau.access.policy import Refused, decide
from nhipcau.access.roles import Role
from nhipcau.credentials.passes import EmergencyPass, PassError, read_pass
from nhipcau.ports.directory import Directory
from nhipcau.ports.messages import PlannedSite
from nhipcau.quantities import SiteId


class NotCalledError(Exception):
    """Nobody is called; `code` is an error code of docs/PROTOCOL.md."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


@dataclass(frozen=True, slots=True)
class Choice:
    """Whom to call; all that is named together, everybody where nothing is.

    Attributes:
        levels: every site of these levels.
        below: this site and all below it; None: from the caller's own site on.
        sites: these as well.
    """

    levels: tuple[str, ...] = ()
    below: SiteId | None = None
    sites: tuple[SiteId, ...] = ()


@dataclass(frozen=True, slots=True)
class Holder:
    """Whoever holds a good pass: the pass, its own site, and all that it reaches."""

    given: EmergencyPass
    site: PlannedSite
    reach: tuple[PlannedSite, ...]

    @property
    def actor(self) -> Actor:
        """Return who asks the policy; an MCU puts a site where the office puts a unit."""
        grant = Grant(GrantId(self.given.id), Role.CHAIR, self.given.site)
        return Actor(ActorKind.ACCOUNT, name=self.given.name, grants=(grant,))


def holder_of(text: str, directory: Directory | None, now_s: float) -> Holder:
    """Return who shows this pass.

    Raises:
        NotCalledError: `no_directory`, `pass_invalid`, `pass_expired`, `pass_revoked` or
            `unknown_site`.
    """
    if directory is None or not directory.token_public_key_pem:
        raise NotCalledError("no_directory", "this MCU was never told of any room")
    try:
        given = read_pass(text, directory.token_public_key_pem)
    except PassError as error:
        raise NotCalledError("pass_invalid", str(error)) from None
    if given.id in directory.passes_revoked:
        raise NotCalledError("pass_revoked", "this pass was revoked")
    if given.expires_s < now_s:
        raise NotCalledError("pass_expired", "the pass's time is over")
    own = next((one for one in directory.sites if one.site == given.site), None)
    if own is None:
        raise NotCalledError("unknown_site", "the pass's room is no site of today")
    return Holder(given, own, subtree(directory, own.site))


def chosen_sites(holder: Holder, directory: Directory, choice: Choice) -> tuple[PlannedSite, ...]:
    """Return who is called, in calling order; the caller's own site is always among them.

    Raises:
        NotCalledError: `unknown_site`: a site that is not there; `not_allowed`: one beyond the
            pass's reach; `nobody`: only the caller's own site would be called.
    """
    begins = choice.below or holder.site.site
    known = {one.site for one in directory.sites}
    for named in (begins, *choice.sites):
        if named not in known:
            raise NotCalledError("unknown_site", f"there is no site {named!r}")
    levels = set(choice.levels)
    named_sites = set(choice.sites)
    whole = not levels and not (named_sites and choice.below is None)
    wanted = {
        one.site for one in subtree(directory, begins) if whole or one.level in levels
    } | named_sites
    _ask_policy(holder, directory, wanted)
    found = tuple(
        one for one in directory.sites if one.site in wanted or one.site == holder.site.site
    )
    if len(found) < 2:
        raise NotCalledError("nobody", "nobody else would be called")
    return found


def subtree(directory: Directory, top: SiteId) -> tuple[PlannedSite, ...]:
    """Return a site and all below it, in calling order."""
    inside: set[SiteId] = {top}
    # Parents stand before children; a directory that breaks this loses no site by a second look.
    while True:
        more = {
            one.site for one in directory.sites if one.parent in inside and one.site not in inside
        }
        if not more:
            break
        inside |= more
    return tuple(one for one in directory.sites if one.site in inside)


def _ask_policy(holder: Holder, directory: Directory, wanted: set[SiteId]) -> None:
    parents = {one.site: one.parent for one in directory.sites}
    actor = holder.actor
    for site in sorted(wanted):
        decision = decide(actor, Action.EMERGENCY_PRESS, Target(_above(parents, site), site=site))
        if isinstance(decision, Refused):
            raise NotCalledError("not_allowed", f"the pass does not reach {site!r}")


def _above(parents: dict[SiteId, SiteId | None], site: SiteId) -> frozenset[str]:
    found: set[str] = set()
    step: SiteId | None = site
    while step is not None and step not in found:
        found.add(step)
        step = parents.get(step)
    return frozenset(found)

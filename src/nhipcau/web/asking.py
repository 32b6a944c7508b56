"""May this endpoint say that? The one policy is asked for every signalling message.

    ticket ─▶ actor, once at the hello        message ─▶ its deed, what it touches ─▶ policy

What the state of the meeting forbids (a locked microphone, a request that waits elsewhere) is the
conference's own concern and is decided there, afterwards.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from nhipcau.access.actions import Action
from nhipcau.access.actor import Actor, ActorKind, Grant, GrantId, Target
from nhipcau.access.policy import Refused, decide
from nhipcau.access.roles import Role
from nhipcau.conference import commands
from nhipcau.conference.lineage import ancestors
from nhipcau.conference.state import ConferenceState
from nhipcau.mcu.admission import Ticket
from nhipcau.quantities import ConferenceId, SiteId
from nhipcau.web import messages as said
from nhipcau.web import roll_messages as roll
from nhipcau.web import vote_messages as polled
from nhipcau.web.deeds import DEEDS

# What the role of a ticket is in the policy. A room's page has none: it is its site's device.
_ROLES: Mapping[commands.Role, Role] = {
    commands.Role.CHAIR: Role.CHAIR,
    commands.Role.SECRETARY: Role.SECRETARY,
    commands.Role.CONSOLE: Role.OPERATOR,
    commands.Role.OPERATOR: Role.OPERATOR,
}

# Messages about other sites, and which; whoever says them must reach every one.
_SITES: Mapping[type[said.ClientMessage], Callable[[Any], tuple[SiteId, ...]]] = {
    said.Mute: lambda message: (message.site,),
    said.LowerHand: lambda message: (message.site,),
    said.ForwardHand: lambda message: (message.site,),
    said.Admit: lambda message: (message.site,),
    said.Remove: lambda message: (message.site,),
    said.Restore: lambda message: (message.site,),
    roll.ConfirmHere: lambda message: (message.site,),
    polled.VoteRecord: lambda message: (message.site,),
    polled.Prompt: lambda message: (message.site,),
    said.RoomTest: lambda message: (message.site,),
    said.Look: lambda message: message.sites,
    said.WatchStills: lambda message: message.sites,
}

# Deeds on one's own seat; all that is neither on it nor on other sites is on the meeting.
_OWN = frozenset(
    {
        Action.LIVE_ENTER,
        Action.LIVE_MEDIA,
        Action.LIVE_MICROPHONE,
        Action.LIVE_CAMERA,
        Action.LIVE_HAND,
        Action.LIVE_CONTENT,
        Action.LIVE_HERE,
        Action.LIVE_VOTE_CAST,
        Action.LIVE_STATISTICS,
    }
)


class Standing(NamedTuple):
    """Who an endpoint is to the policy, and its own seat (or the part it serves) as a target."""

    actor: Actor
    own: Target


def standing_of(ticket: Ticket, conference: ConferenceId) -> Standing:
    """Return what a ticket makes of its bearer in this meeting."""
    role = _ROLES.get(ticket.role)
    place = ticket.site if role is None else ticket.subtree
    own = Target(
        frozenset(one for one in (ticket.site, place) if one), conference, site=ticket.site
    )
    if role is not None:
        grant = Grant(GrantId(ticket.credential), role, ticket.subtree, conference)
        return Standing(Actor(ActorKind.ACCOUNT, grants=(grant,), site=ticket.site), own)
    kind = ActorKind.GUEST if ticket.is_guest else ActorKind.DEVICE
    return Standing(Actor(kind, site=ticket.site, meeting=conference), own)


def why_not(
    standing: Standing, message: said.ClientMessage, state: ConferenceState
) -> Refused | None:
    """Return why the bearer of a ticket may not say `message` now; None: it may."""
    deed = DEEDS[type(message)]
    for target in _targets(standing, message, deed, state):
        decision = decide(standing.actor, deed, target)
        if isinstance(decision, Refused):
            return decision
    return None


def may(standing: Standing, deed: Action) -> bool:
    """Return whether a deed on one's own seat is allowed."""
    return not isinstance(decide(standing.actor, deed, standing.own), Refused)


def _to_all(message: said.ClientMessage) -> bool:
    """Return True for a text to all rooms: a deed on the meeting, as what names no site."""
    return isinstance(message, polled.Prompt) and message.site is None


def _targets(
    standing: Standing, message: said.ClientMessage, deed: Action, state: ConferenceState
) -> Iterator[Target | None]:
    meeting = standing.own.meeting
    if deed in _OWN:
        yield standing.own
    elif type(message) in _SITES and not _to_all(message):
        # Whoever may do it nowhere may not do it to no site either.
        yield None
        for site in _SITES[type(message)](message):
            yield Target(frozenset((site, *ancestors(state, site))), meeting, site=site)
    else:
        yield Target(meeting=meeting)

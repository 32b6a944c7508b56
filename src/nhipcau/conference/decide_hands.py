"""Who asks for the floor, in the order in which they asked: the chair, or first the own parent.

site ─ hand ─▶ asked ─ forward_hand by its parent or operator ─▶ hands ─ give_floor by the chair
          └──────────── nobody there to forward, or not set so ──▶
"""

from nhipcau.conference import commands as c
from nhipcau.conference import events as ev
from nhipcau.conference.lineage import asks_at
from nhipcau.conference.refusal import Outcome, Refusal, events_or, not_allowed, unchanged
from nhipcau.conference.seats import listed, lower, own_seat
from nhipcau.conference.state import ConferenceState, SiteState


def set_hand(state: ConferenceState, command: c.SetHand, at_ms: int) -> Outcome:
    """Raise or lower the actor's own hand; a site that has the floor need not ask for it."""
    row = own_seat(state, command.actor)
    if isinstance(row, Refusal):
        return row
    lowering = lower(state, row.site, at_ms)
    if bool(lowering) == command.up:
        return unchanged(f"the hand of {row.site} is {'up' if command.up else 'down'}")
    if not command.up:
        return lowering
    if row.site in state.floor:
        return not_allowed(f"site {row.site} has the floor")
    if asks_at(state, row.site) is None:
        return (ev.HandRaised(at_ms, row.site),)
    return (ev.HandAsked(at_ms, row.site),)


def forward_hand(state: ConferenceState, command: c.ForwardHand, at_ms: int) -> Outcome:
    """Pass a site's request on to the chair, behind those that were passed on before."""
    row = listed(state, command.site)
    if isinstance(row, Refusal):
        return row
    refusal = _not_its_parent(state, command.actor, row)
    if refusal is not None:
        return refusal
    if row.site in state.hands:
        return unchanged(f"the request of {row.site} is with the chair")
    if row.site not in state.asked:
        return not_allowed(f"site {row.site} does not ask for the floor")
    return (ev.HandRaised(at_ms, row.site),)


def lower_hand(state: ConferenceState, command: c.LowerHand, at_ms: int) -> Outcome:
    """Take a site's request off the list; a room only its own, and those that wait for it."""
    row = listed(state, command.site)
    if isinstance(row, Refusal):
        return row
    if command.actor.role is c.Role.SITE and row.site != command.actor.site:
        refusal = _not_its_parent(state, command.actor, row)
        if refusal is None and row.site in state.hands:
            refusal = not_allowed(f"the request of {row.site} is with the chair")
        if refusal is not None:
            return refusal
    return events_or(unchanged(f"the hand of {row.site} is down"), lower(state, row.site, at_ms))


def set_hands_via_parent(
    state: ConferenceState, command: c.SetHandsViaParent, at_ms: int
) -> Outcome:
    """Set whether requests pass through parents; what then waits in vain is settled for all
    commands alike.
    """
    if command.on == state.hands_via_parent:
        return unchanged(f"requests {'' if command.on else 'do not '}pass through parents")
    return (ev.HandsViaParentSet(at_ms, command.on),)


def _not_its_parent(state: ConferenceState, actor: c.Actor, row: SiteState) -> Refusal | None:
    """Refuse a room that is not the parent of `row`; an operator's reach is checked before."""
    if actor.role is c.Role.OPERATOR:
        return None
    own = own_seat(state, actor)
    if isinstance(own, Refusal):
        return own
    if row.parent != own.site:
        return not_allowed(f"site {row.site} does not ask at {own.site}")
    return None

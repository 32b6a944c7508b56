"""Who asks for the floor, in the order in which they asked."""

from nhipcau.conference import commands as c
from nhipcau.conference import events as ev
from nhipcau.conference.refusal import Outcome, Refusal, events_or, not_allowed, unchanged
from nhipcau.conference.seats import listed, lower, own_seat
from nhipcau.conference.state import ConferenceState


def set_hand(state: ConferenceState, command: c.SetHand, at_ms: int) -> Outcome:
    """Raise or lower the actor's own hand; a site that has the floor need not ask for it."""
    row = own_seat(state, command.actor)
    if isinstance(row, Refusal):
        return row
    if (row.site in state.hands) == command.up:
        return unchanged(f"the hand of {row.site} is {'up' if command.up else 'down'}")
    if not command.up:
        return (ev.HandLowered(at_ms, row.site),)
    if row.site in state.floor:
        return not_allowed(f"site {row.site} has the floor")
    return (ev.HandRaised(at_ms, row.site),)


def lower_hand(state: ConferenceState, command: c.LowerHand, at_ms: int) -> Outcome:
    """Take a site's hand off the list."""
    row = listed(state, command.site)
    if isinstance(row, Refusal):
        return row
    lowering = lower(state, row.site, at_ms)
    return events_or(unchanged(f"the hand of {row.site} is down"), lowering)

"""Who speaks and is seen. The chair gives the floor and takes it back; at most two have it.

Giving it opens the site's microphone and clears its hand; losing it closes the microphone, but
never the chair's.
"""

from nhipcau.conference import commands as c
from nhipcau.conference import events as ev
from nhipcau.conference.refusal import Outcome, Refusal, events_or, not_allowed, unchanged
from nhipcau.conference.seats import listed, lower, take_floor_from
from nhipcau.conference.state import MAX_FLOOR, ConferenceState, Presence, SiteState


def give_floor(state: ConferenceState, command: c.GiveFloor, at_ms: int) -> Outcome:
    """Give the floor to a present site: alone, or beside the holder.

    Given again to its holder it opens a microphone that the holder closed.
    """
    row = listed(state, command.site)
    if isinstance(row, Refusal):
        return row
    if row.presence is not Presence.PRESENT:
        return not_allowed(f"site {row.site} is not present")
    holds = row.site in state.floor
    if command.beside and not holds and len(state.floor) >= MAX_FLOOR:
        return not_allowed(f"{MAX_FLOOR} sites have the floor already")
    given = () if holds else (ev.FloorGiven(at_ms, row.site),)
    events = (
        *_replaced(state, command, at_ms),
        *lower(state, row.site, at_ms),
        *given,
        *_opening(row, at_ms),
    )
    return events_or(unchanged(f"site {row.site} has the floor"), events)


def take_floor(state: ConferenceState, command: c.TakeFloor, at_ms: int) -> Outcome:
    """Take the floor back, from one site or from all."""
    if command.site is None:
        holders = state.floor
    else:
        holders = tuple(site for site in state.floor if site == command.site)
    events = tuple(event for site in holders for event in take_floor_from(state, site, at_ms))
    return events_or(unchanged("nobody there has the floor"), events)


def _replaced(state: ConferenceState, command: c.GiveFloor, at_ms: int) -> tuple[ev.Event, ...]:
    if command.beside:
        return ()
    others = (site for site in state.floor if site != command.site)
    return tuple(event for site in others for event in take_floor_from(state, site, at_ms))


def _opening(row: SiteState, at_ms: int) -> tuple[ev.Event, ...]:
    return (ev.MicrophoneOpened(at_ms, row.site),) if row.capture and not row.mic else ()

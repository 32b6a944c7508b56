"""Who speaks next. The chair names one before any raised hand, so that its camera is warmed up."""

from nhipcau.conference import commands as c
from nhipcau.conference import events as ev
from nhipcau.conference.refusal import Outcome, Refusal, not_allowed, unchanged
from nhipcau.conference.seats import listed
from nhipcau.conference.state import ConferenceState


def name_next(state: ConferenceState, command: c.NameNext, at_ms: int) -> Outcome:
    """Name a site that takes part and has not got the floor, or nobody any more."""
    site = command.site
    if site == state.next_named:
        return unchanged("that is who is next")
    if site is not None:
        row = listed(state, site)
        if isinstance(row, Refusal):
            return row
        if not state.is_admitted(site):
            return not_allowed(f"site {site} is not present")
        if site in state.floor:
            return not_allowed(f"site {site} has the floor")
    return (ev.NextNamed(at_ms, site),)

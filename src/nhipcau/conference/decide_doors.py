"""Who is let in. While the doors ask, a site that joins waits; it has a seat, but is neither seen
nor heard, and holds nothing.
"""

from nhipcau.conference import commands as c
from nhipcau.conference import events as ev
from nhipcau.conference.refusal import Outcome, Refusal, not_allowed, unchanged
from nhipcau.conference.seats import listed
from nhipcau.conference.state import ConferenceState, Presence


def set_doors(state: ConferenceState, command: c.SetDoors, at_ms: int) -> Outcome:
    """Have whoever joins wait, or let everyone in, also those who wait now, but for guests."""
    if command.ask == state.doors_ask:
        return unchanged(f"the doors {'ask' if command.ask else 'are open'}")
    return doors(state, ask=command.ask, at_ms=at_ms)


def admit(state: ConferenceState, command: c.Admit, at_ms: int) -> Outcome:
    """Let a waiting site in."""
    row = listed(state, command.site)
    if isinstance(row, Refusal):
        return row
    if row.presence is Presence.WAITING:
        return (ev.SiteAdmitted(at_ms, row.site),)
    if row.presence is Presence.ABSENT:
        return not_allowed(f"nobody waits at site {row.site}")
    return unchanged(f"site {row.site} is admitted")


def doors(state: ConferenceState, *, ask: bool, at_ms: int) -> tuple[ev.Event, ...]:
    """Return the events that set the doors; open doors leave nobody waiting but guests."""
    waiting = () if ask else (site for site in state.waiting() if site not in state.guests)
    return (ev.DoorsSet(at_ms, ask), *(ev.SiteAdmitted(at_ms, site) for site in waiting))

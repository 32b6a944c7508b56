"""What follows from a command, whatever it was: nothing waits for someone who is not there.

request at a parent that has gone, or that nobody asks any more ─▶ goes on to the chair
chair's site at the door                                        ─▶ comes in
"""

from nhipcau.conference import events as ev
from nhipcau.conference.fold import fold_all
from nhipcau.conference.lineage import asks_at
from nhipcau.conference.state import ConferenceState


def settled(
    state: ConferenceState, events: tuple[ev.Event, ...], at_ms: int
) -> tuple[ev.Event, ...]:
    """Return `events` and what they entail; `state` is that before them."""
    after = fold_all(state, events)
    stranded = (site for site in after.asked if asks_at(after, site) is None)
    shut_out = (site for site in after.waiting() if site == after.chair_site)
    return (
        *events,
        *(ev.SiteAdmitted(at_ms, site) for site in shut_out),
        *(ev.HandRaised(at_ms, site) for site in stranded),
    )

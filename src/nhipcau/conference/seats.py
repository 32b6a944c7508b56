"""Questions that several concerns ask about a seat, and the events that empty one."""

from nhipcau.conference import events as ev
from nhipcau.conference.commands import Actor
from nhipcau.conference.refusal import Refusal, not_allowed
from nhipcau.conference.state import ConferenceState, Presence, SiteState
from nhipcau.quantities import SiteId


def own_seat(
    state: ConferenceState, actor: Actor, *, at_the_door: bool = False
) -> SiteState | Refusal:
    """Return the row of the actor's own seat, or a refusal: no seat, not listed, nobody there, or
    not admitted yet (unless `at_the_door` is enough).
    """
    if actor.site is None:
        return not_allowed("this page has no seat")
    row = state.sites.get(actor.site)
    if row is None or row.endpoint is None:
        return not_allowed(f"site {actor.site} is not present")
    if row.presence is Presence.WAITING and not at_the_door:
        return not_allowed(f"site {actor.site} waits to be admitted")
    return row


def listed(state: ConferenceState, site: SiteId) -> SiteState | Refusal:
    """Return the row of `site`, or a refusal when it is not on the roster."""
    row = state.sites.get(site)
    return not_allowed(f"site {site} is not on the roster") if row is None else row


def close_mic(state: ConferenceState, site: SiteId, at_ms: int) -> tuple[ev.Event, ...]:
    """Return the event that closes the microphone of `site`, none when it is closed."""
    return (ev.MicrophoneClosed(at_ms, site),) if state.sites[site].mic else ()


def lower(state: ConferenceState, site: SiteId, at_ms: int) -> tuple[ev.Event, ...]:
    """Return the event that lowers the hand of `site`, none when it asks neither the chair nor its
    parent.
    """
    return (ev.HandLowered(at_ms, site),) if site in (*state.hands, *state.asked) else ()


def take_floor_from(state: ConferenceState, site: SiteId, at_ms: int) -> tuple[ev.Event, ...]:
    """Return the events that take the floor from `site` and close its microphone.

    The chair's microphone stays as it is: a chair who gives the word away goes on leading.
    """
    closing = () if site == state.chair_site else close_mic(state, site, at_ms)
    return (*closing, ev.FloorTaken(at_ms, site))


def vacate(state: ConferenceState, site: SiteId, at_ms: int) -> tuple[ev.Event, ...]:
    """Return the events that take from `site` all that a site can hold."""
    return (
        *close_mic(state, site, at_ms),
        *lower(state, site, at_ms),
        *((ev.FloorTaken(at_ms, site),) if site in state.floor else ()),
        *((ev.NextNamed(at_ms, None),) if state.next_named == site else ()),
        *((ev.ContentStopped(at_ms, site),) if state.content == site else ()),
    )

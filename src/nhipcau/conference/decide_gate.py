"""Who stays out: removal that lasts, the lock, and what a guest may see and try.

    remove ─▶ all that the site holds is given back ─▶ its credential is barred ─▶ the seat is empty

What is barred is the credential, not the site: the room that was removed by mistake for its
neighbour comes in with its own, and a removed guest does not, from whatever browser.
"""

from nhipcau.conference import commands as c
from nhipcau.conference import events as ev
from nhipcau.conference.refusal import (
    Outcome,
    Refusal,
    RefusalCode,
    events_or,
    not_allowed,
    unchanged,
)
from nhipcau.conference.seats import listed, vacate
from nhipcau.conference.state import ConferenceState, Presence, SiteState
from nhipcau.quantities import SiteId

# A person mistypes twice; with five of a million a guess is as good as none.
MAX_WRONG_PINS = 5


def guest_credential(site: SiteId) -> str:
    """Return the name of the credential by which a guest is admitted: its invitation."""
    return f"guest:{site}"


def gate_refusal(state: ConferenceState, row: SiteState, command: c.SiteJoined) -> Refusal | None:
    """Return why whoever knocks may not even come to the door, None when nothing is against it."""
    if state.is_barred(command.credential):
        return Refusal(RefusalCode.REMOVED, f"site {row.site} was removed from this meeting")
    new = row.presence is Presence.ABSENT and row.site != state.chair_site
    if state.locked and new:
        return Refusal(RefusalCode.LOCKED, "the meeting is locked")
    return None


def is_guest_anew(state: ConferenceState, row: SiteState, command: c.SiteJoined) -> bool:
    """Return True for a guest's link in another browser: whoever holds it asks at the door."""
    inside = row.presence in (Presence.PRESENT, Presence.LOST)
    return row.site in state.guests and inside and not command.resumes


def remove(state: ConferenceState, command: c.Remove, at_ms: int) -> Outcome:
    """Put a site out, or refuse it at the door; a guest also before it came."""
    row = listed(state, command.site)
    if isinstance(row, Refusal):
        return row
    if row.site == state.chair_site:
        return not_allowed("the chair's site can't be removed")
    is_guest = row.site in state.guests
    if row.presence is Presence.ABSENT and not is_guest:
        return not_allowed(f"nobody is at site {row.site}")
    credentials = {row.credential} - {""} | ({guest_credential(row.site)} if is_guest else set())
    bars = tuple(
        ev.CredentialBarred(_after(state, credential, at_ms), row.site, credential)
        for credential in sorted(credentials)
        if not state.is_barred(credential)
    )
    if row.presence is Presence.ABSENT:
        return events_or(unchanged(f"site {row.site} is removed"), bars)
    return (*bars, *_emptying(state, row.site, at_ms))


def restore(state: ConferenceState, command: c.Restore, at_ms: int) -> Outcome:
    """Let whoever was removed from a site ask to come in again."""
    events = tuple(
        ev.CredentialRestored(_after(state, bar.credential, at_ms), bar.site, bar.credential)
        for bar in state.bars.values()
        if bar.site == command.site and bar.barred
    )
    return events_or(unchanged(f"nobody was removed from site {command.site}"), events)


def lock(state: ConferenceState, command: c.Lock, at_ms: int) -> Outcome:
    """Keep everyone out who is not in, or no longer."""
    if command.on == state.locked:
        return unchanged(f"the meeting is {'locked' if command.on else 'not locked'}")
    return (ev.MeetingLocked(at_ms, command.on),)


def show_roster(state: ConferenceState, command: c.ShowRoster, at_ms: int) -> Outcome:
    """Let a guest see who takes part, or no longer."""
    if command.site not in state.guests:
        return not_allowed(f"site {command.site} is not a guest")
    if (command.site in state.roster_shown) == command.on:
        return unchanged("it is so already")
    return (ev.RosterShown(at_ms, command.site, command.on),)


def refuse_pin(state: ConferenceState, command: c.RefusePin, at_ms: int) -> Outcome:
    """Count a wrong PIN; after `MAX_WRONG_PINS` the link admits nobody and nothing is counted."""
    if command.site not in state.guests:
        return not_allowed(f"site {command.site} is not a guest")
    if state.wrong_pins.get(command.site, 0) >= MAX_WRONG_PINS:
        return unchanged("the link is used up")
    return (ev.PinRefused(at_ms, command.site),)


def note_bars(state: ConferenceState, command: c.NoteBars, at_ms: int) -> Outcome:
    """Take over what another MCU knows of the removed; the newer word of each counts."""
    events: list[ev.Event] = []
    for bar in command.bars:
        known = state.bars.get(bar.credential)
        if known is not None and known.at_ms >= bar.at_ms:
            continue
        kind = ev.CredentialBarred if bar.barred else ev.CredentialRestored
        events.append(kind(bar.at_ms, bar.site, bar.credential))
        row = state.sites.get(bar.site)
        if bar.barred and row is not None and row.credential == bar.credential:
            events += _emptying(state, bar.site, at_ms)
    return events_or(unchanged("all of it is known"), tuple(events))


def _after(state: ConferenceState, credential: str, at_ms: int) -> int:
    """Return a time later than the last word on `credential`, whatever the clocks say."""
    known = state.bars.get(credential)
    return at_ms if known is None else max(at_ms, known.at_ms + 1)


def _emptying(state: ConferenceState, site: SiteId, at_ms: int) -> tuple[ev.Event, ...]:
    return (*vacate(state, site, at_ms), ev.SiteRemoved(at_ms, site))

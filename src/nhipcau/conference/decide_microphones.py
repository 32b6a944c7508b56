"""Who can be heard. A site opens its own microphone unless the chair locked them; floor holders
and the chair's room always may.
"""

from nhipcau.conference import commands as c
from nhipcau.conference import events as ev
from nhipcau.conference.refusal import Outcome, Refusal, events_or, not_allowed, unchanged
from nhipcau.conference.seats import listed, own_seat
from nhipcau.conference.state import ConferenceState


def set_microphone(state: ConferenceState, command: c.SetMicrophone, at_ms: int) -> Outcome:
    """Open or close the actor's own microphone."""
    row = own_seat(state, command.actor)
    if isinstance(row, Refusal):
        return row
    if row.mic == command.open:
        return unchanged(f"the microphone of {row.site} is {'open' if row.mic else 'closed'}")
    if not command.open:
        return (ev.MicrophoneClosed(at_ms, row.site),)
    if not row.capture:
        return not_allowed(f"site {row.site} has no microphone")
    if state.mic_locked_for(row.site):
        return not_allowed("the chair has locked the microphones")
    return (ev.MicrophoneOpened(at_ms, row.site),)


def mute(state: ConferenceState, command: c.Mute, at_ms: int) -> Outcome:
    """Close one site's microphone, a floor holder's too."""
    row = listed(state, command.site)
    if isinstance(row, Refusal):
        return row
    if not row.mic:
        return unchanged(f"the microphone of {row.site} is closed")
    return (ev.SiteMuted(at_ms, row.site, command.actor.role.value),)


def mute_all(state: ConferenceState, command: c.MuteAll, at_ms: int) -> Outcome:
    """Close all microphones but the floor's and the chair's, then set or end the lock."""
    closing = tuple(
        ev.MicrophoneClosed(at_ms, row.site)
        for row in state.sites.values()
        if row.mic and not state.is_privileged(row.site)
    )
    if command.locked == state.mics_locked:
        return events_or(unchanged("all microphones are closed"), closing)
    return (*closing, ev.MicrophonesLocked(at_ms, command.locked))

"""Who shares a screen. One at a time; the floor and the chair's room may take it over."""

from nhipcau.conference import commands as c
from nhipcau.conference import events as ev
from nhipcau.conference.refusal import Outcome, Refusal, not_allowed, unchanged
from nhipcau.conference.seats import own_seat
from nhipcau.conference.state import ConferenceState


def set_content(state: ConferenceState, command: c.SetContent, at_ms: int) -> Outcome:
    """Start or stop the actor's own share."""
    row = own_seat(state, command.actor)
    if isinstance(row, Refusal):
        return row
    if (state.content == row.site) == command.on:
        return unchanged(f"site {row.site} {'shares' if command.on else 'does not share'}")
    if not command.on:
        return (ev.ContentStopped(at_ms, row.site),)
    if state.content is None:
        return (ev.ContentStarted(at_ms, row.site),)
    if not state.is_privileged(row.site):
        return not_allowed(f"site {state.content} shares its screen")
    return (ev.ContentStopped(at_ms, state.content), ev.ContentStarted(at_ms, row.site))


def stop_content(state: ConferenceState, command: c.StopContent, at_ms: int) -> Outcome:
    """End the shared screen, whoever shares it."""
    del command
    if state.content is None:
        return unchanged("nobody shares a screen")
    return (ev.ContentStopped(at_ms, state.content),)

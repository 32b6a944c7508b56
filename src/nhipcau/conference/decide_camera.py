"""Whether a room shows a picture. Only the room itself switches its camera, also while it waits
to be admitted: whoever admits it may look first.
"""

from nhipcau.conference import commands as c
from nhipcau.conference import events as ev
from nhipcau.conference.refusal import Outcome, Refusal, not_allowed, unchanged
from nhipcau.conference.seats import own_seat
from nhipcau.conference.state import ConferenceState


def set_camera(state: ConferenceState, command: c.SetCamera, at_ms: int) -> Outcome:
    """Note that the actor's room switched its camera on or off."""
    row = own_seat(state, command.actor, at_the_door=True)
    if isinstance(row, Refusal):
        return row
    if row.camera == command.on:
        return unchanged(f"the camera of {row.site} is {'on' if row.camera else 'off'}")
    if command.on and not row.capture:
        return not_allowed(f"site {row.site} has no camera")
    return (ev.CameraSwitched(at_ms, row.site, command.on),)

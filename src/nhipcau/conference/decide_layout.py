"""Which layout the program has: `auto`, or one of those that the plan knows."""

from nhipcau.conference import commands as c
from nhipcau.conference import events as ev
from nhipcau.conference.refusal import Outcome, not_allowed, unchanged
from nhipcau.conference.state import AUTO_LAYOUT, ConferenceState


def set_layout(state: ConferenceState, command: c.SetLayout, at_ms: int) -> Outcome:
    """Set the layout by name."""
    if command.layout != AUTO_LAYOUT and command.layout not in state.layouts:
        return not_allowed("there is no layout of that name")
    if command.layout == state.layout:
        return unchanged(f"the layout is {state.layout}")
    return (ev.LayoutSet(at_ms, command.layout),)

"""`decide(state, command, now)`: what a command does now, as events, or the one reason why not.

First the role, then the concern: each `decide_*` module holds the rules of one, and the table at
the end finds them. No rule stands here.
"""

from collections.abc import Callable, Mapping
from typing import Any

from nhipcau.conference import commands as c
from nhipcau.conference.decide_camera import set_camera
from nhipcau.conference.decide_content import set_content, stop_content
from nhipcau.conference.decide_floor import give_floor, take_floor
from nhipcau.conference.decide_hands import lower_hand, set_hand
from nhipcau.conference.decide_layout import set_layout
from nhipcau.conference.decide_microphones import mute, mute_all, set_microphone
from nhipcau.conference.decide_opening import open_conference
from nhipcau.conference.decide_presence import restart, site_joined, site_left, site_lost
from nhipcau.conference.refusal import Outcome, Refusal, not_allowed
from nhipcau.conference.state import ConferenceState

_MS_PER_S = 1000


def decide(state: ConferenceState, command: c.Command, now: float) -> Outcome:
    """Return the events that `command` causes, at least one, or exactly one refusal.

    Args:
        state: the state now; it is not changed. Fold the events into it, in order.
        command: who asks and what.
        now: wall clock, seconds since 1970-01-01 UTC; it only dates the events.
    """
    if not state.is_open() and not isinstance(command, c.Open):
        return not_allowed("the conference has not begun")
    refusal = _role_refusal(command)
    if refusal is not None:
        return refusal
    return _DECIDERS[type(command)](state, command, round(now * _MS_PER_S))


def _role_refusal(command: c.Command) -> Refusal | None:
    if isinstance(command, c.McuCommand):
        return None
    if command.actor.role in _ROLES[type(command)]:
        return None
    return not_allowed(f"role {command.actor.role.value} may not do that")


_SEATED = frozenset({c.Role.SITE, c.Role.CHAIR})
_CHAIR = frozenset({c.Role.CHAIR})
_CHAIR_AND_CONSOLE = frozenset({c.Role.CHAIR, c.Role.CONSOLE})

_ROLES: Mapping[type[c.OwnCommand | c.ChairCommand], frozenset[c.Role]] = {
    c.SetMicrophone: _SEATED,
    c.SetCamera: _SEATED,
    c.SetHand: _SEATED,
    c.SetContent: _SEATED,
    c.GiveFloor: _CHAIR,
    c.TakeFloor: _CHAIR,
    c.MuteAll: _CHAIR,
    c.StopContent: _CHAIR,
    c.Mute: _CHAIR_AND_CONSOLE,
    c.LowerHand: _CHAIR_AND_CONSOLE,
    c.SetLayout: _CHAIR_AND_CONSOLE,
}

_DECIDERS: Mapping[type[c.Command], Callable[[ConferenceState, Any, int], Outcome]] = {
    c.Open: open_conference,
    c.Restart: restart,
    c.SiteJoined: site_joined,
    c.SiteLost: site_lost,
    c.SiteLeft: site_left,
    c.SetMicrophone: set_microphone,
    c.SetCamera: set_camera,
    c.SetHand: set_hand,
    c.SetContent: set_content,
    c.GiveFloor: give_floor,
    c.TakeFloor: take_floor,
    c.Mute: mute,
    c.MuteAll: mute_all,
    c.LowerHand: lower_hand,
    c.StopContent: stop_content,
    c.SetLayout: set_layout,
}

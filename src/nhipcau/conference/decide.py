"""`decide(state, command, now)`: what a command does now, as events, or the one reason why not.

First the role and its reach, then the concern: each `decide_*` module holds the rules of one, and
the table at the end finds them. Then what follows from any command, and the chair's way back. No
rule of a concern stands here.
"""

from collections.abc import Callable, Mapping
from typing import Any

from nhipcau.conference import commands as c
from nhipcau.conference.decide_camera import set_camera
from nhipcau.conference.decide_carry import carry_on
from nhipcau.conference.decide_content import set_content, stop_content
from nhipcau.conference.decide_doors import admit, set_doors
from nhipcau.conference.decide_drill import begin_drill, report_drill
from nhipcau.conference.decide_ending import after_the_end, end_by_plan, end_meeting
from nhipcau.conference.decide_floor import give_floor, take_floor
from nhipcau.conference.decide_gate import (
    lock,
    note_bars,
    refuse_pin,
    remove,
    restore,
    show_roster,
)
from nhipcau.conference.decide_hands import (
    forward_hand,
    lower_hand,
    set_hand,
    set_hands_via_parent,
)
from nhipcau.conference.decide_layout import set_layout
from nhipcau.conference.decide_microphones import mute, mute_all, set_microphone
from nhipcau.conference.decide_next import name_next
from nhipcau.conference.decide_opening import open_conference
from nhipcau.conference.decide_presence import restart, site_joined, site_left, site_lost, take_over
from nhipcau.conference.decide_rollcall import (
    call_roll,
    confirm_here,
    note_evidence,
    press_here,
    stop_roll,
)
from nhipcau.conference.decide_scenario import advance, go_back, merge, put_off, skip
from nhipcau.conference.decide_scenario_edit import extend, insert_cue, move_cue
from nhipcau.conference.decide_split import close_branch
from nhipcau.conference.decide_undo import undo, undoable
from nhipcau.conference.decide_vote import (
    cast_vote,
    close_vote,
    open_vote,
    record_vote,
    show_vote,
)
from nhipcau.conference.lineage import is_within
from nhipcau.conference.prompt import send_prompt
from nhipcau.conference.refusal import Outcome, Refusal, not_allowed
from nhipcau.conference.settle import settled
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
    refusal = role_refusal(state, command)
    if refusal is not None:
        return refusal
    if state.ended_ms is not None:
        return after_the_end(command)
    at_ms = round(now * _MS_PER_S)
    outcome = _DECIDERS[type(command)](state, command, at_ms)
    if isinstance(outcome, Refusal):
        return outcome
    events = settled(state, outcome, at_ms)
    return undoable(events, at_ms) if _can_be_taken_back(command) else events


def role_refusal(state: ConferenceState, command: c.Command) -> Refusal | None:
    """Return why the role of whoever asks, or its reach, forbids a command; None: it may.

    The state's own guard, also where no policy was asked (a log that is played again). A test
    holds it against the policy, role by role.
    """
    if isinstance(command, c.McuCommand):
        return None
    actor = command.actor
    if actor.role not in _ROLES[type(command)]:
        return not_allowed(f"role {actor.role.value} may not do that")
    if actor.role is c.Role.OPERATOR:
        return _reach_refusal(state, actor, command)
    return None


def _reach_refusal(
    state: ConferenceState, actor: c.Actor, command: c.PersonCommand
) -> Refusal | None:
    """Refuse what an operator asks of a site that it does not look after."""
    site = getattr(command, "site", None)
    if actor.subtree is None or site is None or not is_within(state, site, actor.subtree):
        return not_allowed(f"site {site} is not in this operator's subtree")
    return None


def _can_be_taken_back(command: c.Command) -> bool:
    """Return True for what the chair did, or the secretary for it."""
    return isinstance(command, c.UndoableCommand) and command.actor.role in _CHAIR_AND_SECRETARY


_CONSOLE = frozenset({c.Role.CONSOLE})
_SEATED = frozenset({c.Role.SITE, c.Role.CHAIR})
_CHAIR = frozenset({c.Role.CHAIR})
_CHAIR_AND_CONSOLE = frozenset({c.Role.CHAIR, c.Role.CONSOLE})
# Order, time and votes: the secretary's share of leading. The floor is the chair's alone.
_CHAIR_AND_SECRETARY = frozenset({c.Role.CHAIR, c.Role.SECRETARY})
_TABLE = _CHAIR_AND_CONSOLE | _CHAIR_AND_SECRETARY
_STEWARDS = _CHAIR_AND_CONSOLE | {c.Role.OPERATOR}
_LEADERS = _STEWARDS | {c.Role.SECRETARY}

_ROLES: Mapping[type[c.PersonCommand], frozenset[c.Role]] = {
    c.SetMicrophone: _SEATED,
    c.SetCamera: _SEATED,
    c.SetHand: _SEATED,
    c.SetContent: _SEATED,
    c.GiveFloor: _CHAIR,
    c.TakeFloor: _CHAIR,
    c.NameNext: _CHAIR,
    c.MuteAll: _CHAIR,
    c.StopContent: _CHAIR,
    c.SetHandsViaParent: _CHAIR,
    c.Undo: _CHAIR,
    c.EndMeeting: _CHAIR_AND_CONSOLE,
    c.Advance: _CHAIR,
    c.GoBack: _CHAIR,
    c.Merge: _CHAIR,
    c.PutOff: _CHAIR_AND_SECRETARY,
    c.Skip: _CHAIR_AND_SECRETARY,
    c.MoveCue: _CHAIR_AND_SECRETARY,
    c.Extend: _CHAIR_AND_SECRETARY,
    c.InsertCue: _CHAIR_AND_SECRETARY,
    c.OpenVote: _CHAIR_AND_SECRETARY,
    c.CloseVote: _CHAIR_AND_SECRETARY,
    c.ShowVote: _CHAIR_AND_SECRETARY,
    c.CastVote: _SEATED,
    c.RecordVote: _LEADERS,
    c.SendPrompt: _LEADERS,
    c.SetLayout: _CHAIR_AND_CONSOLE,
    c.SetDoors: _CHAIR_AND_CONSOLE,
    c.Remove: _STEWARDS,
    c.Restore: _STEWARDS,
    c.Lock: _CHAIR_AND_CONSOLE,
    c.ShowRoster: _TABLE,
    c.Mute: _STEWARDS,
    c.Admit: _LEADERS,
    c.LowerHand: _LEADERS | _SEATED,
    c.ForwardHand: _LEADERS | _SEATED,
    c.CallRoll: _TABLE,
    c.StopRoll: _TABLE,
    c.PressHere: _SEATED,
    c.ConfirmHere: _LEADERS,
    c.BeginDrill: _CONSOLE,
    c.ReportDrill: _SEATED,
}

_DECIDERS: Mapping[type[c.Command], Callable[[ConferenceState, Any, int], Outcome]] = {
    c.Open: open_conference,
    c.Restart: restart,
    c.TakeOver: take_over,
    c.SiteJoined: site_joined,
    c.SiteLost: site_lost,
    c.SiteLeft: site_left,
    c.RefusePin: refuse_pin,
    c.NoteBars: note_bars,
    c.SetMicrophone: set_microphone,
    c.SetCamera: set_camera,
    c.SetHand: set_hand,
    c.SetContent: set_content,
    c.GiveFloor: give_floor,
    c.TakeFloor: take_floor,
    c.NameNext: name_next,
    c.Mute: mute,
    c.MuteAll: mute_all,
    c.LowerHand: lower_hand,
    c.StopContent: stop_content,
    c.SetLayout: set_layout,
    c.SetHandsViaParent: set_hands_via_parent,
    c.ForwardHand: forward_hand,
    c.SetDoors: set_doors,
    c.Admit: admit,
    c.Remove: remove,
    c.Restore: restore,
    c.Lock: lock,
    c.ShowRoster: show_roster,
    c.Undo: undo,
    c.EndMeeting: end_meeting,
    c.EndByPlan: end_by_plan,
    c.Merge: merge,
    c.CloseBranch: close_branch,
    c.CarryOn: carry_on,
    c.CallRoll: call_roll,
    c.StopRoll: stop_roll,
    c.PressHere: press_here,
    c.ConfirmHere: confirm_here,
    c.NoteEvidence: note_evidence,
    c.Advance: advance,
    c.GoBack: go_back,
    c.PutOff: put_off,
    c.Skip: skip,
    c.MoveCue: move_cue,
    c.Extend: extend,
    c.InsertCue: insert_cue,
    c.OpenVote: open_vote,
    c.CloseVote: close_vote,
    c.ShowVote: show_vote,
    c.CastVote: cast_vote,
    c.RecordVote: record_vote,
    c.SendPrompt: send_prompt,
    c.BeginDrill: begin_drill,
    c.ReportDrill: report_drill,
}

"""The end of a meeting: what runs is closed, so that the minutes are whole, then all is over.

scenario and vote close ─▶ floor and microphones ─▶ roll call ─▶ conference ended
"""

from nhipcau.conference import commands as c
from nhipcau.conference import events as ev
from nhipcau.conference.decide_scenario import go_on
from nhipcau.conference.fold import fold_all
from nhipcau.conference.refusal import Outcome, Refusal, RefusalCode, unchanged
from nhipcau.conference.rollcall_events import RollEnded
from nhipcau.conference.scenario_events import ScenarioEnded
from nhipcau.conference.seats import close_mic
from nhipcau.conference.state import ConferenceState

_BY_PLAN = "plan"


def after_the_end(command: c.Command) -> Refusal:
    """Return the answer to whatever is asked of a meeting that is over."""
    if isinstance(command, c.EndMeeting | c.EndByPlan | c.Open | c.Restart):
        return unchanged("the meeting is over")
    return Refusal(RefusalCode.ENDED, "the meeting is over")


def end_meeting(state: ConferenceState, command: c.EndMeeting, at_ms: int) -> Outcome:
    """End it on a person's word."""
    return _ending(state, command.actor.role.value, at_ms)


def end_by_plan(state: ConferenceState, _command: c.EndByPlan, at_ms: int) -> Outcome:
    """End it because the office says so."""
    return _ending(state, _BY_PLAN, at_ms)


def _ending(state: ConferenceState, by: str, at_ms: int) -> tuple[ev.Event, ...]:
    closing = go_on(state, None, at_ms)
    if not state.scenario.runs:
        closing = tuple(event for event in closing if not isinstance(event, ScenarioEnded))
    quiet = fold_all(state, closing)
    mics = (row.site for row in quiet.sites.values() if row.mic)
    return (
        *closing,
        *(event for site in mics for event in close_mic(quiet, site, at_ms)),
        *((RollEnded(at_ms),) if quiet.roll.runs else ()),
        ev.ConferenceEnded(at_ms, by),
    )

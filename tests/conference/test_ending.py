"""The end of a meeting: what runs is closed, everybody is out, and nothing follows."""

import pytest

from nhipcau.conference import Presence, Refusal, decide
from nhipcau.conference import commands as c
from nhipcau.conference.events import ConferenceEnded, FloorTaken, MicrophoneClosed
from nhipcau.conference.refusal import RefusalCode
from nhipcau.conference.replay import replay
from nhipcau.conference.rollcall_events import RollEnded
from nhipcau.conference.scenario_events import ScenarioEnded
from nhipcau.conference.vote_events import VoteClosed
from nhipcau.conference.wire import dump_event

from .meeting import HALL, NHA_TRANG, PLAN, SITES, Meeting, opened, seat
from .sheet import SESSION

CHAIR = c.Actor(c.Role.CHAIR, HALL)


def busy() -> Meeting:
    """Return a meeting in which somebody speaks, asks, votes, is called and waits."""
    meeting = opened(HALL, NHA_TRANG)
    meeting.does(SESSION)
    meeting.does(c.Advance(CHAIR, meeting.state.scenario_revision))
    meeting.does(c.OpenVote(CHAIR, "Đồng ý?", ("Có", "Không"), SITES))
    meeting.does(c.GiveFloor(CHAIR, NHA_TRANG))
    meeting.does(c.SetHand(CHAIR, up=True))
    meeting.does(c.CallRoll(CHAIR, again=False))
    return meeting


def test_what_runs_is_closed_before_all_is_over() -> None:
    meeting = busy()
    ending = meeting.does(c.EndMeeting(CHAIR))
    kinds = [type(event) for event in ending]
    assert {ScenarioEnded, VoteClosed, RollEnded, FloorTaken, MicrophoneClosed} <= set(kinds)
    assert kinds[-1] is ConferenceEnded
    assert kinds.count(ConferenceEnded) == 1
    assert ending[-1] == ConferenceEnded(ending[-1].at_ms, "chair")


def test_nobody_is_in_a_meeting_that_is_over_and_the_log_says_so() -> None:
    meeting = busy()
    meeting.does(c.EndMeeting(c.Actor(c.Role.CONSOLE)))
    state = meeting.state
    assert state.ended_ms is not None
    assert {row.presence for row in state.sites.values()} == {Presence.ABSENT}
    assert (state.floor, state.hands, state.content) == ((), (), None)
    assert state.spoken[NHA_TRANG].since_ms is None
    assert replay(dump_event(event) for event in meeting.log) == state


@pytest.mark.parametrize(
    "command",
    [
        c.SiteJoined(NHA_TRANG, seat(NHA_TRANG, 2), capture=True),
        c.GiveFloor(CHAIR, NHA_TRANG),
        c.Undo(CHAIR),
        c.Advance(CHAIR, 0),
    ],
)
def test_nothing_is_done_in_a_meeting_that_is_over(command: c.Command) -> None:
    meeting = busy()
    meeting.does(c.EndMeeting(CHAIR))
    outcome = decide(meeting.state, command, 9.0)
    assert isinstance(outcome, Refusal)
    assert outcome.code is RefusalCode.ENDED


@pytest.mark.parametrize("command", [c.EndMeeting(CHAIR), c.EndByPlan(), PLAN, c.Restart()])
def test_ending_twice_a_new_plan_and_a_restart_change_nothing(command: c.Command) -> None:
    meeting = busy()
    meeting.does(c.EndByPlan())
    outcome = decide(meeting.state, command, 9.0)
    assert isinstance(outcome, Refusal)
    assert outcome.code is RefusalCode.UNCHANGED


def test_only_chair_and_console_end_a_meeting() -> None:
    meeting = busy()
    for actor in (
        c.Actor(c.Role.SITE, NHA_TRANG),
        c.Actor(c.Role.OPERATOR, None, NHA_TRANG),
    ):
        meeting.refuses(c.EndMeeting(actor))


def test_a_meeting_that_never_began_its_scenario_can_be_ended() -> None:
    meeting = opened(HALL)
    meeting.does(SESSION)
    ending = meeting.does(c.EndMeeting(CHAIR))
    assert not any(isinstance(event, ScenarioEnded) for event in ending)
    assert meeting.state.ended_ms is not None

"""A vote: opened by a cue or the chair, one answer for each delegation, closed, in the record."""

from dataclasses import replace

import pytest

from nhipcau.conference import RefusalCode
from nhipcau.conference import commands as c
from nhipcau.conference.vote import Vote

from .meeting import (
    CHAIR,
    CONSOLE,
    GIANG_LY,
    HALL,
    KHANH_VINH,
    NHA_TRANG,
    SITES,
    STRANGER,
    Meeting,
    opened,
    operator,
    room,
    seat,
)
from .sheet import ANSWERS, BALLOT, convened, presses_next

QUESTION = c.OpenVote(CHAIR, "Thông qua?", ANSWERS, (NHA_TRANG, KHANH_VINH))


def the_vote(meeting: Meeting) -> Vote:
    return meeting.state.votes.all[-1]


def asked() -> Meeting:
    meeting = opened(*SITES)
    meeting.does(QUESTION)
    return meeting


def test_each_delegation_answers_once_and_its_last_word_counts() -> None:
    meeting = asked()
    meeting.does(c.CastVote(room(NHA_TRANG), "v1", 0))
    meeting.does(c.CastVote(room(NHA_TRANG), "v1", 2))
    meeting.does(c.CastVote(room(KHANH_VINH), "v1", 2))
    assert the_vote(meeting).counts() == (0, 0, 2)
    again = c.CastVote(room(KHANH_VINH), "v1", 2)
    assert meeting.refuses(again) is RefusalCode.UNCHANGED


@pytest.mark.parametrize(
    "command",
    [
        c.CastVote(room(GIANG_LY), "v1", 0),
        c.CastVote(room(NHA_TRANG), "v1", 3),
        c.CastVote(room(NHA_TRANG), "v1", -1),
        c.CastVote(room(NHA_TRANG), "v9", 0),
        c.CastVote(CONSOLE, "v1", 0),
        c.RecordVote(CHAIR, "v1", GIANG_LY, 0),
        c.RecordVote(room(NHA_TRANG), "v1", KHANH_VINH, 0),
        c.RecordVote(operator(NHA_TRANG), "v1", KHANH_VINH, 0),
        c.OpenVote(CHAIR, "Một câu nữa?", ANSWERS, (NHA_TRANG,)),
        c.OpenVote(room(NHA_TRANG), "Câu khác?", ANSWERS, (NHA_TRANG,)),
        c.CloseVote(CONSOLE, "v1"),
        c.CloseVote(CHAIR, "v9"),
        c.ShowVote(CHAIR, "v9"),
    ],
)
def test_nobody_else_and_nothing_else_is_taken(command: c.Command) -> None:
    assert asked().refuses(command) is RefusalCode.NOT_ALLOWED


def test_a_delegation_without_a_connection_answers_by_telephone() -> None:
    meeting = asked()
    meeting.does(c.SiteLost(NHA_TRANG, seat(NHA_TRANG)))
    assert meeting.refuses(c.CastVote(room(NHA_TRANG), "v1", 0)) is RefusalCode.NOT_ALLOWED
    meeting.does(c.RecordVote(CONSOLE, "v1", NHA_TRANG, 1))
    assert the_vote(meeting).cast == {NHA_TRANG: 1}
    assert the_vote(meeting).told == {NHA_TRANG}
    meeting.joins(NHA_TRANG)
    meeting.does(c.CastVote(room(NHA_TRANG), "v1", 1))
    assert the_vote(meeting).told == frozenset()


def test_a_closed_vote_takes_no_answer_and_stays_on_the_screens() -> None:
    meeting = asked()
    meeting.does(c.CloseVote(CHAIR, "v1"))
    assert meeting.refuses(c.CastVote(room(NHA_TRANG), "v1", 0)) is RefusalCode.NOT_ALLOWED
    assert meeting.refuses(c.CloseVote(CHAIR, "v1")) is RefusalCode.UNCHANGED
    assert meeting.state.votes.shown == "v1"
    meeting.does(c.ShowVote(CHAIR, None))
    assert meeting.state.votes.shown is None


def test_opening_and_closing_can_be_taken_back() -> None:
    meeting = asked()
    meeting.does(c.Undo(CHAIR))
    assert meeting.state.votes.all == ()
    meeting.does(QUESTION)
    meeting.does(c.CastVote(room(NHA_TRANG), "v1", 0))
    meeting.does(c.CloseVote(CHAIR, "v1"))
    meeting.does(c.Undo(CHAIR))
    assert the_vote(meeting).closed_ms is None
    assert the_vote(meeting).counts() == (1, 0, 0)


@pytest.mark.parametrize(
    "unfit",
    [
        replace(QUESTION, question="  "),
        replace(QUESTION, question="x" * 501),
        replace(QUESTION, answers=("Có",)),
        replace(QUESTION, answers=("Có", " ")),
        replace(QUESTION, answers=tuple("abcdefghijk")),
        replace(QUESTION, answers=("Có", "x" * 201)),
        replace(QUESTION, delegations=()),
        replace(QUESTION, delegations=(STRANGER,)),
    ],
)
def test_an_unfit_question_is_not_put(unfit: c.OpenVote) -> None:
    assert opened(*SITES).refuses(unfit) is RefusalCode.NOT_ALLOWED


def test_a_cue_opens_its_vote_and_the_next_cue_closes_it() -> None:
    meeting = convened(*SITES)
    presses_next(meeting, 7)
    vote = the_vote(meeting)
    assert (vote.cue, vote.question, vote.delegations) == (
        "c6",
        BALLOT.question,
        BALLOT.delegations,
    )
    assert meeting.state.floor == (HALL,)
    presses_next(meeting)
    assert the_vote(meeting).closed_ms is not None
    assert meeting.state.votes.shown is None


def test_going_back_to_a_cue_does_not_ask_again() -> None:
    meeting = convened(*SITES)
    presses_next(meeting, 8)
    meeting.does(c.GoBack(CHAIR, meeting.state.scenario_revision))
    assert len(meeting.state.votes.all) == 1
    assert the_vote(meeting).closed_ms is not None


def test_taking_the_press_back_withdraws_the_cues_vote() -> None:
    meeting = convened(*SITES)
    presses_next(meeting, 7)
    meeting.does(c.Undo(CHAIR))
    assert meeting.state.votes.all == ()


def test_the_end_of_the_scenario_closes_what_is_open() -> None:
    meeting = convened(*SITES)
    presses_next(meeting, 8)
    meeting.does(QUESTION)
    presses_next(meeting)
    assert the_vote(meeting).closed_ms is not None

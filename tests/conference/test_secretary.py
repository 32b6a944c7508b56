"""The secretary keeps order and time; the floor is the chair's."""

from nhipcau.conference import RefusalCode
from nhipcau.conference import commands as c

from .meeting import CHAIR, GIANG_LY, HALL, KHANH_VINH, NHA_TRANG, SITES, Meeting
from .sheet import at, convened, order, presses_next

SECRETARY = c.Actor(c.Role.SECRETARY)


def seen(meeting: Meeting) -> int:
    return meeting.state.scenario_revision


def test_the_secretary_puts_what_comes_in_order_and_minds_the_time() -> None:
    meeting = convened(*SITES)
    presses_next(meeting, 2)
    meeting.does(c.InsertCue(SECRETARY, seen(meeting), "Giải lao", 5, None, "c3"))
    meeting.does(c.MoveCue(SECRETARY, seen(meeting), "c4", "c2"))
    meeting.does(c.Skip(SECRETARY, seen(meeting), "c6", None, True))
    meeting.does(c.Extend(SECRETARY, seen(meeting), 2))
    assert order(meeting) == ["c1", "c2", "c4", "c3", "live", "c5", "c6", "c7"]
    assert (at(meeting), meeting.state.floor) == (("c2", "0"), (KHANH_VINH,))


def test_only_the_chair_goes_on_or_back() -> None:
    meeting = convened(*SITES)
    presses_next(meeting, 2)
    for command in (c.Advance(SECRETARY, seen(meeting)), c.GoBack(SECRETARY, seen(meeting))):
        assert meeting.refuses(command) is RefusalCode.NOT_ALLOWED


def test_the_secretary_does_not_end_what_runs_while_its_speaker_is_here() -> None:
    meeting = convened(*SITES)
    presses_next(meeting, 2)
    put_off = c.PutOff(SECRETARY, seen(meeting))
    for command in (put_off, c.Skip(SECRETARY, seen(meeting), "c2", None, True)):
        assert meeting.refuses(command) is RefusalCode.NOT_ALLOWED
    assert meeting.state.floor == (KHANH_VINH,)


def test_the_secretary_passes_over_whoever_is_not_there_so_that_the_meeting_goes_on() -> None:
    meeting = convened(HALL, NHA_TRANG, GIANG_LY)
    presses_next(meeting, 2)
    assert meeting.state.scenario.awaited == KHANH_VINH
    meeting.does(c.PutOff(SECRETARY, seen(meeting)))
    assert (at(meeting), meeting.state.floor) == (("c3", "0"), (NHA_TRANG,))
    presses_next(meeting, 2)
    assert at(meeting) == ("c4", "1")
    meeting.does(c.Skip(SECRETARY, seen(meeting), "c4", "1", True))
    assert at(meeting) == ("c2", "0")


def test_the_chair_takes_back_what_the_secretary_did() -> None:
    meeting = convened(*SITES)
    presses_next(meeting, 2)
    before = order(meeting)
    meeting.does(c.MoveCue(SECRETARY, seen(meeting), "c4", "c2"))
    assert meeting.refuses(c.Undo(SECRETARY)) is RefusalCode.NOT_ALLOWED
    meeting.does(c.Undo(CHAIR))
    assert order(meeting) == before
    # What the chair itself did before stays: only the last of all is taken back.
    assert meeting.state.floor == (KHANH_VINH,)


def test_the_secretary_puts_a_vote_and_writes_down_an_answer() -> None:
    meeting = convened(*SITES)
    meeting.does(c.OpenVote(SECRETARY, "Đồng ý?", ("Có", "Không"), (NHA_TRANG, KHANH_VINH)))
    meeting.does(c.RecordVote(SECRETARY, "v1", NHA_TRANG, 1))
    meeting.does(c.CloseVote(SECRETARY, "v1"))
    assert meeting.state.votes.all[-1].counts() == (0, 1)


def test_a_text_says_that_it_is_the_secretarys() -> None:
    meeting = convened(*SITES)
    meeting.does(c.SendPrompt(SECRETARY, "Mời về chỗ", None, False))
    assert meeting.state.prompts[-1].by == "secretary"

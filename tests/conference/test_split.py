"""A meeting splits where its scenario says so, and is whole again at the merge: nobody is lost."""

from dataclasses import replace

from nhipcau.conference import commands as c
from nhipcau.conference.branch import Branch, PlannedSplit
from nhipcau.conference.refusal import RefusalCode
from nhipcau.conference.replay import replay
from nhipcau.conference.scenario import Turn
from nhipcau.conference.split_events import BranchClosed, ConferenceMerged, ConferenceSplit
from nhipcau.conference.views import roster_row
from nhipcau.conference.wire import dump_event
from nhipcau.quantities import ConferenceId

from .meeting import CHAIR, CONSOLE, GIANG_LY, HALL, KHANH_VINH, NHA_TRANG, Meeting
from .sheet import MERGE, SESSION, SPLIT, UPLANDS, at, presses_next

CLOSING = replace(MERGE, cue="c9", kind=SESSION.scenario[0].kind)


def before_the_split() -> Meeting:
    """Return a meeting whose next step splits it."""
    meeting = Meeting()
    meeting.does(replace(SESSION, scenario=(*SESSION.scenario[4:6], SPLIT, MERGE, CLOSING)))
    meeting.joins(HALL, NHA_TRANG, KHANH_VINH, GIANG_LY)
    presses_next(meeting, 2)
    return meeting


def split() -> Meeting:
    meeting = before_the_split()
    presses_next(meeting)
    return meeting


def running(meeting: Meeting) -> list[Branch]:
    return list(meeting.state.branches)


def test_reaching_the_split_opens_a_branch_for_each_part_and_the_rest_stays() -> None:
    meeting = split()
    assert meeting.state.branches == (UPLANDS,)
    assert [meeting.state.branch_of(site) for site in (KHANH_VINH, GIANG_LY)] == [UPLANDS] * 2
    assert meeting.state.branch_of(NHA_TRANG) is None
    assert meeting.state.branch_of(None) is None
    assert meeting.state.floor == ()
    assert roster_row(meeting.state, GIANG_LY).branch == "Khánh Vĩnh"
    assert roster_row(meeting.state, HALL).branch == ""


def test_the_next_cue_merges_and_the_meeting_goes_on_where_it_was() -> None:
    meeting = split()
    presses_next(meeting)
    assert at(meeting) == (MERGE.cue, "")
    assert (meeting.state.branches, meeting.state.split_cue) == ((), "")
    presses_next(meeting)
    assert at(meeting) == (CLOSING.cue, "")


def test_what_the_branches_say_meanwhile_is_passed_over_here() -> None:
    theirs = replace(SESSION.scenario[1], cue="apart")
    ours = replace(SESSION.scenario[2], cue="here")
    meeting = Meeting()
    meeting.does(replace(SESSION, scenario=(SPLIT, theirs, ours, MERGE)))
    presses_next(meeting)
    following = meeting.state.following()
    assert following is not None
    assert following.cue == "here"
    presses_next(meeting)
    assert at(meeting)[0] == "here"
    # A cue of the hall's own leaves the branches alone.
    assert running(meeting) == [UPLANDS]
    presses_next(meeting)
    assert (at(meeting)[0], running(meeting)) == ("c8", [])


def test_whoever_comes_back_by_the_merge_has_its_turn_in_it() -> None:
    turns = (Turn("0", KHANH_VINH, ""), Turn("1", HALL, ""))
    theirs = replace(SESSION.scenario[1], cue="apart")
    meeting = Meeting()
    meeting.does(replace(SESSION, scenario=(SPLIT, theirs, replace(MERGE, turns=turns))))
    meeting.joins(HALL, KHANH_VINH, GIANG_LY)
    presses_next(meeting, 2)
    assert (at(meeting), running(meeting)) == ((MERGE.cue, "0"), [])
    presses_next(meeting)
    assert (at(meeting), meeting.state.floor) == ((MERGE.cue, "1"), (HALL,))


def test_the_chair_merges_by_a_button_at_the_scenarios_own_step() -> None:
    meeting = split()
    assert meeting.refuses(c.Merge(CONSOLE)) is RefusalCode.NOT_ALLOWED
    meeting.does(c.Merge(CHAIR))
    assert at(meeting) == (MERGE.cue, "")
    assert meeting.state.branches == ()
    assert meeting.refuses(c.Merge(CHAIR)) is RefusalCode.UNCHANGED


def test_without_a_merge_in_the_scenario_the_button_merges_all_the_same() -> None:
    meeting = Meeting()
    meeting.does(replace(SESSION, scenario=(SPLIT,)))
    presses_next(meeting)
    meeting.does(c.Merge(CHAIR))
    assert (at(meeting), meeting.state.branches) == ((SPLIT.cue, ""), ())


def test_going_back_before_the_split_merges_and_coming_again_splits_anew() -> None:
    meeting = split()
    meeting.does(c.GoBack(CHAIR, meeting.state.scenario_revision))
    assert meeting.state.branches == ()
    presses_next(meeting)
    # What was merged has ended for good: the second time is a conference of its own.
    second = ConferenceId(f"{UPLANDS.conference}--2")
    assert running(meeting) == [replace(UPLANDS, conference=second)]


def test_a_split_is_taken_back_and_a_merge_too() -> None:
    meeting = split()
    meeting.does(c.Undo(CHAIR))
    assert meeting.state.branches == ()
    presses_next(meeting)
    presses_next(meeting)
    meeting.does(c.Undo(CHAIR))
    assert [branch.sites for branch in running(meeting)] == [UPLANDS.sites]


def test_a_branch_that_ended_by_itself_gives_its_sites_back() -> None:
    meeting = split()
    closed = meeting.does(c.CloseBranch(UPLANDS.conference))
    assert [type(event) for event in closed] == [BranchClosed]
    assert meeting.state.branch_of(GIANG_LY) is None
    assert meeting.refuses(c.CloseBranch(UPLANDS.conference)) is RefusalCode.UNCHANGED
    presses_next(meeting)
    assert meeting.state.split_cue == ""


def test_the_end_of_the_meeting_is_the_end_of_its_branches() -> None:
    meeting = split()
    kinds = [type(event) for event in meeting.does(c.EndMeeting(CHAIR))]
    assert ConferenceMerged in kinds
    assert meeting.state.branches == ()


def test_a_changed_plan_leaves_a_split_that_runs_and_changes_the_next_one() -> None:
    meeting = split()
    meeting.does(replace(SESSION, title="Mới", splits=()))
    assert meeting.state.branches == (UPLANDS,)
    smaller = replace(UPLANDS, sites=UPLANDS.sites[:1])
    meeting.does(replace(SESSION, title="Mới", splits=(PlannedSplit(SPLIT.cue, (smaller,)),)))
    assert meeting.state.branches == (UPLANDS,)
    assert meeting.state.split_plans == {SPLIT.cue: (smaller,)}


def test_who_is_lost_meanwhile_is_not_shut_out_and_the_log_is_the_meeting() -> None:
    meeting = split()
    meeting.does(c.Lock(CHAIR, on=True))
    row = meeting.state.sites[GIANG_LY]
    assert row.endpoint is not None
    meeting.does(c.SiteLost(GIANG_LY, row.endpoint))
    # It meets apart: that is no trouble to anybody.
    assert roster_row(meeting.state, GIANG_LY).state == "absent"
    presses_next(meeting)
    meeting.joins(GIANG_LY)
    assert meeting.state.is_present(GIANG_LY)
    assert replay(dump_event(event) for event in meeting.log) == meeting.state
    assert any(isinstance(event, ConferenceSplit) for event in meeting.log)

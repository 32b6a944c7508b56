"""Planned against actual at any moment."""

from nhipcau.conference import commands as c
from nhipcau.conference.scenario_times import Timetable, timetable

from .meeting import CHAIR, HALL, NHA_TRANG, NOW, SITES, Meeting
from .sheet import MIN_MS, START_MS, convened, presses_next

DAY_S = 86_400


def times(meeting: Meeting) -> Timetable:
    return timetable(meeting.state.scenario, round(meeting.now * 1000))


def late_min(meeting: Meeting) -> float:
    return times(meeting).late_ms / MIN_MS


def test_a_meeting_that_keeps_to_its_plan_is_neither_late_nor_early() -> None:
    meeting = convened(*SITES)
    assert late_min(meeting) == 0
    for minutes in (5, 7, 6):
        presses_next(meeting)
        assert late_min(meeting) == 0
        meeting.now += 60 * minutes
        assert late_min(meeting) == 0
    assert [row.began_ms for row in times(meeting).cues[:3]] == [
        START_MS,
        START_MS + 5 * MIN_MS,
        START_MS + 12 * MIN_MS,
    ]


def test_what_runs_beyond_its_time_delays_all_that_comes() -> None:
    meeting = convened(*SITES)
    presses_next(meeting)
    meeting.now += 7 * 60
    assert late_min(meeting) == 2
    presses_next(meeting)
    assert late_min(meeting) == 2
    row = times(meeting).cues[2]
    assert (row.expected_ms - row.planned_ms) / MIN_MS == 2


def test_a_late_beginning_shows_before_anything_was_pressed() -> None:
    meeting = convened(*SITES)
    meeting.now += 180
    assert late_min(meeting) == 3


def test_a_cue_with_a_time_of_its_own_does_not_begin_before_it() -> None:
    meeting = convened(*SITES)
    meeting.now -= 600
    assert times(meeting).cues[0].expected_ms == START_MS
    assert late_min(meeting) == 0


def test_what_is_skipped_gives_its_time_back_and_what_is_put_in_takes_some() -> None:
    meeting = convened(*SITES)
    presses_next(meeting)
    meeting.does(c.Skip(CHAIR, meeting.state.scenario_revision, "c2"))
    assert late_min(meeting) == -7
    meeting.does(c.InsertCue(CHAIR, meeting.state.scenario_revision, "", 4, NHA_TRANG))
    assert late_min(meeting) == -3
    meeting.does(c.Extend(CHAIR, meeting.state.scenario_revision, 3))
    assert late_min(meeting) == 0


def test_another_order_takes_no_time() -> None:
    meeting = convened(*SITES)
    presses_next(meeting)
    meeting.does(c.MoveCue(CHAIR, meeting.state.scenario_revision, "c5"))
    assert late_min(meeting) == 0


def test_the_running_step_says_when_its_time_is_up_also_after_going_back() -> None:
    meeting = convened(*SITES)
    assert times(meeting).step_ends_ms == 0
    presses_next(meeting, 4)
    assert times(meeting).step_ends_ms == START_MS + 4 * MIN_MS
    meeting.now += 60
    presses_next(meeting)
    meeting.now += 60
    meeting.does(c.GoBack(CHAIR, meeting.state.scenario_revision))
    assert times(meeting).step_ends_ms == START_MS + (2 + 3) * MIN_MS


def test_a_rehearsal_on_another_day_is_compared_with_a_plan_moved_to_it() -> None:
    meeting = convened(*SITES)
    meeting.now = NOW + 700 * DAY_S
    assert late_min(meeting) == 0
    presses_next(meeting)
    meeting.now += 6 * 60
    assert late_min(meeting) == 1
    assert times(meeting).cues[0].planned_ms == START_MS + 700 * DAY_S * 1000


def test_when_all_is_over_the_end_is_compared_with_the_plan() -> None:
    meeting = convened(HALL)
    for _ in range(9):
        presses_next(meeting)
        meeting.now += 60
    assert meeting.state.scenario.over
    ended = times(meeting).ends_ms
    meeting.now += 3600
    assert times(meeting).ends_ms == ended == START_MS + 8 * MIN_MS


def test_a_scenario_without_cues_has_an_empty_timetable() -> None:
    meeting = convened(HALL, sheet=())
    assert times(meeting) == Timetable((), 0, round(meeting.now * 1000), 0)

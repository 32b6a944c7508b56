"""The chair changes the order, the time and the list of what comes; what has been stays."""

from dataclasses import replace

import pytest

from nhipcau.conference import RefusalCode
from nhipcau.conference import commands as c
from nhipcau.conference.replay import replay
from nhipcau.conference.scenario import MAX_CUES, Turn
from nhipcau.conference.wire import MAX_EVENT_BYTES, dump_event
from nhipcau.quantities import SiteId

from .meeting import CHAIR, GIANG_LY, HALL, NHA_TRANG, SITES, STRANGER, Meeting
from .sheet import COMMUNES, SESSION, SHEET, TALK, TOWN, at, convened, cue, order, presses_next


def seen(meeting: Meeting) -> int:
    return meeting.state.scenario_revision


def test_a_coming_cue_is_skipped_and_can_be_taken_up_again() -> None:
    meeting = convened(*SITES)
    presses_next(meeting)
    meeting.does(c.Skip(CHAIR, seen(meeting), "c2"))
    assert meeting.state.next_in_line() == NHA_TRANG
    meeting.does(c.Skip(CHAIR, seen(meeting), "c2", on=False))
    presses_next(meeting)
    assert at(meeting) == ("c2", "0")


def test_of_the_running_cue_the_rest_is_skipped_and_the_next_begins() -> None:
    meeting = convened(*SITES)
    presses_next(meeting, 4)
    meeting.does(c.Skip(CHAIR, seen(meeting), "c4"))
    assert at(meeting) == ("c5", "")


def test_one_turn_is_skipped_alone() -> None:
    meeting = convened(*SITES)
    presses_next(meeting, 3)
    meeting.does(c.Skip(CHAIR, seen(meeting), "c4", "0"))
    presses_next(meeting)
    assert at(meeting) == ("c4", "1")


@pytest.mark.parametrize(("name", "turn"), [("c1", None), ("no such", None), ("c4", "9")])
def test_what_has_been_or_is_not_there_cannot_be_skipped(name: str, turn: str | None) -> None:
    meeting = convened(*SITES)
    presses_next(meeting, 2)
    command = c.Skip(CHAIR, seen(meeting), name, turn)
    assert meeting.refuses(command) is RefusalCode.NOT_ALLOWED


def test_a_coming_cue_is_moved_next_of_all_or_behind_another() -> None:
    meeting = convened(*SITES)
    presses_next(meeting)
    meeting.does(c.MoveCue(CHAIR, seen(meeting), "c4"))
    assert order(meeting) == ["c1", "c4", "c2", "c3", "c5", "c6", "c7"]
    assert meeting.state.next_in_line() == GIANG_LY
    meeting.does(c.MoveCue(CHAIR, seen(meeting), "c4", "c6"))
    assert order(meeting) == ["c1", "c2", "c3", "c5", "c6", "c4", "c7"]
    command = c.MoveCue(CHAIR, seen(meeting), "c4", "c6")
    assert meeting.refuses(command) is RefusalCode.UNCHANGED


def test_nothing_is_moved_before_what_runs_and_what_has_been_stays() -> None:
    meeting = convened(*SITES)
    presses_next(meeting, 2)
    for name, after in (("c1", "c5"), ("c2", "c5"), ("c5", "c1"), ("c5", "no such")):
        command = c.MoveCue(CHAIR, seen(meeting), name, after)
        assert meeting.refuses(command) is RefusalCode.NOT_ALLOWED


def test_a_cue_that_was_passed_over_comes_when_it_is_moved_behind_what_runs() -> None:
    meeting = convened(*SITES)
    presses_next(meeting)
    meeting.does(c.Skip(CHAIR, seen(meeting), "c2"))
    presses_next(meeting)
    meeting.does(c.MoveCue(CHAIR, seen(meeting), "c2"))
    presses_next(meeting)
    assert at(meeting) == ("c2", "0")


def test_the_running_step_gets_more_time_or_less_but_never_less_than_none() -> None:
    meeting = convened(*SITES)
    assert meeting.refuses(c.Extend(CHAIR, seen(meeting), 2)) is RefusalCode.NOT_ALLOWED
    presses_next(meeting)
    meeting.does(c.Extend(CHAIR, seen(meeting), 2))
    meeting.does(c.Extend(CHAIR, seen(meeting), -7))
    assert set(meeting.state.scenario.extra_min.values()) == {-5}
    assert meeting.refuses(c.Extend(CHAIR, seen(meeting), -1)) is RefusalCode.NOT_ALLOWED
    assert meeting.refuses(c.Extend(CHAIR, seen(meeting), 0)) is RefusalCode.UNCHANGED
    assert meeting.refuses(c.Extend(CHAIR, seen(meeting), 10**9)) is RefusalCode.NOT_ALLOWED


def test_a_cue_is_put_in_next_of_all_or_behind_another_and_is_reached() -> None:
    meeting = convened(*SITES)
    presses_next(meeting)
    meeting.does(c.InsertCue(CHAIR, seen(meeting), "", 3, GIANG_LY))
    meeting.does(c.InsertCue(CHAIR, seen(meeting), "Giải lao", 15, after="c4"))
    assert order(meeting) == ["c1", "live", "c2", "c3", "c4", "live.2", "c5", "c6", "c7"]
    presses_next(meeting)
    assert meeting.state.floor == (GIANG_LY,)


def test_a_meeting_without_a_scenario_gets_one_by_putting_cues_in() -> None:
    meeting = convened(*SITES, sheet=())
    meeting.does(c.InsertCue(CHAIR, seen(meeting), "Khai mạc", 5, HALL))
    presses_next(meeting)
    assert meeting.state.floor == (HALL,)


@pytest.mark.parametrize(
    ("title", "minutes", "site", "after"),
    [
        ("", 5, None, None),
        ("x" * 201, 5, None, None),
        ("x", -1, None, None),
        ("x", 601, None, None),
        ("x", 5, STRANGER, None),
        ("x", 5, None, "c1"),
        ("x", 5, None, "no such"),
    ],
)
def test_an_unfit_cue_is_not_put_in(
    title: str, minutes: int, site: SiteId | None, after: str | None
) -> None:
    meeting = convened(*SITES)
    presses_next(meeting, 2)
    command = c.InsertCue(CHAIR, seen(meeting), title, minutes, site, after)
    assert meeting.refuses(command) is RefusalCode.NOT_ALLOWED


def test_a_scenario_has_a_bound() -> None:
    meeting = convened(HALL, sheet=tuple(cue(f"x{n}", n, 1) for n in range(MAX_CUES)))
    command = c.InsertCue(CHAIR, seen(meeting), "một mục nữa", 5)
    assert meeting.refuses(command) is RefusalCode.NOT_ALLOWED
    longer = tuple(cue(f"x{n}", n, 1) for n in range(MAX_CUES + 1))
    assert meeting.refuses(replace(SESSION, scenario=longer)) is RefusalCode.NOT_ALLOWED


def test_the_same_plan_again_keeps_the_chairs_order() -> None:
    meeting = convened(*SITES)
    presses_next(meeting)
    meeting.does(c.MoveCue(CHAIR, seen(meeting), "c4"))
    assert meeting.refuses(replace(SESSION, scenario=SHEET)) is RefusalCode.UNCHANGED
    assert order(meeting)[1] == "c4"


def test_a_changed_plan_changes_what_comes_and_nothing_that_has_been() -> None:
    meeting = convened(*SITES)
    presses_next(meeting, 2)
    meeting.does(c.InsertCue(CHAIR, seen(meeting), "Giải lao", 15, after="c3"))
    longer = replace(COMMUNES, minutes=20)
    new = cue("c9", 30, 4, NHA_TRANG)
    changed = (replace(SHEET[0], title="khác"), longer, TOWN, new, TALK)
    meeting.does(replace(SESSION, scenario=changed))
    assert order(meeting) == ["c1", "c2", "c4", "c3", "live", "c9", "c5"]
    assert [one.title for one in meeting.state.scenario.cues[:1]] == ["Mục c1"]
    assert meeting.state.scenario.cue("c4") == longer
    assert at(meeting) == ("c2", "0")


def test_a_cue_of_many_long_turns_fits_into_records_of_the_log() -> None:
    turns = tuple(Turn(str(n), SiteId("s" * 64), "ậ" * 200, 1) for n in range(200))
    long = cue("c1", 0, 200, turns=turns, title="ậ" * 500, who="ậ" * 500)
    meeting = convened(HALL, sheet=(long,))
    records = [dump_event(event) for event in meeting.log]
    assert max(len(record) for record in records) < MAX_EVENT_BYTES
    assert replay(records) == meeting.state
    assert meeting.state.scenario.cues[0].turns == turns

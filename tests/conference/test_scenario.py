"""One press moves all: the floor, the microphones, the picture, the clock, who is next."""

import pytest

from nhipcau.conference import RefusalCode
from nhipcau.conference import commands as c
from nhipcau.conference.scenario import NO_SCENARIO, Step
from nhipcau.conference.views import Tally, tally

from .meeting import (
    CHAIR,
    CONSOLE,
    GIANG_LY,
    HALL,
    KHANH_VINH,
    NHA_TRANG,
    SITES,
    VAN_THANH,
    opened,
    operator,
    room,
    seat,
)
from .sheet import MIN_MS, SHEET, at, convened, order, presses_next


def test_next_gives_floor_microphone_picture_and_clock_to_the_turn() -> None:
    meeting = convened(*SITES)
    presses_next(meeting)
    assert (meeting.state.floor, meeting.state.layout) == ((HALL,), "speaker")
    presses_next(meeting)
    assert at(meeting) == ("c2", "0")
    assert (meeting.state.floor, meeting.state.layout) == ((KHANH_VINH,), "1+2")
    assert meeting.state.scenario.since_ms == round(meeting.now * 1000)


def test_next_closes_what_was_open_for_the_turn_before_but_never_the_chairs_microphone() -> None:
    meeting = convened(*SITES)
    presses_next(meeting, 2)
    meeting.does(c.SetMicrophone(room(NHA_TRANG), True))
    meeting.does(c.SetMicrophone(room(GIANG_LY), True))
    meeting.does(c.SetContent(room(KHANH_VINH), True))
    presses_next(meeting)
    assert meeting.open_mics() == {HALL, NHA_TRANG}
    assert meeting.state.content is None


def test_whoever_follows_is_next_in_line_before_raised_hands() -> None:
    meeting = convened(*SITES)
    meeting.does(c.SetHand(room(GIANG_LY), True))
    assert meeting.state.next_in_line() == GIANG_LY
    presses_next(meeting)
    assert meeting.state.next_in_line() == KHANH_VINH
    assert tally(meeting.state, KHANH_VINH) is Tally.NEXT
    meeting.does(c.NameNext(CHAIR, VAN_THANH))
    assert meeting.state.next_in_line() == VAN_THANH


def test_in_a_discussion_the_hands_come_before_the_scenario() -> None:
    meeting = convened(*SITES)
    presses_next(meeting, 6)
    assert (at(meeting), meeting.state.floor) == (("c5", ""), ())
    assert meeting.state.next_in_line() == HALL
    meeting.does(c.SetHand(room(GIANG_LY), True))
    assert meeting.state.next_in_line() == GIANG_LY


def test_the_turns_of_a_cue_are_steps_of_their_own() -> None:
    meeting = convened(*SITES)
    presses_next(meeting, 4)
    assert (at(meeting), meeting.state.floor) == (("c4", "0"), (GIANG_LY,))
    presses_next(meeting)
    assert (at(meeting), meeting.state.floor) == (("c4", "1"), (VAN_THANH,))


def test_the_floor_is_given_to_nobody_where_the_turn_is_absent_and_the_scenario_waits() -> None:
    meeting = convened(HALL, NHA_TRANG)
    presses_next(meeting, 2)
    assert at(meeting) == ("c2", "0")
    assert (meeting.state.floor, meeting.state.scenario.awaited) == ((), KHANH_VINH)
    # Who speaks as soon as the absent turn is put off.
    assert meeting.state.next_in_line() == NHA_TRANG
    meeting.joins(KHANH_VINH)
    assert meeting.state.next_in_line() == KHANH_VINH
    meeting.does(c.GiveFloor(CHAIR, KHANH_VINH))
    assert meeting.state.scenario.awaited is None
    assert at(meeting) == ("c2", "0")


def test_an_absent_turn_is_put_behind_those_like_it_and_took_no_time() -> None:
    meeting = convened(HALL, NHA_TRANG, GIANG_LY)
    presses_next(meeting, 2)
    meeting.now += 20
    meeting.does(c.PutOff(CHAIR, meeting.state.scenario_revision))
    assert order(meeting) == ["c1", "c3", "c4", "c2", "c5", "c6", "c7"]
    assert (at(meeting), meeting.state.floor) == (("c3", "0"), (NHA_TRANG,))
    assert Step("c2", "0") not in meeting.state.scenario.clocks
    meeting.joins(KHANH_VINH)
    presses_next(meeting, 3)
    assert (at(meeting), meeting.state.floor) == (("c2", "0"), (KHANH_VINH,))


def test_a_turn_among_others_is_put_last_of_its_cue_and_the_last_behind_what_follows() -> None:
    meeting = convened(HALL, VAN_THANH)
    presses_next(meeting, 4)
    meeting.does(c.PutOff(CHAIR, meeting.state.scenario_revision))
    assert at(meeting) == ("c4", "1")
    presses_next(meeting)
    assert at(meeting) == ("c4", "0")
    meeting.does(c.PutOff(CHAIR, meeting.state.scenario_revision))
    assert at(meeting) == ("c5", "")
    assert order(meeting) == ["c1", "c2", "c3", "c4", "c5", "c4-0", "c6", "c7"]
    meeting.joins(GIANG_LY)
    presses_next(meeting)
    assert meeting.state.floor == (GIANG_LY,)


def test_what_nothing_follows_cannot_be_put_off() -> None:
    meeting = convened(*SITES)
    presses_next(meeting, 8)
    revision = meeting.state.scenario_revision
    assert meeting.refuses(c.PutOff(CHAIR, revision)) is RefusalCode.NOT_ALLOWED


def test_back_begins_the_step_before_again_and_its_clock_goes_on() -> None:
    meeting = convened(*SITES)
    presses_next(meeting, 2)
    meeting.now += 60
    presses_next(meeting)
    meeting.now += 30
    meeting.does(c.GoBack(CHAIR, meeting.state.scenario_revision))
    assert (at(meeting), meeting.state.floor) == (("c2", "0"), (KHANH_VINH,))
    assert meeting.state.scenario.clocks[Step("c2", "0")].spent_ms == MIN_MS
    presses_next(meeting)
    assert meeting.state.scenario.clocks[Step("c3", "0")].spent_ms == MIN_MS // 2


def test_before_the_first_step_there_is_no_way_back() -> None:
    meeting = convened(*SITES)
    revision = meeting.state.scenario_revision
    assert meeting.refuses(c.GoBack(CHAIR, revision)) is RefusalCode.NOT_ALLOWED
    presses_next(meeting)
    revision = meeting.state.scenario_revision
    assert meeting.refuses(c.GoBack(CHAIR, revision)) is RefusalCode.NOT_ALLOWED


def test_behind_the_last_step_the_scenario_is_over_and_can_be_gone_back_to() -> None:
    meeting = convened(*SITES)
    presses_next(meeting, 8)
    assert at(meeting) == ("c7", "")
    presses_next(meeting)
    assert meeting.state.scenario.over
    assert meeting.state.floor == ()
    revision = meeting.state.scenario_revision
    assert meeting.refuses(c.Advance(CHAIR, revision)) is RefusalCode.UNCHANGED
    meeting.does(c.GoBack(CHAIR, revision))
    assert (at(meeting), meeting.state.scenario.over) == (("c7", ""), False)


def test_the_same_press_on_two_pages_happens_once() -> None:
    meeting = convened(*SITES)
    seen = meeting.state.scenario_revision
    meeting.does(c.Advance(CHAIR, seen))
    assert meeting.refuses(c.Advance(CHAIR, seen)) is RefusalCode.MOVED
    assert at(meeting) == ("c1", "0")


def test_only_the_chair_leads_through_the_scenario() -> None:
    meeting = convened(*SITES)
    seen = meeting.state.scenario_revision
    for actor in (CONSOLE, room(NHA_TRANG), operator(HALL)):
        assert meeting.refuses(c.Advance(actor, seen)) is RefusalCode.NOT_ALLOWED


def test_without_a_scenario_there_is_nothing_to_go_on_with() -> None:
    meeting = opened(*SITES)
    assert meeting.state.scenario == NO_SCENARIO
    assert meeting.refuses(c.Advance(CHAIR, 0)) is RefusalCode.NOT_ALLOWED


def test_the_floor_goes_anywhere_meanwhile_and_the_scenario_goes_on_where_it_was() -> None:
    meeting = convened(*SITES)
    presses_next(meeting, 2)
    meeting.does(c.GiveFloor(CHAIR, GIANG_LY))
    meeting.does(c.GiveFloor(CHAIR, VAN_THANH, beside=True))
    meeting.does(c.MuteAll(CHAIR, locked=True))
    meeting.does(c.TakeFloor(CHAIR))
    assert at(meeting) == ("c2", "0")
    presses_next(meeting)
    assert (at(meeting), meeting.state.floor) == (("c3", "0"), (NHA_TRANG,))


def test_next_taken_back_leaves_the_clock_as_if_nobody_had_pressed() -> None:
    meeting = convened(*SITES)
    presses_next(meeting, 2)
    began_ms = meeting.state.scenario.since_ms
    meeting.now += 10
    presses_next(meeting)
    meeting.now += 3
    meeting.does(c.Undo(CHAIR))
    assert (at(meeting), meeting.state.floor) == (("c2", "0"), (KHANH_VINH,))
    assert meeting.state.scenario.since_ms == began_ms
    assert Step("c3", "0") not in meeting.state.scenario.clocks


def test_the_first_press_can_be_taken_back_to_before_the_beginning() -> None:
    meeting = convened(*SITES)
    presses_next(meeting)
    meeting.does(c.Undo(CHAIR))
    assert meeting.state.scenario.at is None
    assert meeting.state.floor == ()


def test_a_press_that_saw_what_was_taken_back_is_refused() -> None:
    meeting = convened(*SITES)
    presses_next(meeting)
    seen = meeting.state.scenario_revision
    meeting.does(c.Undo(CHAIR))
    assert meeting.refuses(c.Advance(CHAIR, seen)) is RefusalCode.MOVED


def test_a_site_that_left_before_its_turn_came_back_is_awaited_then() -> None:
    meeting = convened(*SITES)
    presses_next(meeting, 2)
    meeting.does(c.SiteLost(NHA_TRANG, seat(NHA_TRANG)))
    presses_next(meeting)
    assert meeting.state.scenario.awaited == NHA_TRANG


@pytest.mark.parametrize("back_s", [3600.0, 86_400.0])
def test_a_wall_clock_that_is_set_back_books_no_time_and_harms_nothing(back_s: float) -> None:
    meeting = convened(*SITES)
    presses_next(meeting)
    meeting.now -= back_s
    presses_next(meeting)
    assert meeting.state.scenario.clocks[Step("c1", "0")].spent_ms == 0
    meeting.now += 2 * back_s
    presses_next(meeting)
    assert at(meeting) == ("c3", "0")


def test_every_cue_of_the_sheet_is_reached_in_its_order() -> None:
    meeting = convened(*SITES)
    reached = []
    while not meeting.state.scenario.over:
        presses_next(meeting)
        if not meeting.state.scenario.over:
            reached.append(at(meeting)[0])
    assert list(dict.fromkeys(reached)) == [cue.cue for cue in SHEET]

"""The roll call: what was decoded, who pressed, who is missing, and that nothing of it is lost."""

from dataclasses import replace

import pytest

from nhipcau.conference import RefusalCode
from nhipcau.conference import commands as c
from nhipcau.conference.replay import replay
from nhipcau.conference.rollcall import Doubt, Evidence, Standing
from nhipcau.conference.rollcall_views import roll_of_room, roll_view
from nhipcau.conference.scenario import Cue, CueKind
from nhipcau.conference.wire import dump_event

from .meeting import (
    CHAIR,
    CONSOLE,
    GIANG_LY,
    HALL,
    KHANH_VINH,
    NHA_TRANG,
    PLAN,
    ROSTER,
    SITES,
    VAN_THANH,
    Meeting,
    opened,
    operator,
    room,
)

GOOD = Evidence(1_706_144_400_000, 20, 18, True, False, -40)


@pytest.fixture
def meeting() -> Meeting:
    return opened(HALL, NHA_TRANG, KHANH_VINH)


@pytest.fixture
def called(meeting: Meeting) -> Meeting:
    meeting.does(c.CallRoll(CHAIR))
    return meeting


def take(meeting: Meeting, **evidence: Evidence | None) -> None:
    for site in meeting.state.roll.due:
        meeting.does(c.NoteEvidence(site, evidence.get(f"s{site}", GOOD)))


def test_all_sites_of_the_plan_are_called_and_are_pending(called: Meeting) -> None:
    roll = called.state.roll
    assert roll.runs
    assert roll.number == 1
    assert roll.due == SITES
    assert {roll.standing(site) for site in SITES} == {Standing.PENDING}


def test_with_the_last_turn_it_is_over_and_who_is_missing_is_known(called: Meeting) -> None:
    take(called, s22633=None, s22519=None)
    roll = called.state.roll
    assert not roll.runs
    assert list(roll.missing()) == [GIANG_LY, VAN_THANH]
    assert roll.count() == 3
    assert roll.standing(HALL) is Standing.SEEN


@pytest.mark.parametrize(
    ("evidence", "doubts"),
    [
        (replace(GOOD, pictures=0, moving=False), [Doubt.NO_PICTURE]),
        (replace(GOOD, moving=False), [Doubt.FROZEN]),
        (replace(GOOD, repeated=True), [Doubt.REPEATED]),
        (replace(GOOD, level_dbov=-127), [Doubt.NO_SOUND]),
        (replace(GOOD, moving=False, level_dbov=-127), [Doubt.FROZEN, Doubt.NO_SOUND]),
    ],
)
def test_what_is_doubtful_needs_a_person(
    called: Meeting, evidence: Evidence, doubts: list[Doubt]
) -> None:
    assert list(evidence.doubts()) == doubts
    take(called, s568=evidence)
    roll = called.state.roll
    expected = Standing.DOUBTFUL if evidence.pictures else Standing.MISSING
    assert roll.standing(NHA_TRANG) is expected
    called.does(c.PressHere(room(NHA_TRANG)))
    assert called.state.roll.standing(NHA_TRANG) is Standing.DOUBTFUL
    called.does(c.ConfirmHere(CONSOLE, NHA_TRANG))
    assert called.state.roll.standing(NHA_TRANG) is Standing.CONFIRMED
    assert called.state.roll.entries[NHA_TRANG].confirmed_by == "console"
    called.does(c.ConfirmHere(CHAIR, NHA_TRANG, on=False))
    assert called.state.roll.standing(NHA_TRANG) is Standing.DOUBTFUL


def test_a_press_confirms_what_was_decoded_before_or_after_it(called: Meeting) -> None:
    called.does(c.PressHere(room(NHA_TRANG)))
    assert called.state.roll.standing(NHA_TRANG) is Standing.PENDING
    take(called)
    assert called.state.roll.standing(NHA_TRANG) is Standing.CONFIRMED
    called.does(c.PressHere(room(KHANH_VINH)))
    assert called.state.roll.standing(KHANH_VINH) is Standing.CONFIRMED


def test_called_again_only_the_missing_are_and_the_rest_stays(called: Meeting) -> None:
    take(called, s22633=None)
    called.does(c.ConfirmHere(operator(KHANH_VINH), GIANG_LY))
    called.now += 60
    assert called.refuses(c.CallRoll(CHAIR, again=True)) is RefusalCode.UNCHANGED
    called.does(c.ConfirmHere(operator(KHANH_VINH), GIANG_LY, on=False))
    called.does(c.CallRoll(CHAIR, again=True))
    roll = called.state.roll
    assert (roll.number, roll.due) == (1, (GIANG_LY,))
    assert roll.count() == 4
    take(called)
    assert called.state.roll.count() == 5


def test_a_new_roll_call_forgets_the_last_one(called: Meeting) -> None:
    take(called)
    called.does(c.PressHere(room(NHA_TRANG)))
    called.does(c.CallRoll(CONSOLE))
    roll = called.state.roll
    assert (roll.number, roll.due) == (2, SITES)
    assert not roll.entries[NHA_TRANG].pressed_ms


def test_it_can_be_stopped_and_what_was_found_stays(called: Meeting) -> None:
    called.does(c.NoteEvidence(HALL, GOOD))
    called.does(c.StopRoll(CHAIR))
    assert not called.state.roll.runs
    assert called.state.roll.standing(HALL) is Standing.SEEN
    assert called.state.roll.standing(GIANG_LY) is Standing.MISSING
    assert called.refuses(c.NoteEvidence(GIANG_LY, GOOD)) is RefusalCode.STALE


def test_who_may_and_who_may_not(called: Meeting) -> None:
    not_allowed = RefusalCode.NOT_ALLOWED
    assert called.refuses(c.CallRoll(room(NHA_TRANG))) is not_allowed
    assert called.refuses(c.CallRoll(operator(KHANH_VINH))) is not_allowed
    assert called.refuses(c.StopRoll(room(NHA_TRANG))) is not_allowed
    assert called.refuses(c.PressHere(CONSOLE)) is not_allowed
    assert called.refuses(c.ConfirmHere(room(NHA_TRANG), NHA_TRANG)) is not_allowed
    assert called.refuses(c.ConfirmHere(operator(KHANH_VINH), NHA_TRANG)) is not_allowed
    called.does(c.ConfirmHere(operator(KHANH_VINH), GIANG_LY))


def test_a_guest_is_not_called(meeting: Meeting) -> None:
    meeting.does(replace(PLAN, guests=(VAN_THANH,)))
    meeting.does(c.CallRoll(CHAIR))
    assert VAN_THANH not in meeting.state.roll.entries
    assert meeting.refuses(c.PressHere(room(VAN_THANH))) is RefusalCode.NOT_ALLOWED


def test_a_site_that_leaves_the_roster_leaves_the_roll_call(called: Meeting) -> None:
    for site in SITES[:-1]:
        called.does(c.NoteEvidence(site, GOOD))
    called.does(replace(PLAN, roster=ROSTER[:-1]))
    roll = called.state.roll
    assert not roll.runs
    assert VAN_THANH not in roll.entries


def test_the_log_alone_gives_the_same_roll_call(called: Meeting) -> None:
    called.does(c.PressHere(room(NHA_TRANG)))
    called.does(c.ConfirmHere(CHAIR, GIANG_LY))
    take(called, s22633=replace(GOOD, moving=False), s22519=None)
    assert replay([dump_event(event) for event in called.log]) == called.state


def test_pages_see_what_they_may_and_a_room_sees_its_own_line(called: Meeting) -> None:
    take(called, s22633=replace(GOOD, level_dbov=-127))
    view = roll_view(called.state, [KHANH_VINH, GIANG_LY])
    assert [line.site for line in view.sites] == [KHANH_VINH, GIANG_LY]
    assert (view.present, view.called, view.running) == (4, 5, False)
    assert view.sites[1].doubts == ("no_sound",)
    own = roll_of_room(called.state, GIANG_LY)
    assert own is not None
    assert (own.standing, own.doubts, own.pressed) == (Standing.DOUBTFUL, ("no_sound",), False)
    assert roll_of_room(called.state, None) is None


def test_a_cue_of_the_scenario_begins_it_and_no_second_one() -> None:
    sheet = (Cue("c0", CueKind.ROLL_CALL, "Điểm danh", "Thư ký", 15, 0, False, "auto"),)
    meeting = opened(HALL)
    meeting.does(replace(PLAN, scenario=sheet))
    meeting.does(c.Advance(CHAIR, meeting.state.scenario_revision))
    assert meeting.state.roll.due == SITES
    meeting.does(c.NoteEvidence(HALL, GOOD))
    meeting.does(c.Advance(CHAIR, meeting.state.scenario_revision))
    meeting.does(c.GoBack(CHAIR, meeting.state.scenario_revision))
    assert meeting.state.roll.number == 1
    assert meeting.state.roll.standing(HALL) is Standing.SEEN

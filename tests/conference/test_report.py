"""The report of a meeting: from its log alone, whatever happened in it."""

from hypothesis import given, settings
from hypothesis import strategies as st

from nhipcau.conference import Refusal, decide, fold_all
from nhipcau.conference import commands as c
from nhipcau.conference.events import Event
from nhipcau.conference.report import Attendance, Report, make_report
from nhipcau.quantities import SiteId

from .chances import as_seen
from .meeting import CHAIR, GIANG_LY, HALL, KHANH_VINH, NHA_TRANG, SITES, opened, room, seat
from .sheet import MIN_MS, SESSION, convened, presses_next
from .strategies import connections, people


def row(report: Report, site: SiteId) -> Attendance:
    return next(one for one in report.attendance if one.site == site)


def test_a_reconnection_is_no_second_coming_and_its_gap_is_no_presence() -> None:
    meeting = opened(HALL, NHA_TRANG)
    came_ms = round(meeting.now * 1000)
    meeting.now += 60
    meeting.does(c.SiteLost(NHA_TRANG, seat(NHA_TRANG)))
    meeting.now += 30
    meeting.does(c.SiteJoined(NHA_TRANG, seat(NHA_TRANG, 2), capture=True))
    meeting.now += 10
    meeting.does(c.SiteLeft(NHA_TRANG, seat(NHA_TRANG, 2)))
    found = row(make_report(meeting.log), NHA_TRANG)
    assert (found.first_ms, found.left_ms) == (came_ms, came_ms + 100_000)
    assert (found.present_ms, found.losses) == (70_000, 1)


def test_who_never_came_is_in_it_and_who_is_here_still_counts_until_now() -> None:
    meeting = opened(HALL)
    meeting.now += 50
    meeting.does(c.SetHand(room(HALL), True))
    report = make_report(meeting.log)
    assert row(report, GIANG_LY).first_ms is None
    assert (row(report, HALL).present_ms, row(report, HALL).left_ms) == (50_000, None)


def test_who_asked_and_was_not_heard_is_told_apart_from_who_was() -> None:
    meeting = opened(*SITES)
    for site in (NHA_TRANG, KHANH_VINH):
        meeting.does(c.SetHand(room(site), True))
    meeting.now += 20
    meeting.does(c.GiveFloor(CHAIR, NHA_TRANG))
    meeting.does(c.LowerHand(CHAIR, KHANH_VINH))
    requests = make_report(meeting.log).requests
    heard = {one.site: one.heard_ms is not None for one in requests}
    assert heard == {NHA_TRANG: True, KHANH_VINH: False}


def test_cues_speaking_time_and_votes_are_those_of_the_meeting() -> None:
    meeting = convened(*SITES)
    for minutes in (5, 9):
        presses_next(meeting)
        meeting.now += 60 * minutes
    presses_next(meeting, 5)
    meeting.does(c.CastVote(room(NHA_TRANG), "v1", 0))
    presses_next(meeting)
    report = make_report(meeting.log)
    assert [cue.spent_ms // MIN_MS for cue in report.cues[:2]] == [5, 9]
    assert [cue.state for cue in report.cues[-2:]] == ["done", "running"]
    assert row(report, KHANH_VINH).spoken_ms == 9 * MIN_MS
    assert report.votes[0].counts == (1, 0, 0)


@settings(max_examples=40, deadline=None)
@given(st.lists(people | connections, max_size=40))
def test_any_course_cut_anywhere_has_a_report(commands: list[c.Command]) -> None:
    meeting = opened(*SITES)
    state, log, clock = meeting.state, list[Event](meeting.log), meeting.now
    for command in (SESSION, *commands):
        clock += 1
        outcome = decide(state, as_seen(command, state), clock)
        if not isinstance(outcome, Refusal):
            state, log = fold_all(state, outcome), [*log, *outcome]
    for end in (len(log), len(log) // 2, 0):
        report = make_report(log[:end])
        assert len({one.site for one in report.attendance}) == len(report.attendance)
        for one in report.attendance:
            assert 0 <= one.present_ms <= report.ended_ms - report.begun_ms
            assert one.first_ms is not None or one.present_ms == 0

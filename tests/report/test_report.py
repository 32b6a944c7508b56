"""The report of a meeting: from its log alone, whatever happened in it."""

from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nhipcau.bench.longsession import long_session
from nhipcau.conference import Refusal, decide, fold_all
from nhipcau.conference import commands as c
from nhipcau.conference.events import Event
from nhipcau.conference.rollcall import Evidence
from nhipcau.conference.wire import dump_event, load_event
from nhipcau.quantities import ConferenceId, SiteId
from nhipcau.report.attending import Attendance, Standing
from nhipcau.report.mishaps import MishapKind
from nhipcau.report.report import Aside, Report, make_report

from ..conference.chances import as_seen
from ..conference.meeting import (
    CHAIR,
    CONSOLE,
    GIANG_LY,
    HALL,
    KHANH_VINH,
    NHA_TRANG,
    SITES,
    VAN_THANH,
    Meeting,
    opened,
    room,
    seat,
)
from ..conference.sheet import MIN_MS, SESSION, SHEET, convened, presses_next
from ..conference.strategies import connections, people


def row(report: Report, site: SiteId) -> Attendance:
    return next(one for one in report.attendance if one.site == site)


def kinds(report: Report) -> list[str]:
    return [one.kind.value for one in report.mishaps]


def passes(meeting: Meeting, seconds: float) -> int:
    meeting.now += seconds
    return round(meeting.now * 1000)


def test_a_reconnection_is_no_second_coming_and_its_gap_is_no_presence() -> None:
    meeting = opened(HALL, NHA_TRANG)
    came_ms = round(meeting.now * 1000)
    meeting.now += 60
    meeting.does(c.SiteLost(NHA_TRANG, seat(NHA_TRANG)))
    meeting.now += 30
    meeting.does(c.SiteJoined(NHA_TRANG, seat(NHA_TRANG, 2), capture=True))
    meeting.now += 10
    meeting.does(c.SiteLeft(NHA_TRANG, seat(NHA_TRANG, 2)))
    report = make_report(meeting.log)
    found = row(report, NHA_TRANG)
    assert (found.first_ms, found.left_ms) == (came_ms, came_ms + 100_000)
    assert (found.present_ms, found.losses, found.away_ms) == (70_000, 1, 30_000)
    assert report.attended == 2
    (lost,) = report.mishaps
    assert (lost.kind, lost.site, lost.lasted_ms) == (MishapKind.LOST, NHA_TRANG, 30_000)


def test_who_never_came_is_in_it_and_who_is_here_still_counts_until_now() -> None:
    meeting = opened(HALL)
    meeting.now += 50
    meeting.does(c.SetHand(room(HALL), True))
    report = make_report(meeting.log)
    assert row(report, GIANG_LY).first_ms is None
    assert row(report, GIANG_LY).standing is Standing.ABSENT
    assert (row(report, HALL).present_ms, row(report, HALL).left_ms) == (50_000, None)
    assert not report.over


def test_who_comes_after_the_opening_is_late_and_who_goes_before_the_end_is_early() -> None:
    meeting = convened(HALL, NHA_TRANG)
    presses_next(meeting)
    passes(meeting, 7 * 60)
    meeting.joins(KHANH_VINH)
    passes(meeting, 60)
    meeting.joins(GIANG_LY)
    meeting.does(c.SiteLeft(NHA_TRANG, seat(NHA_TRANG)))
    meeting.does(c.SiteLost(GIANG_LY, seat(GIANG_LY)))
    ended_ms = passes(meeting, 300)
    meeting.does(c.EndMeeting(CHAIR))
    report = make_report(meeting.log)
    assert [row(report, site).standing for site in SITES] == [
        Standing.PRESENT,
        Standing.LEFT_EARLY,
        Standing.LATE,
        Standing.LATE_AND_LEFT_EARLY,
        Standing.ABSENT,
    ]
    assert row(report, KHANH_VINH).late_ms == 7 * MIN_MS
    assert row(report, NHA_TRANG).early_ms == 5 * MIN_MS
    assert (report.over, report.ended_ms, report.attended) == (True, ended_ms, 4)
    # Who was here when the meeting was ended has not left it.
    assert row(report, HALL).left_ms is None


def test_who_only_came_to_test_before_the_opening_has_not_attended() -> None:
    meeting = convened(HALL, NHA_TRANG)
    passes(meeting, 60)
    meeting.does(c.SiteLeft(NHA_TRANG, seat(NHA_TRANG)))
    passes(meeting, 60)
    presses_next(meeting)
    passes(meeting, 60)
    meeting.does(c.EndMeeting(CHAIR))
    found = row(make_report(meeting.log), NHA_TRANG)
    assert (found.standing, found.present_ms) == (Standing.ABSENT, 0)
    assert found.first_ms is not None


def test_who_asked_and_was_not_heard_is_told_apart_from_who_was() -> None:
    meeting = opened(*SITES)
    for site in (NHA_TRANG, KHANH_VINH, GIANG_LY, VAN_THANH):
        meeting.does(c.SetHand(room(site), True))
    heard_ms = passes(meeting, 20)
    meeting.does(c.GiveFloor(CHAIR, NHA_TRANG))
    lowered_ms = passes(meeting, 5)
    meeting.does(c.LowerHand(CHAIR, KHANH_VINH))
    meeting.does(c.SetHand(room(GIANG_LY), False))
    passes(meeting, 5)
    meeting.does(c.SetHand(room(GIANG_LY), True))
    meeting.does(c.GiveFloor(CHAIR, GIANG_LY))
    meeting.does(c.EndMeeting(CHAIR))
    found = [(r.site, r.heard_ms, r.lowered_ms) for r in make_report(meeting.log).requests]
    assert found == [
        (NHA_TRANG, heard_ms, None),
        (KHANH_VINH, None, lowered_ms),
        (GIANG_LY, None, lowered_ms),
        (VAN_THANH, None, None),
        (GIANG_LY, lowered_ms + 5000, None),
    ]


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
    assert [cue.over_ms // MIN_MS for cue in report.cues[:2]] == [0, 2]
    assert [cue.state for cue in report.cues[-2:]] == ["done", "running"]
    assert row(report, KHANH_VINH).spoken_ms == 9 * MIN_MS
    assert report.votes[0].counts == (1, 0, 0)


def test_what_the_chair_changed_in_the_scenario_is_said_of_each_cue() -> None:
    meeting = convened(*SITES)
    seen = meeting.state.scenario_revision
    presses_next(meeting)
    meeting.does(c.MoveCue(CHAIR, meeting.state.scenario_revision, "c4", "c1"))
    meeting.does(c.Skip(CHAIR, meeting.state.scenario_revision, "c3", None, True))
    meeting.does(c.InsertCue(CHAIR, meeting.state.scenario_revision, "Giải lao", 10, None, "c4"))
    meeting.does(c.Extend(CHAIR, meeting.state.scenario_revision, 3))
    assert meeting.state.scenario_revision > seen
    for _ in range(5):
        passes(meeting, 60)
        presses_next(meeting)
    meeting.does(c.EndMeeting(CHAIR))
    cues = {cue.title: cue for cue in make_report(meeting.log).cues}
    assert [cue.title for cue in cues.values() if cue.moved] == ["Mục c4"]
    assert cues["Mục c4"].planned_place == 4
    assert cues["Mục c4"].actual_place == 2
    assert cues["Mục c3"].state == "skipped"
    assert cues["Giải lao"].put_in
    assert (cues["Mục c1"].extra_min, cues["Mục c1"].planned_min) == (3, 5)
    assert cues["Mục c7"].state == "not_reached"
    assert sum(bool(cue.began_ms) for cue in cues.values()) == 5


def test_a_site_that_was_not_here_at_its_turn_is_named_with_how_long_it_was_awaited() -> None:
    meeting = convened(HALL, NHA_TRANG)
    presses_next(meeting, 2)
    passes(meeting, 45)
    presses_next(meeting)
    passes(meeting, 10)
    found = [one for one in make_report(meeting.log).mishaps if one.site == KHANH_VINH]
    assert [(one.kind, one.lasted_ms) for one in found] == [(MishapKind.ABSENT_AT_TURN, 45_000)]


def test_an_mcu_that_began_anew_is_one_mishap_and_not_one_for_every_site() -> None:
    meeting = convened(HALL, NHA_TRANG, KHANH_VINH)
    presses_next(meeting)
    passes(meeting, 60)
    meeting.does(c.Restart())
    for site in (HALL, NHA_TRANG, KHANH_VINH):
        passes(meeting, 1)
        meeting.does(c.SiteJoined(site, seat(site, 2), capture=True))
    passes(meeting, 60)
    meeting.does(c.EndMeeting(CHAIR))
    report = make_report(meeting.log)
    assert [(one.kind, one.sites, one.lasted_ms) for one in report.mishaps] == [
        (MishapKind.MCU_RESTARTED, 3, 3000)
    ]
    assert row(report, KHANH_VINH).present_ms == 2 * MIN_MS


def test_a_site_that_was_muted_or_put_out_and_locked_microphones_are_told() -> None:
    meeting = opened(HALL, NHA_TRANG)
    meeting.does(c.GiveFloor(CHAIR, NHA_TRANG))
    meeting.does(c.Mute(CONSOLE, NHA_TRANG))
    meeting.does(c.SetMicrophone(room(NHA_TRANG), True))
    meeting.does(c.SetMicrophone(room(NHA_TRANG), False))
    meeting.does(c.MuteAll(CHAIR, True))
    meeting.does(c.Remove(CHAIR, NHA_TRANG))
    report = make_report(meeting.log)
    # Whoever closes the own microphone was not muted.
    assert sorted(kinds(report)) == ["microphones_locked", "muted", "removed"]
    muted = next(one for one in report.mishaps if one.kind is MishapKind.MUTED)
    assert (muted.site, muted.speaking) == (NHA_TRANG, True)


def test_the_evidence_is_that_of_the_last_roll_call() -> None:
    meeting = opened(HALL, NHA_TRANG)
    meeting.does(c.CallRoll(CHAIR))
    good = Evidence(1, 20, 12, True, False, -40)
    for site in meeting.state.roll.due:
        meeting.does(c.NoteEvidence(site, good if site == NHA_TRANG else None))
    report = make_report(meeting.log)
    assert row(report, NHA_TRANG).evidence == "seen"
    assert row(report, GIANG_LY).evidence == "missing"
    assert report.rolls == 1


def test_a_conference_without_a_plan_has_a_report() -> None:
    meeting = opened(HALL, NHA_TRANG)
    passes(meeting, 300)
    meeting.does(c.EndMeeting(CHAIR))
    report = make_report(meeting.log)
    assert (report.planned, report.cues, report.late_ms) == (False, (), 0)
    assert report.lasted_ms == 5 * MIN_MS
    assert report.attended == 2


def check_sums(report: Report) -> None:
    """Whatever was logged: the numbers add up."""
    assert len({one.site for one in report.attendance}) == len(report.attendance)
    assert 0 <= report.attended <= len(report.attendance)
    assert report.begun_ms <= report.opened_ms or report.opened_ms == report.ended_ms
    spoken: dict[SiteId, int] = {}
    for span in report.spans:
        assert report.logged_ms <= span.from_ms <= span.until_ms <= report.ended_ms
        spoken[span.site] = spoken.get(span.site, 0) + span.spoken_ms
    for one in report.attendance:
        assert one.spoken_ms == spoken.pop(one.site, 0)
        assert 0 <= one.present_ms <= report.lasted_ms
        assert one.first_ms is not None or (one.present_ms, one.losses) == (0, 0)
        assert (one.standing is Standing.ABSENT) <= (one.present_ms == 0)
    assert not spoken
    for vote in report.votes:
        assert sum(vote.counts) <= len(vote.delegations)
    for asked in report.requests:
        assert asked.heard_ms is None or asked.lowered_ms is None
    places = [cue.actual_place for cue in report.cues if cue.actual_place]
    assert sorted(places) == list(range(1, len(places) + 1))


jumps = st.sampled_from((0, 1, 1, 5, 60, 600, 7200, -1, -60, -7200))


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(people | connections, jumps), max_size=40), st.booleans())
def test_any_course_cut_anywhere_with_any_clock_has_a_report_that_adds_up(
    commands: list[tuple[c.Command, int]], ends: bool
) -> None:
    meeting = opened(*SITES)
    state, log, clock = meeting.state, list[Event](meeting.log), meeting.now
    last = [(c.EndMeeting(CHAIR), 1)] if ends else []
    for command, jump in [(SESSION, 1), *commands, *last]:
        clock += jump
        outcome = decide(state, as_seen(command, state), clock)
        if not isinstance(outcome, Refusal):
            state, log = fold_all(state, outcome), [*log, *outcome]
    for end in (len(log), len(log) // 2, 0):
        check_sums(make_report(log[:end]))


@cache
def session() -> tuple[Event, ...]:
    return tuple(long_session(40))


def test_a_long_session_has_everything_in_its_report() -> None:
    report = make_report(session())
    check_sums(report)
    assert report.over
    assert 3 * 3600_000 < report.lasted_ms < 5 * 3600_000
    standings = {one.standing for one in report.attendance}
    assert standings >= {Standing.PRESENT, Standing.LATE, Standing.ABSENT}
    assert {"lost"} <= set(kinds(report))
    assert any(cue.moved for cue in report.cues)
    assert any(cue.put_in for cue in report.cues)
    assert any(cue.state == "skipped" for cue in report.cues)
    heard = [one.heard_ms is not None for one in report.requests]
    assert any(heard)
    assert not all(heard)
    assert 5 <= sum(report.votes[0].counts) <= 8


def test_a_session_that_was_read_back_from_its_records_gives_the_same_report() -> None:
    again = [load_event(dump_event(event)) for event in session()]
    assert make_report(again) == make_report(session())


@pytest.mark.parametrize("ahead_s", [-7200, 90, 86_400])
def test_a_clock_that_jumps_and_is_set_right_again_changes_no_length_of_time(ahead_s: int) -> None:
    events = session()
    begin, end = len(events) // 3, len(events) // 2
    jumped = [
        replace(event, at_ms=event.at_ms + ahead_s * 1000) if begin <= place < end else event
        for place, event in enumerate(events)
    ]
    straight, crooked = make_report(events), make_report(jumped)
    check_sums(crooked)
    assert crooked.attended == straight.attended
    tolerance_ms = 3 * 60_000
    assert abs(crooked.lasted_ms - straight.lasted_ms) <= tolerance_ms
    for one, other in zip(straight.attendance, crooked.attendance, strict=True):
        assert abs(one.present_ms - other.present_ms) <= tolerance_ms
        assert abs(one.spoken_ms - other.spoken_ms) <= tolerance_ms
    assert "clock_set" in kinds(crooked)


def test_the_plan_is_the_one_that_stood_when_the_scenario_began() -> None:
    meeting = convened(*SITES)
    meeting.does(replace(SESSION, scenario=SHEET[:-1]))
    presses_next(meeting)
    meeting.does(replace(SESSION, scenario=(SHEET[0], *SHEET[2:-1])))
    report = make_report(meeting.log)
    assert {cue.cue: cue.planned_place for cue in report.cues}["c6"] == 6
    assert [cue.cue for cue in report.cues if cue.state == "removed"] == ["c2"]


PART = ConferenceId("tet-2024--573")


def moves(meeting: Meeting, into: Meeting, *sites: SiteId, number: int = 1) -> None:
    """Let sites go from one conference into another, five seconds in between."""
    for site in sites:
        endpoint = meeting.state.sites[site].endpoint
        assert endpoint is not None
        meeting.does(c.SiteLost(site, endpoint))
    meeting.now += 5
    into.now = meeting.now
    for site in sites:
        into.does(c.SiteJoined(site, seat(site, number), capture=True))


def test_a_meeting_that_split_and_merged_is_one_attendance_with_its_branches() -> None:
    parent = convened(HALL, NHA_TRANG, KHANH_VINH, GIANG_LY)
    presses_next(parent)
    passes(parent, 600)
    branch = Meeting(now=parent.now)
    branch.does(replace(SESSION, conference=PART, title="Khánh Vĩnh", chair_site=KHANH_VINH))
    moves(parent, branch, KHANH_VINH, GIANG_LY)
    parent.now += 1800
    branch.now = parent.now
    branch.does(c.EndMeeting(c.Actor(c.Role.CHAIR, KHANH_VINH)))
    parent.now += 3
    for site in (KHANH_VINH, GIANG_LY):
        parent.does(c.SiteJoined(site, seat(site, 3), capture=True))
    passes(parent, 60)
    parent.does(c.EndMeeting(CHAIR))
    own = make_report(branch.log)
    alone = make_report(parent.log)
    whole = make_report(parent.log, Aside(branches=(own,)))
    assert [row(alone, site).losses for site in (KHANH_VINH, GIANG_LY)] == [1, 1]
    for site in (KHANH_VINH, GIANG_LY):
        found = row(whole, site)
        assert (found.standing, found.losses, found.away_ms) == (Standing.PRESENT, 0, 0)
        assert found.present_ms == whole.lasted_ms - 8000
    assert [one for one in whole.mishaps if one.kind is MishapKind.LOST] == []
    (child,) = whole.children
    assert (child.conference, child.chair, child.over) == (PART, "Khánh Vĩnh", True)
    assert (child.sites, child.attended) == (5, 2)
    assert (child.to_ms, child.back_ms) == (5000, 3000)
    check_sums(whole)


def test_a_branch_that_nobody_came_back_from_says_so_and_its_sites_stayed_to_the_end() -> None:
    parent = convened(HALL, KHANH_VINH)
    presses_next(parent)
    passes(parent, 60)
    branch = Meeting(now=parent.now)
    branch.does(replace(SESSION, conference=PART, chair_site=KHANH_VINH))
    moves(parent, branch, KHANH_VINH)
    passes(parent, 600)
    parent.does(c.EndMeeting(CHAIR))
    whole = make_report(parent.log, Aside(branches=(make_report(branch.log),)))
    assert whole.children[0].back_ms is None
    assert row(whole, KHANH_VINH).losses == 0

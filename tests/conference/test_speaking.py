"""How long each site has spoken: with the floor and here; kept through losses and jumps."""

from nhipcau.conference import commands as c
from nhipcau.conference.speaking import SpeakingClock

from .meeting import CHAIR, KHANH_VINH, NHA_TRANG, SITES, opened, seat


def test_time_runs_from_the_floor_given_to_the_floor_taken_and_adds_up() -> None:
    meeting = opened(*SITES)
    for seconds in (60, 30):
        meeting.does(c.GiveFloor(CHAIR, NHA_TRANG))
        meeting.now += seconds
        meeting.does(c.TakeFloor(CHAIR))
        meeting.now += 100
    assert meeting.state.spoken == {NHA_TRANG: SpeakingClock(90_000, None, 2)}


def test_two_who_speak_together_both_count() -> None:
    meeting = opened(*SITES)
    meeting.does(c.GiveFloor(CHAIR, NHA_TRANG))
    meeting.now += 10
    meeting.does(c.GiveFloor(CHAIR, KHANH_VINH, beside=True))
    meeting.now += 20
    meeting.does(c.TakeFloor(CHAIR))
    spent = {site: clock.spent_ms for site, clock in meeting.state.spoken.items()}
    assert spent == {NHA_TRANG: 30_000, KHANH_VINH: 20_000}


def test_a_lost_connection_stops_the_clock_and_its_return_is_the_same_turn() -> None:
    meeting = opened(*SITES)
    meeting.does(c.GiveFloor(CHAIR, NHA_TRANG))
    meeting.now += 10
    meeting.does(c.SiteLost(NHA_TRANG, seat(NHA_TRANG)))
    meeting.now += 500
    meeting.does(c.SiteJoined(NHA_TRANG, seat(NHA_TRANG, 2), capture=True))
    meeting.now += 5
    meeting.does(c.TakeFloor(CHAIR))
    assert meeting.state.spoken[NHA_TRANG] == SpeakingClock(15_000, None, 1)


def test_a_wall_clock_that_is_set_back_books_nothing() -> None:
    meeting = opened(*SITES)
    meeting.does(c.GiveFloor(CHAIR, NHA_TRANG))
    meeting.now -= 3600
    meeting.does(c.TakeFloor(CHAIR))
    assert meeting.state.spoken[NHA_TRANG] == SpeakingClock(0, None, 1)

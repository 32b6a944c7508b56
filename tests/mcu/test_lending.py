"""Which loan serves which site: a loan serves one site once, and a few stand ready."""

from hypothesis import given
from hypothesis import strategies as st

from nhipcau.mcu.lending import Lending, Moves
from nhipcau.quantities import SiteId

A, B, C, D = (SiteId(name) for name in "ABCD")


def test_a_new_trunk_opens_a_few_lanes_beforehand() -> None:
    assert Lending(spare=3).settle([], [], 0, 0.0) == Moves(fresh=3)
    assert Lending(spare=3).settle([], [], 2, 0.0) == Moves(fresh=1)


def test_a_wanted_site_gets_a_lane_that_stands_ready_and_a_fresh_one_takes_its_place() -> None:
    lending = Lending(spare=2)
    assert lending.settle([A], [1, 2], 0, 0.0) == Moves(lend=((1, A),), fresh=1)
    assert lending.site_of(1) == A
    assert lending.settle([A], [1, 2], 1, 0.1) == Moves()


def test_more_sites_than_lanes_open_more_and_the_first_wanted_come_first() -> None:
    lending = Lending(spare=1)
    assert lending.settle([A, B, C], [7], 0, 0.0) == Moves(lend=((7, A),), fresh=3)
    assert lending.settle([A, B, C], [7, 8, 9], 1, 0.2) == Moves(lend=((8, B), (9, C)))


def test_a_site_that_nobody_wants_for_two_seconds_gives_its_lane_up_for_good() -> None:
    lending = Lending(spare=0)
    lending.settle([A], [1], 0, 0.0)
    assert lending.settle([], [1], 0, 1.9).over == ()
    assert lending.settle([], [1], 0, 2.1) == Moves(over=(1,))
    assert lending.settle([B], [], 0, 2.2) == Moves(fresh=1)


def test_a_site_that_is_wanted_again_in_time_keeps_its_lane() -> None:
    lending = Lending(spare=0)
    lending.settle([A], [1], 0, 0.0)
    lending.settle([], [1], 0, 1.5)
    lending.settle([A], [1], 0, 1.9)
    assert lending.settle([], [1], 0, 3.8) == Moves()
    assert lending.lent == {A: 1}


def test_a_lane_that_failed_is_lent_to_nobody_and_its_site_waits_for_another() -> None:
    lending = Lending(spare=0)
    lending.settle([A], [1], 0, 0.0)
    lending.forget(1)
    assert lending.settle([A], [2], 0, 0.1) == Moves(lend=((2, A),))


def test_there_are_never_more_lanes_than_a_trunk_may_have_and_who_goes_without_is_counted() -> None:
    lending = Lending(spare=2, most=2)
    assert lending.settle([A, B, C, D], [], 0, 0.0).fresh == 2
    assert lending.refused == 1
    moves = lending.settle([A, B, C, D], [1, 2], 0, 0.1)
    assert moves == Moves(lend=((1, A), (2, B)))


_SITES = [SiteId(f"s{n}") for n in range(6)]


@given(st.lists(st.tuples(st.sets(st.sampled_from(_SITES)), st.floats(0.01, 3.0)), max_size=40))
def test_no_lane_ever_serves_two_sites_and_no_lane_serves_twice(
    steps: list[tuple[set[SiteId], float]],
) -> None:
    lending, lanes, served, now_s = Lending(spare=2, most=5), set[int](), set[int](), 0.0
    made = 0
    for wanted, passes_s in steps:
        now_s += passes_s
        moves = lending.settle(sorted(wanted), sorted(lanes), 0, now_s)
        assert not {lane for lane, _ in moves.lend} & served
        served |= {lane for lane, _ in moves.lend}
        assert set(moves.over) <= lanes
        lanes -= set(moves.over)
        lanes |= set(range(made, made + moves.fresh))
        made += moves.fresh
        assert len(lanes) <= lending.most
        assert len(set(lending.lent.values())) == len(lending.lent)
        assert set(lending.lent.values()) <= lanes

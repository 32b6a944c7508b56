"""NackGenerator: what is asked for, how often, and when it is given up."""

from itertools import pairwise

from nhipcau.rtp.nack import NackGenerator, NackPolicy

POLICY = NackPolicy(wait_s=0.15, max_wait_s=0.4)


def generator(policy: NackPolicy = POLICY, rtt_s: float = 0.05) -> NackGenerator:
    nack = NackGenerator(policy)
    nack.set_rtt(rtt_s)
    return nack


def test_a_packet_that_two_others_overtook_is_asked_for_at_once() -> None:
    nack = generator()
    nack.expect(10, 11, 0.0)
    assert nack.poll(0.0, 11).ask == []
    assert nack.poll(0.0, 12).ask == [10]


def test_a_packet_twenty_milliseconds_late_is_asked_for() -> None:
    nack = generator()
    nack.expect(10, 11, 0.0)
    assert nack.poll(0.019, 11).ask == []
    assert nack.poll(0.02, 11).ask == [10]


def test_a_lost_packet_is_asked_for_once_per_round_trip() -> None:
    nack = generator(rtt_s=0.05)
    nack.expect(10, 12, 0.0)
    asked = [now for now in range(150) if nack.poll(now / 1000, 20).ask]
    assert asked == [0, 50, 100]


def test_a_short_round_trip_does_not_make_a_storm() -> None:
    nack = generator(rtt_s=0.001)
    nack.expect(10, 11, 0.0)
    asked = [now for now in range(150) if nack.poll(now / 1000, 20).ask]
    assert len(asked) == 8
    assert all(20 <= later - now <= 21 for now, later in pairwise(asked))


def test_a_packet_is_given_up_after_its_tries() -> None:
    nack = generator(NackPolicy(wait_s=5.0, max_wait_s=5.0, max_tries=3))
    nack.expect(10, 11, 0.0)
    polls = [nack.poll(now / 1000, 20) for now in range(400)]
    assert sum(len(poll.ask) for poll in polls) == 3
    (gave_up_ms,) = [now for now, poll in enumerate(polls) if poll.gave_up]
    assert 150 <= gave_up_ms <= 153
    assert 10 not in nack
    assert not nack.active


def test_a_packet_is_given_up_at_its_age_and_the_give_up_is_told_once() -> None:
    nack = generator()
    nack.expect(10, 13, 0.0)
    assert nack.poll(0.1499, 20).gave_up == 0
    assert nack.poll(0.151, 20) == ([], 3, 12)
    assert nack.poll(0.2, 20) == ([], 0, -1)


def test_a_long_line_waits_three_round_trips_up_to_a_bound() -> None:
    assert generator(rtt_s=0.01).wait_s == 0.15
    assert generator(rtt_s=0.1).wait_s == 0.1 * 3
    assert generator(rtt_s=2.0).wait_s == 0.4


def test_the_round_trip_is_measured_from_packets_asked_for_once() -> None:
    nack = NackGenerator(POLICY)
    nack.expect(10, 12, 0.0)
    nack.poll(0.0, 20)
    assert nack.fill(10, 0.03) == 1
    assert nack.rtt_s == 0.03
    nack.poll(0.1, 20)
    assert nack.fill(11, 0.9) == 2
    assert nack.rtt_s == 0.03


def test_a_packet_that_was_never_missing_is_told_apart() -> None:
    nack = generator()
    nack.expect(10, 11, 0.0)
    assert nack.fill(9, 0.0) is None
    assert nack.fill(10, 0.0) == 0
    assert nack.fill(10, 0.0) is None


def test_the_list_is_bounded_and_the_oldest_are_given_up() -> None:
    nack = generator(NackPolicy(wait_s=1.0, max_wait_s=1.0, max_missing=8))
    nack.expect(0, 6, 0.0)
    nack.expect(7, 12, 0.0)
    assert [index for index in range(12) if index in nack] == [3, 4, 5, 7, 8, 9, 10, 11]
    assert nack.poll(0.0, 12).gave_up == 3


def test_a_gap_larger_than_the_list_keeps_its_end() -> None:
    nack = generator(NackPolicy(wait_s=1.0, max_wait_s=1.0, max_missing=8))
    nack.expect(0, 100, 0.0)
    poll = nack.poll(0.0, 101)
    assert poll.gave_up == 92
    assert poll.ask == list(range(92, 100))


def test_one_nack_asks_for_a_bounded_number_and_the_next_for_the_rest() -> None:
    nack = generator()
    nack.expect(0, 200, 0.0)
    assert nack.poll(0.0, 300).ask == list(range(128))
    assert nack.poll(0.005, 300).ask == list(range(128, 200))
    assert nack.poll(0.01, 300).ask == []

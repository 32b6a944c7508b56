"""A line loses, delays and holds up as its profile says."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from nhipcau.rehearsal.candidates import Address, addresses, moved
from nhipcau.rehearsal.line import Direction, LineProfile

SDP = (
    "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"
    "a=candidate:1 1 UDP 2122317823 10.0.0.7 40001 typ host\r\n"
    "a=candidate:2 1 TCP 2122317823 10.0.0.7 9 typ host tcptype active\r\n"
    "a=candidate:3 1 udp 1686109951 203.0.113.9 40001 typ srflx raddr 0.0.0.0 rport 0\r\n"
    "a=end-of-candidates\r\n"
)


def test_a_line_without_a_fault_lets_all_through_at_once() -> None:
    way = Direction(LineProfile(), Random(1))
    assert [way.due_s(1000, now) for now in (0.0, 0.0, 0.1)] == [0.0, 0.0, 0.1]
    assert (way.datagrams, way.octets, way.lost, way.overflown) == (3, 3084, 0, 0)


def test_a_thin_line_lets_one_through_after_the_other_and_drops_what_has_no_room() -> None:
    way = Direction(LineProfile(rate_kbps=100, delay_ms=20), Random(1))
    due = [way.due_s(1172, 0.0) for _ in range(6)]
    # 1,200 bytes take 96 ms; what would wait more than 300 ms is dropped.
    assert [round(one, 3) for one in due if one is not None] == [0.116, 0.212, 0.308, 0.404]
    assert way.overflown == 2
    later = way.due_s(1172, 1.0)
    assert later is not None
    assert round(later, 3) == 1.116


@given(st.integers(0, 2**32))
def test_as_much_is_lost_as_the_profile_says(seed: int) -> None:
    way = Direction(LineProfile(loss=0.1), Random(seed))
    through = [way.due_s(100, 0.0) for _ in range(4_000)]
    assert 300 < way.lost < 500
    assert through.count(None) == way.lost


def test_another_profile_counts_from_the_next_datagram_on() -> None:
    way = Direction(LineProfile(), Random(1))
    assert way.due_s(100, 0.0) == 0.0
    way.profile = LineProfile(delay_ms=500)
    assert way.due_s(100, 0.0) == 0.5


def test_only_addresses_for_udp_are_found_and_moved() -> None:
    assert addresses(SDP) == [Address("10.0.0.7", 40001), Address("203.0.113.9", 40001)]
    told = moved(SDP, Address("127.0.0.1", 5))
    assert addresses(told) == [Address("127.0.0.1", 5)]
    assert told.endswith("a=end-of-candidates\r\n")
    assert told.splitlines()[:2] == SDP.splitlines()[:2]


def test_an_sdp_without_candidates_gets_none() -> None:
    assert moved("v=0\r\n", Address("127.0.0.1", 5)) == "v=0\r\n"

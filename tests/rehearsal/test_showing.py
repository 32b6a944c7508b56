"""Which pictures a viewer could have shown, and when."""

from nhipcau.rehearsal.counting import PICTURE_NACKS, FlowCounter
from nhipcau.rehearsal.showing import GAP_BOUNDS_S, Showing
from tests.rehearsal.test_counting import STAP_KEY, packet


def test_pictures_behind_a_hole_are_shown_together_when_it_is_filled() -> None:
    counter = FlowCounter(90_000, PICTURE_NACKS, pictures=True)
    counter.handle(packet(0, 0, STAP_KEY), 0.0)
    for seq in (2, 3, 4):
        counter.handle(packet(seq, seq), seq / 25)
    assert (counter.stats().frames, counter.stats().shown) == (4, 1)
    counter.handle(packet(1, 1), 0.3)
    stats = counter.stats()
    assert stats.shown == 5
    assert abs(stats.longest_gap_s - 0.3) < 1e-9


def test_after_a_packet_that_never_comes_the_picture_stands_until_a_key_frame() -> None:
    counter = FlowCounter(90_000, PICTURE_NACKS, pictures=True)
    counter.handle(packet(0, 0, STAP_KEY), 0.0)
    counter.handle(packet(2, 2), 0.08)
    for step in range(300):
        counter.poll(5, 0.1 + step / 100)
    counter.handle(packet(3, 80), 3.2)
    assert counter.stats().shown == 1
    counter.handle(packet(4, 100, STAP_KEY), 4.0)
    counter.handle(packet(5, 101), 4.04)
    stats = counter.stats()
    assert stats.shown == 3
    assert stats.longest_gap_s == 4.0


def test_half_a_picture_is_none() -> None:
    counter = FlowCounter(90_000, PICTURE_NACKS, pictures=True)
    counter.handle(packet(0, 0, STAP_KEY, last=False), 0.0)
    assert counter.stats().shown == 0
    counter.handle(packet(1, 0), 0.01)
    assert counter.stats().shown == 1


def test_a_stream_that_never_gets_whole_keeps_a_bounded_memory() -> None:
    showing = Showing()
    for end in range(1_000):
        showing.whole(end, end)
        showing.poll(0, 0, end / 25)
    showing.poll(None, -1, 50.0)
    assert showing.shown == 0
    assert sum(showing.gaps.counts) == 0
    assert len(showing.gaps.counts) == len(GAP_BOUNDS_S) + 1

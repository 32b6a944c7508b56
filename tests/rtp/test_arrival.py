"""Jitter and losses as RFC 3550 computes them."""

from hypothesis import given
from hypothesis import strategies as st

from nhipcau.rtp.arrival import ArrivalStatistics
from nhipcau.rtp.rtcp_reports import SenderReport

RATE = 1024  # a power of two: seconds are exact ticks


def reference_jitter(arrivals: list[tuple[int, int]]) -> int:
    """Return the jitter of (arrival tick, timestamp) pairs by the code of RFC 3550 §A.8."""
    jitter, transit = 0, 0
    for i, (arrived, stamp) in enumerate(arrivals):
        last, transit = transit, arrived - stamp
        if i:
            jitter += abs(transit - last) - ((jitter + 8) >> 4)
    return jitter >> 4


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), min_size=1, max_size=60))
def test_jitter_is_that_of_rfc_3550(steps: list[tuple[int, int]]) -> None:
    arrivals, arrived, stamp = [], 0, 0
    for pause, ticks in steps:
        arrived, stamp = arrived + pause, stamp + ticks
        arrivals.append((arrived, stamp))
    statistics = ArrivalStatistics(RATE, 65536)
    for arrived, stamp in arrivals:
        # The media clock wraps in mid-stream.
        statistics.note((stamp + 0xFFFFFF00) & 0xFFFFFFFF, arrived / RATE)
    assert statistics.jitter == reference_jitter(arrivals)


def test_an_even_stream_has_no_jitter() -> None:
    statistics = ArrivalStatistics(RATE, 65536)
    for i in range(100):
        statistics.note(i * 64, i / 16)
    assert statistics.jitter == 0


def test_a_block_tells_the_losses_since_the_last_one() -> None:
    statistics = ArrivalStatistics(RATE, 65536 + 10)
    statistics.received = 75
    block = statistics.block(7, 65536 + 109, 1.0)
    assert (block.ssrc, block.fraction_lost, block.cumulative_lost) == (7, 64, 25)
    assert block.highest_seq == 109
    statistics.received += 100
    block = statistics.block(7, 65536 + 209, 2.0)
    assert (block.fraction_lost, block.cumulative_lost) == (0, 25)


def test_duplicates_make_the_losses_negative_but_never_the_fraction() -> None:
    statistics = ArrivalStatistics(RATE, 65536)
    statistics.received = 12
    block = statistics.block(7, 65536 + 9, 1.0)
    assert (block.fraction_lost, block.cumulative_lost) == (0, -2)


def test_the_cycles_stand_above_the_sequence_number() -> None:
    statistics = ArrivalStatistics(RATE, 65536 + 65535)
    assert statistics.block(7, 3 * 65536 + 5, 1.0).highest_seq == 0x20005


def test_all_lost_is_a_fraction_of_255() -> None:
    statistics = ArrivalStatistics(RATE, 65536)
    statistics.received = 1
    statistics.block(7, 65536, 1.0)
    assert statistics.block(7, 65536 + 100, 2.0).fraction_lost == 255


def test_the_last_sr_is_named_with_the_time_since() -> None:
    statistics = ArrivalStatistics(RATE, 65536)
    assert (statistics.block(7, 65536, 0.5).lsr, statistics.block(7, 65536, 0.5).dlsr) == (0, 0)
    statistics.note_sr(SenderReport(7, 0x0102030405060708, 0, 0, 0), 1.0)
    block = statistics.block(7, 65536, 1.5)
    assert (block.lsr, block.dlsr) == (0x03040506, 32768)

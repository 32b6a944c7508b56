"""The pacer: never more than twice the rate, never stuck, and bounded."""

from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from nhipcau.rtp.pacer import WIRE_OVERHEAD_BYTES, Pacer

RATE_BPS = 400_000
# 400 kbit/s, twice, for 4 ms.
STEP_BYTES = 400


@dataclass(frozen=True, eq=False)
class Frame:
    packets: Sequence[bytes]


def frame(*sizes: int) -> Frame:
    return Frame([bytes(size) for size in sizes])


def drain(pacer: Pacer[Frame], now_s: float) -> int:
    """Return the bytes on the wire that are due now."""
    return sum(
        len(packet) + WIRE_OVERHEAD_BYTES
        for piece in pacer.poll(now_s)
        for packet in piece.frame.packets[piece.start : piece.end]
    )


@given(st.lists(st.integers(1, 4), min_size=1, max_size=50), st.integers(1, 9))
def test_a_conforming_stream_goes_at_twice_its_rate_at_most(counts: list[int], key: int) -> None:
    pacer: Pacer[Frame] = Pacer(RATE_BPS)
    pacer.put(frame(*[1_200] * key))
    out = []
    for tick in range(500):
        if tick % 10 == 0 and tick // 10 < len(counts):
            # Twice the rate at the most, on the average of the four counts.
            pacer.put(frame(*[600] * counts[tick // 10]))
        out.append(drain(pacer, tick * 0.004))
    for window in (3, 10, 60):
        most = max(sum(out[at : at + window]) for at in range(len(out)))
        assert most <= STEP_BYTES * window + 1_000 + 1_238
    assert pacer.due_s() is None


def test_packets_come_in_order_and_none_twice() -> None:
    pacer: Pacer[Frame] = Pacer(RATE_BPS)
    frames = [frame(*[1_000] * count) for count in (3, 1, 5)]
    for one in frames:
        pacer.put(one)
    pieces = [piece for step in range(100) for piece in pacer.poll(step * 0.01)]
    sent = [(frames.index(p.frame), at) for p in pieces for at in range(p.start, p.end)]
    assert sent == [(number, at) for number, count in enumerate((3, 1, 5)) for at in range(count)]


def test_after_a_stall_what_waits_goes_faster_than_it_would_be_of_use() -> None:
    pacer: Pacer[Frame] = Pacer(RATE_BPS)
    for _ in range(40):
        pacer.put(frame(*[1_200] * 10))
    sent = [drain(pacer, step * 0.004) for step in range(750)]
    # 495 kB would take 5 s at twice the rate.
    assert sum(sent) == 40 * 10 * 1_238


def test_a_full_queue_lets_the_oldest_go_but_not_the_one_under_way() -> None:
    pacer: Pacer[Frame] = Pacer(RATE_BPS)
    frames = [frame(1_200, 1_200, 1_200) for _ in range(52)]
    pacer.put(frames[0])
    assert [(piece.start, piece.end) for piece in pacer.poll(0.0)] == [(0, 1)]
    gone = [pacer.put(one) for one in frames[1:]]
    assert [one for one in gone if one is not None] == [frames[1], frames[2]]
    assert pacer.dropped == 2
    assert pacer.waiting()[0] is frames[0]

"""The trunk's bench: packets at a ladder's rates, and what one way takes longer than the other."""

from nhipcau.bench.trunk import Rung, added_ms
from nhipcau.mcu.ladder import PROGRAM_LADDER
from nhipcau.rtp.h264 import starts_keyframe
from nhipcau.rtp.packet import packet_seq, parse_rtp


def test_a_made_up_rung_keeps_about_to_its_rate_and_begins_with_a_key_frame() -> None:
    for spec in PROGRAM_LADDER:
        rung = Rung(spec)
        packets = [packet for tick in range(4_000) for packet in rung.due(tick / 1_000)]
        assert starts_keyframe(parse_rtp(packets[0]).payload)
        assert [packet_seq(packet) for packet in packets] == list(range(len(packets)))
        bps = 8 * sum(map(len, packets)) / 4
        assert 0.7 * spec.wire_bps < bps < 2 * spec.wire_bps
        # Each says when it left, so no two are the same.
        assert len(set(packets)) == len(packets)


def test_only_what_came_both_ways_is_compared() -> None:
    direct = {b"a": 1.0, b"b": 2.0, b"c": 3.0}
    assert added_ms(direct, {b"a": 1.004, b"c": 3.002, b"d": 9.0}) == [
        1_000 * (1.004 - 1.0),
        1_000 * (3.002 - 3.0),
    ]

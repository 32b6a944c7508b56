"""What a synthetic site notices of a stream that it receives."""

import random

from hypothesis import given
from hypothesis import strategies as st

from nhipcau.rehearsal.counting import PICTURE_NACKS, SOUND_NACKS, FlowCounter
from nhipcau.rtp.packet import Extension, RtpPacket
from nhipcau.rtp.rtcp import parse_compound
from nhipcau.rtp.rtcp_feedback import Nack, Pli
from nhipcau.rtp.rtcp_reports import SenderReport
from nhipcau.sound.opusframes import OPUS_SILENCE

SSRC = 77
OWN_SSRC = 5
SPS, IDR, SLICE = b"\x67sps", b"\x65idr", b"\x41slice"
STAP_KEY = b"\x78\x00\x04\x67sps\x00\x04\x65idr"


def packet(
    seq: int, frame: int, payload: bytes = SLICE, ssrc: int = SSRC, *, last: bool = True
) -> bytes:
    stamp = frame * 3600 % 2**32
    return RtpPacket(102, seq % 65536, stamp, ssrc, payload, marker=last).to_bytes()


def picture_counter() -> FlowCounter:
    return FlowCounter(90_000, PICTURE_NACKS, pictures=True)


def feedback(counter: FlowCounter, now_s: float) -> list[object]:
    return [
        message
        for data in counter.poll(OWN_SSRC, now_s)
        for message in parse_compound(data).messages
    ]


def test_everything_that_came_is_counted_once() -> None:
    counter = picture_counter()
    sent = [
        packet(65_500 + n, n // 3, STAP_KEY if n == 0 else SLICE, last=n % 3 == 2)
        for n in range(300)
    ]
    for n, data in enumerate(sent):
        counter.handle(data, n // 3 / 25)
    stats = counter.stats()
    assert stats.packets == 300
    assert stats.octets == sum(map(len, sent))
    assert (stats.frames, stats.shown, stats.key_frames) == (100, 100, 1)
    assert (stats.gaps, stats.duplicates, stats.malformed) == (0, 0, 0)
    assert stats.first_s == 0.0
    assert sum(stats.gap_counts) == 99
    assert stats.longest_gap_s < 0.041


def test_a_missing_packet_is_asked_for_and_counted_as_recovered_when_it_comes() -> None:
    counter = picture_counter()
    for seq in (0, 1, 2, 5, 6):
        counter.handle(packet(seq, seq, STAP_KEY if seq == 0 else SLICE), seq / 25)
    assert feedback(counter, 0.3) == [Nack(OWN_SSRC, SSRC, (3, 4))]
    counter.handle(packet(3, 3), 0.31)
    counter.handle(packet(4, 4), 0.31)
    counter.handle(packet(4, 4), 0.32)
    stats = counter.stats()
    assert (stats.gaps, stats.recovered, stats.gave_up, stats.duplicates) == (2, 2, 0, 1)
    assert stats.nacks == 2


def test_a_packet_that_never_comes_is_given_up_and_a_key_frame_is_asked_for() -> None:
    counter = picture_counter()
    counter.handle(packet(0, 0, STAP_KEY), 0.0)
    counter.handle(packet(2, 2), 0.08)
    asked: list[object] = []
    for step in range(1, 300):
        asked += feedback(counter, 0.08 + step * 0.01)
    assert [m for m in asked if isinstance(m, Pli)] == [Pli(OWN_SSRC, SSRC)] * counter.stats().plis
    assert counter.stats().plis >= 1
    assert counter.stats().gave_up == 1
    counter.handle(packet(3, 100, STAP_KEY), 3.2)
    assert feedback(counter, 9.0) == []


def test_a_stream_that_begins_without_a_key_frame_is_asked_for_one_every_half_second() -> None:
    counter = picture_counter()
    for step in range(200):
        counter.handle(packet(step, step), step * 0.01)
        feedback(counter, step * 0.01)
    assert counter.stats().plis == 4


def test_no_key_frame_is_asked_for_before_anything_came_or_for_sound() -> None:
    assert feedback(picture_counter(), 1.0) == []
    sound = FlowCounter(48_000, SOUND_NACKS, pictures=False)
    sound.handle(packet(0, 0), 0.0)
    assert feedback(sound, 1.0) == []
    assert sound.stats().first_s == 0.0


def test_a_blocked_sender_moves_the_gaps_until_they_are_reset() -> None:
    counter = picture_counter()
    for seq, now_s in enumerate((0.0, 0.04, 0.08, 0.5, 0.54)):
        counter.handle(packet(seq, seq, SLICE if seq else STAP_KEY), now_s)
    stats = counter.stats()
    assert abs(stats.longest_gap_s - 0.42) < 1e-9
    # Bounds 0.03, 0.06, 0.1, 0.2, 0.3, 0.4, 0.8, 2.0: three gaps of 40 ms, one of 420 ms.
    assert stats.gap_counts == (0, 3, 0, 0, 0, 0, 1, 0, 0)
    counter.reset_gaps()
    assert counter.stats().longest_gap_s == 0.0


def test_silence_that_is_filled_in_is_no_gap_of_packets_but_one_of_sound() -> None:
    counter = FlowCounter(48_000, SOUND_NACKS, pictures=False)
    for number, payload in enumerate((b"x" * 40, OPUS_SILENCE, OPUS_SILENCE, b"x" * 40)):
        counter.handle(packet(number, number, payload), number * 0.02)
    stats = counter.stats()
    assert abs(stats.longest_gap_s - 0.02) < 1e-9
    assert abs(stats.longest_silence_s - 0.06) < 1e-9
    counter.reset_gaps()
    assert counter.stats().longest_silence_s == 0.0


def test_a_reconnection_goes_on_counting_and_shows_as_a_gap_not_as_a_loss() -> None:
    counter = picture_counter()
    counter.handle(packet(100, 1, STAP_KEY), 1.0)
    counter.restart()
    counter.handle(packet(40_000, 9_000, STAP_KEY, ssrc=78), 1.3)
    stats = counter.stats()
    assert (stats.packets, stats.frames, stats.key_frames, stats.gaps) == (2, 2, 2, 0)
    assert abs(stats.longest_gap_s - 0.3) < 1e-9
    assert stats.first_s == 1.3


def test_a_jump_beyond_any_loss_is_a_new_beginning() -> None:
    counter = picture_counter()
    counter.handle(packet(100, 1), 1.0)
    counter.handle(packet(30_000, 2), 1.1)
    assert counter.stats().gaps == 0


def test_an_idr_is_seen_behind_a_header_extension_too() -> None:
    counter = picture_counter()
    dressed = RtpPacket(102, 1, 0, SSRC, SPS, extension=Extension(0xBEDE, bytes(4)))
    counter.handle(dressed.to_bytes(), 0.0)
    assert counter.stats().key_frames == 1


def test_the_report_names_losses_and_the_last_sender_report() -> None:
    counter = picture_counter()
    assert counter.report(0.0) is None
    for seq in (65_534, 65_535, 1, 2):
        counter.handle(packet(seq, seq), 0.0)
    counter.handle_report(SenderReport(SSRC, 0x1122_3344_5566_7788, 0, 0, 0), 1.0)
    block = counter.report(1.5)
    assert block is not None
    assert (block.ssrc, block.cumulative_lost, block.fraction_lost) == (SSRC, 1, 256 // 5)
    assert block.highest_seq == 0x1_0002
    assert (block.lsr, block.dlsr) == (0x3344_5566, 32_768)


def test_a_sender_report_of_another_stream_is_passed_over() -> None:
    counter = picture_counter()
    counter.handle(packet(1, 1), 0.0)
    counter.handle_report(SenderReport(SSRC + 1, 1 << 32, 0, 0, 0), 1.0)
    block = counter.report(1.5)
    assert block is not None
    assert block.lsr == 0


@given(st.binary(max_size=64))
def test_any_bytes_are_counted_and_never_raise(data: bytes) -> None:
    counter = picture_counter()
    counter.handle(data, 0.0)
    stats = counter.stats()
    assert stats.packets + stats.malformed >= 1


@given(st.integers(0, 65_535), st.integers(0, 2**32 - 1))
def test_any_order_within_the_window_ends_with_everything_recovered(first: int, seed: int) -> None:
    counter = picture_counter()
    order = list(range(100))
    shuffled = [0, *random.Random(seed).sample(order[1:], 99)]
    for n in shuffled:
        counter.handle(packet(first + n, n), 0.0)
    stats = counter.stats()
    assert stats.packets == 100
    assert stats.gaps == stats.recovered
    assert stats.duplicates == 0

"""What one stream of a synthetic site puts on the wire."""

from itertools import pairwise

from nhipcau.rehearsal.outgoing import PreparedLoop
from nhipcau.rtp.packet import parse_rtp
from nhipcau.rtp.rtcp_feedback import Fir, Nack, Pli
from nhipcau.rtp.rtcp_reports import SenderReport, SourceDescription
from tests.rehearsal.wire import (
    CAMERA_SSRC,
    WALL_S,
    KeepingPipe,
    picture_loop,
    run,
    stream_on,
    unit_of,
)

# A timestamp and a sequence number (its upper half) that wrap within a second.
ALMOST_WRAPPED = 0xFFFF_F000


def test_nothing_is_sent_before_the_start_and_nothing_after_the_stop() -> None:
    pipe = KeepingPipe()
    stream = stream_on(pipe)
    run(stream, 0, 1)
    assert pipe.sent == []
    stream.start(picture_loop(), 1.0)
    run(stream, 1, 2)
    stream.stop()
    sent = len(pipe.sent)
    run(stream, 2, 3)
    assert sent > 0
    assert len(pipe.sent) == sent


def test_the_seam_of_the_loop_is_invisible_in_sequence_numbers_and_timestamps() -> None:
    pipe = KeepingPipe()
    stream = stream_on(pipe, first=ALMOST_WRAPPED)
    stream.start(picture_loop(), 0.0)
    run(stream, 0, 5)
    packets = pipe.rtp()
    frames = packets[::2]
    assert [unit_of(packet) for packet in frames] == [n % 40 for n in range(125)]
    assert all((b.seq - a.seq) % 65536 == 1 for a, b in pairwise(packets))
    assert all((b.timestamp - a.timestamp) % 2**32 == 3600 for a, b in pairwise(frames))
    assert {packet.ssrc for packet in packets} == {CAMERA_SSRC}
    assert [packet.marker for packet in packets] == [False, True] * 125


def test_a_frame_is_sent_when_it_is_due_and_not_before() -> None:
    pipe = KeepingPipe()
    stream = stream_on(pipe)
    stream.start(picture_loop(), 0.0)
    stream.poll(0.0)
    stream.poll(0.039)
    assert len(pipe.rtp()) == 2
    stream.poll(0.040)
    assert len(pipe.rtp()) == 4


def test_after_a_pause_timestamps_have_run_on_and_sequence_numbers_have_not() -> None:
    pipe = KeepingPipe()
    stream = stream_on(pipe)
    loop = picture_loop()
    stream.start(loop, 0.0)
    run(stream, 0, 1)
    stream.stop()
    before = pipe.rtp()[-1]
    stream.start(loop, 11.0)
    stream.poll(11.0)
    after = pipe.rtp()[-2]
    assert unit_of(after) == 0
    assert after.seq == before.seq + 1
    assert after.timestamp == 11 * 90_000


def test_a_pli_is_answered_by_the_next_key_frame_at_the_next_picture() -> None:
    pipe = KeepingPipe()
    stream = stream_on(pipe)
    stream.start(picture_loop(), 0.0)
    now_s = run(stream, 0, 0.130)
    stream.handle_feedback(Pli(1, CAMERA_SSRC), now_s)
    run(stream, now_s, now_s + 0.1)
    frames = pipe.rtp()[::2]
    assert [unit_of(packet) for packet in frames] == [0, 1, 2, 3, 10, 11]
    assert all(b.timestamp - a.timestamp == 3600 for a, b in pairwise(frames))


def test_an_fir_is_answered_as_a_pli_is() -> None:
    pipe = KeepingPipe()
    stream = stream_on(pipe)
    stream.start(picture_loop(), 0.0)
    now_s = run(stream, 0, 0.05)
    stream.handle_feedback(Fir(1, ((CAMERA_SSRC, 0),)), now_s)
    run(stream, now_s, now_s + 0.05)
    assert unit_of(pipe.rtp()[-1]) == 10


def test_a_storm_of_plis_makes_one_jump_in_half_a_second() -> None:
    pipe = KeepingPipe()
    stream = stream_on(pipe)
    stream.start(picture_loop(), 0.0)
    for step in range(100):
        now_s = step * 0.005
        stream.poll(now_s)
        stream.handle_feedback(Pli(1, CAMERA_SSRC), now_s)
    units = [unit_of(packet) for packet in pipe.rtp()[::2]]
    assert sum(b - a != 1 for a, b in pairwise(units)) == 1
    assert stream.stats().plis == 100


def test_a_pli_for_another_stream_changes_nothing() -> None:
    pipe = KeepingPipe()
    stream = stream_on(pipe)
    stream.start(picture_loop(), 0.0)
    stream.poll(0.0)
    stream.handle_feedback(Pli(1, CAMERA_SSRC + 1), 0.0)
    stream.poll(0.04)
    assert unit_of(pipe.rtp()[-1]) == 1


def test_a_flashing_loop_keeps_its_phase_at_a_pli_and_starts_at_a_key_frame_of_its_phase() -> None:
    pipe = KeepingPipe()
    stream = stream_on(pipe)
    stream.start(picture_loop(seekable=False), 0.5)
    now_s = run(stream, 0.5, 1.0)
    stream.handle_feedback(Pli(1, CAMERA_SSRC), now_s)
    run(stream, now_s, 3.0)
    frames = pipe.rtp()[::2]
    assert unit_of(frames[0]) == 20
    for packet in frames:
        assert unit_of(packet) == packet.timestamp // 3600 % 40


def test_a_nack_is_answered_byte_for_byte() -> None:
    pipe = KeepingPipe()
    stream = stream_on(pipe, first=ALMOST_WRAPPED)
    stream.start(picture_loop(), 0.0)
    run(stream, 0, 1)
    lost = [packet for packet in pipe.sent if packet[1] != 200][4:9]
    seqs = tuple(int.from_bytes(packet[2:4]) for packet in lost)
    del pipe.sent[:]
    stream.handle_feedback(Nack(1, CAMERA_SSRC, seqs), 1.0)
    assert pipe.sent == lost
    assert stream.stats().retransmitted == 5


def test_a_nack_for_a_packet_that_is_gone_is_counted_and_sends_nothing() -> None:
    pipe = KeepingPipe()
    stream = stream_on(pipe)
    stream.start(picture_loop(), 0.0)
    run(stream, 0, 0.1)
    sent = len(pipe.sent)
    stream.handle_feedback(Nack(1, CAMERA_SSRC, (40_000,)), 0.1)
    assert len(pipe.sent) == sent
    assert stream.stats().nacks_unanswered == 1


def test_a_thread_that_was_away_sends_no_burst_and_tears_no_picture_apart() -> None:
    pipe = KeepingPipe()
    stream = stream_on(pipe)
    stream.start(picture_loop(), 0.0)
    run(stream, 0, 0.2)
    before = pipe.rtp()[-1]
    stream.poll(5.0)
    after = pipe.rtp()[-1]
    assert unit_of(after) == unit_of(before) + 1
    assert after.timestamp == 5 * 90_000
    assert after.seq == before.seq + 2
    assert stream.stats().skipped == 120


def test_a_line_that_is_not_open_loses_packets_and_counts_them() -> None:
    pipe = KeepingPipe()
    stream = stream_on(pipe)
    pipe.is_open = False
    stream.start(picture_loop(), 0.0)
    stream.poll(0.0)
    stats = stream.stats()
    assert (stats.packets, stats.refused) == (0, 2)


def test_a_sender_report_ties_the_timestamp_to_the_wall_clock_once_a_second() -> None:
    pipe = KeepingPipe()
    stream = stream_on(pipe, zero_s=100.0, first=12345)
    stream.start(picture_loop(), 100.0)
    run(stream, 100, 103.1)
    reports = [message for message in pipe.rtcp() if isinstance(message, SenderReport)]
    names = [message for message in pipe.rtcp() if isinstance(message, SourceDescription)]
    assert len(reports) == len(names) == 4
    last = reports[-1]
    elapsed_s = (last.rtp_timestamp - 12345) / 90_000
    assert abs(last.ntp / 2**32 - 2_208_988_800 - (WALL_S + 100 + elapsed_s)) < 1e-4
    sent = [packet for packet in pipe.sent if packet[1] != 200]
    upto = [packet for packet in sent if int.from_bytes(packet[4:8]) <= last.rtp_timestamp]
    assert last.packets == len(upto)
    assert last.octets == sum(len(parse_rtp(packet).payload) for packet in upto)


def test_another_loop_goes_on_with_numbers_and_clock_from_a_key_frame() -> None:
    pipe = KeepingPipe()
    stream = stream_on(pipe)
    stream.start(picture_loop(), 0.0)
    run(stream, 0, 1.005)
    units = picture_loop().units
    for number, per_s in enumerate((10, 25, 10, 10, 25)):
        loop = PreparedLoop(units, per_s, 90_000, marked=True, seekable=True)
        stream.start(loop, 1.005 + number)
        # Twice before anything of it is due, as when an MCU changes its mind.
        stream.start(PreparedLoop(units, per_s, 90_000, marked=True, seekable=True), 1.005 + number)
        before = len(pipe.rtp())
        run(stream, 1.005 + number, 2.005 + number)
        assert unit_of(pipe.rtp()[before]) % 10 == 0
        assert len(pipe.rtp()) - before in range(2 * per_s - 2, 2 * per_s + 3)
    packets = pipe.rtp()
    stamps = [packet.timestamp for packet in packets[::2]]
    assert all((b.seq - a.seq) % 65536 == 1 for a, b in pairwise(packets))
    assert all(a < b for a, b in pairwise(stamps))
    assert abs(stamps[-1] - 6 * 90_000) < 9_000


def test_the_same_loop_again_changes_nothing() -> None:
    pipe = KeepingPipe()
    stream, loop = stream_on(pipe), picture_loop()
    stream.start(loop, 0.0)
    run(stream, 0, 0.5)
    stream.start(loop, 0.5)
    run(stream, 0.5, 1)
    assert [unit_of(packet) for packet in pipe.rtp()[::2]] == list(range(25))

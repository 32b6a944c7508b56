"""VideoReceiver: whole frames in an unbroken chain, whatever the line and the source do."""

from collections.abc import Iterable
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from nhipcau.rtp.frame import EncodedFrame
from nhipcau.rtp.packet import RtpPacket, packet_seq, parse_rtp, patch_seq
from nhipcau.rtp.receiver import VideoReceiver
from nhipcau.rtp.rtcp import RtcpMessage, parse_compound
from nhipcau.rtp.rtcp_feedback import Nack, Pli, Remb
from nhipcau.rtp.rtcp_reports import Bye, ReceiverReport, SenderReport, SourceDescription
from nhipcau.rtp.sender import VideoSender
from nhipcau.rtp.timeline import ntp_from_wall
from tests.rtp.pictures import TICKS, VIDEO_PT, picture

SSRC = 7


def wire(numbers: Iterable[int], *, key: int = 0, first_seq: int = 65_530) -> list[list[bytes]]:
    """Return the packets of consecutive frames, three each, seven for the key frame `key`."""
    sender = VideoSender(SSRC, VIDEO_PT, first_seq=first_seq)
    return [
        sender.packetize(picture(n, keyframe=n == key, size=8000 if n == key else 3000))
        for n in numbers
    ]


def feed(receiver: VideoReceiver, packets: Iterable[bytes], now_s: float) -> list[EncodedFrame]:
    for packet in packets:
        receiver.handle_rtp(packet, now_s)
    return frames_of(receiver)


def frames_of(receiver: VideoReceiver) -> list[EncodedFrame]:
    frames = []
    while (frame := receiver.poll_frame()) is not None:
        frames.append(frame)
    return frames


def messages(receiver: VideoReceiver, now_s: float) -> list[RtcpMessage]:
    return [m for data in receiver.poll_rtcp(now_s) for m in parse_compound(data).messages]


def stamps(frames: Iterable[EncodedFrame]) -> list[int]:
    return [frame.timestamp // TICKS for frame in frames]


def test_frames_in_order_come_out_as_they_were() -> None:
    receiver = VideoReceiver(VIDEO_PT)
    frames = [f for n, packets in enumerate(wire(range(10))) for f in feed(receiver, packets, n)]
    assert [f.data for f in frames[1:]] == [picture(n).data for n in range(1, 10)]
    assert [f.keyframe for f in frames] == [True] + [False] * 9
    assert stamps(frames) == list(range(10))
    stats = receiver.stats()
    assert (stats.frames, stats.keyframes, stats.lost, stats.waiting_since_s) == (10, 1, 0, None)


@given(st.integers(0, 1 << 32))
@settings(max_examples=40)
def test_any_order_within_the_wait_gives_all_frames_in_order(seed: int) -> None:
    first, *rest = [p for frame in wire(range(8)) for p in frame]
    Random(seed).shuffle(rest)
    receiver = VideoReceiver(VIDEO_PT)
    assert stamps(feed(receiver, [first, *rest], 0.0)) == list(range(8))
    assert receiver.stats().duplicates == 0


def test_duplicates_are_counted_and_change_nothing() -> None:
    receiver = VideoReceiver(VIDEO_PT)
    doubled = [p for frame in wire(range(5)) for packet in frame for p in (packet, packet)]
    assert stamps(feed(receiver, doubled, 0.0)) == list(range(5))
    assert receiver.stats().duplicates == len(doubled) // 2


def test_a_lost_packet_is_asked_for_and_its_answer_closes_the_gap() -> None:
    receiver = VideoReceiver(VIDEO_PT, own_ssrc=3)
    key, one, two = wire(range(3))
    assert len(feed(receiver, key, 0.0)) == 1
    messages(receiver, 0.0)
    assert feed(receiver, [one[0], one[2], *two], 0.04) == []
    nack = Nack(3, SSRC, (packet_seq(one[1]),))
    assert messages(receiver, 0.04) == [ReceiverReport(3), nack]
    assert stamps(feed(receiver, [one[1]], 0.08)) == [1, 2]
    stats = receiver.stats()
    assert (stats.recovered, stats.nacks_sent, stats.lost, stats.frames_dropped) == (1, 1, 0, 0)


def test_a_loss_that_stays_freezes_the_picture_until_the_next_key_frame() -> None:
    receiver = VideoReceiver(VIDEO_PT)
    frames = wire(range(12), key=0)
    feed(receiver, frames[0], 0.0)
    messages(receiver, 0.0)
    feed(receiver, frames[1][1:], 0.04)
    for n in range(2, 6):
        assert feed(receiver, frames[n], 0.04 * n) == []
    # Given up 0.3 s after it was noticed: three times the round trip that is assumed.
    plis = [m for ms in range(160, 500, 5) for m in messages(receiver, ms / 1000)]
    assert plis.count(Pli(1, SSRC)) == 1
    assert frames_of(receiver) == []
    assert receiver.stats().waiting_since_s is not None
    key = VideoSender(SSRC, VIDEO_PT, first_seq=packet_seq(frames[6][0]))
    (frame,) = feed(receiver, key.packetize(picture(6, keyframe=True)), 0.5)
    assert frame.keyframe
    assert stamps(feed(receiver, key.packetize(picture(7)), 0.54)) == [7]
    stats = receiver.stats()
    assert (stats.lost, stats.waiting_since_s) == (1, None)
    assert stats.frames_dropped == 4


def test_a_key_frame_that_arrives_while_frozen_is_shown_though_older_packets_are_missing() -> None:
    receiver = VideoReceiver(VIDEO_PT)
    frames = wire(range(12), key=0)
    feed(receiver, frames[0], 0.0)
    feed(receiver, frames[1][1:], 0.0)
    for ms in range(0, 400, 5):
        messages(receiver, ms / 1000)
    assert receiver.stats().lost == 1
    # Another gap, still young, and behind it the key frame.
    feed(receiver, frames[3], 0.41)
    sender = VideoSender(SSRC, VIDEO_PT, first_seq=packet_seq(frames[4][0]))
    (frame,) = feed(receiver, sender.packetize(picture(4, keyframe=True, size=8000)), 0.42)
    assert frame.keyframe
    assert receiver.stats().nacks_sent >= 1


def test_a_key_frame_that_already_waits_is_shown_as_soon_as_the_gap_is_given_up() -> None:
    receiver = VideoReceiver(VIDEO_PT)
    frames = wire(range(4), key=0)
    feed(receiver, frames[0], 0.0)
    feed(receiver, frames[1][1:], 0.0)
    # A younger gap lies between the first one and the key frame; it need not be waited for.
    feed(receiver, frames[2][1:], 0.2)
    sender = VideoSender(SSRC, VIDEO_PT, first_seq=packet_seq(frames[3][0]))
    assert feed(receiver, sender.packetize(picture(3, keyframe=True)), 0.22) == []
    for ms in range(0, 310, 5):
        messages(receiver, ms / 1000)
    (frame,) = frames_of(receiver)
    assert frame.keyframe


def test_plis_come_at_most_every_half_second_and_not_for_a_silent_source() -> None:
    receiver = VideoReceiver(VIDEO_PT)
    sender = VideoSender(SSRC, VIDEO_PT)
    plis = []
    for ms in range(0, 3000, 5):
        if ms % 40 == 0 and ms < 1400:
            feed(receiver, sender.packetize(picture(ms // 40 + 1)), ms / 1000)
        if Pli(1, SSRC) in messages(receiver, ms / 1000):
            plis.append(ms)
    # The stream begins without a key frame; after the one at 1.5 s nothing comes any more.
    assert plis == [0, 500, 1000, 1500]
    assert receiver.stats().plis_sent == 4


def test_a_stream_that_begins_with_a_key_frame_is_not_asked_for_one() -> None:
    receiver = VideoReceiver(VIDEO_PT)
    key = wire([0])[0]
    for ms, packet in enumerate(key):
        feed(receiver, [packet], ms / 100)
        assert Pli(1, SSRC) not in messages(receiver, ms / 100)
    assert receiver.stats().frames == 1


def test_another_source_takes_over_cleanly() -> None:
    receiver = VideoReceiver(VIDEO_PT)
    old = wire(range(3))
    feed(receiver, old[0] + old[1], 10.0)
    feed(receiver, old[2][1:], 10.04)
    page = VideoSender(99, VIDEO_PT, first_seq=40_000)
    far = picture(0, keyframe=True, timestamp=3_000_000_000)
    (frame,) = feed(receiver, page.packetize(far), 10.5)
    assert frame.keyframe
    # The timeline goes on: half a second after frame 1.
    assert frame.timestamp == TICKS + 45_000
    # A straggler of the old page does not turn it back.
    assert feed(receiver, old[2][:1], 10.51) == []
    stats = receiver.stats()
    assert (stats.ssrc, stats.restarts, stats.foreign) == (99, 1, 1)
    assert feed(receiver, page.packetize(picture(1, timestamp=3_000_003_600)), 10.54)


def test_the_old_source_may_come_back_after_a_second_of_silence() -> None:
    receiver = VideoReceiver(VIDEO_PT)
    feed(receiver, wire([0])[0], 0.0)
    feed(receiver, VideoSender(99, VIDEO_PT).packetize(picture(0, keyframe=True)), 1.0)
    assert len(feed(receiver, wire([0])[0], 2.5)) == 1
    assert receiver.stats().ssrc == SSRC


def test_a_bye_ends_the_source_and_the_next_one_begins() -> None:
    receiver = VideoReceiver(VIDEO_PT)
    feed(receiver, wire([0])[0], 0.0)
    receiver.handle_rtcp(Bye((SSRC,)).to_bytes(), 0.1)
    assert receiver.stats().ssrc is None
    assert [messages(receiver, s) for s in (0.2, 1.5, 5.0)] == [[], [], []]
    assert len(feed(receiver, wire([5], key=5)[0], 6.0)) == 1


def test_a_source_that_begins_anew_far_away_is_followed_from_its_second_packet() -> None:
    receiver = VideoReceiver(VIDEO_PT)
    feed(receiver, wire(range(2), first_seq=100)[0], 0.0)
    sender = VideoSender(SSRC, VIDEO_PT, first_seq=30_000)
    feed(receiver, sender.packetize(picture(1, keyframe=True)), 0.04)
    assert messages(receiver, 0.05)[-1] == Pli(1, SSRC)
    (frame,) = feed(receiver, sender.packetize(picture(2, keyframe=True)), 0.08)
    assert frame.keyframe
    assert (receiver.stats().restarts, receiver.stats().strays) == (1, 1)


def test_one_stray_packet_changes_nothing() -> None:
    receiver = VideoReceiver(VIDEO_PT)
    frames = wire(range(3), first_seq=100)
    feed(receiver, frames[0], 0.0)
    feed(receiver, [patch_seq(frames[1][0], 40_000)], 0.01)
    assert stamps(feed(receiver, frames[1] + frames[2], 0.04)) == [1, 2]
    assert receiver.stats().strays == 1


def test_a_jump_of_the_sources_clock_is_bridged() -> None:
    receiver = VideoReceiver(VIDEO_PT)
    sender = VideoSender(SSRC, VIDEO_PT)
    feed(receiver, sender.packetize(picture(0, keyframe=True)), 0.0)
    (frame,) = feed(receiver, sender.packetize(picture(1, timestamp=2_000_000_000)), 0.04)
    assert abs(frame.timestamp - TICKS) <= 1
    assert receiver.stats().clock_jumps == 1


def test_too_much_behind_a_gap_gives_the_gap_up() -> None:
    receiver = VideoReceiver(VIDEO_PT)
    sender = VideoSender(SSRC, VIDEO_PT)
    feed(receiver, sender.packetize(picture(0, keyframe=True)), 0.0)
    sender.packetize(picture(1))
    for n in range(2, 300):
        feed(receiver, sender.packetize(picture(n)), 0.01)
    stats = receiver.stats()
    assert (stats.overflows, stats.lost) == (1, 3)
    assert len(receiver._pending) <= 640


def test_frames_that_nobody_fetches_are_dropped_to_the_next_key_frame() -> None:
    receiver = VideoReceiver(VIDEO_PT)
    sender = VideoSender(SSRC, VIDEO_PT)
    for n in range(40):
        for packet in sender.packetize(picture(n, keyframe=n == 0)):
            receiver.handle_rtp(packet, n / 25)
    assert receiver.poll_frame() is None
    assert messages(receiver, 1.6)[-1] == Pli(1, SSRC)
    (frame,) = feed(receiver, sender.packetize(picture(40, keyframe=True)), 1.64)
    assert frame.keyframe
    stats = receiver.stats()
    assert (stats.queue_overflows, stats.frames_dropped) == (1, 40)


def test_a_decoder_that_lost_its_chain_gets_a_key_frame_next() -> None:
    receiver = VideoReceiver(VIDEO_PT)
    sender = VideoSender(SSRC, VIDEO_PT)
    feed(receiver, sender.packetize(picture(0, keyframe=True)), 0.0)
    messages(receiver, 0.0)
    for ms in (10, 15, 20):
        receiver.request_keyframe(ms / 1000)
    # Nothing came since: the source may be silent for good, but it is asked once.
    assert messages(receiver, 0.02) == [ReceiverReport(1), Pli(1, SSRC)]
    assert feed(receiver, sender.packetize(picture(1)), 0.04) == []
    (frame,) = feed(receiver, sender.packetize(picture(2, keyframe=True)), 0.08)
    assert frame.keyframe


def test_the_report_names_losses_sr_and_rate() -> None:
    receiver = VideoReceiver(VIDEO_PT, own_ssrc=3, cname="mcu")
    frames = wire(range(4), first_seq=10)
    receiver.set_remb(500_000)
    feed(receiver, frames[0], 0.0)
    first = messages(receiver, 0.0)
    assert [type(m) for m in first] == [ReceiverReport, SourceDescription, Remb]
    assert first[2] == Remb(3, 500_000, (SSRC,))
    sr = SenderReport(SSRC, ntp_from_wall(1000.0), 90_000, 0, 0)
    receiver.handle_rtcp(sr.to_bytes(), 0.5)
    feed(receiver, frames[1][:-1] + frames[2], 0.6)
    report = messages(receiver, 1.0)[0]
    assert isinstance(report, ReceiverReport)
    (block,) = report.blocks
    assert (block.ssrc, block.cumulative_lost) == (SSRC, 1)
    assert (block.lsr, block.dlsr) == (sr.ntp >> 16 & 0xFFFFFFFF, 32_768)
    assert receiver.clock is not None
    assert receiver.clock.wall_at(90_000 + 9_000) == 1000.1


def test_a_much_changed_rate_is_told_at_once_and_a_little_changed_one_with_the_next_report() -> (
    None
):
    receiver = VideoReceiver(VIDEO_PT)
    feed(receiver, wire([0])[0], 0.0)
    receiver.set_remb(1_000_000)
    messages(receiver, 0.0)
    receiver.set_remb(1_050_000)
    assert messages(receiver, 0.1) == []
    receiver.set_remb(600_000)
    assert Remb(1, 600_000 >> 2 << 2, (SSRC,)) in messages(receiver, 0.2)
    assert messages(receiver, 0.3) == []


def test_what_is_no_rtp_of_ours_is_counted_and_harmless() -> None:
    receiver = VideoReceiver(VIDEO_PT)
    feed(receiver, [b"", b"\x80", bytes(40), RtpPacket(96, 1, 2, 3, b"x").to_bytes()], 0.0)
    receiver.handle_rtcp(b"\x80\xc8", 0.0)
    feed(receiver, [RtpPacket(VIDEO_PT, 1, 2, SSRC, b"\x1fgarbage", marker=True).to_bytes()], 0.0)
    assert len(feed(receiver, wire([0], first_seq=2)[0], 0.0)) == 1
    stats = receiver.stats()
    assert (stats.malformed, stats.foreign) == (4, 1)


@given(st.lists(st.tuples(st.binary(max_size=40), st.integers(0, 30)), max_size=40))
def test_no_bytes_raise_anything(wire_bytes: list[tuple[bytes, int]]) -> None:
    receiver, now_s = VideoReceiver(VIDEO_PT), 0.0
    for data, pause_ms in wire_bytes:
        now_s += pause_ms / 1000
        receiver.handle_rtp(b"\x80" + bytes((VIDEO_PT,)) + data, now_s)
        receiver.handle_rtcp(data, now_s)
        receiver.poll_rtcp(now_s)
        receiver.poll_frame()


@given(st.lists(st.tuples(st.integers(0, 0xFFFF), st.integers(0, 2), st.booleans()), max_size=60))
def test_any_sequence_of_packets_keeps_its_bounds(packets: list[tuple[int, int, bool]]) -> None:
    receiver = VideoReceiver(VIDEO_PT)
    key = parse_rtp(wire([0])[0][0]).payload
    for i, (seq, ssrc, starts) in enumerate(packets):
        payload = key if starts else b"\x61slice"
        packet = RtpPacket(VIDEO_PT, seq, i * TICKS, ssrc, payload, marker=True)
        receiver.handle_rtp(packet.to_bytes(), i / 25)
        for compound in receiver.poll_rtcp(i / 25):
            assert len(compound) <= 1200
            parse_compound(compound)
    stats = receiver.stats()
    assert stats.received <= len(packets)
    assert stats.frames <= stats.received


def test_a_nack_of_a_long_gap_fits_a_datagram() -> None:
    receiver = VideoReceiver(VIDEO_PT)
    sender = VideoSender(SSRC, VIDEO_PT)
    feed(receiver, sender.packetize(picture(0, keyframe=True)), 0.0)
    for n in range(1, 400):
        sent = sender.packetize(picture(n))
        if n % 2 == 0:
            feed(receiver, sent[:1], 0.01)
    compounds = [c for ms in range(10, 60, 5) for c in receiver.poll_rtcp(ms / 1000)]
    assert compounds
    assert max(map(len, compounds)) <= 1200

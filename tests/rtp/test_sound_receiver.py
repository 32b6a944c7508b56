"""SoundReceiver: packets in order, and how many are missing before each."""

from hypothesis import given
from hypothesis import strategies as st

from nhipcau.rtp.packet import RtpPacket
from nhipcau.rtp.receiver import SoundPacket, SoundReceiver
from nhipcau.rtp.rtcp import parse_compound
from nhipcau.rtp.rtcp_feedback import Nack
from nhipcau.rtp.rtcp_reports import ReceiverReport
from tests.rtp.pictures import SOUND_PT, SOUND_TICKS, opus

SSRC = 5


def packet(number: int, *, ssrc: int = SSRC) -> bytes:
    seq, stamp = (65_530 + number) & 0xFFFF, number * SOUND_TICKS
    return RtpPacket(SOUND_PT, seq, stamp, ssrc, opus(number)).to_bytes()


def numbers(packets: list[SoundPacket]) -> list[int]:
    return [int.from_bytes(p.data[1:5]) for p in packets]


def test_packets_come_out_in_order_with_their_times() -> None:
    receiver = SoundReceiver(SOUND_PT)
    for number in range(10):
        receiver.handle_rtp(packet(number), number * 0.02)
    packets = receiver.take(0.2)
    assert numbers(packets) == list(range(10))
    assert [p.timestamp for p in packets] == [n * SOUND_TICKS for n in range(10)]
    assert receiver.take(0.2) == []


@given(st.permutations(range(1, 12)))
def test_any_order_within_the_wait_is_put_right(order: list[int]) -> None:
    receiver = SoundReceiver(SOUND_PT)
    for number in [0, *order]:
        receiver.handle_rtp(packet(number), 0.0)
    packets = receiver.take(0.0)
    assert numbers(packets) == list(range(12))
    assert not any(p.missing for p in packets)


def test_a_gap_is_asked_for_then_given_up_after_sixty_milliseconds_and_told() -> None:
    receiver = SoundReceiver(SOUND_PT)
    receiver.handle_rtp(packet(0), 0.0)
    receiver.poll_rtcp(0.0)
    asked, given_up_ms, taken = 0, None, list[SoundPacket]()
    for ms in range(5, 205, 5):
        if ms % 20 == 0 and ms not in (20, 40):
            receiver.handle_rtp(packet(ms // 20), ms / 1000)
        for compound in receiver.poll_rtcp(ms / 1000):
            asked += any(isinstance(m, Nack) for m in parse_compound(compound).messages)
        packets = receiver.take(ms / 1000)
        if len(taken) == 1 and packets and given_up_ms is None:
            given_up_ms = ms
        taken += packets
    assert numbers(taken) == [0, *range(3, 11)]
    assert [p.missing for p in taken] == [0, 2] + [0] * 7
    assert asked >= 1
    assert given_up_ms in {120, 125}
    stats = receiver.stats()
    assert (stats.lost, stats.missing, stats.packets) == (2, 2, 9)


def test_a_repair_in_time_leaves_no_gap() -> None:
    receiver = SoundReceiver(SOUND_PT, own_ssrc=3)
    for number in (0, 2, 3):
        receiver.handle_rtp(packet(number), number * 0.02)
        receiver.poll_rtcp(number * 0.02)
    receiver.handle_rtp(packet(1), 0.09)
    assert numbers(receiver.take(0.09)) == [0, 1, 2, 3]
    assert receiver.stats().recovered == 1


def test_a_packet_after_its_give_up_is_late() -> None:
    receiver = SoundReceiver(SOUND_PT)
    for number in (0, 2):
        receiver.handle_rtp(packet(number), number * 0.02)
    receiver.poll_rtcp(0.2)
    receiver.handle_rtp(packet(1), 0.21)
    assert numbers(receiver.take(0.21)) == [0, 2]
    assert (receiver.stats().late, receiver.stats().duplicates) == (1, 0)


def test_what_nobody_takes_drops_the_oldest() -> None:
    receiver = SoundReceiver(SOUND_PT)
    for number in range(60):
        receiver.handle_rtp(packet(number), 0.0)
    assert numbers(receiver.take(0.0)) == list(range(10, 60))
    assert receiver.stats().dropped == 10


def test_what_is_older_than_a_second_is_dropped() -> None:
    receiver = SoundReceiver(SOUND_PT)
    for number in range(4):
        receiver.handle_rtp(packet(number), number * 1.0)
    assert numbers(receiver.take(3.0)) == [2, 3]
    assert receiver.stats().dropped == 2


def test_a_packet_that_is_no_opus_is_a_gap_of_one() -> None:
    receiver = SoundReceiver(SOUND_PT)
    receiver.handle_rtp(packet(0), 0.0)
    receiver.handle_rtp(RtpPacket(SOUND_PT, 65_531, 960, SSRC, b"\xfb\x00").to_bytes(), 0.02)
    receiver.handle_rtp(packet(2), 0.04)
    assert [(p.missing, p.timestamp) for p in receiver.take(0.04)] == [(0, 0), (1, 1920)]
    assert receiver.stats().malformed == 1


def test_another_source_goes_on_on_the_same_timeline() -> None:
    receiver = SoundReceiver(SOUND_PT)
    receiver.handle_rtp(packet(0), 0.0)
    receiver.handle_rtp(packet(500, ssrc=9), 2.0)
    first, second = receiver.take(2.0)[-1], receiver.stats()
    assert (first.timestamp, first.missing, second.restarts) == (96_000, 0, 1)


def test_silence_that_is_not_sent_is_seen_in_the_timestamps() -> None:
    receiver = SoundReceiver(SOUND_PT)
    receiver.handle_rtp(packet(0), 0.0)
    later = RtpPacket(SOUND_PT, 65_531, 50 * SOUND_TICKS, SSRC, opus(50), marker=True)
    receiver.handle_rtp(later.to_bytes(), 1.0)
    assert [(p.timestamp, p.missing) for p in receiver.take(1.0)] == [(0, 0), (48_000, 0)]


def test_a_report_goes_each_second() -> None:
    receiver = SoundReceiver(SOUND_PT)
    reports = 0
    for ms in range(0, 5000, 5):
        if ms % 20 == 0:
            receiver.handle_rtp(packet(ms // 20), ms / 1000)
        for compound in receiver.poll_rtcp(ms / 1000):
            (message,) = parse_compound(compound).messages
            assert isinstance(message, ReceiverReport)
            reports += len(message.blocks)
    assert reports == 5

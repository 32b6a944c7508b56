"""Senders and viewers: packets made once, small state for each viewer."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nhipcau.rtp.frame import EncodedFrame
from nhipcau.rtp.packet import packet_seq, parse_rtp
from nhipcau.rtp.rtcp import parse_compound
from nhipcau.rtp.rtcp_feedback import Fir, Nack, Pli, Remb
from nhipcau.rtp.rtcp_reports import (
    Bye,
    ReceiverReport,
    ReportBlock,
    SenderReport,
    SourceDescription,
)
from nhipcau.rtp.sender import SoundSender, VideoSender
from nhipcau.rtp.timeline import ntp_from_wall
from nhipcau.rtp.viewer import ViewerState
from tests.rtp.pictures import SOUND_PT, VIDEO_PT, opus, picture

SSRC = 7


@given(st.integers(1, 20_000), st.integers(0, 0xFFFF), st.integers(0, 1 << 40))
@settings(max_examples=30)
def test_packets_are_small_numbered_and_marked(size: int, first: int, timestamp: int) -> None:
    sender = VideoSender(SSRC, VIDEO_PT, first_seq=first)
    sent = sender.packetize(picture(1, keyframe=True, size=size, timestamp=timestamp))
    packets = [parse_rtp(packet) for packet in sent]
    assert max(map(len, sent)) <= 1200
    assert [p.seq for p in packets] == [(first + i) & 0xFFFF for i in range(len(sent))]
    assert [p.marker for p in packets] == [False] * (len(sent) - 1) + [True]
    assert {(p.ssrc, p.payload_type, p.timestamp) for p in packets} == {
        (SSRC, VIDEO_PT, timestamp & 0xFFFFFFFF)
    }
    assert sender.packets == len(sent)
    assert sender.octets == sum(len(p.payload) for p in packets)
    assert [sender.cache.get(p.seq) for p in packets] == sent


def test_a_frame_without_a_nal_unit_is_no_packet() -> None:
    assert VideoSender(SSRC, VIDEO_PT).packetize(EncodedFrame(b"", 0, False, 0.0)) == []


def test_all_lanes_of_a_tick_share_the_header() -> None:
    sender = SoundSender(SSRC, SOUND_PT, first_seq=65_535)
    common, minus = sender.new_lane(), sender.new_lane()
    for number in range(2):
        sender.next_tick(number * 960, marker=number == 0)
        one = sender.lane_packet(opus(number), common)
        two = sender.lane_packet(opus(number + 100), minus)
        assert one[:12] == two[:12]
        parsed = parse_rtp(one)
        assert (parsed.seq, parsed.timestamp) == ((65_535 + number) & 0xFFFF, number * 960)
        assert parsed.marker == (number == 0)
        assert parse_rtp(two).payload == opus(number + 100)
        sender.count_octets(len(opus(number)))
    assert (sender.packets, sender.octets, sender.next_seq) == (2, 2 * len(opus(0)), 1)


def test_a_nack_is_answered_from_the_lane_that_the_viewer_hears() -> None:
    sender = SoundSender(SSRC, SOUND_PT)
    common, minus = sender.new_lane(), sender.new_lane()
    sender.next_tick(0)
    sender.lane_packet(opus(1), common)
    without_me = sender.lane_packet(opus(2), minus)
    viewer = ViewerState(sender)
    assert viewer.handle_rtcp(Nack(1, SSRC, (0,)).to_bytes(), 0.0, minus).resend == [without_me]


def test_one_report_with_name_serves_all_viewers() -> None:
    sender = VideoSender(SSRC, VIDEO_PT)
    sender.packetize(picture(0, keyframe=True))
    ntp = ntp_from_wall(1_700_000_000.25)
    report, name = parse_compound(sender.sender_report(ntp, (1 << 32) + 9, "program", 1.0)).messages
    assert report == SenderReport(SSRC, ntp, 9, sender.packets, sender.octets)
    assert isinstance(name, SourceDescription)
    assert name.chunks[0].items == ((1, b"program"),)


def block(ssrc: int = SSRC, lsr: int = 0, dlsr: int = 0) -> ReportBlock:
    return ReportBlock(ssrc, 64, 3, 100, 45, lsr, dlsr)


def viewer_of(frames: int = 3) -> tuple[VideoSender, ViewerState, list[bytes]]:
    sender = VideoSender(SSRC, VIDEO_PT, first_seq=65_534)
    viewer = ViewerState(sender)
    sent = [p for n in range(frames) for p in sender.packetize(picture(n, keyframe=n == 0))]
    return sender, viewer, sent


def test_a_compound_of_a_browser_is_walked_whole() -> None:
    sender, viewer, sent = viewer_of()
    data = b"".join(
        message.to_bytes()
        for message in (
            ReceiverReport(1, (block(99), block())),
            Remb(1, 300_000, (SSRC,)),
            Nack(1, SSRC, (packet_seq(sent[0]), packet_seq(sent[3]))),
            Pli(1, SSRC),
        )
    )
    feedback = viewer.handle_rtcp(data, 1.0, sender.cache)
    assert feedback.resend == [sent[0], sent[3]]
    assert (feedback.wants_keyframe, feedback.nacked, feedback.missed) == (True, 2, 0)
    assert (feedback.remb_bps, feedback.fraction_lost, feedback.rtt_s) == (300_000, 0.25, None)
    stats = viewer.stats()
    assert (stats.nacked, stats.resent, stats.keyframes_wanted, stats.jitter) == (2, 2, 1, 45)
    assert stats.loss == 2 / len(sent)


def test_a_packet_is_not_resent_twice_within_twenty_milliseconds() -> None:
    sender, viewer, sent = viewer_of()
    nack = Nack(1, SSRC, (packet_seq(sent[1]),)).to_bytes()
    times = [0.0, 0.005, 0.019, 0.02, 0.03]
    resent = [len(viewer.handle_rtcp(nack, now_s, sender.cache).resend) for now_s in times]
    assert resent == [1, 0, 0, 1, 0]


def test_a_nack_for_what_is_gone_is_counted() -> None:
    sender, viewer, _ = viewer_of()
    feedback = viewer.handle_rtcp(Nack(1, SSRC, (30_000,)).to_bytes(), 0.0, sender.cache)
    assert (feedback.resend, feedback.missed) == ([], 1)


def test_resends_are_bounded() -> None:
    sender = VideoSender(SSRC, VIDEO_PT)
    viewer = ViewerState(sender)
    sent = [p for n in range(120) for p in sender.packetize(picture(n))]
    nack = Nack(1, SSRC, tuple(packet_seq(p) for p in sent)).to_bytes()
    assert len(viewer.handle_rtcp(nack, 0.0, sender.cache).resend) == 128
    assert len(viewer.handle_rtcp(nack, 0.01, sender.cache).resend) == 0
    assert len(viewer.handle_rtcp(nack, 0.03, sender.cache).resend) == 128


def test_the_round_trip_is_that_since_the_report_without_the_viewers_own_delay() -> None:
    sender, viewer, _ = viewer_of()
    ntp = ntp_from_wall(1_700_000_000.0)
    sender.sender_report(ntp, 0, "program", 10.0)
    report = ReceiverReport(1, (block(lsr=ntp >> 16 & 0xFFFFFFFF, dlsr=32_768),))
    feedback = viewer.handle_rtcp(report.to_bytes(), 10.58, sender.cache)
    assert feedback.rtt_s == pytest.approx(0.08)
    assert viewer.stats().rtt_s == feedback.rtt_s


def test_a_report_on_an_sr_that_nobody_sent_gives_no_round_trip() -> None:
    sender, viewer, _ = viewer_of()
    report = ReceiverReport(1, (block(lsr=12345, dlsr=1),)).to_bytes()
    assert viewer.handle_rtcp(report, 1.0, sender.cache).rtt_s is None


def test_fir_asks_for_a_key_frame_and_feedback_on_another_stream_does_not() -> None:
    sender, viewer, sent = viewer_of()

    def ask(message: Fir | Pli | Nack) -> bool:
        feedback = viewer.handle_rtcp(message.to_bytes(), 0.0, sender.cache)
        return feedback.wants_keyframe or bool(feedback.resend)

    assert ask(Fir(1, ((SSRC, 1),)))
    assert not ask(Fir(1, ((SSRC + 1, 1),)))
    assert not ask(Pli(1, SSRC + 1))
    assert not ask(Nack(1, SSRC + 1, (packet_seq(sent[0]),)))


def test_a_bye_and_damage_are_told_and_counted() -> None:
    sender, viewer, _ = viewer_of()
    assert viewer.handle_rtcp(Bye((1,)).to_bytes(), 0.0, sender.cache).bye
    viewer.handle_rtcp(b"\x80\xc9\x00", 0.0, sender.cache)
    viewer.handle_rtcp(b"\x80\xcf\x00\x00", 0.0, sender.cache)
    stats = viewer.stats()
    assert (stats.malformed, stats.skipped) == (1, 1)


@given(st.binary(max_size=100))
def test_no_bytes_of_a_viewer_raise_anything(data: bytes) -> None:
    sender, viewer, _ = viewer_of(1)
    viewer.handle_rtcp(data, 0.0, sender.cache)

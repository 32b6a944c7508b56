"""Packets passed on as they come: none twice, none held back, what is missing asked for."""

import random

from nhipcau.rtp.nack import NackPolicy
from nhipcau.rtp.packet import is_rtcp, rtp_header
from nhipcau.rtp.passage import HeardReport, Passage
from nhipcau.rtp.rtcp import parse_compound
from nhipcau.rtp.rtcp_feedback import Nack, Pli
from nhipcau.rtp.rtcp_reports import ReceiverReport, SenderReport
from tests.rtp.fake_network import FakeNetwork, Line

POLICY = NackPolicy(wait_s=0.15, max_wait_s=0.4)
SPS, SLICE = bytes((0x67,)) + bytes(20), bytes((0x61,)) + bytes(20)


def passage(*, pictures: bool = True) -> Passage:
    return Passage(102, 90_000, POLICY, pictures=pictures)


def packet(seq: int, payload: bytes = SLICE, ssrc: int = 9) -> bytes:
    return rtp_header((102, ssrc), seq & 0xFFFF, 3_600 * (seq // 4), marker=seq % 4 == 3) + payload


def asked(one: Passage, now_s: float) -> list[object]:
    compounds = one.poll_rtcp(now_s)
    assert all(is_rtcp(compound) for compound in compounds)
    return [message for compound in compounds for message in parse_compound(compound).messages]


def pleas(one: Passage, now_s: float) -> int:
    return sum(isinstance(message, Pli) for message in asked(one, now_s))


def test_what_comes_is_passed_on_at_once_in_order_or_not() -> None:
    one = passage()
    order = [65_534, 65_535, 1, 0, 2]
    taken = [one.take(packet(seq), 0.0) for seq in order]
    indices = [passed.number for passed in taken if passed is not None]
    assert [index & 0xFFFF for index in indices] == order
    assert one.highest == max(indices)


def test_a_duplicate_and_a_foreign_packet_are_of_no_use() -> None:
    one = passage()
    assert one.take(packet(1), 0.0) is not None
    assert one.take(packet(1), 0.0) is None
    assert one.take(b"\x80\x00" + packet(2)[2:], 0.0) is None
    assert (one.stats().duplicates, one.stats().foreign) == (1, 1)


def test_a_packet_that_was_given_up_is_passed_on_when_it_comes_after_all_and_only_once() -> None:
    one = passage()
    one.take(packet(1), 0.0)
    one.take(packet(3), 0.0)
    one.poll_rtcp(1.0)
    assert one.stats().lost == 1
    late = one.take(packet(2), 1.1)
    assert late is not None
    assert late.number == one.highest - 1
    assert one.take(packet(2), 1.2) is None
    assert (one.stats().late, one.stats().duplicates) == (1, 1)


def test_a_lossy_line_is_repaired_and_every_packet_is_passed_on_exactly_once() -> None:
    line = Line(loss=0.1, delay_s=0.01, jitter_s=0.005, reorder=0.1, duplicate=0.05)
    there, back = FakeNetwork(line, 1), FakeNetwork(Line(loss=0.1, delay_s=0.01), 2)
    one, taken = passage(), []
    sent = [packet(seq, random.Random(seq).randbytes(40)) for seq in range(65_000, 66_000)]
    by_seq = {seq & 0xFFFF: sent[seq - 65_000] for seq in range(65_000, 66_000)}
    one.take(sent[0], 0.0)
    taken.append(sent[0])
    for ms in range(5, 6_000, 5):
        now_s = ms / 1000
        if ms // 5 < 1_000:
            there.send(sent[ms // 5], now_s)
        taken += [data for data in there.deliver(now_s) if one.take(data, now_s) is not None]
        for compound in one.poll_rtcp(now_s):
            back.send(compound, now_s)
        for compound in back.deliver(now_s):
            for message in parse_compound(compound).messages:
                if isinstance(message, Nack):
                    for seq in message.seqs:
                        there.send(by_seq[seq], now_s)
    assert len(taken) == len(set(taken))
    assert len(taken) >= 998
    assert one.stats().recovered > 50


def test_a_lost_packet_breaks_the_chain_until_the_next_key_frame() -> None:
    one = passage()
    one.take(packet(0, SPS), 0.0)
    one.take(packet(2), 0.0)
    one.poll_rtcp(0.1)
    assert not one.is_broken()
    one.poll_rtcp(1.0)
    assert one.is_broken()
    one.request_keyframe()
    one.take(packet(3), 1.0)
    assert pleas(one, 1.0) == 1
    one.take(packet(4), 1.1)
    assert pleas(one, 1.1) == 0
    one.take(packet(5), 1.6)
    assert pleas(one, 1.6) == 1
    one.take(packet(6, SPS), 1.7)
    assert not one.is_broken()
    assert pleas(one, 2.5) == 0


def test_a_loss_before_a_key_frame_that_has_come_breaks_nothing() -> None:
    one = passage()
    one.take(packet(0, SPS), 0.0)
    one.take(packet(2, SPS), 0.0)
    one.poll_rtcp(1.0)
    assert one.stats().lost == 1
    assert not one.is_broken()


def test_sound_asks_for_no_key_frame() -> None:
    one = passage(pictures=False)
    one.take(packet(0), 0.0)
    one.take(packet(3), 0.0)
    one.poll_rtcp(1.0)
    assert one.stats().lost == 2
    assert not one.is_broken()


def test_the_source_s_report_is_kept_and_another_s_is_not() -> None:
    one = passage()
    one.take(packet(0), 0.0)
    one.handle_rtcp(SenderReport(8, 1 << 32, 5, 0, 0).to_bytes(), 0.1)
    reports = [one.report]
    one.handle_rtcp(SenderReport(9, 77 << 32, 1_234, 0, 0).to_bytes(), 0.2)
    reports.append(one.report)
    assert reports == [None, HeardReport(9, 77 << 32, 1_234, 0.2)]
    said = [m for m in asked(one, 1.2) if isinstance(m, ReceiverReport)]
    assert said[0].blocks[0].lsr == 77 << 16


def test_another_source_begins_a_new_epoch() -> None:
    one = passage()
    one.take(packet(0), 0.0)
    epoch = one.epoch
    assert one.take(packet(40_000, ssrc=10), 2.0) is not None
    assert one.epoch == epoch + 1
    assert one.report is None

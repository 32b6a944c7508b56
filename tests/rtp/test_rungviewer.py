"""A viewer over several rungs: one unbroken stream, whatever it changes and whatever is lost."""

from dataclasses import dataclass, field
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from nhipcau.quantities import seq_add
from nhipcau.rtp.cache import PacketCache
from nhipcau.rtp.frame import EncodedFrame
from nhipcau.rtp.packet import is_rtcp, packet_seq, packet_stamp, parse_rtp, rtp_header
from nhipcau.rtp.receiver import VideoReceiver
from nhipcau.rtp.rungviewer import Restamp, RungViewer
from nhipcau.rtp.sender import VideoSender, own_report
from nhipcau.rtp.timeline import ntp_from_wall
from nhipcau.rtp.viewer import ViewerState
from tests.rtp.fake_network import FakeNetwork, Line
from tests.rtp.pictures import picture

PT, SSRC = 102, 9
FIRSTS = (65_000, 0, 31_000)


class Rungs:
    """Three rungs of one line, with numbers of their own, and one viewer of them."""

    def __init__(self, firsts: tuple[int, ...] = FIRSTS) -> None:
        self.senders = [VideoSender(SSRC, PT, first_seq=first) for first in firsts]
        self.viewer = RungViewer()
        self.rung: int | None = None

    def tick(self, number: int, *, to: int, size: int = 3_500) -> list[bytes]:
        """Make the picture of all rungs; return what the viewer gets, from rung `to`."""
        arrives = to != self.rung
        own: list[bytes] = []
        for place, sender in enumerate(self.senders):
            index = sender.next_index
            frame = picture(
                number,
                keyframe=arrives and place == to,
                size=size // (place + 1),
                timestamp=number * 3_600,
            )
            packets = sender.packetize(frame)
            if place == to:
                if arrives:
                    self.viewer.enter(sender.cache, index)
                    self.rung = to
                self.viewer.note_sent(index + len(packets) - 1, len(packets), 0)
                own = [self.viewer.outgoing(packet) for packet in packets]
        return own


@given(st.lists(st.integers(0, 2), min_size=1, max_size=60), st.integers(0, 65_535))
def test_numbers_are_unbroken_and_every_late_nack_gets_the_very_bytes(
    course: list[int], first: int
) -> None:
    rungs = Rungs((first, (first * 7) & 0xFFFF, 65_530))
    sent: list[bytes] = []
    for number, to in enumerate(course):
        sent += rungs.tick(number, to=to)
    numbers = [packet_seq(packet) for packet in sent]
    assert numbers == [seq_add(numbers[0], at) for at in range(len(sent))]
    changes = sum(a != b for a, b in pairwise(course))
    assert rungs.viewer.switches == changes
    assert rungs.viewer.packets == len(sent)
    # Of the last changes everything is still there, byte for byte.
    kept = sent[-20:] if changes > 6 else sent
    found = [rungs.viewer.get(packet_seq(packet)) for packet in kept]
    assert found[-8:] == kept[-8:]
    assert changes > 6 or found == kept


def test_what_was_not_sent_yet_is_not_given_away() -> None:
    rungs = Rungs()
    sent = rungs.tick(0, to=1)
    assert rungs.viewer.get(seq_add(packet_seq(sent[-1]), 1)) is None
    assert rungs.viewer.get(seq_add(packet_seq(sent[0]), -1)) is None


def test_the_first_rung_costs_no_copy_and_others_differ_in_two_bytes() -> None:
    rungs = Rungs()
    index = rungs.senders[0].next_index
    rungs.viewer.enter(rungs.senders[0].cache, index)
    packet = rungs.senders[0].packetize(picture(0, keyframe=True))[0]
    assert rungs.viewer.outgoing(packet) is packet
    rungs.viewer.note_sent(index, 1, len(packet))
    rungs.viewer.enter(rungs.senders[2].cache, rungs.senders[2].next_index)
    other = rungs.senders[2].packetize(picture(0, keyframe=True))[0]
    own = rungs.viewer.outgoing(other)
    assert (own[:2], own[4:]) == (other[:2], other[4:])
    assert packet_seq(own) == seq_add(packet_seq(packet), 1)


def test_of_many_changes_the_last_eight_are_kept() -> None:
    viewer = RungViewer()
    caches = [PacketCache(64) for _ in range(12)]
    for number, cache in enumerate(caches):
        index = 100 * number
        viewer.enter(cache, index)
        viewer.note_sent(index, 1, 0)
        header = bytes((0x80, PT)) + (index & 0xFFFF).to_bytes(2)
        cache.put(index & 0xFFFF, header + bytes((number,)))
    found = [viewer.get(seq) for seq in range(12)]
    assert [packet is not None for packet in found] == [False] * 4 + [True] * 8
    assert [packet[4] for packet in found if packet is not None] == list(range(4, 12))


def test_a_report_gets_counts_and_stamp_of_one_viewer_and_nothing_else() -> None:
    sender = VideoSender(SSRC, PT)
    report = sender.sender_report(ntp_from_wall(1_700_000_000.0), 77, "mcu", 1.0)
    own = own_report(report, ((1 << 32) + 5, 6), earlier_ticks=23)
    assert own[16:28] == bytes((0, 0, 0, 100, 0, 0, 0, 5, 0, 0, 0, 6))
    assert (own[:16], own[28:]) == (report[:16], report[28:])


@dataclass
class ChangingCall:
    """A viewer that changes rung all the time, over a line that loses and reorders."""

    line: Line
    seed: int
    got: list[EncodedFrame] = field(default_factory=list)
    sent: dict[int, bytes] = field(default_factory=dict)

    def run(self, seconds: float) -> None:
        rungs, receiver = Rungs(), VideoReceiver(PT)
        state = ViewerState(rungs.senders[0])
        there, back = FakeNetwork(self.line, self.seed), FakeNetwork(self.line, self.seed + 1)
        for step in range(int(seconds * 200)):
            now_s = step / 200
            if step % 8 == 0:
                number = step // 8
                for packet in rungs.tick(number, to=number // 12 % 3):
                    there.send(packet, now_s)
            for packet in there.deliver(now_s):
                receiver.handle_rtp(packet, now_s)
            for packet in receiver.poll_rtcp(now_s):
                back.send(packet, now_s)
            for packet in back.deliver(now_s):
                assert is_rtcp(packet)
                for missing in state.handle_rtcp(packet, now_s, rungs.viewer).resend:
                    there.send(missing, now_s)
            while (frame := receiver.poll_frame()) is not None:
                self.got.append(frame)
        self.stats = state.stats(rungs.viewer.packets)


@given(st.integers(0, 10_000))
def test_on_a_bad_line_every_picture_comes_whole_across_changes(seed: int) -> None:
    call = ChangingCall(Line(loss=0.05, delay_s=0.02, jitter_s=0.01, reorder=0.05), seed)
    call.run(6.0)
    stamps = [frame.timestamp for frame in call.got]
    assert len(stamps) >= 100
    assert stamps == sorted(set(stamps))
    assert call.stats.resent > 0
    assert call.stats.missed == 0


def test_parsed_packets_of_all_rungs_share_source_and_clock() -> None:
    rungs = Rungs()
    sent = [parse_rtp(p) for number in range(6) for p in rungs.tick(number, to=number % 3)]
    assert {packet.ssrc for packet in sent} == {SSRC}
    assert [packet.timestamp for packet in sent] == sorted(packet.timestamp for packet in sent)


def test_the_picture_of_an_instant_that_was_shown_comes_a_tick_later_and_is_resent_so() -> None:
    first, second = VideoSender(7, 102), VideoSender(7, 102, first_seq=900)
    viewer = RungViewer()
    seen = first.packetize(picture(0, timestamp=3_600))
    viewer.enter(first.cache, 0)
    viewer.note_sent(len(seen) - 1, len(seen), 0)
    stamps = [stamp.to_bytes(4) for stamp in (3_600, 3_601)]
    viewer.enter(second.cache, 900, Restamp(*stamps))
    sent = []
    for stamp in (3_600, 7_200):
        for packet in second.packetize(picture(stamp, timestamp=stamp, size=200)):
            sent.append(viewer.outgoing(packet))
            viewer.note_sent(second.next_index - 1, 1, 0)
    assert [packet_stamp(packet) for packet in sent] == [3_601, 7_200]
    assert [viewer.get(packet_seq(packet)) for packet in sent] == sent


def test_a_late_packet_is_a_stretch_s_own_or_no_more_and_moves_no_number() -> None:
    sender = VideoSender(7, 102, first_seq=20)
    sender.packetize(picture(0, size=3_500))
    viewer = RungViewer()
    viewer.enter(sender.cache, 20)
    viewer.note_sent(25, 1, 0)
    assert viewer.covers(22)
    assert not viewer.covers(19)
    viewer.note_sent(22, 1, 0)
    viewer.reserve(27)
    viewer.enter(sender.cache, 500)
    assert viewer.outgoing(rtp_header((102, 7), 500, 0, marker=True))[2:4] == (28).to_bytes(2)

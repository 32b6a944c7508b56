"""Sender and receiver over a bad line in virtual time: the picture goes on, never grey."""

from dataclasses import dataclass, field, replace
from itertools import pairwise

import pytest

from nhipcau.rtp.cache import PacketCache
from nhipcau.rtp.frame import EncodedFrame
from nhipcau.rtp.keyframe import PROMPT_IDR_INTERVAL_S, KeyframeGate
from nhipcau.rtp.packet import is_rtcp
from nhipcau.rtp.receiver import SoundReceiver, VideoReceiver
from nhipcau.rtp.sender import SoundSender, VideoSender
from nhipcau.rtp.timeline import ntp_from_wall
from nhipcau.rtp.viewer import ViewerState
from tests.rtp.fake_network import FakeNetwork, Line
from tests.rtp.pictures import SOUND_PT, VIDEO_PT, opus, picture

BAD = Line(loss=0.05, jitter_s=0.02, reorder=0.05, duplicate=0.02)
STEP_MS = 5


@dataclass
class VideoCall:
    """A camera that sends 25 pictures a second over two directions of one line."""

    line: Line
    seed: int
    first_seq: int = 65_000
    sent: dict[bytes, int] = field(default_factory=dict)
    got: list[EncodedFrame] = field(default_factory=list)
    now_ms: int = 0

    def __post_init__(self) -> None:
        self.sender = VideoSender(9, VIDEO_PT, first_seq=self.first_seq)
        self.viewer = ViewerState(self.sender)
        self.receiver = VideoReceiver(VIDEO_PT)
        self.there = FakeNetwork(self.line, self.seed)
        self.back = FakeNetwork(self.line, self.seed + 1)
        self.gate = KeyframeGate(PROMPT_IDR_INTERVAL_S)
        self.wanted = True
        self.number = 0

    def run(self, seconds: float) -> None:
        for _ in range(int(seconds * 1000 / STEP_MS)):
            self.now_ms += STEP_MS
            now_s = self.now_ms / 1000
            if self.now_ms % 40 == 0:
                self.send_picture(now_s)
            if self.now_ms % 1000 == 0:
                stamp = int(now_s * 90_000)
                self.there.send(
                    self.sender.sender_report(ntp_from_wall(now_s), stamp, "s", now_s), now_s
                )
            self.receive(now_s)

    def send_picture(self, now_s: float) -> None:
        regular = self.number % 100 == 0
        prompt = self.wanted and not regular and self.gate.ask(now_s)
        keyframe = regular or prompt
        self.wanted = self.wanted and not keyframe
        frame = picture(
            self.number,
            keyframe=keyframe,
            size=9000 if keyframe else 3500,
            timestamp=int(now_s * 90_000),
        )
        self.sent[frame.data] = self.number
        self.number += 1
        for packet in self.sender.packetize(frame):
            self.there.send(packet, now_s)

    def receive(self, now_s: float) -> None:
        for packet in self.there.deliver(now_s):
            if is_rtcp(packet):
                self.receiver.handle_rtcp(packet, now_s)
            else:
                self.receiver.handle_rtp(packet, now_s)
        for packet in self.receiver.poll_rtcp(now_s):
            self.back.send(packet, now_s)
        while (frame := self.receiver.poll_frame()) is not None:
            self.got.append(frame)
        for packet in self.back.deliver(now_s):
            feedback = self.viewer.handle_rtcp(packet, now_s, self.sender.cache)
            self.wanted = self.wanted or feedback.wants_keyframe
            for again in feedback.resend:
                self.there.send(again, now_s)

    def assert_never_grey(self) -> None:
        """Every frame is whole, and each stands on the one before it unless it is a key frame."""
        numbers = [self.sent[frame.data] for frame in self.got]
        assert self.got[0].keyframe
        for before, (number, frame) in zip(
            numbers, zip(numbers[1:], self.got[1:], strict=True), strict=False
        ):
            assert frame.keyframe or number == before + 1
        assert all(a.timestamp < b.timestamp for a, b in pairwise(self.got))


@pytest.mark.parametrize("seed", range(8))
def test_at_five_percent_loss_the_picture_goes_on_and_is_never_grey(seed: int) -> None:
    call = VideoCall(BAD, seed * 100)
    call.run(30)
    call.assert_never_grey()
    assert call.there.lost > 100
    assert len(call.got) >= 0.97 * call.number
    longest_s = max(b.arrived_s - a.arrived_s for a, b in pairwise(call.got))
    assert longest_s < 1.0
    stats = call.receiver.stats()
    assert stats.recovered > 100
    assert stats.lost <= 5
    assert call.viewer.stats().rtt_s is not None


@pytest.mark.parametrize("seed", range(4))
def test_at_thirty_percent_loss_what_is_shown_is_whole(seed: int) -> None:
    call = VideoCall(Line(loss=0.3, jitter_s=0.03, reorder=0.1, delay_s=0.04), seed * 7)
    call.run(20)
    assert call.got
    call.assert_never_grey()


def cut_for_a_second(call: VideoCall) -> list[EncodedFrame]:
    """Cut both directions for a second; return what came out in the second and a half after."""
    call.run(5)
    call.there.line = call.back.line = Line(loss=1.0)
    call.run(1)
    before = len(call.got)
    call.there.line = call.back.line = Line()
    call.run(1.5)
    call.assert_never_grey()
    assert call.number - call.sent[call.got[-1].data] <= 2
    return call.got[before:]


def test_after_a_second_of_nothing_the_cache_fills_the_gap() -> None:
    call = VideoCall(Line(), 1)
    back = cut_for_a_second(call)
    assert len(back) > 55
    assert back[0].arrived_s < 6.2
    assert call.receiver.stats().plis_sent <= 1


def test_after_a_second_of_nothing_and_an_empty_cache_one_key_frame_brings_the_picture_back() -> (
    None
):
    call = VideoCall(Line(), 1)
    call.sender.cache = PacketCache(8)
    back = cut_for_a_second(call)
    assert [frame.keyframe for frame in back].count(True) == 1
    assert back[0].keyframe
    assert back[0].arrived_s < 6.6
    assert call.receiver.stats().plis_sent <= 2


def test_a_clean_line_repairs_nothing() -> None:
    call = VideoCall(Line(jitter_s=0.03), 3)
    call.run(20)
    call.assert_never_grey()
    stats = call.receiver.stats()
    assert (stats.nacks_sent, stats.plis_sent, stats.frames_dropped, stats.lost) == (0, 0, 0, 0)
    assert call.number - len(call.got) <= 2


def test_two_hours_of_a_clock_300_ppm_off_stay_in_step() -> None:
    receiver, sender = VideoReceiver(VIDEO_PT), VideoSender(9, VIDEO_PT)
    last = 0
    for number in range(2 * 3600):
        now_s = number * 1.0
        stamp = int(now_s * 90_000 * 1.0003) + 4_000_000_000
        for packet in sender.packetize(picture(number, keyframe=True, size=50, timestamp=stamp)):
            receiver.handle_rtp(packet, now_s)
        frame = receiver.poll_frame()
        assert frame is not None
        last = frame.timestamp
    assert last == stamp
    assert receiver.stats().clock_jumps == 0


@pytest.mark.parametrize("seed", range(4))
def test_sound_over_a_bad_line_is_in_order_and_its_gaps_are_told(seed: int) -> None:
    sender, receiver = SoundSender(4, SOUND_PT, first_seq=65_000), SoundReceiver(SOUND_PT)
    lane, viewer = sender.new_lane(), ViewerState(sender)
    near = replace(BAD, delay_s=0.005)  # a province's line: 10 ms there and back, and the jitter
    there, back = FakeNetwork(near, seed), FakeNetwork(near, seed + 50)
    numbers, missing = [], []
    for ms in range(0, 30_000, STEP_MS):
        now_s = ms / 1000
        if ms % 20 == 0:
            sender.next_tick(ms * 48)
            there.send(sender.lane_packet(opus(ms // 20), lane), now_s)
        for packet in there.deliver(now_s):
            receiver.handle_rtp(packet, now_s)
        for packet in receiver.poll_rtcp(now_s):
            back.send(packet, now_s)
        for packet in back.deliver(now_s):
            for again in viewer.handle_rtcp(packet, now_s, lane).resend:
                there.send(again, now_s)
        for sound in receiver.take(now_s):
            numbers.append(int.from_bytes(sound.data[1:5]))
            missing.append(sound.missing)
    steps = [b - a - 1 for a, b in pairwise(numbers)]
    assert steps == missing[1:]
    assert there.lost > 50
    assert sum(missing) < 0.5 * there.lost

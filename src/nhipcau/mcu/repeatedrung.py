"""One rung as it comes down a lane: repeated packet by packet to all who are on it here.

    lane ─▶ Passage ─▶ own SSRC ─▶ cache ─▶ each viewer, with its own numbers
         ◀─ NACK; PLI, when somebody can't go on or begin without a key frame

A packet is repeated when it comes, in its order or not; the viewers bring them into order. Who
comes from elsewhere comes with a key frame: when its first packet is here, and the picture under
way to the newcomer is complete. What has come of the key frame by then is sent from the cache.
All of it belongs to the picture thread.
"""

from dataclasses import dataclass
from typing import NamedTuple

from nhipcau.mcu.ladder import RungSpec
from nhipcau.mcu.leafwatcher import LeafWatcher
from nhipcau.mcu.lineclock import LineClock
from nhipcau.ports.transport import PAYLOAD_TYPES, Mid, RtpPipe
from nhipcau.quantities import Ssrc
from nhipcau.rtp.cache import PacketCache
from nhipcau.rtp.inbound_stats import InboundStats
from nhipcau.rtp.keyframe import PROMPT_IDR_INTERVAL_S, KeyframeGate, NewcomerGate
from nhipcau.rtp.nack import NackPolicy
from nhipcau.rtp.packet import HEADER_BYTES, is_marked, is_rtcp, packet_stamp, patch_ssrc
from nhipcau.rtp.passage import Passage, Passed
from nhipcau.rtp.receiver import VIDEO_RATE_HZ
from nhipcau.rtp.rungviewer import Restamp

# A trunk is a good line: what is missing is asked for after one packet more, and again and again
# while a room may still make use of it.
TRUNK_PICTURES = NackPolicy(wait_s=0.3, max_wait_s=0.5, reorder_s=0.01)
# A key frame so old is not sent from the cache any more: too much would come at once.
_FRESH_S = 0.1
# To whom nothing comes yet it is sent for longer, until the next one may be asked for.
_FRESH_TO_NEWCOMERS_S = 0.2
# A picture under way that takes longer is not waited for.
_UNDER_WAY_S = 0.05
_HALF = 1 << 31


class RungLine(NamedTuple):
    """The line of ours that a rung is repeated on, its SSRC, and its clock, whoever is on it."""

    mid: Mid
    ssrc: Ssrc
    clock: LineClock


class _Key(NamedTuple):
    """The newest key frame: number and timestamp of its first packet, when that came."""

    number: int
    stamp: int
    came_s: float


@dataclass(frozen=True, slots=True)
class RepeatedStats:
    """What a rung's lane brought, and what was repeated: packets to viewers, refused by a pipe that
    was not open, key frames seen.
    """

    name: str
    viewers: int
    sent: int
    refused: int
    keyframes: int
    trunk: InboundStats


class RepeatedRung:
    """One rung on one lane.

    Attributes:
        mid: the line that it is repeated on.
        is_loan: it is for one room, and comes in the rung that the root chose.
        spec: of the rung; a loan's is what its room wished.
        viewers: all who get it.
        stamp: timestamp of the newest packet, 32 bits, as repeated.
        under_way: the last packet of the newest picture has not come yet.
    """

    def __init__(
        self, spec: RungSpec, pipe: RtpPipe, line: RungLine, *, is_loan: bool = False
    ) -> None:
        """Stand still; `pipe` is the lane's."""
        self.spec = spec
        self.viewers: tuple[LeafWatcher, ...] = ()
        self.stamp = 0
        self.under_way = False
        self.cache = PacketCache()
        self._pipe = pipe
        self.mid, self.is_loan = line.mid, is_loan
        self._ssrc = line.ssrc.to_bytes(4)
        self._clock = line.clock
        kind = PAYLOAD_TYPES[line.mid]
        self.passage = Passage(kind, VIDEO_RATE_HZ, TRUNK_PICTURES, pictures=True)
        self._epoch = 0
        self._key: _Key | None = None
        self._newcomers = NewcomerGate()
        self._repairs = KeyframeGate(PROMPT_IDR_INTERVAL_S)
        self._newcomer_waits = self._repair_waits = self._below_waits = False
        self._sent = self._refused = self._keyframes = 0

    def want_keyframe(self, *, newcomer: bool = False) -> None:
        """Note that a viewer can't go on, or begin, without a key frame."""
        if newcomer:
            self._newcomer_waits = True
        else:
            self._repair_waits = True

    def want_keyframe_below(self) -> None:
        """Note that somebody behind a leaf below can't; that leaf has waited for others already."""
        self._below_waits = True

    def poll(self, now_s: float) -> None:
        """Repeat what has arrived, and send what is to be sent back."""
        passage = self.passage
        while (data := self._pipe.receive()) is not None:
            if is_rtcp(data):
                passage.handle_rtcp(data, now_s)
                continue
            passed = passage.take(data, now_s)
            if passed is not None:
                self._repeat(passed, data, now_s)
        self._ask(now_s)
        for packet in passage.poll_rtcp(now_s):
            self._pipe.send(packet)

    def admit(self, viewer: LeafWatcher, now_s: float) -> bool:
        """Let a viewer come with the newest key frame, if it can; return True when it has come.

        It can't while the picture under way to it is not complete, nor to a key frame that is
        older than what it has had.
        """
        key = self._key
        served = viewer.served
        fresh_s = _FRESH_TO_NEWCOMERS_S if served is None else _FRESH_S
        if key is None or now_s - key.came_s > fresh_s:
            return False
        waits = served is not None and served.under_way and now_s - key.came_s < _UNDER_WAY_S
        last = viewer.last_stamp()
        step = 1 if last is None else (key.stamp - last + _HALF & 0xFFFFFFFF) - _HALF
        if waits or step < 0:
            return False
        viewer.leave()
        restamp = None if step else _later(key.stamp)
        viewer.numbers.enter(self.cache, key.number, restamp)
        viewer.served = self
        self.viewers = (*self.viewers, viewer)
        for number in range(key.number, self.passage.highest + 1):
            seq = number & 0xFFFF
            packet = self.cache.get(seq) if self.cache.has(seq) else None
            if packet is not None:
                self._send(viewer, number, packet)
        return True

    def stats(self) -> RepeatedStats:
        """Return the counters (any thread)."""
        return RepeatedStats(
            self.spec.name,
            len(self.viewers),
            self._sent,
            self._refused,
            self._keyframes,
            self.passage.stats(),
        )

    def _repeat(self, passed: Passed, data: bytes, now_s: float) -> None:
        number = passed.number
        if self.passage.epoch != self._epoch:
            self._begin_anew()
        newest = number == self.passage.highest
        packet = self._own(data, passed.packet.ssrc, now_s)
        self.cache.put(number & 0xFFFF, packet)
        if newest:
            self._turn(packet, number, now_s)
        for viewer in self.viewers:
            if newest or viewer.numbers.covers(number):
                self._send(viewer, number, packet)
        if newest and is_marked(packet):
            self.under_way = False
            self._let_go(now_s)
        if passed.starts_keyframe and number == self.passage.last_keyframe:
            self._key = _Key(number, packet_stamp(packet), now_s)
            self._repair_waits = self._below_waits = False
            self._keyframes += 1

    def _own(self, data: bytes, source: int, now_s: float) -> bytes:
        """Return a packet as it is repeated: our SSRC and, under another root, our clock."""
        shift = self._clock.shift(source, packet_stamp(data), now_s)
        if shift:
            stamp = packet_stamp(data) + shift & 0xFFFFFFFF
            data = data[:4] + stamp.to_bytes(4) + data[8:]
        return patch_ssrc(data, self._ssrc)

    def _turn(self, packet: bytes, number: int, now_s: float) -> None:
        """Note to which picture the newest packet belongs."""
        stamp = packet_stamp(packet)
        if stamp != self.stamp:
            if self.under_way:
                # The picture before this one lacks its end, which may still come.
                self._let_go(now_s, reserved=number - 1)
            self.stamp = stamp
            self._clock.note(stamp, now_s)
        self.under_way = True

    def _let_go(self, now_s: float, reserved: int | None = None) -> None:
        """Let those go, between two pictures, who wait for another rung that they can come to."""
        for viewer in self.viewers:
            target = viewer.target
            if target is not None and target is not self:
                if reserved is not None:
                    viewer.numbers.reserve(reserved)
                self.under_way = False
                target.admit(viewer, now_s)

    def _send(self, viewer: LeafWatcher, number: int, packet: bytes) -> None:
        numbers = viewer.numbers
        # Before it goes out: a NACK may be here before the last viewer is served.
        numbers.note_sent(number, 1, len(packet) - HEADER_BYTES)
        numbers.pictures += is_marked(packet)
        if viewer.send(numbers.outgoing(packet)):
            self._sent += 1
        else:
            self._refused += 1

    def _ask(self, now_s: float) -> None:
        """Ask the root for a key frame, when somebody waits for one and it is time."""
        waits = self._newcomer_waits or self._below_waits
        newcomer = waits and self._newcomers.ask(now_s)
        # Who waits says so at every beat; who has come meanwhile no more.
        self._newcomer_waits = False
        repair = self._repair_waits and self._repairs.ask(now_s)
        if newcomer or repair or (self.viewers and self.passage.is_broken()):
            self.passage.request_keyframe()

    def _begin_anew(self) -> None:
        """Take that the numbers begin anew: nobody can go on without a key frame."""
        self._epoch = self.passage.epoch
        self._key = None
        self.under_way = False
        for viewer in self.viewers:
            viewer.leave()
        # What is kept has numbers that may come again; who was here keeps it for its NACKs.
        self.cache = PacketCache()


def _later(stamp: int) -> Restamp:
    return Restamp(stamp.to_bytes(4), (stamp + 1 & 0xFFFFFFFF).to_bytes(4))

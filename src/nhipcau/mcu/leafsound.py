"""The sound thread of a leaf: a thread of its own, so that no picture ever holds a voice up.

every  5 ms   lanes' sound ─▶ rooms; lent microphones ─▶ lanes; silence where the root is silent
every 20 ms   some of what listeners report
every 0.5 s   microphones that nobody wants (drained), a tenth of the rooms every 50 ms
every  1 s    sender reports

All lanes of a root share one numbering. A root that stands still, or is cut off, leaves a gap that
is filled with silence under numbers that go on, and its sound goes on behind them.
"""

from dataclasses import dataclass

from nhipcau.mcu.hearing import Hearing
from nhipcau.mcu.leaflistener import QUIET_S, LeafListener
from nhipcau.mcu.leafmedia import LeafMedia
from nhipcau.mcu.leafpictures import LeafWatch
from nhipcau.mcu.leafscene import CarriedLoan, LeafScene
from nhipcau.mcu.leafstreams import LeafStreams
from nhipcau.mcu.trunksound import TrunkSound
from nhipcau.ports.transport import PAYLOAD_TYPES, Mid
from nhipcau.rtp.cache import PacketCache
from nhipcau.rtp.packet import HEADER_BYTES, rtp_header
from nhipcau.rtp.passage import HeardReport, Passed
from nhipcau.rtp.receiver import SOUND_RATE_HZ
from nhipcau.rtp.sender import LANE_PACKETS
from nhipcau.rtp.splice import Place, Splice
from nhipcau.sound.block import BLOCK_SAMPLES
from nhipcau.sound.opusframes import OPUS_SILENCE

_BLOCK_S = BLOCK_SAMPLES / SOUND_RATE_HZ
_HEARING_EVERY = 4
_IDLE_EVERY = 10
_IDLE_SLICES = 10
_REPORT_S = 1.0
# A thread that was away for longer goes on from now.
_MOST_BEHIND_S = 0.2
# Packets of the root before this one are stragglers while the present one is heard this often.
_STRAGGLER_S = 1.0


@dataclass(frozen=True, slots=True)
class LeafSoundStats:
    """Packets of the common mix and of own lanes that were repeated; of silence that was filled in;
    dropped because they were there already, came too late for a number, or of a root before.
    """

    common: int
    own: int
    filled: int
    dropped: int


class LeafSound:
    """All sound of a leaf. `tick` belongs to the sound thread."""

    def __init__(self, watch: LeafWatch, streams: LeafStreams) -> None:
        self._watch = watch
        self._streams = streams
        self._sender = streams.sound.sender
        self._stream = (PAYLOAD_TYPES[Mid.SOUND], self._sender.ssrc)
        self._splice = Splice(SOUND_RATE_HZ, BLOCK_SAMPLES)
        self._hearing = Hearing()
        self._up: tuple[LeafMedia, ...] = ()
        self._scene: LeafScene | None = None
        self._listeners: tuple[LeafListener, ...] = ()
        self._lent: dict[LeafMedia, CarriedLoan] = {}
        self._wanted: tuple[LeafMedia, ...] = ()
        self._source: int | None = None
        self._source_before: int | None = None
        self._heard_s = float("-inf")
        self._common_s = float("-inf")
        self._placed_s = 0.0
        self._due_s: float | None = None
        self._said: HeardReport | None = None
        self._report_s = float("-inf")
        self._ticks = self._slice = 0
        self._common = self._own = self._filled = self._dropped = 0

    def tick(self, now_s: float) -> None:
        """Do what is due."""
        self._ticks += 1
        scene = self._watch.scene()
        self._follow(scene)
        for carried in scene.rungs:
            for passed, data in carried.sound.poll(now_s):
                self._repeat_common(passed, data, now_s)
            self._note_report(carried.sound)
        for loan in scene.loans:
            for passed, data in loan.sound.poll(now_s):
                self._repeat_own(loan, passed, data, now_s)
        self._fill(now_s)
        self._poll_up(now_s)
        if self._ticks % _HEARING_EVERY == 0:
            self._hearing.tick(now_s)
        if self._ticks % _IDLE_EVERY == 0:
            self._poll_idle(now_s)
        if now_s - self._report_s >= _REPORT_S:
            self._report_s = now_s
            self._send_reports(now_s)

    def stats(self) -> LeafSoundStats:
        """Return the counters (any thread)."""
        return LeafSoundStats(self._common, self._own, self._filled, self._dropped)

    def _follow(self, scene: LeafScene) -> None:
        """Take over other rooms or loans; most ticks have neither."""
        up = self._watch.up()
        if scene is self._scene and up is self._up:
            return
        self._scene, self._up = scene, up
        self._listeners = tuple(media.listener for media in scene.listeners(up))
        self._hearing.follow(self._listeners)
        lent = {loan.serves: loan for loan in scene.loans if loan.serves is not None}
        for media, loan in lent.items():
            if media.listener.loan is not loan.sound:
                media.listener.lend(loan.sound)
        for media in self._lent.keys() - lent.keys():
            media.listener.take_back()
            media.ups[Mid.MICROPHONE].lend(None)
        self._lent = lent
        self._wanted = scene.wanted_medias()

    def _repeat_common(self, passed: Passed, data: bytes, now_s: float) -> None:
        place = self._place(passed, now_s)
        if place is None or self._is_late(place, self._streams.common):
            self._dropped += 1
            return
        self._common_s = now_s
        self._common += 1
        self._send_common(place, self._own_packet(place, data), now_s)

    def _repeat_own(self, loan: CarriedLoan, passed: Passed, data: bytes, now_s: float) -> None:
        newest = self._splice.last
        place = self._place(passed, now_s)
        if place is None or self._is_late(place, loan.sound.cache):
            self._dropped += 1
            return
        packet = self._own_packet(place, data)
        loan.sound.cache.put(place.number & 0xFFFF, packet)
        if loan.media is not None:
            self._own += 1
            loan.media.listener.hear_loan(loan.sound, place.number, packet)
        if place.number > newest and now_s - self._common_s > QUIET_S:
            # Only the common mix is silent: whoever is on a loan hears that.
            self._send_common(place, self._silence(place), now_s)

    def _place(self, passed: Passed, now_s: float) -> Place | None:
        """Return a packet's number and timestamp; None for one that has none any more."""
        source, packet = passed.packet.ssrc, passed.packet
        if source != self._source:
            if source == self._source_before and now_s - self._heard_s < _STRAGGLER_S:
                return None
            self._source_before, self._source = self._source, source
            self._splice.restart()
        place = self._splice.place(packet.seq, packet.timestamp)
        if place is not None:
            self._heard_s = self._placed_s = now_s
            self._due_s = now_s + QUIET_S
        return place

    def _is_late(self, place: Place, cache: PacketCache) -> bool:
        """Return True for a packet that is there already, or too old for anyone to know that."""
        old = place.number <= self._splice.last - LANE_PACKETS
        return old or cache.has(place.number & 0xFFFF)

    def _own_packet(self, place: Place, data: bytes) -> bytes:
        head = rtp_header(self._stream, place.number & 0xFFFF, place.stamp, marker=data[1] > 127)
        return head + data[HEADER_BYTES:]

    def _send_common(self, place: Place, packet: bytes, now_s: float) -> None:
        self._keep_common(place, packet)
        for listener in self._listeners:
            listener.hear_common(place.number, packet, now_s)

    def _keep_common(self, place: Place, packet: bytes) -> None:
        self._streams.common.put(place.number & 0xFFFF, packet)
        self._sender.packets += 1
        self._sender.octets += len(packet) - HEADER_BYTES

    def _fill(self, now_s: float) -> None:
        """Send silence where nothing has come from the root for a while."""
        if self._due_s is None:
            self._placed_s, self._due_s = now_s, now_s + QUIET_S
        if now_s - self._due_s > _MOST_BEHIND_S:
            self._due_s = now_s
        while self._due_s <= now_s:
            place = self._splice.fill(self._due_s - self._placed_s)
            self._placed_s = self._due_s
            self._due_s += _BLOCK_S
            packet = self._silence(place)
            self._keep_common(place, packet)
            for listener in self._listeners:
                listener.hear_silence(place.number, packet, now_s)

    def _silence(self, place: Place) -> bytes:
        self._filled += 1
        head = rtp_header(self._stream, place.number & 0xFFFF, place.stamp, marker=False)
        return head + OPUS_SILENCE

    def _poll_up(self, now_s: float) -> None:
        """Pass on lent microphones, once their rooms can't hear themselves."""
        for media in self._wanted:
            line, loan = media.ups[Mid.MICROPHONE], self._lent.get(media)
            speaks = loan is not None and media.listener.may_speak(now_s)
            line.lend(loan.outlets[Mid.MICROPHONE] if loan is not None and speaks else None)
            if line.poll(now_s, wanted=True):
                media.listener.voice_s = now_s

    def _poll_idle(self, now_s: float) -> None:
        self._slice = (self._slice + 1) % _IDLE_SLICES
        for media in self._up[self._slice :: _IDLE_SLICES]:
            if media not in self._wanted:
                media.ups[Mid.MICROPHONE].poll(now_s, wanted=False)

    def _note_report(self, sound: TrunkSound) -> None:
        said = sound.passage.report
        if said is not None and (self._said is None or said.heard_s > self._said.heard_s):
            self._said = said

    def _send_reports(self, now_s: float) -> None:
        said = self._said
        if said is None or said.ssrc != self._source:
            return
        report = self._streams.sound_report(said, self._splice.stamp_shift, now_s)
        for listener in self._listeners:
            listener.send_report(report)

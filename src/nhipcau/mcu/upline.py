"""One line up of one room at a leaf: drained while nobody wants it, passed on while it is lent.

    room ─▶ Passage ─┬─▶ Outlet ─▶ the lane to the root       as it comes, with the lane's SSRC
         ◀─ NACK, PLI, REMB                 ◀─ NACK: from the packets that went up; PLI ─▶ room
                     └── the lower of what the room's line and, as the root's REMB says, the trunk
                         carries

Nothing is decoded and nothing waits: the root brings packets into order. All of it belongs to the
thread that polls the line.
"""

from dataclasses import dataclass

from nhipcau.mcu.uplink import Uplink
from nhipcau.ports.transport import PAYLOAD_TYPES, Mid, RtpPipe, SendLine
from nhipcau.quantities import Bitrate, Ssrc
from nhipcau.rtp.cache import PacketCache
from nhipcau.rtp.nack import NackPolicy
from nhipcau.rtp.packet import HEADER_BYTES, is_rtcp
from nhipcau.rtp.passage import HeardReport, Passage, Passed
from nhipcau.rtp.receiver import SOUND_RATE_HZ, VIDEO_RATE_HZ
from nhipcau.rtp.sender import StreamSender
from nhipcau.rtp.viewer import ViewerState, ViewerStats

# As patient as a receiver that decodes: what comes later is of no use to the root either.
_PICTURES = NackPolicy(wait_s=0.15, max_wait_s=0.4)
_SOUND = NackPolicy(wait_s=0.08, max_wait_s=0.08, reorder_packets=1, max_missing=64, max_tries=3)
# A second and a half of a 720p camera, beyond the root's patience.
_KEPT = 256


class Outlet:
    """A lane's end of one line up: one source to the root, though its room may dial anew.

    The first connection's packets keep their numbers; a later one's go on behind them, pictures
    from a key frame on, so that the root's decoder never goes on with what it has not begun.
    """

    def __init__(self, pipe: RtpPipe, line: SendLine) -> None:
        self._pipe = pipe
        self._line = line
        self._ssrc = line.ssrc.to_bytes(4)
        self._sender = StreamSender(line.ssrc, PAYLOAD_TYPES[line.mid])
        self._viewer = ViewerState(self._sender)
        self._cache = PacketCache(_KEPT)
        self._report: HeardReport | None = None
        self._pictures = line.mid is not Mid.MICROPHONE
        self._first: int | None = None
        self._shift = self._next = 0
        self._remb_bps: Bitrate | None = None

    def begin(self) -> None:
        """Take the next packet as that of another connection, or as the first one wanted."""
        self._first = None

    def put(self, passed: Passed, data: bytes) -> bool:
        """Pass on a packet of the room's; return False for one before the first that is of use."""
        if self._first is None:
            if self._pictures and not passed.starts_keyframe:
                return False
            self._first = passed.number
            self._shift = self._next - passed.number if self._next else 0
        elif passed.number < self._first:
            return False
        number = passed.number + self._shift
        self._next = max(self._next, number + 1)
        packet = data[:2] + (number & 0xFFFF).to_bytes(2) + data[4:8] + self._ssrc + data[12:]
        self._cache.put(number & 0xFFFF, packet)
        self._sender.packets += 1
        self._sender.octets += len(packet) - HEADER_BYTES
        self._pipe.send(packet)
        return True

    def put_report(self, report: HeardReport, now_s: float) -> None:
        """Pass on what the room said of its clocks, once; as of now, with the lane's counts."""
        if report is self._report:
            return
        self._report = report
        ntp = report.ntp_at(now_s)
        rate_hz = SOUND_RATE_HZ if self._line.mid is Mid.MICROPHONE else VIDEO_RATE_HZ
        stamp = report.stamp_at(ntp, rate_hz)
        self._pipe.send(self._sender.sender_report(ntp, stamp, self._line.cname, now_s))

    def poll(self, now_s: float) -> bool:
        """Answer the root's NACKs; return True when it wants a key frame."""
        wants_keyframe = False
        while (packet := self._pipe.receive()) is not None:
            if not is_rtcp(packet):
                continue
            feedback = self._viewer.handle_rtcp(packet, now_s, self._cache)
            for missing in feedback.resend:
                self._pipe.send(missing)
            wants_keyframe = wants_keyframe or feedback.wants_keyframe
            if feedback.remb_bps is not None:
                self._remb_bps = Bitrate(feedback.remb_bps)
        return wants_keyframe

    def take_remb(self) -> Bitrate | None:
        """Return what the root has said, since it was asked last, that this lane carries."""
        said, self._remb_bps = self._remb_bps, None
        return said

    def stats(self) -> ViewerStats:
        """Return what was sent up and asked for again (any thread)."""
        return self._viewer.stats()


@dataclass(frozen=True, slots=True)
class UpLineStats:
    """One line up; `octets` are all bytes of its RTP packets, `lost` never came."""

    ssrc: Ssrc | None
    received: int
    octets: int
    lost: int
    lent: bool


class UpLine:
    """One line up of one room."""

    def __init__(self, pipe: RtpPipe, mid: Mid, uplink: Uplink | None = None) -> None:
        """Stand still; `uplink` is told what comes while the line is wanted."""
        pictures = mid is not Mid.MICROPHONE
        rate_hz = VIDEO_RATE_HZ if pictures else SOUND_RATE_HZ
        policy = _PICTURES if pictures else _SOUND
        self._pipe = pipe
        self._passage = Passage(PAYLOAD_TYPES[mid], rate_hz, policy, pictures=pictures)
        self._pictures = pictures
        self._uplink = uplink
        self._arrivals = uplink.stream(rate_hz) if uplink is not None else None
        self._measuring = False
        self._epoch = 0
        self._outlet: Outlet | None = None

    def lend(self, outlet: Outlet | None) -> None:
        """Pass on to `outlet` what comes from now on; pictures from a key frame."""
        if outlet is self._outlet:
            return
        self._outlet = outlet
        if self._uplink is not None:
            self._uplink.beyond_bps = None
        if outlet is not None:
            outlet.begin()
            if self._pictures:
                self._passage.request_keyframe()

    def poll(self, now_s: float, *, wanted: bool, on_time: bool = True) -> bool:
        """Take in what has arrived, pass it on, and send what is to be sent back.

        Args:
            now_s: monotonic seconds.
            wanted: this line is polled often, so that its arrivals tell what it carries.
            on_time: what is there arrived within the last few milliseconds.

        Returns:
            True when something was passed on.
        """
        self._measure(wanted, on_time=on_time)
        passage, outlet, passed_on = self._passage, self._outlet, False
        while (data := self._pipe.receive()) is not None:
            if is_rtcp(data):
                passage.handle_rtcp(data, now_s)
                continue
            passed = passage.take(data, now_s)
            if passed is not None and outlet is not None:
                if passage.epoch != self._epoch:
                    self._epoch = passage.epoch
                    outlet.begin()
                passed_on = outlet.put(passed, data) or passed_on
        if outlet is not None:
            if passage.report is not None:
                outlet.put_report(passage.report, now_s)
            if outlet.poll(now_s):
                passage.request_keyframe()
            said_bps = outlet.take_remb()
            if said_bps is not None and self._uplink is not None:
                self._uplink.beyond_bps = said_bps
        if self._uplink is not None and self._measuring:
            passage.set_remb(self._uplink.poll(now_s))
        for packet in passage.poll_rtcp(now_s):
            self._pipe.send(packet)
        return passed_on

    def set_rtt(self, rtt_s: float) -> None:
        """Take the round trip to the room, which spaces what is asked for."""
        self._passage.set_rtt(rtt_s)

    def stats(self) -> UpLineStats:
        """Return the counters (any thread)."""
        said = self._passage.stats()
        ssrc = Ssrc(said.ssrc) if said.ssrc is not None else None
        return UpLineStats(
            ssrc, said.received, said.octets, said.lost, lent=self._outlet is not None
        )

    def _measure(self, wanted: bool, *, on_time: bool) -> None:
        if self._arrivals is None:
            return
        if self._measuring is not wanted:
            self._measuring = wanted
            self._passage.measure(self._arrivals if wanted else None)
        self._arrivals.on_time = on_time

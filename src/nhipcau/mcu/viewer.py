"""One endpoint's end of one stream: what it reports, what it lacks. All of it the poll thread's.

viewer's RTCP ─▶ Viewer ─▶ resend what it lacks | ask the composer for a key frame
"""

from nhipcau.mcu.downstream import SoundStream, Stream
from nhipcau.ports.transport import RtpPipe
from nhipcau.quantities import SiteId, seq_delta
from nhipcau.rtp.cache import PacketCache
from nhipcau.rtp.packet import is_rtcp, packet_seq
from nhipcau.rtp.viewer import Kept, ViewerState, ViewerStats


class Viewer:
    """What the ends of picture and sound share."""

    def __init__(self, pipe: RtpPipe, stream: Stream) -> None:
        self.stream = stream
        self._pipe = pipe
        self._state = ViewerState(stream.sender)

    def poll(self, now_s: float) -> bool:
        """Take the viewer's RTCP; resend what it lacks, pass on what it needs.

        Returns:
            True when it asked for something.
        """
        packet = self._pipe.receive()
        # Mostly there is nothing, and there are hundreds of viewers.
        if packet is None:
            return False
        asked = False
        while packet is not None:
            if is_rtcp(packet) and self._handle(packet, now_s):
                asked = True
            packet = self._pipe.receive()
        return asked

    def _handle(self, packet: bytes, now_s: float) -> bool:
        feedback = self._state.handle_rtcp(packet, now_s, self._kept())
        for missing in feedback.resend:
            if self._may_resend(missing):
                self._pipe.send(missing)
        if feedback.wants_keyframe:
            self._want_keyframe()
        return bool(feedback.resend) or feedback.wants_keyframe

    def send_report(self, report: bytes) -> None:
        """Send a sender report."""
        self._pipe.send(report)

    def rtt_s(self) -> float | None:
        """Return the round trip as the viewer's reports tell it, None before the first."""
        return self.stats().rtt_s

    def stats(self) -> ViewerStats:
        """Return what the viewer said and got (any thread)."""
        return self._state.stats()

    def _kept(self) -> Kept:
        raise NotImplementedError

    def _may_resend(self, packet: bytes) -> bool:
        del packet
        return True

    def _want_keyframe(self) -> None:
        """Sound has none."""


class Listener(Viewer):
    """An endpoint's end of the sound, in the lane of its seat."""

    def __init__(self, pipe: RtpPipe, stream: SoundStream, seat: SiteId | None) -> None:
        super().__init__(pipe, stream)
        self._sound = stream
        self._seat = seat
        self._packets = stream.lane_cache(seat)
        self._packets_since: int | None = None

    def move(self, seat: SiteId) -> None:
        """Listen in the lane of another seat; the poll thread notices with its next look."""
        self._seat = seat

    def poll(self, now_s: float) -> bool:
        """As every viewer; and note when its lane changes, whether it says something or not."""
        self._kept()
        return super().poll(now_s)

    def _kept(self) -> PacketCache:
        packets = self._sound.lane_cache(self._seat)
        if packets is not self._packets:
            self._packets = packets
            self._packets_since = self.stream.sender.next_seq
        return packets

    def _may_resend(self, packet: bytes) -> bool:
        """Keep a site from hearing itself: of a new lane nothing from before it came to it."""
        since = self._packets_since
        return since is None or seq_delta(packet_seq(packet), since) >= 0

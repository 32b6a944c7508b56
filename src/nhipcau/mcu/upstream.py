"""What one site sends: its camera or shared screen, and its microphone.

    pipe ─▶ receiver ─▶ queue ║ decoder ─▶ newest picture      (composer)
            (poll thread)     ║ decoder ─▶ playout buffer      (mixer)

The double bar is the border between threads. A source that nothing shows is drained and not
decoded; the moment it is wanted it asks for a key frame. While it is wanted its arrivals tell what
the site's line carries, and REMB tells the site.
"""

from dataclasses import dataclass

from nhipcau.mcu.bounded import FrameQueue
from nhipcau.mcu.uplink import Uplink
from nhipcau.picture.frame import Picture
from nhipcau.ports.codec import Codecs, DecodeError, SoundDecoder, VideoDecoder
from nhipcau.ports.transport import RtpPipe
from nhipcau.rtp.frame import EncodedFrame
from nhipcau.rtp.packet import is_rtcp
from nhipcau.rtp.receiver import VIDEO_RATE_HZ, SoundPacket, SoundReceiver, VideoReceiver
from nhipcau.sound.block import BLOCK_SAMPLES, PcmBlock
from nhipcau.sound.playout import PlayoutBuffer

# Half a second at 25 fps: a composer that is later than that will not catch up by decoding.
_FRAME_LIMIT = 12


@dataclass(frozen=True, slots=True)
class VideoSourceStats:
    """One upstream picture: what came, what was lost, what could not be decoded; `octets` are all
    bytes of its RTP packets, `size` is that of the newest picture while it is decoded.
    """

    received: int
    octets: int
    lost: int
    frames: int
    decoded: int
    undecodable: int
    dropped: int
    size: tuple[int, int] | None


class VideoSource:
    """An upstream picture. `poll` belongs to the poll thread, `refresh` to the composer."""

    def __init__(
        self, pipe: RtpPipe, receiver: VideoReceiver, codecs: Codecs, uplink: Uplink | None = None
    ) -> None:
        """Stand still until something is wanted; `uplink` is told what comes then."""
        self._uplink = uplink
        self._arrivals = uplink.stream(VIDEO_RATE_HZ) if uplink is not None else None
        self._measuring = False
        self._pipe = pipe
        self._receiver = receiver
        self._codecs = codecs
        self._queue = FrameQueue(_FRAME_LIMIT)
        self._decoder: VideoDecoder | None = None
        self._wanted = False
        self._ask_keyframe = False
        self._refreshed_s = float("-inf")
        self._decoded = self._undecodable = 0
        self._shown: int | None = None
        self.picture: Picture | None = None
        self.version = 0
        self.pictured_s = float("-inf")

    def want(self, wanted: bool) -> None:
        """Say whether a view shows this source from now on (any thread)."""
        if wanted and not self._wanted:
            self._ask_keyframe = True
        self._wanted = wanted

    def poll(self, now_s: float, *, on_time: bool = True) -> None:
        """Take in what has arrived and send what the receiver wants sent back (poll thread).

        `on_time`: what is there arrived within the last few milliseconds.
        """
        receive = self._pipe.receive
        receiver = self._receiver
        if self._ask_keyframe:
            # Before what has arrived: one that lies there already is the one that is asked for.
            self._ask_keyframe = False
            receiver.request_keyframe(now_s)
        if self._measuring is not self._wanted:
            self._measuring = self._wanted
            receiver.measure(self._arrivals if self._measuring else None)
        if self._arrivals is not None:
            self._arrivals.on_time = on_time
        while (packet := receive()) is not None:
            if is_rtcp(packet):
                receiver.handle_rtcp(packet, now_s)
            else:
                receiver.handle_rtp(packet, now_s)
        if self._uplink is not None and self._measuring:
            receiver.set_remb(self._uplink.poll(now_s))
        for packet in receiver.poll_rtcp(now_s):
            self._pipe.send(packet)
        while (frame := receiver.poll_frame()) is not None:
            if self._wanted and not self._queue.put(frame):
                receiver.request_keyframe(now_s)

    def set_rtt(self, rtt_s: float) -> None:
        """Tell the receiver the round trip, by which it spaces what it asks for (poll thread)."""
        self._receiver.set_rtt(rtt_s)

    def refresh(self, now_s: float) -> None:
        """Decode what is queued; `picture` and `version` then tell the newest (composer thread)."""
        if now_s == self._refreshed_s:
            return
        self._refreshed_s = now_s
        for frame in self._queue.take_all():
            self._decode(frame, now_s)
            self._shown = frame.timestamp

    def taken_s(self) -> float | None:
        """Return when the newest picture was taken, on the source's wall clock (any thread).

        None before the source's first sender report.
        """
        clock, shown = self._receiver.clock, self._shown
        return clock.wall_at(shown) if clock is not None and shown is not None else None

    def release(self) -> None:
        """Free the decoder and the picture of a source no longer shown (composer thread)."""
        self._queue.restart()
        if self._decoder is not None:
            self._decoder.close()
            self._decoder = None
        self.picture = None

    def stats(self) -> VideoSourceStats:
        """Return the counters (any thread)."""
        received = self._receiver.stats()
        size = (self.picture.width, self.picture.height) if self.picture else None
        return VideoSourceStats(
            received.received,
            received.octets,
            received.lost,
            received.frames,
            self._decoded,
            self._undecodable,
            self._queue.dropped + received.frames_dropped,
            size,
        )

    def _decode(self, frame: EncodedFrame, now_s: float) -> None:
        decoder = self._decoder
        if decoder is None:
            decoder = self._decoder = self._codecs.video_decoder()
        try:
            picture = decoder.decode(frame)
        except DecodeError:
            # The last good picture stands until a key frame comes.
            self._undecodable += 1
            self._queue.restart()
            self._ask_keyframe = True
            return
        if picture is not None:
            self._decoded += 1
            self.picture = picture
            self.version += 1
            self.pictured_s = now_s


@dataclass(frozen=True, slots=True)
class SoundSourceStats:
    """One upstream microphone; `octets` are all bytes of its RTP packets."""

    received: int
    octets: int
    lost: int
    undecodable: int
    dropped: int
    delay_ms: float
    concealed: int


class SoundSource:
    """An upstream microphone. `poll` belongs to the poll thread, `pull` to the mixer."""

    def __init__(self, pipe: RtpPipe, receiver: SoundReceiver, codecs: Codecs) -> None:
        self._pipe = pipe
        self._receiver = receiver
        self._codecs = codecs
        self._playout = PlayoutBuffer()
        self._concealed = 0
        self._decoder: SoundDecoder | None = None
        self._undecodable = 0
        self._end: int | None = None

    def poll(self, now_s: float) -> None:
        """Take in what has arrived (poll thread)."""
        receive = self._pipe.receive
        receiver = self._receiver
        while (packet := receive()) is not None:
            if is_rtcp(packet):
                receiver.handle_rtcp(packet, now_s)
            else:
                receiver.handle_rtp(packet, now_s)
        for packet in receiver.poll_rtcp(now_s):
            self._pipe.send(packet)

    def set_rtt(self, rtt_s: float) -> None:
        """Tell the receiver the round trip, by which it spaces what it asks for (poll thread)."""
        self._receiver.set_rtt(rtt_s)

    def pull(self, pts: int, now_s: float) -> PcmBlock:
        """Return the next 20 ms of this microphone (mixer thread)."""
        for packet in self._receiver.take(now_s):
            self._decode(packet)
        return self._playout.pull(pts)

    def taken_s(self) -> float | None:
        """Return when the sound that is pulled now was taken, on the source's wall clock.

        None before the source's first sender report.
        """
        clock, end = self._receiver.clock, self._end
        if clock is None or end is None:
            return None
        return clock.wall_at(end) - self._playout.depth_s

    def release(self) -> None:
        """Free decoder and sound of a closed microphone; what it still sends is let go (mixer).

        The sound of one microphone takes half a megabyte: after a roll call all have been open.
        """
        if self._decoder is not None:
            self._decoder.close()
            self._decoder = None
        self._concealed += self._playout.stats().concealed_samples
        self._playout = PlayoutBuffer()
        self._end = None

    def stats(self) -> SoundSourceStats:
        """Return the counters (any thread)."""
        received = self._receiver.stats()
        playout = self._playout.stats()
        return SoundSourceStats(
            received.received,
            received.octets,
            received.lost,
            self._undecodable,
            received.dropped,
            playout.depth_s * 1000,
            self._concealed + playout.concealed_samples,
        )

    def _decode(self, packet: SoundPacket) -> None:
        decoder = self._decoder
        if decoder is None:
            decoder = self._decoder = self._codecs.sound_decoder()
        if packet.missing:
            # Every sender of ours and every browser packs 20 ms.
            self._playout.conceal(packet.missing * BLOCK_SAMPLES)
        try:
            samples = decoder.decode(packet.data)
        except DecodeError:
            self._undecodable += 1
            self._playout.conceal(BLOCK_SAMPLES)
            return
        self._playout.push(samples, packet.timestamp, packet.arrived_s)
        self._end = packet.timestamp + len(samples)

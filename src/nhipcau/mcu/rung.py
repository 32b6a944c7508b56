"""One rung of one view: an encoder while someone is on it or about to come to it.

canvas ─▶ scaled ─▶ encoder ─▶ packets with numbers of its own ─▶ cache, fan-out
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from nhipcau.mcu.ladder import RungSpec
from nhipcau.picture.frame import Picture
from nhipcau.ports.codec import Codecs, VideoEncoder
from nhipcau.quantities import Ssrc
from nhipcau.rtp.keyframe import PROMPT_IDR_INTERVAL_S, KeyframeGate, NewcomerGate
from nhipcau.rtp.pacer import Pacer
from nhipcau.rtp.sender import VideoSender

if TYPE_CHECKING:
    from nhipcau.mcu.watcher import Watcher


class RungPlace(NamedTuple):
    """Where a rung's packets go: payload type and SSRC of its line, and its place in the ladder.

    `place` 0 is the highest; `ladder` tells the ladders of two views apart.
    """

    payload_type: int
    ssrc: Ssrc
    ladder: object
    place: int


@dataclass(frozen=True, slots=True)
class RungStats:
    """What a rung has made; `running`: it has an encoder now."""

    name: str
    running: bool
    frames: int
    keyframes: int
    packets: int


@dataclass(slots=True, eq=False)
class RungFrame:
    """One picture of one rung on its way to its viewers.

    Attributes:
        index: unwrapped number of its first packet, in the rung.
        viewers: all who get it.
        arrivals: those of them who come from elsewhere with this very key frame.
    """

    rung: "Rung"
    index: int
    packets: Sequence[bytes]
    keyframe: bool
    viewers: "tuple[Watcher, ...]" = field(default=())
    arrivals: "tuple[Watcher, ...]" = field(default=())


class Rung:
    """All but `want_keyframe` and `stats` belong to the composer; `pacer` to the fan-out."""

    def __init__(self, spec: RungSpec, place: RungPlace, codecs: Codecs) -> None:
        self.spec = spec
        self.ladder, self.place = place.ladder, place.place
        self.sender = VideoSender(place.ssrc, place.payload_type)
        self.pacer: Pacer[RungFrame] = Pacer(spec.wire_bps)
        self._codecs = codecs
        self._encoder: VideoEncoder | None = None
        self._next_s = float("-inf")
        self._newcomers = NewcomerGate()
        self._repairs = KeyframeGate(PROMPT_IDR_INTERVAL_S)
        self._newcomer_waits = self._repair_waits = False
        self._frames = 0
        self.keyframes = 0

    def want_keyframe(self, *, newcomer: bool = False) -> None:
        """Note that a viewer can't go on, or begin, without a key frame (any thread)."""
        if newcomer:
            self._newcomer_waits = True
        else:
            self._repair_waits = True

    def is_due(self, now_s: float) -> bool:
        """Return True when it is time for this rung's next picture."""
        return now_s >= self._next_s

    def encode(self, picture: Picture, timestamp: int, now_s: float) -> RungFrame:
        """Return the frame of a picture of this rung's size.

        Args:
            picture: what all rungs of the view show, in this rung's size.
            timestamp: 90 kHz ticks, the same for all rungs of a line.
            now_s: monotonic seconds of the tick.
        """
        # On a grid of its own, so that 10 fps stay 10 fps at any tick of the composer.
        step_s = 1.0 / self.spec.video.fps
        self._next_s = max(self._next_s + step_s, now_s + step_s / 2)
        encoder = self._encoder
        fresh = encoder is None
        if encoder is None:
            encoder = self._encoder = self._codecs.video_encoder(self.spec.video)
        keyframe = self._keyframe_due(now_s) or fresh
        frame = encoder.encode(picture, timestamp, keyframe=keyframe)
        if frame.keyframe:
            self._newcomer_waits = self._repair_waits = False
            self.keyframes += 1
        self._frames += 1
        index = self.sender.next_index
        return RungFrame(self, index, self.sender.packetize(frame), frame.keyframe)

    def close(self) -> None:
        """Free the encoder; the next picture begins with a key frame of a new one."""
        if self._encoder is not None:
            self._encoder.close()
            self._encoder = None
            self._newcomer_waits = self._repair_waits = False

    def stats(self) -> RungStats:
        """Return the counters (any thread)."""
        running = self._encoder is not None
        return RungStats(self.spec.name, running, self._frames, self.keyframes, self.sender.packets)

    def _keyframe_due(self, now_s: float) -> bool:
        """Return True when the next picture must be a key frame.

        A newcomer waits a moment, in a crowd some tenths of a second; a viewer that lost its chain
        gets one prompt key frame in 2 s and otherwise waits for the regular one.
        """
        newcomer = self._newcomer_waits and self._newcomers.ask(now_s)
        repair = self._repair_waits and self._repairs.ask(now_s)
        return newcomer or repair

"""A view: one composed picture, encoded once, packetized once, for everyone who watches it.

cells and their sources ─▶ slots ─▶ canvas ─▶ encoder ─▶ stream ─▶ packets
"""

from collections.abc import Sequence
from dataclasses import dataclass

from nhipcau.mcu.downstream import VideoStream
from nhipcau.mcu.mediaclock import MediaClock
from nhipcau.mcu.mediaplan import CellPlan
from nhipcau.mcu.slot import Slot
from nhipcau.mcu.upstream import VideoSource
from nhipcau.picture.canvas import Canvas
from nhipcau.picture.cell import Cell
from nhipcau.picture.tile import TileArt
from nhipcau.ports.codec import Codecs, VideoEncoder, VideoSpec

Shown = tuple[CellPlan, VideoSource | None]


@dataclass(frozen=True, slots=True)
class ViewStats:
    """What a view has made."""

    frames: int
    keyframes: int
    packets: int


class View:
    """One view. Owned by the composer thread."""

    def __init__(
        self, spec: VideoSpec, stream: VideoStream, codecs: Codecs, clock: MediaClock
    ) -> None:
        self.stream = stream
        self.whole = Cell(0, 0, spec.width, spec.height)
        self._spec = spec
        self._codecs = codecs
        self._clock = clock
        self._canvas = Canvas(spec.width, spec.height)
        self._art = TileArt()
        self._scaler = codecs.scaler()
        self._slots: dict[Cell, Slot] = {}
        self._encoder: VideoEncoder | None = None
        self._next_s = float("-inf")
        self._frames = 0

    def is_due(self, now_s: float) -> bool:
        """Return True when it is time for this view's next picture."""
        if now_s < self._next_s:
            return False
        # On a grid of its own, so that 5 fps stay 5 fps at any tick of the composer.
        step_s = 1.0 / self._spec.fps
        self._next_s = max(self._next_s + step_s, now_s + step_s / 2)
        return True

    def compose(self, shown: Sequence[Shown], now_s: float) -> list[bytes]:
        """Return the packets of the picture of now.

        Args:
            shown: each cell and the source in it, already decoded.
            now_s: the tick's time, monotonic; it becomes the timestamp.
        """
        self._lay_out([plan.cell for plan, _ in shown])
        for plan, source in shown:
            self._slots[plan.cell].paint(plan, source, now_s)
        return self._encode(now_s)

    def close(self) -> None:
        """Free the encoder; the next picture begins with a key frame of a new one."""
        if self._encoder is not None:
            self._encoder.close()
            self._encoder = None

    def stats(self) -> ViewStats:
        """Return the counters (any thread)."""
        sender = self.stream.sender
        return ViewStats(self._frames, self.stream.keyframes, sender.packets)

    def _lay_out(self, cells: Sequence[Cell]) -> None:
        if list(self._slots) == list(cells):
            return
        self._canvas.fill(self.whole)
        self._slots = {cell: Slot(self._canvas, self._art, self._scaler) for cell in cells}

    def _encode(self, now_s: float) -> list[bytes]:
        encoder = self._encoder
        fresh = encoder is None
        if encoder is None:
            encoder = self._encoder = self._codecs.video_encoder(self._spec)
        keyframe = self.stream.keyframe_due(now_s) or fresh
        frame = encoder.encode(
            self._canvas.picture, self._clock.picture_ticks(now_s), keyframe=keyframe
        )
        if frame.keyframe:
            self.stream.note_keyframe()
        self._frames += 1
        return self.stream.video.packetize(frame)

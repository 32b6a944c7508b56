"""A view: one composed picture, in as many encodings as its viewers' lines need.

cells and their sources ─▶ slots ─▶ canvas ─┬─▶ rung 720p
                                            └─▶ scaled ─▶ rung 360p ─▶ scaled ─▶ rung 180p

Composed once; each rung is scaled from the next larger one that is made in the same tick.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from nhipcau.mcu.downstream import VideoStream
from nhipcau.mcu.ladder import Ladder
from nhipcau.mcu.mediaclock import MediaClock
from nhipcau.mcu.mediaplan import CellPlan
from nhipcau.mcu.rung import Rung, RungFrame, RungPlace, RungStats
from nhipcau.mcu.slot import Slot
from nhipcau.mcu.upstream import VideoSource
from nhipcau.picture.canvas import Canvas
from nhipcau.picture.cell import Cell
from nhipcau.picture.tile import TileArt
from nhipcau.ports.codec import Codecs
from nhipcau.ports.transport import PAYLOAD_TYPES
from nhipcau.quantities import Ssrc

Shown = tuple[CellPlan, VideoSource | None]


@dataclass(frozen=True, slots=True)
class ViewStats:
    """What a view has made, all its rungs together and each."""

    frames: int
    keyframes: int
    packets: int
    rungs: tuple[RungStats, ...]


class View:
    """One view. Owned by the composer thread."""

    def __init__(
        self, ladder: Ladder, stream: VideoStream, codecs: Codecs, clock: MediaClock
    ) -> None:
        top = ladder[0].video
        self.whole = Cell(0, 0, top.width, top.height)
        self.stream = stream
        self._clock = clock
        self._canvas = Canvas(top.width, top.height)
        self._art = TileArt()
        self._scaler = codecs.scaler()
        self._slots: dict[Cell, Slot] = {}
        line = (PAYLOAD_TYPES[stream.mid], Ssrc(stream.sender.ssrc))
        self.rungs = tuple(
            Rung(spec, RungPlace(*line, self, place), codecs) for place, spec in enumerate(ladder)
        )

    def due(self, in_use: Collection[Rung], now_s: float) -> list[Rung]:
        """Return the rungs whose next picture is due; free those that nobody uses."""
        due = []
        for rung in self.rungs:
            if rung not in in_use:
                rung.close()
            elif rung.is_due(now_s):
                due.append(rung)
        return due

    def compose(self, shown: Sequence[Shown], due: Sequence[Rung], now_s: float) -> list[RungFrame]:
        """Return the frames of the picture of now.

        Args:
            shown: each cell and the source in it, already decoded.
            due: rungs of this view, highest first.
            now_s: the tick's time, monotonic; it becomes the timestamp of all of them.
        """
        self._lay_out([plan.cell for plan, _ in shown])
        for plan, source in shown:
            self._slots[plan.cell].paint(plan, source, now_s)
        timestamp = self._clock.picture_ticks(now_s)
        picture, frames = self._canvas.picture, []
        for rung in due:
            video = rung.spec.video
            picture = self._scaler.scale(picture, video.width, video.height)
            frames.append(rung.encode(picture, timestamp, now_s))
        self.stream.pictures += len(frames)
        return frames

    def close(self) -> None:
        """Free the encoders; the next pictures begin with key frames of new ones."""
        for rung in self.rungs:
            rung.close()

    def stats(self) -> ViewStats:
        """Return the counters (any thread)."""
        rungs = tuple(rung.stats() for rung in self.rungs)
        return ViewStats(
            sum(rung.frames for rung in rungs),
            sum(rung.keyframes for rung in rungs),
            sum(rung.packets for rung in rungs),
            rungs,
        )

    def _lay_out(self, cells: Sequence[Cell]) -> None:
        if list(self._slots) == list(cells):
            return
        self._canvas.fill(self.whole)
        self._slots = {cell: Slot(self._canvas, self._art, self._scaler) for cell in cells}

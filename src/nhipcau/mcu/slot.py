"""One cell of a view on its canvas: paints only what changed since the last tick.

picture of the site  →  scaled into the cell, letterboxed, name plate over it
no picture           →  a plain tile that says why, with the name
"""

from nhipcau.mcu.mediaplan import CellPlan
from nhipcau.mcu.upstream import VideoSource
from nhipcau.picture.board import Board
from nhipcau.picture.canvas import Canvas
from nhipcau.picture.cell import Cell
from nhipcau.picture.fit import fit
from nhipcau.picture.tile import Absence, TileArt
from nhipcau.ports.codec import PictureScaler

# A source that has sent nothing for so long is not "late" any more; its last picture would lie.
_STALE_S = 4.0
_LARGE_PX = 400


class Slot:
    """The painter of one cell. Owned by the composer thread."""

    def __init__(self, canvas: Canvas, art: TileArt, scaler: PictureScaler) -> None:
        self._canvas = canvas
        self._art = art
        self._scaler = scaler
        self._plan: CellPlan | None = None
        # What the cell shows: a version of its source's picture, or why there is none.
        self._painted: int | Absence | None = None
        self._inner: Cell | None = None

    def paint(self, plan: CellPlan, source: VideoSource | None, now_s: float) -> None:
        """Bring the cell up to date."""
        if plan != self._plan:
            self._plan, self._painted, self._inner = plan, None, None
        if plan.board is not None:
            self._paint_board(plan, plan.board)
            return
        why = _why_absent(plan, source, now_s)
        if why is not None:
            self._paint_absence(plan, why)
        elif source is not None and self._painted != source.version:
            self._paint_picture(plan, source)

    def _paint_picture(self, plan: CellPlan, source: VideoSource) -> None:
        picture = source.picture
        assert picture is not None
        inner = fit(picture.width, picture.height, plan.cell)
        if inner != self._inner:
            self._canvas.bars(plan.cell, inner)
            self._inner = inner
        self._canvas.paste(inner, self._scaler.scale(picture, inner.width, inner.height))
        self._dress(plan)
        self._painted = source.version

    def _paint_board(self, plan: CellPlan, board: Board) -> None:
        if self._painted is None:
            self._canvas.paste(plan.cell, self._art.board(board, plan.cell))
            self._painted = Absence.EMPTY

    def _paint_absence(self, plan: CellPlan, why: Absence) -> None:
        if self._painted is why:
            return
        self._canvas.paste(plan.cell, self._art.placeholder(why, plan.name, plan.cell))
        if plan.on_air:
            self._canvas.border(plan.cell, self._art.on_air, _border_px(plan.cell))
        self._painted, self._inner = why, None

    def _dress(self, plan: CellPlan) -> None:
        if plan.name:
            plate = self._art.plate(plan.name, plan.cell, on_air=plan.on_air)
            cell = plan.cell
            place = Cell(cell.x, cell.bottom - plate.height, plate.width, plate.height)
            self._canvas.paste(place, plate)
        if plan.on_air:
            self._canvas.border(plan.cell, self._art.on_air, _border_px(plan.cell))


def _border_px(cell: Cell) -> int:
    """Return how thick the on-air frame is: seen on a small tile, modest on a large one."""
    return 4 if cell.height >= _LARGE_PX else 2


def _why_absent(plan: CellPlan, source: VideoSource | None, now_s: float) -> Absence | None:
    """Return why the cell shows no picture, None when it does."""
    if plan.site is None and plan.media is None:
        return Absence.EMPTY
    if plan.media is None or source is None:
        return Absence.NO_SIGNAL
    if not plan.camera_on:
        return Absence.CAMERA_OFF
    if source.picture is None:
        return Absence.WAITING
    return Absence.NO_SIGNAL if now_s - source.pictured_s > _STALE_S else None

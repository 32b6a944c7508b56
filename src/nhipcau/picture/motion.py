"""Does a picture move, and does it move as it did before? Pure, for the evidence of a roll call.

    Picture ─▶ sample: means of 16×9 cells ─▶ step: how much each cell changed ─▶ Trace

A picture that stands still has no steps beyond what an encoder's refinement makes of it. Two traces
of live pictures have nothing in common but chance, because noise and people never move the same way
twice; a recording that is played again moves the same way, cell by cell, picture by picture.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nhipcau.picture.frame import Picture

Means = npt.NDArray[np.float32]

_ROWS, _COLUMNS = 9, 16
# Every fourth pixel each way says what a cell's mean is.
_STRIDE = 4
# Luma levels of 220 by which the mean of a cell must change. A still picture's cells stay within a
# tenth of a level once the encoder has settled.
_LEAST_CHANGE = 0.4
# Two traces are held against each other over at least so many steps ...
_LEAST_OVERLAP = 8
# ... of this much change in all, below which chance looks like agreement ...
_LEAST_ENERGY = 40.0
# ... and agree when so much of their change is the same. Live pictures stay below 0.5.
_SAME = 0.9


def sample(picture: Picture) -> Means:
    """Return the mean luma of each cell, float32 of shape (9, 16).

    Any size will do; what does not fit the cells at the right and bottom is left out.
    """
    luma = picture.y[::_STRIDE, ::_STRIDE]
    height, width = luma.shape[0] // _ROWS, luma.shape[1] // _COLUMNS
    if not height or not width:
        return np.full((_ROWS, _COLUMNS), luma.mean(), np.float32)
    cut = luma[: height * _ROWS, : width * _COLUMNS]
    cells = cut.reshape(_ROWS, height, _COLUMNS, width)
    return cells.mean(axis=(1, 3), dtype=np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """How a picture moved: one step for each two samples, float32 of shape (n, 9, 16)."""

    steps: npt.NDArray[np.float32]

    @property
    def changes(self) -> int:
        """How many steps changed some cell by more than an encoder does of itself."""
        return int((np.abs(self.steps).max(axis=(1, 2), initial=0) >= _LEAST_CHANGE).sum())


def trace(samples: Sequence[Means]) -> Trace:
    """Return how the pictures of which these are samples moved."""
    if len(samples) < 2:
        return Trace(np.zeros((0, _ROWS, _COLUMNS), np.float32))
    return Trace(np.diff(np.stack(samples), axis=0))


def is_repeat(now: Trace, before: Trace) -> bool:
    """Return True when a picture moves as another did, at whatever shift in time."""
    ours, theirs = _flat(now), _flat(before)
    shifts = range(_LEAST_OVERLAP - len(theirs), len(ours) - _LEAST_OVERLAP + 1)
    return any(_agree(ours, theirs, shift) for shift in shifts)


def _flat(one: Trace) -> npt.NDArray[np.float32]:
    return one.steps.reshape(len(one.steps), -1)


def _agree(ours: npt.NDArray[np.float32], theirs: npt.NDArray[np.float32], shift: int) -> bool:
    a = ours[max(shift, 0) : shift + len(theirs)]
    b = theirs[max(-shift, 0) :][: len(a)]
    energy = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return energy >= _LEAST_ENERGY and float((a * b).sum()) >= _SAME * energy

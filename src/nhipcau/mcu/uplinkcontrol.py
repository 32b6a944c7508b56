"""How much picture a room's own line has room for: down at once, up slowly. Pure.

    estimate of the line ─▶ observe ─▶ step   0 the dearest … last: none

            720p  30 fps  1.2 Mbit/s      from 500 kbit/s
            360p  30 fps  400 kbit/s      from 180 kbit/s
            360p  15 fps  250 kbit/s      from 120 kbit/s
            360p  10 fps  150 kbit/s      from  70 kbit/s
            no picture: the sound stays

A step is taken well below its own rate, because a room with little motion needs less; what the
encoder may use is the estimate. An estimate alone never ends a picture that someone sees: it can be
wrong, and a picture that is not sent can't put it right. Only a line that was declared to have no
room for one sends none.
"""

from typing import NamedTuple

from nhipcau.quantities import Bitrate


class UpStep(NamedTuple):
    """A picture that a room may be asked for.

    Attributes:
        height: in pixels, of a picture of 16:9; 0 for none.
        fps: at the most.
        most_bps: what its encoder may use at the most.
        least_bps: what it takes to be worth looking at.
    """

    height: int
    fps: int
    most_bps: Bitrate
    least_bps: Bitrate


UP_STEPS = (
    UpStep(720, 30, Bitrate(1_200_000), Bitrate(500_000)),
    UpStep(360, 30, Bitrate(400_000), Bitrate(180_000)),
    UpStep(360, 15, Bitrate(250_000), Bitrate(120_000)),
    UpStep(360, 10, Bitrate(150_000), Bitrate(70_000)),
    UpStep(0, 0, Bitrate(0), Bitrate(0)),
)
LARGE, SMALL, TILE, SPARE, NO_PICTURE = range(len(UP_STEPS))
# A step up must be carried by so much more than its least, for so long.
_MARGIN = 1.15
_UP_S = 3.0


class UplinkControl:
    """The control of one room's way up. The event loop's.

    Attributes:
        step: the dearest of `UP_STEPS` that its line carries.
    """

    def __init__(self, declared_bps: int | None = None) -> None:
        """Begin with a line that was declared to carry so much beside the sound, or with a good
        one.
        """
        has_room = declared_bps is None or declared_bps >= UP_STEPS[SPARE].least_bps
        self._last = SPARE if has_room else NO_PICTURE
        self._first = LARGE if declared_bps is None else self._fitting(declared_bps)
        self.step = self._first
        self._roomy_since_s: float | None = None

    def observe(self, bps: int, now_s: float) -> None:
        """Follow the estimate of a line that is being used; call it about once a second."""
        fits = self._fitting(bps)
        if fits > self.step:
            self.step = fits
            self._roomy_since_s = None
        elif self.step > self._first and bps >= _MARGIN * UP_STEPS[self.step - 1].least_bps:
            self._go_up_if_due(now_s)
        else:
            self._roomy_since_s = None

    def forget(self) -> None:
        """Take the line for as good as it was declared: what was measured is too old."""
        self.step = self._first
        self._roomy_since_s = None

    def _fitting(self, bps: int) -> int:
        fits = next(n for n, step in enumerate(UP_STEPS) if step.least_bps <= bps)
        return min(fits, self._last)

    def _go_up_if_due(self, now_s: float) -> None:
        if self._roomy_since_s is None:
            self._roomy_since_s = now_s
        if now_s - self._roomy_since_s >= _UP_S:
            self.step -= 1
            self._roomy_since_s = None

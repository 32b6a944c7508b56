"""How much picture a room's own line has room for: down at once, up slowly. Pure.

    estimate of the line, strain of its way down ─▶ observe ─▶ step   0 the dearest … last: none

            720p  30 fps  1.2 Mbit/s      from 500 kbit/s
            360p  30 fps  400 kbit/s      from 180 kbit/s
            360p  10 fps  150 kbit/s      from  70 kbit/s
            no picture: the sound stays

A step is taken well below its own rate, because a room with little motion needs less; what the
encoder may use is the estimate.
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
    UpStep(360, 10, Bitrate(150_000), Bitrate(70_000)),
    UpStep(0, 0, Bitrate(0), Bitrate(0)),
)
LARGE, SMALL, SPARE, NO_PICTURE = range(len(UP_STEPS))
# A step up must be carried by so much more than its least, for so long.
_MARGIN = 1.15
_UP_S = 3.0
# Without a picture nothing is measured: it is tried again, each time after twice as long.
_RETRY_S, _LONGEST_RETRY_S = 30.0, 300.0


class UplinkControl:
    """The control of one room's way up. The event loop's.

    Attributes:
        step: the dearest of `UP_STEPS` that its line carries.
    """

    def __init__(self) -> None:
        self.step = LARGE
        self._roomy_since_s: float | None = None
        self._stopped_s = 0.0
        self._retry_s = _RETRY_S

    def observe(self, bps: int, now_s: float) -> bool:
        """Follow the estimate of a line that is being used; call it about once a second.

        Returns:
            True when a line without a picture is to be tried again: the estimate is as old as
            the last picture, and must begin again at what the step may use.
        """
        fits = next(n for n, step in enumerate(UP_STEPS) if step.least_bps <= bps)
        if self.step == NO_PICTURE:
            return self._try_again(now_s)
        if fits > self.step:
            self.step = fits
            self._roomy_since_s, self._stopped_s = None, now_s
        elif self.step > LARGE and bps >= _MARGIN * UP_STEPS[self.step - 1].least_bps:
            self._go_up_if_due(now_s)
        else:
            self._roomy_since_s = None
        return False

    def forget(self) -> None:
        """Take the line for a good one again: what was known of it is too old."""
        self.step = LARGE
        self._roomy_since_s, self._retry_s = None, _RETRY_S

    def _go_up_if_due(self, now_s: float) -> None:
        if self._roomy_since_s is None:
            self._roomy_since_s = now_s
        if now_s - self._roomy_since_s >= _UP_S:
            self.step -= 1
            self._roomy_since_s = None
            self._retry_s = _RETRY_S

    def _try_again(self, now_s: float) -> bool:
        if now_s - self._stopped_s < self._retry_s:
            return False
        self._retry_s = min(2 * self._retry_s, _LONGEST_RETRY_S)
        self.step = SPARE
        return True

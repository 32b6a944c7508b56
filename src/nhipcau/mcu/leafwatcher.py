"""An endpoint's end of a picture line at a leaf; or a lane's to a leaf below: it stands for many.

All but `set_wish` is the picture thread's.
"""

from typing import TYPE_CHECKING

from nhipcau.mcu.downstream import VideoStream
from nhipcau.mcu.ladder import Ladder
from nhipcau.mcu.watcher import PictureViewer
from nhipcau.ports.transport import RtpPipe
from nhipcau.rtp.sender import own_report

if TYPE_CHECKING:
    from nhipcau.mcu.repeatedrung import RepeatedRung


class LeafWatcher(PictureViewer["RepeatedRung"]):
    """A viewer of what a trunk brings.

    Attributes:
        ladder: of its line.
        target: the rung that it is on or is to come to, None for none.
    """

    def __init__(self, pipe: RtpPipe, stream: VideoStream, ladder: Ladder) -> None:
        super().__init__(pipe, stream)
        self.ladder = ladder
        self.target: RepeatedRung | None = None
        self._last_stamp: int | None = None

    def last_stamp(self) -> int | None:
        """Return the timestamp of the newest picture that it got a packet of, None for none."""
        rung = self.served
        if rung is None:
            return self._last_stamp
        restamp = self.numbers.restamp
        if restamp is not None and restamp.old == rung.stamp.to_bytes(4):
            return int.from_bytes(restamp.new)
        return rung.stamp

    def leave(self) -> None:
        """Get nothing more from the rung that it is on."""
        rung = self.served
        if rung is not None:
            self._last_stamp = self.last_stamp()
            rung.viewers = tuple(one for one in rung.viewers if one is not self)
            self.served = None

    def _want_keyframe(self) -> None:
        rung = self.served
        if rung is None:
            return
        if self.stands_for_many:
            rung.want_keyframe_below()
        else:
            rung.want_keyframe()

    def send_report(self, report: bytes) -> None:
        """Send a sender report with this viewer's own counts; lip sync is in it already."""
        numbers = self.numbers
        super().send_report(own_report(report, (numbers.packets, numbers.octets)))

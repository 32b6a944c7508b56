"""One endpoint's end of one picture line: which rung it is on, and its own numbering.

event loop ─ wish ─▶ composer ─ served ─▶ fan-out ─ numbers ─▶ packets
                               poll thread: NACKs are mapped back, PLIs go to the rung served

What a rung is differs: one that is made here (`Watcher`), or one that comes down a trunk.
"""

from typing import Protocol

from nhipcau.mcu.downstream import VideoStream
from nhipcau.mcu.ladder import RungSpec
from nhipcau.mcu.rung import Rung
from nhipcau.mcu.viewer import Viewer
from nhipcau.ports.transport import RtpPipe
from nhipcau.rtp.rungviewer import RungViewer
from nhipcau.rtp.sender import own_report
from nhipcau.rtp.viewer import ViewerStats

# The clock of all pictures. Source: RFC 6184 §8.1.
_HZ = 90_000


class Served(Protocol):
    """A rung as those who get it know it."""

    @property
    def spec(self) -> RungSpec:
        """How it is encoded."""
        ...

    def want_keyframe(self, *, newcomer: bool = False) -> None:
        """Note that a viewer can't go on, or begin, without a key frame."""
        ...


class PictureViewer[R: Served](Viewer):
    """A viewer of pictures.

    Attributes:
        served: the rung whose packets it gets, None for none.
        numbers: its sequence numbers (whoever sends writes them).
        send: of its pipe.
        stands_for_many: a leaf, which lets few of its rooms' wishes for a key frame through: each
            counts as a newcomer's.
    """

    def __init__(self, pipe: RtpPipe, stream: VideoStream) -> None:
        super().__init__(pipe, stream)
        self._line = stream
        self._wish = 0
        self.served: R | None = None
        self.numbers = RungViewer()
        self.send = pipe.send
        self.stands_for_many = False

    @property
    def wish(self) -> int:
        """The place in the ladder that it is to come to; beyond the last: no picture."""
        return self._wish

    def set_wish(self, place: int) -> None:
        """Send it to another rung as soon as that has a key frame (event loop)."""
        if place != self._wish:
            self._wish = place
            self._line.wishes += 1

    def stats(self) -> ViewerStats:
        """Return what the viewer said and got (any thread)."""
        return self._state.stats(self.numbers.packets)

    def _kept(self) -> RungViewer:
        return self.numbers

    def _want_keyframe(self) -> None:
        rung = self.served
        if rung is not None:
            rung.want_keyframe(newcomer=self.stands_for_many)


class Watcher(PictureViewer[Rung]):
    """A viewer of what is made here; the composer writes `served`, the fan-out `numbers`."""

    def send_report(self, report: bytes) -> None:
        """Send a sender report with this viewer's own counts, and with its rung's lip sync.

        What happens between two pictures is seen with the later one, half a period late on average;
        at 10 fps that is 50 ms. The sound waits for it, because the pictures count as earlier.
        """
        numbers, rung = self.numbers, self.served
        earlier = _HZ // (2 * rung.spec.video.fps) if rung is not None else 0
        super().send_report(own_report(report, (numbers.packets, numbers.octets), earlier))

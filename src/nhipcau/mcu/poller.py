"""The poll thread: takes in all that arrives, every 5 ms, so that nothing calls back.

every  5 ms   sources that the plan wants (what is seen, heard, shared)
every 20 ms   what viewers report
every 50 ms   sources that nobody wants (drained), the states of connections
every  1 s    sender reports to every viewer
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from nhipcau.mcu.downstream import Stream
from nhipcau.mcu.endpointmedia import EndpointMedia
from nhipcau.mcu.mediaclock import MediaClock
from nhipcau.mcu.mediaplan import MediaPlan
from nhipcau.ports.transport import ConnectionState

# Fine enough that polling adds less delay than a packet's own length; coarse enough to be cheap.
POLL_S = 0.005
_VIEWERS_EVERY = 4
_IDLE_EVERY = 10
_REPORT_S = 1.0


@dataclass(frozen=True, slots=True)
class PollerStats:
    """Connections that the poller looks after."""

    connections: int
    up: int


class Poller:
    """Polls all connections of an engine. `tick` belongs to the poll thread."""

    def __init__(
        self,
        plan: Callable[[], MediaPlan],
        medias: Callable[[], Iterable[EndpointMedia]],
        streams: Sequence[Stream],
        clock: MediaClock,
    ) -> None:
        self._plan = plan
        self._medias = medias
        self._streams = streams
        self._clock = clock
        self._ticks = 0
        self._report_s = float("-inf")
        self.up: tuple[EndpointMedia, ...] = ()

    def tick(self, now_s: float) -> None:
        """Poll what is due."""
        self._ticks += 1
        plan = self._plan()
        self._poll_wanted(plan, now_s)
        if self._ticks % _VIEWERS_EVERY == 0:
            for media in plan.viewers:
                for viewer in media.viewers.values():
                    viewer.poll(now_s)
        if self._ticks % _IDLE_EVERY == 0:
            self._poll_idle(now_s)
        if now_s - self._report_s >= _REPORT_S:
            self._report_s = now_s
            self._send_reports(plan, now_s)

    def stats(self) -> PollerStats:
        """Return the counters (any thread)."""
        return PollerStats(len(tuple(self._medias())), len(self.up))

    def _poll_wanted(self, plan: MediaPlan, now_s: float) -> None:
        for cell in plan.program:
            if cell.media is not None:
                cell.media.camera.poll(now_s)
        for media in plan.microphones.values():
            media.microphone.poll(now_s)
        if plan.content is not None:
            plan.content.content.poll(now_s)

    def _poll_idle(self, now_s: float) -> None:
        up = []
        for media in self._medias():
            self._follow_state(media, now_s)
            if media.is_up():
                up.append(media)
                # Those that the plan wants were polled a moment ago; polling twice does no harm.
                media.camera.poll(now_s)
                media.content.poll(now_s)
                media.microphone.poll(now_s)
        if tuple(up) != self.up:
            self.up = tuple(up)

    def _follow_state(self, media: EndpointMedia, now_s: float) -> None:
        state = media.connection.state()
        if state is media.state:
            return
        media.state = state
        media.since_s = now_s
        if state is ConnectionState.CONNECTED:
            for stream in self._streams:
                stream.want_keyframe(now_s, newcomer=True)

    def _send_reports(self, plan: MediaPlan, now_s: float) -> None:
        for stream in self._streams:
            report = stream.report(self._clock, now_s)
            for media in plan.viewers:
                media.viewers[stream.mid].send_report(report)

"""The poll thread: takes in all that arrives, every 5 ms, so that nothing calls back.

every  5 ms   sources that the plan wants (what is seen, heard, shared)
every 20 ms   some of what viewers of a stream that flows report (`hearing`); connections that are
              coming up
every 0.5 s   sources that nobody wants (drained), viewers of a stream that stands still, and
              connections that are up; a tenth of the sites every 50 ms
every  1 s    sender reports of the streams that flow, to every viewer

With 145 sites nearly all of this is asking in vain, so what can wait is asked seldom.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from nhipcau.mcu.downstream import Stream
from nhipcau.mcu.endpointmedia import EndpointMedia
from nhipcau.mcu.hearing import Hearing
from nhipcau.mcu.mediaclock import MediaClock
from nhipcau.mcu.mediaplan import MediaPlan
from nhipcau.mcu.streams import Streams

# Fine enough that polling adds less delay than a packet's own length; coarse enough to be cheap.
POLL_S = 0.005
# Later than this, what lies there arrived at a time that nobody knows.
_ON_TIME_S = 0.01
_VIEWERS_EVERY = 4
_IDLE_EVERY = 10
# A transport keeps about a thousand packets, 5 s of a camera that nobody wants.
_IDLE_SLICES = 10
_REPORT_S = 1.0
# Content and speech make pauses; a NACK may come that long after the last packet.
_FLOWS_S = 2.0


@dataclass(frozen=True, slots=True)
class PollerStats:
    """Connections that the poller looks after, how many of them are up and served, and how many are
    up and cold.
    """

    connections: int
    up: int
    cold: int


@dataclass(frozen=True, slots=True)
class Watch:
    """What the poller reads, and whom it tells that connections came up or went.

    `now_s` is the clock by which the poller finds out that it is late.
    """

    plan: Callable[[], MediaPlan]
    medias: Callable[[], tuple[EndpointMedia, ...]]
    changed: Callable[[], None]
    now_s: Callable[[], float]


class Poller:
    """Polls all connections of an engine. `tick` belongs to the poll thread."""

    def __init__(self, watch: Watch, streams: Streams, clock: MediaClock) -> None:
        self._watch = watch
        self._streams = streams
        self._clock = clock
        self._ticks = 0
        self._report_s = float("-inf")
        self._slice = 0
        self._hearing = Hearing()
        self._heard: tuple[tuple[EndpointMedia, ...], set[Stream]] = ((), set())
        self._sent: dict[Stream, tuple[int, float]] = {}
        self.up: tuple[EndpointMedia, ...] = ()

    def tick(self, now_s: float) -> None:
        """Poll what is due."""
        self._ticks += 1
        plan = self._watch.plan()
        on_time = self._watch.now_s() - now_s < _ON_TIME_S
        for source in set(plan.sources()):
            source.poll(now_s, on_time=on_time)
        for media in (*plan.microphones.values(), *plan.measured.values()):
            media.microphone.poll(now_s)
        if self._ticks % _VIEWERS_EVERY == 0:
            self._hear(plan, now_s)
            self._follow_states([media for media in self._watch.medias() if not media.is_up()])
        if self._ticks % _IDLE_EVERY == 0:
            self._poll_idle(now_s)
        if now_s - self._report_s >= _REPORT_S:
            self._report_s = now_s
            self._send_reports(plan, now_s)

    def stats(self) -> PollerStats:
        """Return the counters (any thread)."""
        cold = sum(media.cold for media in self.up)
        return PollerStats(len(self._watch.medias()), len(self.up) - cold, cold)

    def _hear(self, plan: MediaPlan, now_s: float) -> None:
        flowing = self._flowing(now_s)
        if self._heard != (plan.listeners, flowing):
            self._heard = plan.listeners, flowing
            self._hearing.follow(
                viewer
                for media in plan.listeners
                for viewer in media.viewers.values()
                if viewer.stream in flowing
            )
        self._hearing.tick(now_s)

    def _flowing(self, now_s: float) -> set[Stream]:
        """Return the streams that have sent something of late."""
        before, self._sent = self._sent, {}
        for stream in self._streams.all():
            sent = stream.sent
            last, since_s = before.get(stream, (0, float("-inf")))
            self._sent[stream] = (sent, now_s if sent != last else since_s)
        return {stream for stream, (_, sent_s) in self._sent.items() if now_s - sent_s < _FLOWS_S}

    def _poll_idle(self, now_s: float) -> None:
        """Look after a tenth of the connections that are up."""
        self._slice = (self._slice + 1) % _IDLE_SLICES
        due = self.up[self._slice :: _IDLE_SLICES]
        self._follow_states(due)
        for media in due:
            # Those that the plan wants were polled a moment ago; twice does no harm.
            for source in media.sources():
                source.poll(now_s)
            for viewer in media.viewers.values():
                viewer.poll(now_s)

    def _follow_states(self, medias: Iterable[EndpointMedia]) -> None:
        """Look at some connections, and tell when another set of them is up."""
        for media in medias:
            media.state = media.connection.state()
        now_up = tuple(media for media in self._watch.medias() if media.is_up())
        if now_up != self.up:
            self.up = now_up
            self._watch.changed()

    def _send_reports(self, plan: MediaPlan, now_s: float) -> None:
        reports: dict[Stream, bytes] = {
            stream: stream.report(self._clock, now_s) for stream in self._flowing(now_s)
        }
        for media in plan.listeners:
            media.share_round_trip()
            for viewer in media.viewers.values():
                report = reports.get(viewer.stream)
                if report is not None:
                    viewer.send_report(report)

"""The picture thread of a leaf: repeats what comes down, passes on what goes up, every 5 ms.

every  5 ms   lanes' pictures ─▶ rooms; lent or wanted cameras and screens ─▶ lanes
every 20 ms   some of what viewers report (`hearing`); connections that are coming up
every 0.5 s   cameras that nobody wants (drained), viewers of what stands still, and connections
              that are up; a tenth of the rooms every 50 ms
every  1 s    sender reports, to every viewer of a rung that flows

A picture is repeated when it comes and paced as the root has paced it: what adds to its way are
this thread's beat and its work.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from nhipcau.mcu.hearing import Hearing
from nhipcau.mcu.leafmedia import LeafMedia
from nhipcau.mcu.leafscene import LeafScene
from nhipcau.mcu.leafseats import LeafSeats, Row
from nhipcau.mcu.leafstreams import LeafStreams
from nhipcau.mcu.leafwatcher import LeafWatcher
from nhipcau.mcu.repeatedrung import RepeatedRung, RepeatedStats
from nhipcau.ports.transport import Mid

POLL_S = 0.005
# Later than this, what lies there arrived at a time that nobody knows.
_ON_TIME_S = 0.01
_VIEWERS_EVERY = 4
_IDLE_EVERY = 10
_IDLE_SLICES = 10
_REPORT_S = 1.0
# A NACK may come that long after the last packet.
_FLOWS_S = 2.0
_LINES = (Mid.PROGRAM, Mid.CONTENT)
_UP = (Mid.CAMERA, Mid.CONTENT_UP)


@dataclass(frozen=True, slots=True)
class LeafWatch:
    """What a leaf's threads read, and whom they tell that connections came up or went.

    `up` are the connections that are up, `now_s` the clock by which a thread finds out that it is
    late.
    """

    scene: Callable[[], LeafScene]
    up: Callable[[], tuple[LeafMedia, ...]]
    changed: Callable[[], None]
    now_s: Callable[[], float]


class LeafPictures:
    """All pictures of a leaf. `tick` belongs to the picture thread."""

    def __init__(self, watch: LeafWatch, streams: LeafStreams) -> None:
        self._watch = watch
        self._streams = streams
        self._seats = LeafSeats()
        self._hearing = Hearing()
        self._heard: tuple[object, ...] = ()
        self._followed: tuple[object, ...] = ()
        self._wanted: tuple[LeafMedia, ...] = ()
        self._ticks = self._slice = 0
        self._report_s = float("-inf")
        self.up: tuple[LeafMedia, ...] = ()

    def tick(self, now_s: float) -> None:
        """Do what is due."""
        self._ticks += 1
        scene = self._watch.scene()
        self._follow(scene)
        rungs = tuple(scene.pictures())
        for rung in rungs:
            rung.poll(now_s)
        self._seats.settle(now_s)
        self._poll_up(now_s)
        if self._ticks % _VIEWERS_EVERY == 0:
            self._hear(rungs, now_s)
            self._follow_states(scene, [media for media in scene.medias if not media.is_up()])
        if self._ticks % _IDLE_EVERY == 0:
            self._poll_idle(scene, now_s)
        if now_s - self._report_s >= _REPORT_S:
            self._report_s = now_s
            self._send_reports(rungs, now_s)

    def stats(self) -> Mapping[str, RepeatedStats]:
        """Return what was repeated, by line and rung; a loan's by its number (any thread)."""
        scene = self._watch.scene()
        named: dict[str, RepeatedStats] = {}
        for carried in scene.rungs:
            for mid, rung in carried.pictures.items():
                named[f"{mid}/{rung.spec.name}"] = rung.stats()
        for number, loan in enumerate(scene.loans):
            named[f"loan {number}"] = loan.picture.stats()
        return named

    def waiting(self) -> int:
        """Return how many viewers wait for a key frame (any thread)."""
        return self._seats.waiting()

    def _follow(self, scene: LeafScene) -> None:
        """Take over other lanes or rooms; most ticks have neither."""
        key = (scene, self.up)
        if key == self._followed:
            return
        self._followed = key
        self._seats.follow([self._row(scene, mid) for mid in _LINES])
        self._wanted = scene.wanted_medias()
        lent = {loan.serves: loan.outlets for loan in scene.loans}
        for media in scene.medias:
            outlets = lent.get(media, {})
            for mid in _UP:
                media.ups[mid].lend(outlets.get(mid))

    def _row(self, scene: LeafScene, mid: Mid) -> Row:
        rungs = {
            carried.place: carried.pictures[mid]
            for carried in scene.rungs
            if mid in carried.pictures
        }
        watchers = tuple(media.watcher(mid) for media in scene.viewers(self.up))
        loans: dict[LeafWatcher, RepeatedRung] = {}
        if mid is Mid.PROGRAM:
            for loan in scene.loans:
                if loan.serves is not None:
                    loans[loan.serves.watcher(mid)] = loan.picture
        live = frozenset(rung for rung in scene.pictures() if rung.mid is mid)
        return Row(rungs, watchers, loans, live)

    def _poll_up(self, now_s: float) -> None:
        on_time = self._watch.now_s() - now_s < _ON_TIME_S
        for media in self._wanted:
            for mid in _UP:
                media.ups[mid].poll(now_s, wanted=True, on_time=on_time)

    def _hear(self, rungs: Iterable[RepeatedRung], now_s: float) -> None:
        flowing = {rung for rung in rungs if now_s - rung.passage.heard_s < _FLOWS_S}
        heard = (self.up, *(rung.viewers for rung in flowing))
        if heard != self._heard:
            self._heard = heard
            self._hearing.follow(viewer for rung in flowing for viewer in rung.viewers)
        self._hearing.tick(now_s)

    def _poll_idle(self, scene: LeafScene, now_s: float) -> None:
        """Look after a tenth of the connections that are up."""
        self._slice = (self._slice + 1) % _IDLE_SLICES
        due = self.up[self._slice :: _IDLE_SLICES]
        self._follow_states(scene, due)
        for media in due:
            media.share_round_trip()
            for mid in _LINES:
                media.viewers[mid].poll(now_s)
            for mid in _UP if media not in self._wanted else ():
                media.ups[mid].poll(now_s, wanted=False)

    def _follow_states(self, scene: LeafScene, medias: Iterable[LeafMedia]) -> None:
        """Look at some connections, and tell when another set of them is up."""
        for media in medias:
            media.state = media.connection.state()
        now_up = tuple(media for media in scene.medias if media.is_up())
        if now_up != self.up:
            self.up = now_up
            self._watch.changed()

    def _send_reports(self, rungs: Iterable[RepeatedRung], now_s: float) -> None:
        for viewers, report in self._reports(rungs, now_s):
            for viewer in viewers:
                viewer.send_report(report)

    def _reports(
        self, rungs: Iterable[RepeatedRung], now_s: float
    ) -> Iterator[tuple[tuple[LeafWatcher, ...], bytes]]:
        """Yield the viewers of each rung and their report: of one instant for a whole line."""
        instants: dict[Mid, int] = {}
        for rung in rungs:
            said = rung.passage.report
            if said is None or not rung.viewers:
                continue
            ntp = instants.setdefault(rung.mid, said.ntp_at(now_s))
            yield rung.viewers, self._streams.picture_report(rung.mid, said, ntp, now_s)

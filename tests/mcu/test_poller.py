"""The poll thread's round: what is wanted every time, the rest less often, reports every second."""

from dataclasses import dataclass, field

from nhipcau.mcu.ladder import PROGRAM_VIEW
from nhipcau.mcu.mediaclock import MediaClock
from nhipcau.mcu.mediaplan import MediaPlan, ViewPlan
from nhipcau.mcu.poller import POLL_S, Poller, Watch
from nhipcau.mcu.viewer import Viewer
from nhipcau.picture.cell import Cell
from nhipcau.ports.transport import DOWNSTREAM, ConnectionState, Mid
from nhipcau.quantities import SiteId
from nhipcau.rtp.rtcp_feedback import Pli
from nhipcau.rtp.rtcp_reports import SenderReport
from tests.mcu.medias import FarSite, MediaWorld, cell_of

CELL = Cell(0, 0, 320, 180)
# Half a second: after it every connection that is up has been looked after once.
ALL_IDLE = 100


@dataclass(slots=True)
class Round:
    """A poller without a thread, over sites whose media a test chooses."""

    world: MediaWorld = field(default_factory=MediaWorld)
    plan: MediaPlan = field(default_factory=MediaPlan)
    sites: list[FarSite] = field(default_factory=list)
    changes: int = 0
    poller: Poller = field(init=False)

    def __post_init__(self) -> None:
        clock = self.world.clock
        watch = Watch(
            lambda: self.plan,
            lambda: tuple(site.media for site in self.sites),
            self._changed,
            clock.now_s,
        )
        media_clock = MediaClock(clock.now_s(), clock.wall_s())
        self.poller = Poller(watch, self.world.streams, media_clock)

    def _changed(self) -> None:
        self.changes += 1

    def join(self, name: str) -> FarSite:
        site = self.world.site(name)
        site.media.state = ConnectionState.CONNECTING
        self.sites.append(site)
        return site

    def tick(self, times: int = 1) -> None:
        for _ in range(times):
            self.poller.tick(self.world.clock.pass_s(POLL_S))


def waiting(site: FarSite, mid: Mid) -> int:
    """Return how many packets of the site lie unpolled."""
    near = site.far.pipe(mid).far
    assert near is not None
    return len(near._waiting)


def test_connections_that_come_up_are_told_once() -> None:
    polling = Round()
    site = polling.join("coast")
    polling.tick(20)
    assert polling.changes == 1
    assert polling.poller.up == (site.media,)
    assert site.media.is_up()
    assert (polling.poller.stats().connections, polling.poller.stats().up) == (1, 1)


def test_connections_that_fail_or_are_taken_away_are_told() -> None:
    polling = Round()
    first, second = polling.join("coast"), polling.join("hills")
    polling.tick(20)
    first.media.connection.close()
    polling.tick(ALL_IDLE)
    assert list(polling.poller.up) == [second.media]
    assert first.media.has_failed()
    polling.sites.clear()
    polling.tick(ALL_IDLE)
    assert not polling.poller.up
    assert polling.changes == 3


def test_what_the_plan_wants_is_polled_every_time_and_the_rest_less_often() -> None:
    polling = Round()
    seen, heard, idle = (polling.join(name) for name in ("coast", "hills", "hall"))
    polling.tick(20)
    view = ViewPlan(PROGRAM_VIEW, Mid.PROGRAM, (cell_of(seen, CELL),), ())
    polling.plan = MediaPlan((view,), microphones={SiteId("hills"): heard.media})
    packet = bytes.fromhex("8066000100000001") + bytes(8)
    polled = {"seen": 0, "heard": 0, "idle": 0}
    for _ in range(2 * ALL_IDLE):
        seen.far.pipe(Mid.CAMERA).send(packet)
        heard.far.pipe(Mid.MICROPHONE).send(packet)
        idle.far.pipe(Mid.CAMERA).send(packet)
        polling.tick()
        polled["seen"] += waiting(seen, Mid.CAMERA) == 0
        polled["heard"] += waiting(heard, Mid.MICROPHONE) == 0
        polled["idle"] += waiting(idle, Mid.CAMERA) == 0
    assert polled == {"seen": 2 * ALL_IDLE, "heard": 2 * ALL_IDLE, "idle": 2}


def test_of_twenty_idle_sites_two_are_looked_after_at_a_time() -> None:
    polling = Round()
    sites = [polling.join(str(number)) for number in range(20)]
    polling.tick(20)
    for site in sites:
        site.far.pipe(Mid.CAMERA).send(bytes.fromhex("8066000100000001") + bytes(8))
    left = []
    for _ in range(10):
        polling.tick(10)
        left.append(sum(waiting(site, Mid.CAMERA) for site in sites))
    assert left == [18, 16, 14, 12, 10, 8, 6, 4, 2, 0]


def test_who_asks_for_something_is_heard_every_fourth_time_and_who_does_not_every_twelfth() -> None:
    polling, site = listening()
    play(polling)
    viewer = site.media.viewers[Mid.PROGRAM]
    calm = heard_reports(polling, viewer, 24)
    assert sum(calm) == 2
    asking = heard_pleas(polling, site, 24)
    assert asking[-8:] == [0, 0, 0, 4, 0, 0, 0, 4]


def test_who_has_asked_for_nothing_for_two_seconds_is_heard_less_often_again() -> None:
    polling, site = listening()
    viewer = site.media.viewers[Mid.PROGRAM]
    play(polling)
    heard_pleas(polling, site, 12)
    for _ in range(3):
        play(polling)
        polling.tick(round(1 / POLL_S))
    play(polling)
    assert sum(heard_reports(polling, viewer, 24)) == 2


def heard_reports(polling: Round, viewer: Viewer, times: int) -> list[bool]:
    """Return, for each of so many ticks, whether the viewer was asked what it has to say."""
    heard: list[bool] = []
    poll = viewer.poll

    def watched(now_s: float) -> bool:
        heard[-1] = True
        return poll(now_s)

    viewer.poll = watched  # type: ignore[method-assign]
    for _ in range(times):
        heard.append(False)
        polling.tick()
    viewer.poll = poll  # type: ignore[method-assign]
    return heard


def test_what_viewers_of_a_stream_that_stands_still_say_is_heard_twice_a_second() -> None:
    polling, site = listening()
    heard = heard_pleas(polling, site, 2 * ALL_IDLE)
    assert sum(count > 0 for count in heard) == 2
    assert max(heard) == ALL_IDLE


def test_a_stream_s_last_packets_can_be_asked_for_a_while() -> None:
    polling, site = listening()
    play(polling)
    polling.tick(round(1.8 / POLL_S))
    assert sum(heard_pleas(polling, site, 8)) == 8


def test_every_viewer_of_a_flowing_stream_gets_a_sender_report_each_second() -> None:
    polling = Round()
    sites = [polling.join(name) for name in ("coast", "hills")]
    polling.tick(20)
    polling.plan = MediaPlan(listeners=tuple(site.media for site in sites))
    for _ in range(30):
        play(polling)
        polling.tick(round(0.1 / POLL_S))
    by_site = [[reports(site, mid) for mid in DOWNSTREAM] for site in sites]
    program, content, sound = by_site[0]
    assert [3 <= len(found) <= 4 for found in (program, sound)] == [True, True]
    # The same for all viewers, and one clock for picture and sound.
    assert by_site[0] == by_site[1]
    assert program[-1].ntp == sound[-1].ntp
    # Nobody has shared a screen yet. Source: RFC 3550 §6.4 (an SR tells of what was sent).
    assert not content


def listening() -> tuple[Round, FarSite]:
    """Return a poller and its one site, which listens to streams that stand still."""
    polling = Round()
    site = polling.join("coast")
    polling.tick(20)
    polling.plan = MediaPlan(listeners=(site.media,))
    return polling, site


def play(polling: Round) -> None:
    """Let one packet of program and one of sound go out."""
    streams = polling.world.streams
    streams.view(PROGRAM_VIEW).pictures += 1
    streams.sound.sound.next_tick(0)


def heard_pleas(polling: Round, site: FarSite, times: int) -> list[int]:
    """Plead for a key frame before every tick; return how many pleas each tick heard."""
    viewer = site.media.viewers[Mid.PROGRAM]
    ssrc = polling.world.streams.view(PROGRAM_VIEW).sender.ssrc
    heard = []
    for _ in range(times):
        site.say(Mid.PROGRAM, Pli(1, ssrc))
        before = viewer.stats().keyframes_wanted
        polling.tick()
        heard.append(viewer.stats().keyframes_wanted - before)
    return heard


def reports(site: FarSite, mid: Mid) -> list[SenderReport]:
    return [message for message in site.rtcp(mid) if isinstance(message, SenderReport)]


def test_what_a_late_poll_reads_is_not_taken_for_a_queue() -> None:
    polling = Round()
    site = polling.join("coast")
    polling.tick(20)
    seen: list[bool] = []
    poll = site.media.camera.poll

    def watched(now_s: float, *, on_time: bool = True) -> None:
        seen.append(on_time)
        poll(now_s, on_time=on_time)

    site.media.camera.poll = watched  # type: ignore[method-assign]
    polling.plan = MediaPlan(warm=(site.media,))
    now_s = polling.world.clock.pass_s(POLL_S)
    polling.poller.tick(now_s)
    polling.world.clock.pass_s(0.1)
    polling.poller.tick(now_s + POLL_S)
    assert seen == [True, False]

"""The composer follows the plan: views come and go, sources are freed, newcomers are served."""

from collections.abc import Sequence
from dataclasses import replace

from nhipcau.mcu.composer import Composer
from nhipcau.mcu.fanout import FanOut
from nhipcau.mcu.ladder import CONTENT_VIEW, PROGRAM_VIEW, RungSpec
from nhipcau.mcu.mediaclock import MediaClock
from nhipcau.mcu.mediaplan import MediaPlan, ViewPlan
from nhipcau.mcu.rung import RungFrame
from nhipcau.mcu.view import View
from nhipcau.picture.cell import Cell
from nhipcau.ports.codec import VideoSpec
from nhipcau.ports.transport import Mid
from nhipcau.quantities import Bitrate
from nhipcau.rtp.h264 import starts_keyframe
from nhipcau.rtp.packet import parse_rtp
from tests.mcu.medias import GREEN, RED, FarSite, MediaWorld, cell_of

LADDER = (RungSpec("only", VideoSpec(320, 180, 25, Bitrate(1)), Bitrate(1)),)
CELL = Cell(0, 0, 320, 180)
TICK_S = 0.04


class HeldFanOut(FanOut):
    """Keeps what a thread would send."""

    def __init__(self, world: MediaWorld) -> None:
        super().__init__(world.clock)
        self.frames: list[RungFrame] = []

    def put(self, frames: Sequence[RungFrame]) -> None:
        self.frames += frames


class Kitchen:
    """A composer without a thread, and the views that it has made."""

    def __init__(self) -> None:
        self.world = MediaWorld()
        self.plan = MediaPlan()
        self.made: list[View] = []
        self.fanout = HeldFanOut(self.world)
        self.composer = Composer(lambda: self.plan, self._make, self.fanout)
        clock = self.world.clock
        self._media_clock = MediaClock(clock.now_s(), clock.wall_s())

    def _make(self, plan: ViewPlan) -> View:
        stream = self.world.streams.view(plan.view)
        view = View(LADDER, stream, self.world.codecs, self._media_clock)
        self.made.append(view)
        return view

    def show(self, site: FarSite | None, *viewers: FarSite) -> None:
        """Plan one view of one cell."""
        view = ViewPlan(
            PROGRAM_VIEW, Mid.PROGRAM, (cell_of(site, CELL),), tuple(v.media for v in viewers)
        )
        for source in self.plan.sources():
            source.want(False)
        self.plan = MediaPlan((view,))
        for source in self.plan.sources():
            source.want(True)

    def tick(self) -> list[RungFrame]:
        """Compose once, 40 ms after the last time, and return what is to be sent."""
        self.world.clock.pass_s(TICK_S)
        self.fanout.frames.clear()
        self.composer.tick(self.world.clock.now_s())
        return list(self.fanout.frames)


def is_keyframe(frame: RungFrame) -> bool:
    return any(starts_keyframe(parse_rtp(packet).payload) for packet in frame.packets)


def has_picture(site: FarSite) -> bool:
    return site.media.camera.picture is not None


def test_without_a_plan_nothing_is_made() -> None:
    kitchen = Kitchen()
    assert kitchen.tick() == []
    assert kitchen.composer.stats() == {}


def test_a_picture_goes_to_the_viewers_of_its_view_and_to_nobody_else() -> None:
    kitchen = Kitchen()
    site, viewer, other = (kitchen.world.site(name) for name in ("coast", "hall", "hills"))
    kitchen.show(site, viewer, site)
    (frame,) = kitchen.tick()
    ends = [one.media.watcher(Mid.PROGRAM) for one in (viewer, site)]
    assert list(frame.viewers) == list(frame.arrivals) == ends
    assert other.media.watcher(Mid.PROGRAM) not in frame.viewers


def test_a_newcomer_s_key_frame_is_in_the_very_tick_that_first_sends_to_it() -> None:
    kitchen = Kitchen()
    site, first, second = (kitchen.world.site(name) for name in ("coast", "hall", "hills"))
    kitchen.show(site, first)
    assert is_keyframe(kitchen.tick()[0])
    assert not any(is_keyframe(frame) for _ in range(20) for frame in kitchen.tick())
    kitchen.show(site, first, second)
    (frame,) = kitchen.tick()
    assert len(frame.viewers) == 2
    assert is_keyframe(frame)
    assert not is_keyframe(kitchen.tick()[0])


def test_who_goes_and_comes_back_is_a_newcomer_again() -> None:
    kitchen = Kitchen()
    site, first, second = (kitchen.world.site(name) for name in ("coast", "hall", "hills"))
    kitchen.show(site, first, second)
    for _ in range(20):
        kitchen.tick()
    kitchen.show(site, first)
    assert not is_keyframe(kitchen.tick()[0])
    kitchen.show(site, first, second)
    assert is_keyframe(kitchen.tick()[0])


def test_a_view_that_is_planned_no_longer_is_closed_and_begins_anew_later() -> None:
    kitchen = Kitchen()
    site, viewer = kitchen.world.site("coast"), kitchen.world.site("hall")
    kitchen.show(site, viewer)
    for _ in range(15):
        kitchen.tick()
    kitchen.plan = MediaPlan()
    assert kitchen.tick() == []
    assert kitchen.composer.stats() == {}
    assert not kitchen.made[0].rungs[0].stats().running
    kitchen.show(site, viewer)
    assert is_keyframe(kitchen.tick()[0])
    assert len(kitchen.made) == 2


def test_a_source_that_no_view_shows_frees_its_decoder_and_its_picture() -> None:
    kitchen = Kitchen()
    old, new, viewer = (kitchen.world.site(name) for name in ("coast", "hills", "hall"))
    kitchen.show(old, viewer)
    old.show(RED)
    kitchen.tick()
    assert has_picture(old)
    kitchen.show(new, viewer)
    new.show(GREEN)
    kitchen.tick()
    assert not has_picture(old)
    assert old.media.camera._decoder is None
    assert has_picture(new)


def test_a_source_in_two_views_is_decoded_once() -> None:
    kitchen = Kitchen()
    site, viewer = kitchen.world.site("coast"), kitchen.world.site("hall")
    kitchen.show(site, viewer)
    (program,) = kitchen.plan.views
    second = ViewPlan(CONTENT_VIEW, Mid.CONTENT, program.cells, program.viewers)
    kitchen.plan = MediaPlan((program, second))
    site.show(RED)
    assert len(kitchen.tick()) == 2
    assert site.media.camera.stats().decoded == 1


def test_a_source_nobody_wants_is_drained_and_not_queued() -> None:
    kitchen = Kitchen()
    site = kitchen.world.site("coast")
    for _ in range(40):
        site.show(RED)
    stats = site.media.camera.stats()
    assert (stats.frames, stats.decoded) == (40, 0)
    assert site.media.camera.picture is None
    assert len(site.media.camera._queue.take_all()) == 0


def test_damage_keeps_the_last_good_picture_and_asks_for_a_key_frame() -> None:
    kitchen = Kitchen()
    site, viewer = kitchen.world.site("coast"), kitchen.world.site("hall")
    kitchen.show(site, viewer)
    site.show(RED)
    kitchen.tick()
    good = site.media.camera.picture
    site.rtcp(Mid.CAMERA)
    site.damage()
    kitchen.tick()
    assert site.media.camera.picture is good
    assert site.media.camera.stats().undecodable == 1
    kitchen.world.clock.pass_s(1.0)
    site.show(GREEN, keyframe=False)
    kitchen.tick()
    assert site.media.camera.picture is good
    site.show(GREEN)
    kitchen.tick()
    picture = site.media.camera.picture
    assert picture is not None and picture.y[0, 0] == GREEN[0]


def test_closing_frees_every_encoder() -> None:
    kitchen = Kitchen()
    kitchen.show(kitchen.world.site("coast"), kitchen.world.site("hall"))
    kitchen.tick()
    kitchen.composer.close()
    assert not kitchen.made[0].rungs[0].stats().running


def test_who_is_next_in_line_is_in_the_very_tick_after_the_floor_has_passed() -> None:
    kitchen = Kitchen()
    speaks, follows, viewer = (kitchen.world.site(name) for name in ("coast", "hills", "hall"))
    kitchen.show(speaks, viewer)
    speaks.show(RED)
    kitchen.tick()
    kitchen.plan = replace(kitchen.plan, warm=(follows.media,))
    follows.media.camera.want(True)
    follows.show(GREEN)
    for _ in range(5):
        kitchen.tick()
        follows.show(GREEN, keyframe=False)
    assert colour_of(kitchen) == RED
    assert has_picture(follows)
    (view,) = kitchen.plan.views
    kitchen.plan = MediaPlan((replace(view, cells=(cell_of(follows, CELL),)),))
    kitchen.tick()
    assert colour_of(kitchen) == GREEN


def test_who_is_next_in_line_no_more_is_freed() -> None:
    kitchen = Kitchen()
    speaks, follows, viewer = (kitchen.world.site(name) for name in ("coast", "hills", "hall"))
    kitchen.show(speaks, viewer)
    follows.media.camera.want(True)
    follows.show(GREEN)
    kitchen.plan = replace(kitchen.plan, warm=(follows.media,))
    kitchen.tick()
    assert has_picture(follows)
    kitchen.plan = replace(kitchen.plan, warm=())
    kitchen.tick()
    assert not has_picture(follows)


def colour_of(kitchen: Kitchen) -> tuple[int, int, int]:
    """Return the colour in the middle of the one view's canvas."""
    picture = kitchen.made[-1]._canvas.picture
    return int(picture.y[90, 160]), int(picture.u[45, 80]), int(picture.v[45, 80])

"""Rungs of the real ladder: encoders only where someone is, and changes at key frames."""

import itertools
from dataclasses import dataclass, field

from nhipcau.codec.raw import RawVideoDecoder
from nhipcau.mcu.composer import Composer
from nhipcau.mcu.fanout import FanOut
from nhipcau.mcu.ladder import PROGRAM_VIEW, RungSpec, return_view
from nhipcau.mcu.mediaclock import MediaClock
from nhipcau.mcu.mediaplan import MediaPlan, ViewPlan
from nhipcau.mcu.view import View
from nhipcau.picture.cell import Cell
from nhipcau.ports.codec import VideoSpec
from nhipcau.ports.transport import PAYLOAD_TYPES, Mid
from nhipcau.quantities import Bitrate, SiteId, ViewId
from nhipcau.rtp.packet import RtpPacket, parse_rtp
from nhipcau.rtp.receiver import VideoReceiver
from tests.mcu.medias import FarSite, MediaWorld, cell_of

TICK_S = 0.04
SOUND_ONLY = 3
RETURN = return_view(SiteId("coast"))


def _spec(width: int, height: int, fps: int) -> RungSpec:
    # Raw pictures are large: a rate at which they are not held up.
    name = f"{height}p"
    return RungSpec(name, VideoSpec(width, height, fps, Bitrate(1)), Bitrate(200_000_000))


LADDER = (_spec(128, 72, 25), _spec(64, 36, 25), _spec(32, 18, 10))


@dataclass
class Theatre:
    """A composer and a fan-out without threads, and viewers with real receivers."""

    world: MediaWorld = field(default_factory=MediaWorld)

    def __post_init__(self) -> None:
        self.plan = MediaPlan()
        self.views: dict[ViewId, View] = {}
        clock = self.world.clock
        self.fanout = FanOut(clock)
        self.composer = Composer(lambda: self.plan, self._make, self.fanout)
        self._media_clock = MediaClock(clock.now_s(), clock.wall_s())
        self.got: dict[FarSite, list[RtpPacket]] = {}
        self.widths: dict[FarSite, list[int]] = {}
        self._receivers: dict[FarSite, VideoReceiver] = {}
        self._decoders: dict[FarSite, RawVideoDecoder] = {}

    def _make(self, plan: ViewPlan) -> View:
        stream = self.world.streams.view(plan.view)
        view = View(LADDER, stream, self.world.codecs, self._media_clock)
        self.views[plan.view] = view
        return view

    def show(self, **viewers: tuple[FarSite, ...]) -> None:
        """Plan the program, or return views, for these viewers."""
        names = {"program": PROGRAM_VIEW, "back": RETURN}
        cell = cell_of(None, Cell(0, 0, 128, 72))
        self.plan = MediaPlan(
            tuple(
                ViewPlan(names[name], Mid.PROGRAM, (cell,), tuple(site.media for site in sites))
                for name, sites in viewers.items()
            )
        )

    def site(self, name: str) -> FarSite:
        site = self.world.site(name)
        self.got[site], self.widths[site] = [], []
        self._receivers[site] = VideoReceiver(PAYLOAD_TYPES[Mid.PROGRAM])
        self._decoders[site] = self.world.codecs.video_decoder()
        return site

    def run(self, seconds: float) -> None:
        for _ in range(round(seconds / TICK_S)):
            self.composer.tick(self.world.clock.now_s())
            for _ in range(4):
                self.fanout.turn()
                self.world.clock.pass_s(TICK_S / 4)
            for site in self.got:
                self._receive(site)

    def _receive(self, site: FarSite) -> None:
        receiver, now_s = self._receivers[site], self.world.clock.now_s()
        for packet in site.packets(Mid.PROGRAM):
            self.got[site].append(parse_rtp(packet))
            receiver.handle_rtp(packet, now_s)
        while (frame := receiver.poll_frame()) is not None:
            picture = self._decoders[site].decode(frame)
            self.widths[site].append(picture.width if picture else 0)

    def running(self, view: ViewId = PROGRAM_VIEW) -> list[bool]:
        return [rung.stats().running for rung in self.views[view].rungs]

    def keyframes(self, view: ViewId = PROGRAM_VIEW) -> list[int]:
        return [rung.keyframes for rung in self.views[view].rungs]

    def wish(self, site: FarSite, place: int) -> None:
        site.media.watcher(Mid.PROGRAM).set_wish(place)


def is_unbroken(packets: list[RtpPacket]) -> bool:
    seqs = [packet.seq for packet in packets]
    stamps = [packet.timestamp for packet in packets]
    start = seqs[0]
    numbers = [start + at & 0xFFFF for at in range(len(seqs))]
    return seqs == numbers and stamps == sorted(stamps)


def test_an_encoder_runs_only_for_a_rung_that_someone_is_on() -> None:
    theatre = Theatre()
    first, second = theatre.site("coast"), theatre.site("hills")
    theatre.show(program=(first, second))
    theatre.run(0.4)
    assert theatre.running() == [True, False, False]
    theatre.wish(second, 2)
    theatre.run(0.4)
    assert theatre.running() == [True, False, True]
    theatre.wish(first, 1)
    theatre.run(0.4)
    assert theatre.running() == [False, True, True]
    theatre.wish(first, SOUND_ONLY)
    theatre.wish(second, SOUND_ONLY)
    theatre.run(0.4)
    assert theatre.running() == [False, False, False]
    before = len(theatre.got[first])
    theatre.run(1.0)
    assert len(theatre.got[first]) == before


def test_a_hundred_changes_are_one_unbroken_stream() -> None:
    theatre = Theatre()
    site, other = theatre.site("coast"), theatre.site("hills")
    theatre.show(program=(site, other))
    theatre.run(0.2)
    watcher = site.media.watcher(Mid.PROGRAM)
    for number in range(100):
        theatre.wish(site, (1, 2, 1, 0)[number % 4])
        # Down within half a second, up with the next regular key frame.
        for _ in range(110):
            if watcher.numbers.switches > number:
                break
            theatre.run(TICK_S)
    assert watcher.numbers.switches == 100
    assert is_unbroken(theatre.got[site])
    assert is_unbroken(theatre.got[other])
    assert set(theatre.widths[site]) == {128, 64, 32}
    assert set(theatre.widths[other]) == {128}
    # No picture is lost: each that was begun has come whole.
    marked = sum(packet.marker for packet in theatre.got[site])
    assert len(theatre.widths[site]) == marked
    gaps = sorted({p.timestamp for p in theatre.got[site]})
    assert max(b - a for a, b in itertools.pairwise(gaps)) <= 3 * 3_600


def test_going_down_takes_half_a_second_at_most_and_going_up_costs_others_no_key_frame() -> None:
    theatre = Theatre()
    site, others = theatre.site("coast"), [theatre.site(f"hills {n}") for n in range(3)]
    theatre.show(program=(site, *others))
    for other in others[1:]:
        theatre.wish(other, 1)
    theatre.run(2.0)
    theatre.wish(site, 1)
    theatre.run(TICK_S)
    assert theatre.widths[site][-1] == 64
    theatre.run(0.8)
    before = theatre.keyframes()
    theatre.wish(site, 0)
    theatre.run(1.0)
    assert theatre.keyframes() == before
    assert theatre.widths[site][-1] == 64
    theatre.run(4.0)
    assert theatre.widths[site][-1] == 128


def test_moving_to_the_return_view_and_back_is_one_stream_too() -> None:
    theatre = Theatre()
    site, other = theatre.site("coast"), theatre.site("hills")
    theatre.show(program=(site, other))
    theatre.run(1.0)
    theatre.show(program=(other,), back=(site,))
    theatre.run(1.0)
    assert theatre.running(RETURN) == [True, False, False]
    theatre.show(program=(site, other))
    theatre.run(1.0)
    assert theatre.running(RETURN) == [False, False, False]
    assert is_unbroken(theatre.got[site])
    assert len({packet.ssrc for packet in theatre.got[site]}) == 1
    assert site.media.watcher(Mid.PROGRAM).numbers.switches == 2
    stamps = sorted({packet.timestamp for packet in theatre.got[site]})
    assert {b - a for a, b in itertools.pairwise(stamps)} == {3_600}


def test_who_was_on_sound_only_comes_back_with_a_key_frame_and_unbroken_numbers() -> None:
    theatre = Theatre()
    site, other = theatre.site("coast"), theatre.site("hills")
    theatre.show(program=(site, other))
    theatre.run(1.0)
    theatre.wish(site, SOUND_ONLY)
    theatre.run(2.0)
    pictures = len(theatre.widths[site])
    theatre.wish(site, 1)
    theatre.run(1.0)
    assert theatre.widths[site][pictures] == 64
    assert is_unbroken(theatre.got[site])

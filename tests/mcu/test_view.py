"""A view: its rhythm, its key frames, and a canvas that begins anew with each layout."""

from dataclasses import replace

import numpy as np

from nhipcau.mcu.ladder import PROGRAM_VIEW, RungSpec
from nhipcau.mcu.mediaclock import MediaClock
from nhipcau.mcu.view import View
from nhipcau.picture.board import Board
from nhipcau.picture.cell import Cell
from nhipcau.ports.codec import VideoSpec
from nhipcau.quantities import Bitrate
from nhipcau.rtp.packet import parse_rtp
from tests.mcu.medias import RED, MediaWorld, cell_of

SPEC = VideoSpec(320, 180, 25, Bitrate(1), keyframe_interval_s=4.0)
LADDER = (RungSpec("only", SPEC, Bitrate(1)),)
WHOLE, LEFT, RIGHT = Cell(0, 0, 320, 180), Cell(0, 0, 160, 90), Cell(160, 90, 160, 90)
TICK_S = 0.04


BOARD = Board("Agreed?", (("Yes", 3), ("No", 1)), "4/4")


class Screen:
    """A view of empty cells that is composed on request."""

    def __init__(self) -> None:
        self.world = MediaWorld()
        clock = self.world.clock
        self.stream = self.world.streams.view(PROGRAM_VIEW)
        media_clock = MediaClock(clock.now_s(), clock.wall_s())
        self.view = View(LADDER, self.stream, self.world.codecs, media_clock)
        (self.rung,) = self.view.rungs
        self.keyframes: list[float] = []

    def tick(self, *cells: Cell) -> None:
        """Compose one picture and note whether it is a key frame; then 40 ms pass."""
        before = self.rung.keyframes
        now_s = self.world.clock.now_s()
        shown = [(cell_of(None, cell), None) for cell in cells or (WHOLE,)]
        self.view.compose(shown, self.view.rungs, now_s)
        if self.rung.keyframes > before:
            self.keyframes.append(round(now_s - 1_000.0, 3))
        self.world.clock.pass_s(TICK_S)

    def run(self, seconds: float) -> None:
        for _ in range(round(seconds / TICK_S)):
            self.tick()

    def want(self, *, newcomer: bool) -> None:
        self.rung.want_keyframe(newcomer=newcomer)


def test_the_first_picture_is_a_key_frame_and_a_regular_one_follows_every_four_seconds() -> None:
    screen = Screen()
    screen.run(9.0)
    assert screen.keyframes == [0.0, 4.0, 8.0]


def test_a_newcomer_gets_a_key_frame_in_the_next_picture() -> None:
    screen = Screen()
    screen.run(1.0)
    screen.want(newcomer=True)
    screen.tick()
    assert screen.keyframes == [0.0, 1.0]


def test_newcomers_share_three_key_frames_quickly_and_then_one_in_half_a_second() -> None:
    screen = Screen()
    screen.run(1.0)
    for _ in range(50):
        screen.want(newcomer=True)
        screen.tick()
    assert 1 + 4 <= len(screen.keyframes) <= 1 + 6
    gaps = np.diff(screen.keyframes[1:])
    assert all(gap >= 0.2 for gap in gaps)
    assert all(gaps[n : n + 3].sum() >= 1.5 for n in range(len(gaps) - 2))


def test_a_hundred_repairs_cost_one_key_frame_in_two_seconds() -> None:
    screen = Screen()
    screen.run(1.0)
    for _ in range(100):
        screen.want(newcomer=False)
        screen.tick()
    # At 1 s and 3 s, and the regular one 4 s after the last is not due before 5 s.
    assert [round(at, 1) for at in screen.keyframes if at >= 1.0] == [1.0, 3.0]


def test_a_key_frame_for_a_newcomer_serves_those_who_need_a_repair() -> None:
    screen = Screen()
    screen.run(1.0)
    screen.want(newcomer=False)
    screen.tick()
    screen.want(newcomer=False)
    screen.want(newcomer=True)
    screen.tick()
    screen.run(1.9)
    assert screen.keyframes[1:] == [1.0, 1.04]


def test_a_closed_view_begins_with_a_key_frame() -> None:
    screen = Screen()
    screen.run(0.2)
    screen.view.close()
    screen.view.close()
    screen.tick()
    assert screen.keyframes == [0.0, 0.2]


def test_a_new_layout_clears_the_canvas() -> None:
    screen = Screen()
    site = screen.world.site("coast")
    site.media.camera.want(True)
    site.show(RED)
    site.media.camera.refresh(screen.world.clock.now_s())
    now_s = screen.world.clock.now_s()
    screen.view.compose([(cell_of(site, LEFT), site.media.camera)], screen.view.rungs, now_s)
    canvas = screen.view._canvas.picture
    assert canvas.v[10, 10] == RED[2]
    screen.view.compose([(cell_of(None, RIGHT), None)], screen.view.rungs, now_s + TICK_S)
    assert canvas.v[10, 10] != RED[2]


def test_five_pictures_a_second_stay_five_at_any_tick_of_the_composer() -> None:
    screen = Screen()
    ladder = (RungSpec("slow", VideoSpec(320, 180, 5, Bitrate(1)), Bitrate(1)),)
    slow = View(ladder, screen.stream, screen.world.codecs, screen.view._clock)
    shown, made = [(cell_of(None, WHOLE), None)], 0
    for number in range(round(10 / 0.037)):
        now_s = 1_000.0 + number * 0.037
        made += len(slow.compose(shown, slow.due(slow.rungs, now_s), now_s))
    assert 49 <= made <= 51


def test_a_view_that_was_late_does_not_hurry_after() -> None:
    screen = Screen()
    shown = [(cell_of(None, WHOLE), None)]
    for now_s in (1_000.0, 1_005.0):
        due = screen.view.due(screen.view.rungs, now_s)
        assert len(screen.view.compose(shown, due, now_s)) == 1
    assert not screen.rung.is_due(1_005.001)
    assert not screen.rung.is_due(1_005.019)
    assert screen.rung.is_due(1_005.021)


def test_timestamps_are_of_the_tick_and_sequence_numbers_unbroken() -> None:
    screen = Screen()
    packets: list[bytes] = []
    for _ in range(3):
        now_s = screen.world.clock.now_s()
        shown = [(cell_of(None, WHOLE), None)]
        (frame,) = screen.view.compose(shown, screen.view.rungs, now_s)
        packets += frame.packets
        screen.world.clock.pass_s(TICK_S)
    parsed = [parse_rtp(packet) for packet in packets]
    assert [p.seq for p in parsed] == list(range(len(parsed)))
    assert sorted({p.timestamp for p in parsed}) == [0, 3_600, 7_200]
    assert sum(p.marker for p in parsed) == 3
    assert screen.view.stats().frames == 3
    assert screen.view.stats().packets == len(parsed)


def test_the_board_of_a_vote_is_painted_into_its_cell_and_goes_with_it() -> None:
    screen = Screen()
    screen.tick(LEFT, RIGHT)
    plain = screen.view._canvas.picture.y[90:, 160:].copy()
    voting = (replace(cell_of(None, RIGHT), board=BOARD), None)
    rungs, now_s = screen.view.rungs, screen.world.clock.now_s()
    screen.view.compose([(cell_of(None, LEFT), None), voting], rungs, now_s)
    painted = screen.view._canvas.picture.y[90:, 160:].copy()
    assert np.ptp(painted) > 100 > np.ptp(plain)
    screen.tick(LEFT, RIGHT)
    assert np.array_equal(screen.view._canvas.picture.y[90:, 160:], plain)

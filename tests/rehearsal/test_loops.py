"""The picture loop of a synthetic site: its colour, its frames, its file."""

from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from nhipcau.picture.colour import Rgb, yuv
from nhipcau.picture.frame import Picture
from nhipcau.rehearsal.face import Card
from nhipcau.rehearsal.loops import (
    LoopFileError,
    LoopFrame,
    LoopSpec,
    PictureLoop,
    encode_picture_loop,
    loop_path,
    pack_loop,
    save_loop,
    site_colour,
    unpack_loop,
    within,
)
from nhipcau.rtp.frame import EncodedFrame
from tests.rehearsal.machine import CODECS
from tests.rehearsal.province import CODES, UNITS

NHA_TRANG = LoopSpec("568", "Thành phố Nha Trang")


@pytest.fixture(scope="module")
def loop() -> PictureLoop:
    return encode_picture_loop(NHA_TRANG, CODECS)


def pictures(loop: PictureLoop) -> list[Picture]:
    decoder = CODECS.video_decoder()
    found = []
    for number, frame in enumerate(loop.frames):
        picture = decoder.decode(EncodedFrame(frame.data, number * 3600, frame.keyframe, 0.0))
        assert picture is not None
        found.append(picture)
    decoder.close()
    return found


def is_near(picture: Picture, colour: Rgb) -> bool:
    """Is the left edge of the picture of that colour?"""
    y, u, v = yuv(colour)
    edge = picture.y[:, :32], picture.u[:, :16], picture.v[:, :16]
    return all(
        abs(float(np.median(plane)) - part) < 4 for plane, part in zip(edge, (y, u, v), strict=True)
    )


def test_every_site_of_the_province_has_a_colour_of_its_own_saturated_and_calm() -> None:
    colours = [site_colour(code) for code in CODES]
    nearest = min(
        max(abs(a - b) for a, b in zip(one, other, strict=True))
        for one, other in combinations(colours, 2)
    )
    assert nearest >= 14
    for colour in colours:
        assert 85 <= max(colour) <= 210
        assert max(colour) - min(colour) >= 0.4 * max(colour)


def test_the_loop_lasts_eight_seconds_and_has_a_key_frame_every_two(loop: PictureLoop) -> None:
    keys = [number for number, frame in enumerate(loop.frames) if frame.keyframe]
    assert (loop.fps, len(loop.frames)) == (25, 200)
    assert keys == [0, 50, 100, 150]


def test_the_loop_stays_near_its_rate(loop: PictureLoop) -> None:
    bits = 8 * sum(len(frame.data) for frame in loop.frames)
    assert bits / 8 < 400_000


def test_the_loop_shows_the_sites_colour_and_something_that_moves(loop: PictureLoop) -> None:
    shown = pictures(loop)
    assert len(shown) == 200
    colour = site_colour("568")
    assert all(is_near(picture, colour) for picture in shown)
    early, late = shown[10], shown[110]
    changed = np.abs(early.y.astype(int) - late.y.astype(int)) > 60
    assert 100 < changed.sum() < changed.size / 10


def test_a_flashing_loop_is_white_for_a_tenth_of_a_second_every_two_seconds() -> None:
    spec = LoopSpec("568", "Thành phố Nha Trang", fps=25, flash_beep=True)
    flashing = encode_picture_loop(spec, CODECS)
    white = [n for n, p in enumerate(pictures(flashing)) if float(p.y.mean()) > 225]
    assert white == [n + start for start in (0, 50, 100, 150) for n in range(3)]
    keys = [number for number, frame in enumerate(flashing.frames) if frame.keyframe]
    assert max(b - a for a, b in pairwise(keys)) <= 13


def test_fifteen_frames_a_second_make_a_loop_of_the_same_length() -> None:
    slow = encode_picture_loop(LoopSpec("568", "Nha Trang", fps=15), CODECS)
    assert (slow.fps, len(slow.frames)) == (15, 120)


def test_every_name_of_the_province_fits_on_its_card() -> None:
    for unit in UNITS:
        card = Card(unit["name"], site_colour(unit["code"]), 640, 360)
        picture = card.at(0.0, 8.0, 0)
        ink = np.argwhere(picture.y > 200)
        assert ink[:, 1].min() >= 0.1 * 640, unit
        assert ink[:, 1].max() <= 0.9 * 640, unit


@given(
    st.lists(st.tuples(st.binary(max_size=50), st.booleans()), min_size=1, max_size=9),
    st.integers(5, 30),
)
def test_a_file_gives_back_the_loop_that_was_put_in(
    frames: list[tuple[bytes, bool]], fps: int
) -> None:
    loop = PictureLoop(fps, tuple(LoopFrame(data, key) for data, key in frames))
    assert unpack_loop(pack_loop(loop)) == loop


@given(st.integers(0, 10_000), st.integers(0, 255))
def test_a_damaged_file_is_refused(at: int, value: int) -> None:
    data = bytearray(pack_loop(PictureLoop(25, (LoopFrame(b"abc" * 20, True),))))
    at %= len(data)
    assume(data[at] != value)
    data[at] = value
    with pytest.raises(LoopFileError):
        unpack_loop(bytes(data))


@given(st.binary(max_size=100))
def test_any_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(LoopFileError):
        unpack_loop(data)


def test_what_shapes_a_loop_shapes_its_files_name(tmp_path: Path) -> None:
    specs = [
        NHA_TRANG,
        LoopSpec("569", NHA_TRANG.name),
        LoopSpec("568", "Nha Trang"),
        LoopSpec("568", NHA_TRANG.name, fps=15),
        LoopSpec("568", NHA_TRANG.name, flash_beep=True),
    ]
    paths = {loop_path(tmp_path, spec, codec) for spec in specs for codec in ("a", "b")}
    assert len(paths) == 2 * len(specs)


def test_a_saved_loop_leaves_nothing_else_in_the_folder(tmp_path: Path) -> None:
    loop = PictureLoop(25, (LoopFrame(b"abc", True),))
    path = tmp_path / "loops" / "one.loop"
    save_loop(path, loop)
    save_loop(path, loop)
    assert [found.name for found in path.parent.iterdir()] == ["one.loop"]
    assert unpack_loop(path.read_bytes()) == loop


@pytest.mark.parametrize(
    ("asked", "size", "fps"),
    [
        ((720, 30, 1_200_000), (1280, 720), 25),
        ((720, 30, 800_000), (640, 360), 25),
        ((360, 30, 400_000), (640, 360), 25),
        ((360, 10, 150_000), (640, 360), 10),
        ((720, 30, 100_000), (640, 360), 10),
        ((0, 0, 0), (640, 360), 10),
    ],
)
def test_a_site_keeps_within_what_it_is_asked_for(
    asked: tuple[int, int, int], size: tuple[int, int], fps: int
) -> None:
    spec = within(NHA_TRANG, *asked)
    assert ((spec.width, spec.height), spec.fps) == (size, fps)
    assert spec.bitrate <= max(asked[2], 65_000)
    assert (spec.code, spec.name) == (NHA_TRANG.code, NHA_TRANG.name)


def test_a_slow_camera_is_never_made_fast() -> None:
    assert within(LoopSpec("568", "Nha Trang", fps=5), 720, 30, 1_200_000).fps == 5


def test_the_cheapest_loop_costs_what_it_says() -> None:
    spec = within(NHA_TRANG, 360, 10, 100_000)
    frames = encode_picture_loop(spec, CODECS).frames
    assert sum(len(frame.data) for frame in frames) * 8 / 8.0 < 1.1 * spec.bitrate

"""What only the real codecs can show: the bitstream, foreign pixel formats, memory."""

import os
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.codec.context import CodecContext
from av.video.codeccontext import VideoCodecContext

from nhipcau.codec.annexb import NAL_IDR, NAL_SPS, nal_types, nal_units
from nhipcau.codec.pyav import PyAvCodecs
from nhipcau.picture.frame import Picture, solid
from nhipcau.ports.codec import DecodeError, VideoSpec
from nhipcau.quantities import Bitrate
from nhipcau.rtp.frame import EncodedFrame
from tests.codec.scenes import psnr_db, scene, tone

HD = VideoSpec(1280, 720, 25, Bitrate(2_000_000))


def resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def foreign(width: int, height: int, pixels: str, luma: int, slices: int = 4) -> EncodedFrame:
    """Return a key frame of one grey, in another pixel format, from another encoder's settings."""
    codec = CodecContext.create("libx264", "w")
    assert isinstance(codec, VideoCodecContext)
    codec.width, codec.height, codec.pix_fmt = width, height, pixels
    codec.time_base = Fraction(1, 90_000)
    codec.options = {
        "preset": "ultrafast",
        "tune": "zerolatency",
        "x264-params": f"threads=1:sliced-threads=0:slices={slices}",
    }
    frame = av.VideoFrame(width, height, pixels)
    for place, plane in enumerate(frame.planes):
        np.frombuffer(plane, np.uint8)[:] = luma if place == 0 else 128
    frame.pts = 0
    return EncodedFrame(b"".join(bytes(packet) for packet in codec.encode(frame)), 0, True, 0.0)


@pytest.mark.parametrize(("level", "code"), [("3.1", 0x1F), ("4.0", 0x28)])
def test_the_stream_is_constrained_baseline_of_the_level_asked(
    pyav: PyAvCodecs, level: str, code: int
) -> None:
    encoder = pyav.video_encoder(VideoSpec(1280, 720, 5, Bitrate(1_000_000), level))
    parameters = nal_units(encoder.encode(solid(1280, 720), 0, keyframe=True).data)[0]
    assert parameters[0] & 0x1F == NAL_SPS
    # Profile 66 with constraint_set0 and 1 set is constrained baseline (ITU-T H.264 §A.2.1.1).
    assert parameters[1] == 66
    assert parameters[2] & 0xC0 == 0xC0
    assert parameters[3] == code


def test_an_idr_fits_a_quarter_of_a_second_of_the_rate(pyav: PyAvCodecs) -> None:
    dice = np.random.default_rng(1)
    noise = dice.integers(16, 235, (720, 1280), dtype=np.uint8)
    half = np.full((360, 640), 128, np.uint8)
    encoder = pyav.video_encoder(HD)
    for number in range(25):
        picture = Picture(np.roll(noise, number * 7, 1), half, half)
        frame = encoder.encode(picture, number * 3_600, keyframe=number == 12)
        assert len(frame.data) * 8 < HD.bitrate / 4 * 1.3


def test_the_rate_is_kept_over_a_second(pyav: PyAvCodecs) -> None:
    encoder = pyav.video_encoder(VideoSpec(640, 360, 25, Bitrate(500_000)))
    dice = np.random.default_rng(2)
    half = np.full((180, 320), 128, np.uint8)
    sizes = []
    for number in range(75):
        y = dice.integers(100, 140, (360, 640), dtype=np.uint8)
        sizes.append(
            len(encoder.encode(Picture(y, half, half), number * 3_600, keyframe=False).data)
        )
    assert sum(sizes[25:]) * 8 / 2 < 500_000 * 1.2


def test_a_picture_of_several_slices_is_shown(pyav: PyAvCodecs) -> None:
    frame = foreign(320, 180, "yuv420p", 100)
    assert nal_types(frame.data).count(NAL_IDR) == 4
    shown = pyav.video_decoder().decode(frame)
    assert shown is not None
    assert int(shown.y.min()) == int(shown.y.max()) == 100


@pytest.mark.parametrize("place", [-1, -2, -4])
def test_a_picture_without_one_of_its_slices_is_refused(pyav: PyAvCodecs, place: int) -> None:
    units = nal_units(foreign(320, 180, "yuv420p", 100).data)
    del units[place]
    torn = b"".join(b"\0\0\0\1" + unit for unit in units)
    with pytest.raises(DecodeError):
        pyav.video_decoder().decode(EncodedFrame(torn, 0, True, 0.0))


def test_a_full_range_picture_becomes_limited_range(pyav: PyAvCodecs) -> None:
    shown = pyav.video_decoder().decode(foreign(320, 180, "yuvj420p", 255))
    assert shown is not None
    assert abs(int(shown.y.max()) - 235) <= 2


@pytest.mark.parametrize("pixels", ["yuv422p", "yuv444p"])
def test_other_chroma_formats_become_420(pyav: PyAvCodecs, pixels: str) -> None:
    shown = pyav.video_decoder().decode(foreign(320, 180, pixels, 100))
    assert shown is not None
    assert shown.y.shape == (180, 320)
    assert shown.u.shape == (90, 160)
    assert abs(int(shown.y[50, 50]) - 100) <= 2


def test_an_odd_size_loses_its_last_row_and_column(pyav: PyAvCodecs) -> None:
    shown = pyav.video_decoder().decode(foreign(321, 181, "yuv444p", 100))
    assert shown is not None
    assert (shown.width, shown.height) == (320, 180)


def test_full_hd_has_no_rows_of_padding(pyav: PyAvCodecs) -> None:
    spec = VideoSpec(1920, 1080, 5, Bitrate(1_500_000), "4.0")
    shown = pyav.video_decoder().decode(
        pyav.video_encoder(spec).encode(scene(0, 1920, 1080), 0, keyframe=True)
    )
    assert shown is not None
    assert (shown.width, shown.height) == (1920, 1080)
    assert psnr_db(shown.y, scene(0, 1920, 1080).y) > 33


def test_a_picture_larger_than_level_4_is_refused(pyav: PyAvCodecs) -> None:
    with pytest.raises(DecodeError):
        pyav.video_decoder().decode(foreign(4096, 2304, "yuv420p", 100))


def test_a_reader_cannot_write_into_a_decoded_picture(pyav: PyAvCodecs) -> None:
    shown = pyav.video_decoder().decode(foreign(320, 180, "yuv420p", 100))
    assert shown is not None
    with pytest.raises(ValueError, match="read-only"):
        shown.y[0, 0] = 1


def test_damage_is_not_written_to_the_log(
    pyav: PyAvCodecs, capfd: pytest.CaptureFixture[str]
) -> None:
    decoder = pyav.video_decoder()
    good = foreign(320, 180, "yuv420p", 100)
    with pytest.raises(DecodeError):
        decoder.decode(EncodedFrame(good.data[: len(good.data) - 20], 0, True, 0.0))
    with pytest.raises(DecodeError):
        decoder.decode(EncodedFrame(b"\0\0\0\1\x65" + b"\xaa" * 50, 0, True, 0.0))
    output = capfd.readouterr()
    assert output.out == output.err == ""


@pytest.mark.slow
def test_two_thousand_frames_leave_no_memory_behind(pyav: PyAvCodecs) -> None:
    def run(count: int) -> None:
        encoder = pyav.video_encoder(VideoSpec(320, 180, 25, Bitrate(200_000)))
        decoder, scaler = pyav.video_decoder(), pyav.scaler()
        speaker, hearer = pyav.sound_encoder(Bitrate(32_000)), pyav.sound_decoder()
        pictures, tones = [scene(number) for number in range(10)], [tone(n) for n in range(10)]
        for number in range(count):
            frame = encoder.encode(pictures[number % 10], number * 3_600, keyframe=number % 50 == 0)
            shown = decoder.decode(frame)
            assert shown is not None
            scaler.scale(shown, 160 + 2 * (number % 20), 90)
            hearer.decode(speaker.encode(tones[number % 10]))
        encoder.close()
        decoder.close()

    run(200)
    before_mb = resident_mb()
    run(2_000)
    assert resident_mb() < before_mb + 15

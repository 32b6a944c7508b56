"""What all codecs keep: the real ones and their twins pass the same tests."""

import random
from contextlib import suppress
from dataclasses import replace

import numpy as np
import pytest

from nhipcau.codec.annexb import NAL_IDR, NAL_PPS, NAL_SPS, nal_types
from nhipcau.picture.frame import Picture, solid
from nhipcau.ports.codec import Codecs, DecodeError, VideoSpec
from nhipcau.quantities import Bitrate
from nhipcau.rtp.frame import EncodedFrame
from nhipcau.sound.block import BLOCK_SAMPLES, PcmBlock
from tests.codec.scenes import frequency_hz, psnr_db, scene, tone

SPEC = VideoSpec(320, 180, 25, Bitrate(400_000))


def encoded(codecs: Codecs, count: int, spec: VideoSpec = SPEC) -> list[EncodedFrame]:
    encoder = codecs.video_encoder(spec)
    return [
        encoder.encode(scene(number, spec.width, spec.height), number * 3_600, keyframe=number == 0)
        for number in range(count)
    ]


def test_a_picture_comes_back_as_it_went(codecs: Codecs) -> None:
    decoder = codecs.video_decoder()
    for number, frame in enumerate(encoded(codecs, 30)):
        shown, meant = decoder.decode(frame), scene(number)
        assert shown is not None
        assert psnr_db(shown.y, meant.y) > 33
        assert psnr_db(shown.u, meant.u) > 35
        assert psnr_db(shown.v, meant.v) > 35


def test_one_picture_in_is_one_frame_out_with_its_timestamp(codecs: Codecs) -> None:
    frames = encoded(codecs, 10)
    assert [frame.timestamp for frame in frames] == [number * 3_600 for number in range(10)]
    assert all(frame.data for frame in frames)
    assert [frame.arrived_s for frame in frames] == sorted(frame.arrived_s for frame in frames)


def test_the_first_frame_is_a_key_frame_even_unasked(codecs: Codecs) -> None:
    assert codecs.video_encoder(SPEC).encode(scene(0), 0, keyframe=False).keyframe


def test_a_key_frame_on_demand_is_one_idr_with_its_parameter_sets(codecs: Codecs) -> None:
    encoder = codecs.video_encoder(SPEC)
    frames = [
        encoder.encode(scene(number), number * 3_600, keyframe=number == 7) for number in range(12)
    ]
    assert [number for number, frame in enumerate(frames) if frame.keyframe] == [0, 7]
    for number in (0, 7):
        assert nal_types(frames[number].data) == [NAL_SPS, NAL_PPS, NAL_IDR]
    assert all(nal_types(frame.data) == [1] for frame in frames if not frame.keyframe)
    late = codecs.video_decoder().decode(frames[7])
    assert late is not None
    assert psnr_db(late.y, scene(7).y) > 33


def test_a_key_frame_comes_by_itself_once_an_interval(codecs: Codecs) -> None:
    frames = encoded(codecs, 60, replace(SPEC, keyframe_interval_s=1.0))
    assert [number for number, frame in enumerate(frames) if frame.keyframe] == [0, 25, 50]


def test_a_source_may_change_its_size_in_mid_stream(codecs: Codecs) -> None:
    decoder = codecs.video_decoder()
    sizes = [(320, 180), (240, 320), (640, 360), (160, 120)]
    for width, height in sizes:
        for number, frame in enumerate(
            encoded(codecs, 3, replace(SPEC, width=width, height=height))
        ):
            shown = decoder.decode(frame)
            assert shown is not None
            assert (shown.width, shown.height) == (width, height)
            assert psnr_db(shown.y, scene(number, width, height).y) > 30


def test_before_the_first_key_frame_nothing_is_shown(codecs: Codecs) -> None:
    frames = encoded(codecs, 5)
    decoder = codecs.video_decoder()
    assert [decoder.decode(frame) for frame in frames[1:]] == [None] * 4
    assert decoder.decode(frames[0]) is not None


def test_damage_is_an_error_and_nothing_is_shown_until_the_next_key_frame(codecs: Codecs) -> None:
    frames = encoded(codecs, 6)
    again = encoded(codecs, 2)
    decoder = codecs.video_decoder()
    assert decoder.decode(frames[0]) is not None
    with pytest.raises(DecodeError):
        decoder.decode(replace(frames[1], data=frames[1].data[: len(frames[1].data) // 2]))
    assert [decoder.decode(frame) for frame in frames[2:]] == [None] * 4
    assert decoder.decode(again[0]) is not None
    assert decoder.decode(again[1]) is not None


@pytest.mark.parametrize("keyframe", [True, False])
def test_random_bytes_are_an_error_or_nothing(codecs: Codecs, keyframe: bool) -> None:
    dice = random.Random(3)
    decoder = codecs.video_decoder()
    good = encoded(codecs, 1)[0]
    for _ in range(200):
        start = dice.choice([b"", b"\0\0\0\1", b"\0\0\0\1\x67\x42\xe0\x1f", b"\0\0\0\1\x65"])
        junk = start + dice.randbytes(dice.randrange(400))
        with suppress(DecodeError):
            assert decoder.decode(EncodedFrame(junk, 0, keyframe, 0.0)) is None
    assert decoder.decode(good) is not None


def test_pictures_stay_what_they_are_while_the_decoder_goes_on(codecs: Codecs) -> None:
    decoder = codecs.video_decoder()
    shown = [decoder.decode(frame) for frame in encoded(codecs, 20)]
    copies = [picture.y.copy() for picture in shown if picture is not None]
    for frame in encoded(codecs, 20):
        decoder.decode(frame)
    decoder.close()
    for picture, copy in zip(shown, copies, strict=True):
        assert picture is not None
        assert np.array_equal(picture.y, copy)


def test_a_picture_of_another_size_is_refused_by_the_encoder(codecs: Codecs) -> None:
    with pytest.raises(ValueError, match="640×360"):
        codecs.video_encoder(SPEC).encode(solid(640, 360), 0, keyframe=True)


def test_the_encoder_does_not_keep_or_change_the_picture(codecs: Codecs) -> None:
    picture = scene(1)
    kept = picture.y.copy()
    encoder, decoder = codecs.video_encoder(SPEC), codecs.video_decoder()
    frame = encoder.encode(picture, 0, keyframe=True)
    assert np.array_equal(picture.y, kept)
    picture.y[:] = 0
    shown = decoder.decode(frame)
    assert shown is not None
    assert psnr_db(shown.y, kept) > 33


@pytest.mark.parametrize("size", [(160, 90), (320, 180), (640, 360), (90, 160), (40, 20)])
def test_a_picture_is_scaled_to_exactly_the_size_asked(
    codecs: Codecs, size: tuple[int, int]
) -> None:
    scaled = codecs.scaler().scale(scene(3), *size)
    assert (scaled.width, scaled.height) == size
    assert scaled.u.shape == scaled.v.shape == (size[1] // 2, size[0] // 2)
    assert abs(float(scaled.y.mean()) - float(scene(3).y.mean())) < 12


def test_what_stands_where_still_stands_there_after_scaling(codecs: Codecs) -> None:
    picture = solid(320, 180, (60, 100, 150))
    picture.y[:90, 160:] = 200
    for width, height in ((640, 360), (160, 90)):
        scaled = codecs.scaler().scale(picture, width, height)
        assert abs(int(scaled.y[height // 4, width * 3 // 4]) - 200) < 3
        assert abs(int(scaled.y[height * 3 // 4, width // 4]) - 60) < 3
        assert abs(int(scaled.u[0, 0]) - 100) < 3
        assert abs(int(scaled.v[-1, -1]) - 150) < 3


def test_a_decoded_picture_and_a_part_of_one_can_be_scaled(codecs: Codecs) -> None:
    scaler = codecs.scaler()
    whole = codecs.video_decoder().decode(encoded(codecs, 1)[0])
    assert whole is not None
    part = Picture(whole.y[20:120, 40:200], whole.u[10:60, 20:100], whole.v[10:60, 20:100])
    meant = Picture(*(np.ascontiguousarray(plane) for plane in (part.y, part.u, part.v)))
    assert np.array_equal(scaler.scale(part, 80, 50).y, scaler.scale(meant, 80, 50).y)
    assert scaler.scale(whole, 160, 90).y.shape == (90, 160)


@pytest.mark.parametrize("size", [(0, 0), (-2, 2), (161, 90), (160, 91)])
def test_odd_and_empty_sizes_are_refused(codecs: Codecs, size: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="even"):
        codecs.scaler().scale(scene(0), *size)


def test_a_tone_keeps_its_pitch_and_its_loudness(codecs: Codecs) -> None:
    encoder, decoder = codecs.sound_encoder(Bitrate(32_000)), codecs.sound_decoder()
    heard = [decoder.decode(encoder.encode(tone(number))) for number in range(50)]
    assert all(samples.dtype == np.int16 for samples in heard)
    assert all(samples.shape == (BLOCK_SAMPLES,) for samples in heard)
    later = np.concatenate(heard[10:])
    assert abs(frequency_hz(later) - 440) < 3
    assert 0.7 < np.std(later) / np.std(tone(0).samples) < 1.3


def test_decoded_samples_stay_what_they_are(codecs: Codecs) -> None:
    encoder, decoder = codecs.sound_encoder(Bitrate(32_000)), codecs.sound_decoder()
    heard = [decoder.decode(encoder.encode(tone(number))) for number in range(30)]
    copies = [samples.copy() for samples in heard]
    for number in range(30):
        decoder.decode(encoder.encode(tone(number, 900)))
    decoder.close()
    assert all(np.array_equal(a, b) for a, b in zip(heard, copies, strict=True))


def test_damaged_sound_is_an_error_and_the_next_packet_is_heard(codecs: Codecs) -> None:
    dice = random.Random(4)
    encoder, decoder = codecs.sound_encoder(Bitrate(32_000)), codecs.sound_decoder()
    errors = 0
    for number in range(300):
        packet = encoder.encode(tone(number))
        junk = dice.choice([b"", packet[:2], b"\xff" * 40, dice.randbytes(dice.randrange(200))])
        try:
            samples = decoder.decode(junk)
            assert samples.size % 120 == 0
            assert samples.size <= 5_760
        except DecodeError:
            errors += 1
        assert decoder.decode(packet).shape == (BLOCK_SAMPLES,)
    assert errors > 50


def test_a_block_of_another_length_is_refused(codecs: Codecs) -> None:
    encoder = codecs.sound_encoder(Bitrate(32_000))
    with pytest.raises(ValueError, match="960"):
        encoder.encode(PcmBlock(np.zeros(480, np.int16), 0))


def test_closed_codecs_say_so_and_close_twice(codecs: Codecs) -> None:
    frame = encoded(codecs, 1)[0]
    encoder, decoder = codecs.video_encoder(SPEC), codecs.video_decoder()
    hearer, speaker = codecs.sound_decoder(), codecs.sound_encoder(Bitrate(32_000))
    packet = codecs.sound_encoder(Bitrate(32_000)).encode(tone(0))
    for codec in (encoder, decoder, hearer, speaker):
        codec.close()
        codec.close()
    with pytest.raises(DecodeError):
        decoder.decode(frame)
    with pytest.raises(DecodeError):
        hearer.decode(packet)
    with pytest.raises(ValueError, match="closed"):
        encoder.encode(scene(0), 0, keyframe=True)
    with pytest.raises(ValueError, match="closed"):
        speaker.encode(tone(0))

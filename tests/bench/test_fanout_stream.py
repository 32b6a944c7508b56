"""The recording that every sender of the fan-out bench plays."""

import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from nhipcau.bench.fanout_stream import Recording, read, record, write
from nhipcau.rtp.h264 import packetize_h264


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


@cache
def _recording() -> Recording:
    return record()


def test_the_recording_uses_the_rate_of_the_program() -> None:
    bits_per_s = 8 * _recording().octets_per_s
    assert 800_000 < bits_per_s < 1_500_000


def test_a_paced_recording_makes_so_many_packets_a_second() -> None:
    slow = _recording().paced(20)
    count = sum(len(packetize_h264(frame)) for frame in slow.frames)
    assert count / (len(slow.frames) * slow.period_s) == pytest.approx(20)
    assert slow.packets_per_s == pytest.approx(20)


def test_the_ring_goes_on_with_rising_timestamps_and_an_idr_at_its_seam() -> None:
    recording = _recording()
    seam = len(recording.frames)
    last, first = recording.frame(seam - 1), recording.frame(seam)
    assert first.keyframe
    assert not last.keyframe
    assert first.timestamp - last.timestamp == pytest.approx(90_000 * recording.period_s, abs=1)


def test_what_is_written_is_read_back(folder: Path) -> None:
    recording = _recording().paced(20)
    write(recording, folder / "recording.json")
    assert read(folder / "recording.json") == recording

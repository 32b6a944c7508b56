"""A log that was torn, damaged, opened twice, or whose disk is full."""

import os
import resource
import signal
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhipcau.storage.eventfile import CorruptLogError, EventFile, LogInUseError
from nhipcau.storage.frames import MAGIC, MAX_FRAME_BYTES, pack_frames, scan

GROUPS = [[b"one"], [b"two", b"three"], [b"four" * 10]]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a closed log of three appends."""
    path = tmp_path / "tet.log"
    log = EventFile(path)
    for group in GROUPS:
        log.append(group)
    log.close()
    return path


def reopened(path: Path) -> list[bytes]:
    log = EventFile(path)
    try:
        return log.replay()
    finally:
        log.close()


def ends(path: Path) -> list[int]:
    """Return where each append ends in the file."""
    offset = len(MAGIC)
    found = [offset]
    for group in GROUPS:
        offset += sum(map(len, pack_frames(group)))
        found.append(offset)
    assert offset == path.stat().st_size
    return found


def test_cut_anywhere_the_whole_appends_before_the_cut_are_there(path: Path) -> None:
    data, borders = path.read_bytes(), ends(path)
    for size in range(len(data) + 1):
        path.write_bytes(data[:size])
        whole = sum(1 for border in borders[1:] if border <= size)
        expected = [record for group in GROUPS[:whole] for record in group]
        assert reopened(path) == expected, size
        assert path.stat().st_size == max(borders[whole], len(MAGIC))


def test_after_a_torn_tail_the_log_goes_on(path: Path) -> None:
    os.truncate(path, path.stat().st_size - 1)
    log = EventFile(path)
    log.append([b"next"])
    log.close()
    assert reopened(path) == [b"one", b"two", b"three", b"next"]


@pytest.mark.parametrize("tail", [b"\0" * 4096, b"EVT1", bytes(range(256)) * 20])
def test_a_tail_that_the_disk_never_wrote_is_cut(path: Path, tail: bytes) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole + tail)
    assert reopened(path) == [b"one", b"two", b"three", b"four" * 10]
    assert path.read_bytes() == whole


def test_any_damaged_byte_before_the_last_append_moves_the_file_aside(path: Path) -> None:
    data, borders = path.read_bytes(), ends(path)
    for offset in range(borders[2]):
        damaged = bytearray(data)
        damaged[offset] ^= 0x40
        path.write_bytes(damaged)
        with pytest.raises(CorruptLogError) as caught:
            EventFile(path)
        assert caught.value.moved_to.read_bytes() == damaged
        assert not path.exists()
        whole = sum(1 for border in borders[1:] if border <= offset) if offset >= 8 else 0
        assert list(caught.value.records) == [r for group in GROUPS[:whole] for r in group]
        assert reopened(path) == []


def test_files_moved_aside_do_not_replace_each_other(path: Path) -> None:
    for _ in range(2):
        path.write_bytes(b"this is no log at all")
        with pytest.raises(CorruptLogError, match="corrupt-"):
            EventFile(path)
    names = sorted(kept.name for kept in path.parent.iterdir())
    assert names == ["tet.log.corrupt-1", "tet.log.corrupt-2"]


def test_damage_longer_than_one_append_is_no_torn_tail(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\0" * (MAX_FRAME_BYTES + 1))
    with pytest.raises(CorruptLogError):
        EventFile(path)


@given(st.binary(max_size=400))
def test_any_bytes_can_be_scanned(tail: bytes) -> None:
    frames = b"".join(frame for group in GROUPS for frame in pack_frames(group))
    for data in (tail, MAGIC + tail, MAGIC + frames + tail):
        found = scan(data)
        assert 0 <= found.end <= len(data)


def test_a_log_has_one_writer(path: Path) -> None:
    log = EventFile(path)
    with pytest.raises(LogInUseError):
        EventFile(path)
    log.append([b"still"])
    log.close()
    assert reopened(path)[-1] == b"still"


def test_only_its_owner_may_read_it(path: Path) -> None:
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@contextmanager
def files_no_longer_than(size: int) -> Iterator[None]:
    """Let the kernel refuse to make files longer than `size`, as a full disk does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


def test_an_append_that_the_disk_refuses_halfway_leaves_nothing_behind(path: Path) -> None:
    log = EventFile(path)
    with files_no_longer_than(path.stat().st_size + 30), pytest.raises(OSError, match="large"):
        log.append([b"x" * 1000])
    taken_whole = path.stat().st_size + 400_000
    with files_no_longer_than(taken_whole), pytest.raises(OSError, match="large"):
        log.append([b"x" * 60_000] * 9)
    log.append([b"after"])
    assert log.replay() == [b"one", b"two", b"three", b"four" * 10, b"after"]
    log.close()
    assert reopened(path)[-1] == b"after"


def test_without_sync_the_records_are_the_same(tmp_path: Path) -> None:
    log = EventFile(tmp_path / "quick.log", sync=False)
    log.append([b"one"])
    log.close()
    assert reopened(tmp_path / "quick.log") == [b"one"]

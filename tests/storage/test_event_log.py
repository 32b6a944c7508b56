"""The contract of the event log port: the file and its in-memory twin keep it alike."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhipcau.ports.eventlog import EventLog
from nhipcau.storage.eventfile import EventFile
from nhipcau.storage.frames import MAGIC, MAX_BODY_BYTES, MAX_RECORD_BYTES, pack_frames, scan
from nhipcau.storage.memorylog import MemoryLog

Opener = Callable[[], EventLog]


@pytest.fixture(params=["file", "memory"])
def reopen(request: pytest.FixtureRequest, tmp_path: Path) -> Opener:
    """Return what opens the same log again and again."""
    if request.param == "file":
        return lambda: EventFile(tmp_path / "new folder" / "tet.log")
    kept: list[bytes] = []
    return lambda: MemoryLog(kept)


def test_a_new_log_is_empty(reopen: Opener) -> None:
    log = reopen()
    assert log.replay() == []
    log.close()


def test_records_come_back_in_order_here_and_after_reopening(reopen: Opener) -> None:
    log = reopen()
    log.append([b"one", b"", bytes(range(256))])
    log.append([])
    log.append([b"two"])
    written = [b"one", b"", bytes(range(256)), b"two"]
    assert log.replay() == written
    log.close()
    again = reopen()
    assert again.replay() == written
    again.append([b"three"])
    assert again.replay() == [*written, b"three"]
    again.close()


def test_a_record_of_64_kib_fits_and_one_byte_more_refuses_the_group(reopen: Opener) -> None:
    log = reopen()
    log.append([b"x" * MAX_RECORD_BYTES])
    with pytest.raises(ValueError, match="65537 bytes"):
        log.append([b"fits", b"x" * (MAX_RECORD_BYTES + 1)])
    assert log.replay() == [b"x" * MAX_RECORD_BYTES]
    log.close()


def test_a_group_larger_than_a_frame_is_kept_whole(reopen: Opener) -> None:
    group = [bytes([number]) * 60_000 for number in range(20)]
    log = reopen()
    log.append(group)
    log.close()
    again = reopen()
    assert again.replay() == group
    again.close()


def test_a_closed_log_takes_and_gives_nothing_and_closes_twice(reopen: Opener) -> None:
    log = reopen()
    log.close()
    log.close()
    with pytest.raises(ValueError, match="closed"):
        log.append([b"late"])
    with pytest.raises(ValueError, match="closed"):
        log.replay()


def test_what_replay_gave_is_the_callers(reopen: Opener) -> None:
    log = reopen()
    log.append([b"one"])
    log.replay().clear()
    assert log.replay() == [b"one"]
    log.close()


@given(st.lists(st.lists(st.binary(max_size=300), max_size=5), max_size=6))
def test_frames_hold_what_was_packed(groups: list[list[bytes]]) -> None:
    data = MAGIC + b"".join(frame for group in groups for frame in pack_frames(group))
    found = scan(data)
    assert found.records == [record for group in groups for record in group]
    assert (found.end, found.corrupt) == (len(data), False)


def test_one_append_is_one_frame_unless_it_is_very_long() -> None:
    assert len(list(pack_frames([b"x" * 100] * 100))) == 1
    assert len(list(pack_frames([b"x" * MAX_RECORD_BYTES] * 9))) > 1
    assert MAX_BODY_BYTES >= MAX_RECORD_BYTES

"""An event file is read while it is written: whole groups only, from where one stopped."""

import os
from pathlib import Path

import pytest

from nhipcau.storage.eventfile import EventFile
from nhipcau.storage.eventtail import event_files, read_tail


def test_what_was_appended_since_is_read_and_nothing_twice(tmp_path: Path) -> None:
    path = tmp_path / "m.events"
    log = EventFile(path, sync=False)
    assert read_tail(path, 0, 1000).records == ()
    log.append([b"one", b"two"])
    first = read_tail(path, 0, 1000)
    assert first.records == (b"one", b"two")
    assert read_tail(path, first.end, 1000).records == ()
    log.append([b"three"])
    assert read_tail(path, first.end, 1000).records == (b"three",)


def test_a_piece_ends_with_a_whole_group_and_the_rest_follows(tmp_path: Path) -> None:
    path = tmp_path / "m.events"
    log = EventFile(path, sync=False)
    groups = [[bytes([number]) * 60_000] * 3 for number in range(20)]
    for group in groups:
        log.append(group)
    found: list[bytes] = []
    end = 0
    while (tail := read_tail(path, end, 10)).records:
        found += tail.records
        end = tail.end
    assert found == [record for group in groups for record in group]


@pytest.mark.parametrize("cut", [1, 5, 17, 20])
def test_a_group_that_is_being_written_is_left_for_later(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "m.events"
    EventFile(path, sync=False).append([b"whole"])
    end = read_tail(path, 0, 1000).end
    whole = path.read_bytes()
    EventFile(tmp_path / "n.events", sync=False).append([b"another"])
    frame = (tmp_path / "n.events").read_bytes()[8:]
    path.write_bytes(whole + frame[:-cut])
    assert read_tail(path, end, 1000).records == ()
    path.write_bytes(whole + frame)
    assert read_tail(path, end, 1000).records == (b"another",)


def test_a_foreign_file_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "m.events"
    path.write_bytes(b"something else")
    with pytest.raises(OSError, match="no event file"):
        read_tail(path, 0, 1000)


def test_files_are_found_wherever_they_lie_those_written_last_first(tmp_path: Path) -> None:
    assert event_files(tmp_path / "nothing") == []
    paths = [tmp_path / name for name in ("a.events", "conferences/b/b.events", "x/c.events")]
    for age, path in enumerate(paths):
        EventFile(path, sync=False).close()
        os.utime(path, (1000 + age, 1000 + age))
    (tmp_path / "a.events.corrupt-1").write_bytes(b"")
    assert event_files(tmp_path) == paths[::-1]

"""Reads an event file while its MCU writes it, from a place on.

What is read ends with the last whole frame: the piece behind it is being written, or its writer
died while it wrote.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from nhipcau.storage.frames import MAGIC, MAX_FRAME_BYTES, scan

EVENTS = ".events"


@dataclass(frozen=True, slots=True)
class Tail:
    """Records, the place in the file behind them, and which file it is: a new one may follow."""

    records: tuple[bytes, ...]
    end: int
    file: int


def read_tail(path: Path, start: int, limit: int) -> Tail:
    """Return whole records from a place in the file on.

    Args:
        path: the file.
        start: 0, or the `end` of the piece before.
        limit: at most about so many bytes, but one frame at least.

    Raises:
        OSError: it can't be read, or is no event file.
    """
    with path.open("rb") as file:
        kept = os.fstat(file.fileno())
        if start == 0 and kept.st_size < len(MAGIC):
            return Tail((), 0, kept.st_ino)
        if file.read(len(MAGIC)) != MAGIC:
            raise OSError(f"{path} is no event file")
        begin = max(start, len(MAGIC))
        file.seek(begin)
        found = scan(MAGIC + file.read(limit + MAX_FRAME_BYTES))
        return Tail(tuple(found.records), begin + found.end - len(MAGIC), kept.st_ino)


def event_files(folder: Path) -> list[Path]:
    """Return the event files of a folder and of those below, those written last first.

    Where there is no folder yet, there are none.

    Raises:
        OSError: the folder can't be read.
    """
    found = [(file.stat().st_mtime_ns, file) for file in folder.rglob(f"*{EVENTS}")]
    return [file for _, file in sorted(found, reverse=True)]


def size_of(path: Path) -> int:
    """Return the bytes of a file.

    Raises:
        OSError: it can't be read.
    """
    return path.stat().st_size

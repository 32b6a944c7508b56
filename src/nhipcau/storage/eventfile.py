"""The event log on disk: the real `EventLog`.

    append ─ one write ─ fdatasync ─ return         open ─ scan ─ cut a torn tail, or
                                                            move a corrupt file aside and say so

Each append is one frame, written and synced before it returns: what anyone saw take effect
survives the kill of the process (the write alone does that) and the loss of power (that takes the
sync, which is most of the cost of an append). A group of events costs one sync, not one each.
"""

import fcntl
import os
from collections.abc import Sequence
from pathlib import Path

from nhipcau.storage.frames import MAGIC, Scan, pack_frames, scan


class LogInUseError(Exception):
    """Another process writes this log; a log has one writer."""


class CorruptLogError(Exception):
    """The log is damaged in its middle. Nothing of it is lost: the file stands at `moved_to`.

    `records` are those before the damage; a new log may begin with them.
    """

    def __init__(self, moved_to: Path, offset: int, records: Sequence[bytes]) -> None:
        super().__init__(
            f"damaged at byte {offset}, {len(records)} records before it are whole; "
            f"kept as {moved_to}"
        )
        self.moved_to = moved_to
        self.offset = offset
        self.records = tuple(records)


class EventFile:
    """An append-only log in one file. One writer, one thread; appends block for the disk.

    On a laptop's or server's SSD an append takes a fraction of a millisecond to a few; where a
    thread must not wait for that, call it in a worker.
    """

    def __init__(self, path: Path, *, sync: bool = True) -> None:
        """Open the log at `path`, made with its folder when it is not there.

        Args:
            path: the file; owned by this object from now on.
            sync: False leaves the moment of writing to the operating system: appends survive the
                loss of the process, but not the loss of power.

        Raises:
            LogInUseError: another process has it open.
            CorruptLogError: it is damaged; it was moved aside, and `path` is free.
            OSError: the disk refuses.
        """
        self._path = path
        self._sync = sync
        self._closed = False
        self._failed = False
        path.parent.mkdir(parents=True, exist_ok=True)
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            self._lock()
            self._end = self._recover(scan(self._read(0)))
        except BaseException:
            self.close()
            raise

    def append(self, records: Sequence[bytes]) -> None:
        """Write the records as one group; on return they survive the loss of this process.

        Raises:
            ValueError: a record is longer than 64 KiB (nothing is written), or the log is closed.
            OSError: the disk refuses. Nothing of the group counts. After a failed sync the log
                takes no more, because what is on the disk is then unknown: open it again.
        """
        self._check_open()
        if self._failed:
            raise OSError(f"{self._path} failed before; open it again")
        frames = list(pack_frames(records))
        begin = self._end
        try:
            for frame in frames:
                self._write(frame)
        except OSError:
            self._take_back(begin)
            raise

    def sync(self) -> None:
        """Wait until all that was appended survives the loss of power, too.

        Raises:
            ValueError: the log is closed.
            OSError: the disk refuses; the log takes no more, as after an append.
        """
        self._check_open()
        self._sync_data()

    def replay(self) -> list[bytes]:
        """Return every whole record in order.

        Raises:
            ValueError: the log is closed.
            OSError: the disk refuses.
        """
        self._check_open()
        return scan(self._read(0)[: self._end]).records

    def close(self) -> None:
        """Close the file and let others open it; may be called twice."""
        if not self._closed:
            self._closed = True
            os.close(self._fd)

    def _check_open(self) -> None:
        if self._closed:
            raise ValueError(f"{self._path} is closed")

    def _lock(self) -> None:
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise LogInUseError(str(self._path)) from error

    def _read(self, offset: int) -> bytes:
        size = os.fstat(self._fd).st_size
        pieces = []
        while offset < size:
            piece = os.pread(self._fd, size - offset, offset)
            if not piece:
                break
            pieces.append(piece)
            offset += len(piece)
        return b"".join(pieces)

    def _recover(self, found: Scan) -> int:
        """Make the file ready for appends and return where the next one goes."""
        if found.corrupt:
            raise CorruptLogError(self._move_aside(), found.end, found.records)
        if found.end > 0:
            if os.fstat(self._fd).st_size > found.end:
                os.ftruncate(self._fd, found.end)
                os.fsync(self._fd)
            return found.end
        os.ftruncate(self._fd, 0)
        self._write_all(MAGIC, 0)
        os.fsync(self._fd)
        _sync_folder(self._path.parent)
        return len(MAGIC)

    def _move_aside(self) -> Path:
        number = 1
        while (target := self._path.with_name(f"{self._path.name}.corrupt-{number}")).exists():
            number += 1
        self._path.rename(target)
        _sync_folder(self._path.parent)
        return target

    def _write(self, frame: bytes) -> None:
        self._write_all(frame, self._end)
        if self._sync:
            self._sync_data()
        self._end += len(frame)

    def _take_back(self, begin: int) -> None:
        """Cut a group of which the disk took only a piece; the next one starts in its place."""
        self._end = begin
        try:
            os.ftruncate(self._fd, begin)
        except OSError:
            self._failed = True

    def _sync_data(self) -> None:
        try:
            os.fdatasync(self._fd)
        except OSError:
            self._failed = True
            raise

    def _write_all(self, data: bytes, offset: int) -> None:
        view = memoryview(data)
        while view:
            written = os.pwrite(self._fd, view, offset)
            view = view[written:]
            offset += written


def _sync_folder(folder: Path) -> None:
    """Make a new or renamed file's name survive the loss of power."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)

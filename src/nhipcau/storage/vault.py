"""The vault on disk, and its in-memory twin.

    FOLDER/ab/abcdef…      a file, named by the SHA-256 of its content

A file appears under its name only when all of it is on the disk; what a crash leaves behind has
another name and is nobody's.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import IO

from nhipcau.ports.vault import TooLargeError, VaultError, VaultFile


class DiskVault:
    """A `Vault` in a folder of ours.

    Args:
        folder: made where there is none; readable by us alone.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, chunks: Iterable[bytes], most: int) -> VaultFile:
        """Keep what comes.

        Raises:
            TooLargeError: more than `most` bytes came.
            VaultError: the disk refuses.
        """
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self._folder, prefix="new-")
            fresh = Path(name)
            try:
                with os.fdopen(handle, "wb") as file:
                    kept = _copy(chunks, file, most)
                    file.flush()
                    os.fsync(file.fileno())
                self._settle(fresh, kept.sha256)
            finally:
                fresh.unlink(missing_ok=True)
        except OSError as error:
            raise VaultError(f"the disk refuses the file: {error.strerror}") from error
        return kept

    def _settle(self, fresh: Path, sha256: str) -> None:
        place = self._place(sha256)
        place.parent.mkdir(mode=0o700, exist_ok=True)
        fresh.replace(place)
        folder = os.open(place.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def read(self, sha256: str, start: int = 0, count: int | None = None) -> bytes:
        """Return part of a file, or all of it.

        Raises:
            VaultError: there is no such file.
        """
        try:
            with self._place(sha256).open("rb") as file:
                file.seek(start)
                return file.read() if count is None else file.read(count)
        except OSError as error:
            raise VaultError(f"no file {sha256[:12]}: {error.strerror}") from error

    def _place(self, sha256: str) -> Path:
        if len(sha256) != hashlib.sha256().digest_size * 2 or not sha256.isalnum():
            raise VaultError("that is no SHA-256")
        return self._folder / sha256[:2] / sha256


class MemoryVault:
    """A `Vault` that forgets."""

    def __init__(self) -> None:
        self._files: dict[str, bytes] = {}

    def keep(self, chunks: Iterable[bytes], most: int) -> VaultFile:
        """Keep what comes.

        Raises:
            TooLargeError: more than `most` bytes came.
        """
        data = bytearray()
        for chunk in chunks:
            data += chunk
            if len(data) > most:
                raise TooLargeError(f"the file is larger than {most} bytes")
        sha256 = hashlib.sha256(data).hexdigest()
        self._files[sha256] = bytes(data)
        return VaultFile(sha256, len(data))

    def read(self, sha256: str, start: int = 0, count: int | None = None) -> bytes:
        """Return part of a file, or all of it.

        Raises:
            VaultError: there is no such file.
        """
        try:
            data = self._files[sha256]
        except KeyError:
            raise VaultError(f"no file {sha256[:12]}") from None
        return data[start:] if count is None else data[start : start + count]


def _copy(chunks: Iterable[bytes], file: IO[bytes], most: int) -> VaultFile:
    digest, size = hashlib.sha256(), 0
    for chunk in chunks:
        size += len(chunk)
        if size > most:
            raise TooLargeError(f"the file is larger than {most} bytes")
        digest.update(chunk)
        file.write(chunk)
    return VaultFile(digest.hexdigest(), size)

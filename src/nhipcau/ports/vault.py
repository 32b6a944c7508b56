"""The vault port: files known by the SHA-256 of their content, written once and never changed."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class VaultFile:
    """A file that is kept: its SHA-256 in hexadecimal, and its size."""

    sha256: str
    size: int


class VaultError(Exception):
    """The file is not there, or the disk refuses; one line for a person."""


class TooLargeError(VaultError):
    """More came than was allowed; nothing of it was kept."""


class Vault(Protocol):
    """Keeps files. Calls block and may come from any thread, several at once."""

    def keep(self, chunks: Iterable[bytes], most: int) -> VaultFile:
        """Keep what comes; the same content twice is kept once.

        Raises:
            TooLargeError: more than `most` bytes came.
            VaultError: the disk refuses.
        """
        ...

    def read(self, sha256: str, start: int = 0, count: int | None = None) -> bytes:
        """Return part of a file, or all of it.

        Raises:
            VaultError: there is no such file.
        """
        ...

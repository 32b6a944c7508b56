"""Password hashes by Argon2id, a few at a time: each takes a tenth of a second and 64 MiB.

Source: RFC 9106 §4 (second recommended option: 64 MiB, 3 passes), with one lane instead of four,
because a sign-in must not take four processors.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_PASSES = 3
_MEMORY_KIB = 64 * 1024
_LANES = 1
# Together 128 MiB and no more than two processors.
_AT_ONCE = 2
# Who comes beyond that is told to come again: worker threads are there for other requests, too.
_MAY_WAIT = 8


class BusyError(Exception):
    """Too many passwords are being checked at this moment."""


class Passwords(Protocol):
    """Makes and checks the hashes of passwords. Calls block; from any thread."""

    def hash(self, password: str) -> str:
        """Return a hash that holds its own salt and parameters.

        Raises:
            BusyError: too many at once.
        """
        ...

    def fits(self, hashed: str, password: str) -> bool:
        """Return True when the password is the one; takes as long for an empty hash, which fits
        nothing.

        Raises:
            BusyError: too many at once.
        """
        ...


class Argon2Passwords:
    """The real `Passwords`."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(_PASSES, _MEMORY_KIB, _LANES)
        self._working = threading.Semaphore(_AT_ONCE)
        self._places = threading.Semaphore(_AT_ONCE + _MAY_WAIT)
        # What is compared where there is nothing to compare: whoever asks for an account that is
        # not there waits as long as for one that is.
        self._nobodys = self._hasher.hash("nobody's")

    def hash(self, password: str) -> str:
        """Return a hash.

        Raises:
            BusyError: too many at once.
        """
        with self._place():
            return self._hasher.hash(password)

    def fits(self, hashed: str, password: str) -> bool:
        """Return True when the password is the one.

        Raises:
            BusyError: too many at once.
        """
        with self._place():
            try:
                self._hasher.verify(hashed or self._nobodys, password)
            except (VerificationError, InvalidHashError):
                return False
            return bool(hashed)

    @contextmanager
    def _place(self) -> Iterator[None]:
        if not self._places.acquire(blocking=False):
            raise BusyError("too many sign in at this moment")
        try:
            with self._working:
                yield
        finally:
            self._places.release()

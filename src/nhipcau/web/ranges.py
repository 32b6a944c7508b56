"""Parts of a file over HTTP, so that a broken fetch goes on where it was.

Source: RFC 9110 §14 (range requests), §13.1.5 (If-Range). One range at a time: rooms ask for the
rest of a file, never for several pieces.
"""

import re
from typing import NamedTuple

_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")


class Part(NamedTuple):
    """Bytes `first` to `last` of a file, both included; `whole` when no range was asked for."""

    first: int
    last: int
    whole: bool

    @property
    def length(self) -> int:
        """How many bytes."""
        return self.last - self.first + 1


class RangeError(ValueError):
    """The range lies outside the file: 416."""


def asked_part(header: str | None, size: int, *, fresh: bool = True) -> Part:
    """Return the part of a file that a request asks for.

    Args:
        header: the Range header; one that is not understood counts as none.
        size: of the file; at least 1.
        fresh: False when If-Range names another version: then all of it.

    Raises:
        RangeError: the range begins behind the file.
    """
    whole = Part(0, size - 1, True)
    found = _RANGE.fullmatch(header.strip()) if header and fresh else None
    if found is None or found.groups() == ("", ""):
        return whole
    first, last = found.groups()
    if not first:
        count = int(last)
        if count == 0:
            raise RangeError(f"bytes */{size}")
        return Part(max(0, size - count), size - 1, False)
    begins, ends = int(first), min(int(last), size - 1) if last else size - 1
    if begins >= size:
        raise RangeError(f"bytes */{size}")
    return whole if ends < begins else Part(begins, ends, False)

"""One row of a chain: a line of canonical JSON, and the hash that ties it to the row before.

    <64 hex digits> <canonical JSON>\\n
    hash = SHA-256(hash of the row before, 32 bytes ‖ the JSON's bytes)      before the first: zeros

The hash is over the bytes as they stand, so nothing depends on how JSON is read. Canonical JSON:
keys sorted, no spaces, UTF-8 in NFC, integers only. Kinds of a row, each with its number `n`:

    begin   chain, process, at_us, key (public, hex), after: heads of older chains beside it
    deed    the fields of an `AuditEntry`
    lost    at_us, count: so many entries could not be kept before this row
"""

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

ZERO = "0" * 64
_HEX_DIGITS = frozenset(b"0123456789abcdef")
_HASH_LENGTH = 64
# A deed is clipped to some kB long before this; more is no row of ours.
MAX_ROW_BYTES = 64 * 1024


class BadRowError(ValueError):
    """A line is no row; the text says why."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it stands: its hash, 64 hex digits, and the bytes of its JSON."""

    hash: str
    body: bytes

    def line(self) -> bytes:
        """Return the row as a line of a file."""
        return self.hash.encode() + b" " + self.body + b"\n"

    def fields(self) -> dict[str, Any]:
        """Return what stands in it.

        Raises:
            BadRowError: it is no JSON object with a number `n`.
        """
        try:
            found = json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise BadRowError("it is no JSON") from error
        number = found.get("n") if isinstance(found, dict) else None
        if type(number) is not int or number < 0:
            raise BadRowError("it has no number")
        assert isinstance(found, dict)
        return found

    def number(self) -> int:
        """Return its place in the chain, from 0.

        Raises:
            BadRowError: it has none.
        """
        number: int = self.fields()["n"]
        return number


def make_row(before: str, fields: Mapping[str, Any]) -> Row:
    """Return the row that follows the one whose hash is `before`."""
    body = canonical(fields)
    return Row(row_hash(before, body), body)


def row_hash(before: str, body: bytes) -> str:
    """Return the hash of a row, 64 hex digits."""
    return hashlib.sha256(bytes.fromhex(before) + body).hexdigest()


def canonical(fields: Mapping[str, Any]) -> bytes:
    """Return an object as canonical JSON."""
    text = json.dumps(
        fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    # A lone surrogate, which no sender of ours makes, must not stop the audit.
    return unicodedata.normalize("NFC", text).encode(errors="backslashreplace")


def read_line(line: bytes) -> Row:
    """Return the row in a line without its end.

    Raises:
        BadRowError: it is none.
    """
    head, body = line[:_HASH_LENGTH], line[_HASH_LENGTH + 1 :]
    if len(line) > MAX_ROW_BYTES:
        raise BadRowError("it is too long")
    if len(head) < _HASH_LENGTH or not _HEX_DIGITS.issuperset(head) or line[64:65] != b" ":
        raise BadRowError("it has no hash")
    return Row(head.decode(), body)

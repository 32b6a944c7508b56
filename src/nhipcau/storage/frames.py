"""How a log lies in its file: one frame for each append, so that an append is whole or absent.

    file   = magic ("NHIPCAU1") frame frame frame …
    frame  = mark ("EVT1") | body length, u32 | CRC-32 of mark and length | CRC-32 of body | body
    body   = record length, u32 | record | record length, u32 | record | …

All numbers are little-endian. The header has a checksum of its own: a length can be trusted, and a
whole frame behind a damaged stretch can be found again by its mark.
"""

import struct
import zlib
from collections.abc import Iterator, Sequence
from typing import NamedTuple

MAGIC = b"NHIPCAU1"
MAX_RECORD_BYTES = 65_536

# A group beyond this is split into several frames. It bounds what a crash can leave half-written.
MAX_BODY_BYTES = 262_144

_MARK = b"EVT1"
_LENGTHS = struct.Struct("<4sI")
_HEADER = struct.Struct("<4sIII")
_RECORD = struct.Struct("<I")

# The longest piece that one interrupted write can leave behind.
MAX_FRAME_BYTES = _HEADER.size + MAX_BODY_BYTES + _RECORD.size + MAX_RECORD_BYTES


class Scan(NamedTuple):
    """What is in a file: the records before `end`, and whether whole frames lie behind damage.

    `end` is the offset behind the last frame that is whole and has only whole ones before it.
    """

    records: list[bytes]
    end: int
    corrupt: bool


def pack_frames(records: Sequence[bytes]) -> Iterator[bytes]:
    """Yield the frames that hold `records` in order; one, unless they are more than a body takes.

    Raises:
        ValueError: a record is longer than `MAX_RECORD_BYTES`.
    """
    for record in records:
        if len(record) > MAX_RECORD_BYTES:
            raise ValueError(f"a record of {len(record)} bytes")
    body = bytearray()
    for record in records:
        if len(body) >= MAX_BODY_BYTES:
            yield _frame(body)
            body.clear()
        body += _RECORD.pack(len(record))
        body += record
    if body:
        yield _frame(body)


def scan(data: bytes) -> Scan:
    """Return the records of a whole file.

    A damaged stretch that reaches to the end of the file, and is no longer than one frame, is what
    a crash leaves of the last append: it is no corruption, `end` lies before it. Damage with a
    whole frame behind it, or longer than one frame, is corruption.
    """
    if not data.startswith(MAGIC):
        return Scan([], 0, corrupt=not MAGIC.startswith(data))
    records: list[bytes] = []
    offset = len(MAGIC)
    while offset < len(data):
        body = _body_at(data, offset)
        if body is None:
            return Scan(records, offset, _is_corrupt(data, offset))
        records.extend(_records_of(body))
        offset += _HEADER.size + len(body)
    return Scan(records, offset, corrupt=False)


def _frame(body: bytes | bytearray) -> bytes:
    head = _LENGTHS.pack(_MARK, len(body))
    return _HEADER.pack(_MARK, len(body), zlib.crc32(head), zlib.crc32(body)) + body


def _body_at(data: bytes, offset: int) -> bytes | None:
    """Return the body of the whole frame that begins at `offset`, None when there is none."""
    if offset + _HEADER.size > len(data):
        return None
    mark, length, head_crc, body_crc = _HEADER.unpack_from(data, offset)
    head = data[offset : offset + _LENGTHS.size]
    begin = offset + _HEADER.size
    if mark != _MARK or zlib.crc32(head) != head_crc or begin + length > len(data):
        return None
    body = data[begin : begin + length]
    return body if zlib.crc32(body) == body_crc else None


def _is_corrupt(data: bytes, damaged: int) -> bool:
    if len(data) - damaged > MAX_FRAME_BYTES:
        return True
    offset = data.find(_MARK, damaged + 1)
    while offset >= 0:
        if _body_at(data, offset) is not None:
            return True
        offset = data.find(_MARK, offset + 1)
    return False


def _records_of(body: bytes) -> Iterator[bytes]:
    offset = 0
    while offset < len(body):
        (length,) = _RECORD.unpack_from(body, offset)
        offset += _RECORD.size
        yield body[offset : offset + length]
        offset += length

"""H.264 access units as byte streams: cut into NAL units and tidied. Pure.

Source: ITU-T H.264 Annex B (byte stream), §7.4.1 (NAL unit types).
"""

from typing import NamedTuple

_START = b"\x00\x00\x01"
_LONG_START = b"\x00\x00\x00\x01"
_TYPE_MASK = 0x1F
NAL_IDR = 5
NAL_SEI = 6
NAL_SPS = 7
NAL_PPS = 8
NAL_DELIMITER = 9
_USELESS = (NAL_SEI, NAL_DELIMITER)


class Tidied(NamedTuple):
    """An access unit of 4-byte start codes, and whether it is an IDR."""

    data: bytes
    keyframe: bool


def nal_units(data: bytes) -> list[bytes]:
    """Return the NAL units of a byte stream, without start codes and trailing zeros."""
    units = []
    at = data.find(_START)
    while at >= 0:
        begin = at + 3
        at = data.find(_START, begin)
        unit = data[begin : at if at >= 0 else len(data)].rstrip(b"\x00")
        if unit:
            units.append(unit)
    return units


def nal_types(data: bytes) -> list[int]:
    """Return the types of the NAL units of a byte stream, in order."""
    return [unit[0] & _TYPE_MASK for unit in nal_units(data)]


def tidy(data: bytes) -> Tidied:
    """Return the access unit with 4-byte start codes and without SEI and delimiters.

    No receiver of ours needs those: the encoder's version string alone is half a packet. The usual
    case, one slice and nothing else, is returned as it is.
    """
    if len(data) > 4 and data.startswith(_LONG_START) and data.find(_START, 4) < 0:
        return Tidied(data, data[4] & _TYPE_MASK == NAL_IDR)
    kept = []
    keyframe = False
    for unit in nal_units(data):
        kind = unit[0] & _TYPE_MASK
        keyframe = keyframe or kind == NAL_IDR
        if kind not in _USELESS:
            kept.append(_LONG_START)
            kept.append(unit)
    return Tidied(b"".join(kept), keyframe)
